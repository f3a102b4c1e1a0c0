import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QplayError } from '../../engine/error.ts';
import { parseKeyValues, splitArgs } from '../../engine/load/kv.ts';
import { refusal } from './refusal.ts';

const args = (text: string, freeForm = false): Record<string, string> => Object.fromEntries(parseKeyValues(text, freeForm).args);

test('pairs, with quotes and templates kept together', () => {
  expect(args('src=/a dest="/b c" mode=0644 content={{ x | default("y z") }}')).toEqual({
    src: '/a',
    dest: '/b c',
    mode: '0644',
    content: '{{ x | default("y z") }}',
  });
});

test('a command keeps its pairs, but for the options of commands', () => {
  expect(args('dd if=/dev/zero of=/x creates=/x chdir="/tmp"', true)).toEqual({ creates: '/x', chdir: '/tmp', _raw_params: 'dd if=/dev/zero of=/x' });
});

test('line breaks of a folded command stay', () => {
  expect(args('echo one\necho two\n', true)).toEqual({ _raw_params: 'echo one\necho two\n' });
});

test('escapes: an equals sign, hexadecimal, quotes', () => {
  expect(args('a\\=b')).toEqual({ _raw_params: 'a=b' });
  expect(args('a=\\x41\\u263a')).toEqual({ a: 'A☺' });
});

test('every value and key is found in the line', () => {
  const text = 'ls  -l src=/a dest="{{ b }}" x';
  const { offsets, keys } = parseKeyValues(text);
  expect(text.slice(offsets.get('src'))).toMatch(/^\/a/);
  expect(text.slice(offsets.get('dest'))).toMatch(/^\{\{ b/);
  expect(text.slice(keys.get('dest'))).toMatch(/^dest=/);
  expect(text.slice(offsets.get('_raw_params'))).toMatch(/^ls/);
});

test('an open quote or brace is refused at its place', () => {
  const origin = { at: (offset: number) => ({ file: 'f', line: 1, column: offset + 1 }) };
  expect(refusal(() => splitArgs('a=1 b="two', origin))).toMatchObject({ code: 'arguments', at: { column: 5 } });
  expect(refusal(() => splitArgs('a={{ x', origin))).toMatchObject({ at: { column: 1 } });
  expect(refusal(() => splitArgs('a="x'))).toMatchObject({ source: 'a="x' });
});

test('nothing but diagnostics is thrown, and plain words are all kept', () => {
  const piece = fc.constantFrom('a', '=', ' ', '"', "'", '\\', '{{', '}}', '{%', '\n', 'é');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.boolean(), (parts, freeForm) => {
      try {
        parseKeyValues(parts.join(''), freeForm);
      } catch (error) {
        if (!(error instanceof QplayError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '-'), minLength: 1, maxLength: 5 });
  fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => args(words.join(' '), true)._raw_params === words.join(' ')));
});
