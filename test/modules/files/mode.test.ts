import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chmodWord, modeText, modeWarning, wantedMode } from '../../../modules/files/mode.ts';
import { pathWord } from '../../../modules/files/path.ts';
import { expand, pyRegex } from '../../../modules/files/pyregex.ts';
import { splitWords, validateCommand } from '../../../modules/files/validate.ts';
import { output } from '../harness.ts';

/** `[text, mode before, folder, umask, mode after or null]` as ansible-core 2.18 has it (mode-cases.py). */
const cases = JSON.parse(readFileSync(new URL('./mode-cases.json', import.meta.url), 'utf8')) as [string, number, boolean, number, number | null][];

const base = { mode: 0o644, directory: false, umask: 0o022 };

describe('modes', () => {
  it('are symbolic as ansible-core reads them', () => {
    const wrong = cases.filter(([text, mode, directory, umask, after]) => (wantedMode(text, { mode, directory, umask }) ?? null) !== after);
    expect(wrong.map(([text, mode, , umask, after]) => [text, mode.toString(8), umask.toString(8), after?.toString(8)])).toEqual([]);
    expect(cases.length).toBeGreaterThan(1000);
  });

  it('are octal text, or numbers as YAML made them', () => {
    expect(['0644', '644', '0o644', '00644', 0o644].map((mode) => wantedMode(mode, base))).toEqual([420, 420, 420, 420, 420]);
    expect(['', '8', '0888', 'u', 'rw', 'u=q', 'z+x', '77777', -1, 1.5, 0o10000].map((mode) => wantedMode(mode, base))).toEqual(Array(11).fill(undefined));
    expect([modeText(0o644), modeText(0), modeText(0o4755), chmodWord(0o755)]).toEqual(['0644', '0000', '04755', '00755']);
  });

  it('warn of a lost zero, and of nothing that may be meant', () => {
    for (const slip of [644, 755, 600, 700, 640, 750, 777, 1777, 400, 440])
      expect([slip, modeWarning(slip)]).toEqual([slip, expect.stringContaining('decimal')]);
    for (const fine of [0o644, 0o755, 0o600, 0o640, 0o400, 0o777, 0o660, 0o700, '644', '0644', undefined])
      expect([fine, modeWarning(fine)]).toEqual([fine, undefined]);
  });
});

describe('paths', () => {
  it('reach the host as they are, but for ~ and variables', async () => {
    const odd = [...' \t\n\r\'"`\\$*?[]{}()<>|&;!#~^%=-./aZ0é日😀\u0001\u007f'];
    const texts = fc.sample(fc.string({ unit: fc.constantFrom(...odd), minLength: 1 }), 300).filter((text) => !/\$\w|\$\{|^~/.test(text));
    const printed = await output('sh', '-c', `printf '%s\\0' ${texts.map((text) => pathWord(text).text).join(' ')}`);
    expect(printed.split('\0').slice(0, -1)).toEqual(texts);
    const sh = (path: string): Promise<string> => output('sh', '-c', `HOME=/h me; unset none; X='a b'; printf %s ${pathWord(path).text}`);
    expect(await sh('~/a b')).toBe(`${process.env.HOME}/a b`);
    expect(await sh('~root/x')).toBe('/root/x');
    expect(await sh('/p/$X/${X}c/$none/$')).toBe('/p/a b/a bc/$none/$');
  });
});

describe('validate', () => {
  it('splits words as a shell, but runs no shell text', async () => {
    expect(splitWords(`a 'b c' "d \\"e" f\\ g '' x;y`)).toEqual(['a', 'b c', 'd "e', 'f g', '', 'x;y']);
    const run = (text: string): Promise<string> => output('sh', '-c', `f() { ${validateCommand(text).text}; }; f '/the file'`);
    expect(await run(`printf '[%%s]' -%s- '$HOME; echo' 100%%`)).toBe('[-/the file-][$HOME; echo][100%]');
  });
});

describe("Python's regular expressions", () => {
  it.each([
    ['^a$', 'a\n', 'a'],
    ['\\Aa\\Z', 'a\n', undefined],
    ['(?P<x>b)(?P=x)', 'abb', 'bb'],
    ['(?i)ABC', 'xabc', 'abc'],
    ['(?s)a.b', 'a\nb', 'a\nb'],
    ['a.b', 'a\nb', undefined],
    ['a.b', 'a\rb', 'a\rb'],
    ['(?m)^b$', 'a\nb\nc', 'b'],
    ['(?m)^b', 'a\rb', undefined],
    ['(?x) a b # comment', 'ab', 'ab'],
    ['[]a]+', 'x]a', ']a'],
    ['[^]a]', ']ab', 'b'],
    ['a{,2}b', 'aaab', 'aab'],
    ['(?#note)a', 'a', 'a'],
    ['# a', '# a', '# a'],
    ['[\\s.$^]+', 'a .$^', ' .$^'],
    ['\\$\\.\\^', '$.^', '$.^'],
  ] as const)('%s on %j', (pattern, text, found) => {
    expect(pyRegex(pattern, 'regexp').exec(text)?.[0]).toBe(found);
  });

  it('fill replacements', () => {
    const match = /(?<n>a)(b)?/.exec('a') as RegExpExecArray;
    expect(expand('\\1\\2\\g<n>\\g<1>\\n\\\\$&$1', match, 'replace')).toBe('aaa\n\\$&$1');
  });

  it('never break for another reason than being none', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab()[]{}^$.*+?|\\,1-:<>P=#iA Z') }), fc.string(), (pattern, text) => {
        try {
          pyRegex(pattern, 'regexp').exec(text.slice(0, 20));
        } catch (error) {
          expect(String(error)).toContain('is no regular expression');
        }
      }),
      { numRuns: 200 },
    );
  });
});
