import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frame, MarkScanner, newMark } from '../../engine/connect/frame.ts';

const mark = '\x1e0123456789abcdef';

/** What a scanner makes of a stream cut into chunks of these sizes. */
function scan(stream: Buffer, cuts: readonly number[]) {
  const found: (string | { payload: string })[] = [];
  const scanner = new MarkScanner(
    mark,
    (chunk) => {
      const last = found.at(-1);
      if (typeof last === 'string') found[found.length - 1] = last + chunk.toString('latin1');
      else found.push(chunk.toString('latin1'));
    },
    (payload) => found.push({ payload }),
  );
  let at = 0;
  for (const cut of cuts) {
    if (at < stream.length) scanner.push(stream.subarray(at, at + cut));
    at += cut;
  }
  if (at < stream.length) scanner.push(stream.subarray(at));
  scanner.flush();
  return found;
}

describe('finding marks in a stream', () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    // what is almost a mark
    fc.nat(mark.length - 1).map((length) => Buffer.from(mark.slice(0, length), 'latin1')),
    fc.constant(Buffer.from('\x1e\x1e\x1e')),
  );
  const text = fc.array(noise, { maxLength: 5 }).map((parts) => Buffer.concat(parts).toString('latin1').replaceAll(mark, ''));
  const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 80 });

  test('whatever the output and wherever the chunks end, each script gets its own', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.nat(255)), { maxLength: 6 }), cuts, (answers, sizes) => {
        const stream = Buffer.from(answers.map(([out, code]) => `${out}${mark}${code}\n`).join(''), 'latin1');
        const expected = answers.flatMap(([out, code]) => [...(out === '' ? [] : [out]), { payload: String(code) }]);
        expect(scan(stream, sizes)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('nothing but what may begin a mark is held back', () => {
    const seen: string[] = [];
    const scanner = new MarkScanner(
      mark,
      (chunk) => seen.push(chunk.toString('latin1')),
      () => {},
    );
    scanner.push(Buffer.from('abc\x1e0', 'latin1'));
    expect(seen).toEqual(['abc']);
    scanner.push(Buffer.from('x', 'latin1'));
    expect(seen.join('')).toBe('abc\x1e0x');
  });

  test('marks differ and hold one control character', () => {
    expect(newMark()).not.toBe(newMark());
    expect(newMark()).toMatch(/^\x1e[0-9a-f]{32}$/);
  });
});

test('a frame keeps any text inside: the next command runs, with the status of the script', () => {
  const hostile = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'\'"`$(){}\\;&|<>\n #!x', 'fi', 'done', 'EOF') }),
    fc.constantFrom("'", '\\', '$(', '${', '`', '<<EOF', 'exit 3', '}', ')', ';;', "'; exit 1; '"),
  );
  fc.assert(
    fc.property(hostile, (script) => {
      // an unlucky text may start something that writes or waits; only syntax is of interest here
      const text = `${frame(`set -n 2>/dev/null\n${script}`, mark)}echo alive\n`;
      const out = execFileSync('sh', { input: text, stdio: ['pipe', 'pipe', 'ignore'] }).toString('latin1');
      expect(out).toMatch(/\x1e0123456789abcdef\d+\nalive\n$/);
    }),
    { numRuns: 60 },
  );
}, 30_000);
