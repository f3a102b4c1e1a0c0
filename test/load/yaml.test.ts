import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { EVENT_ID, parseEvents } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QplayError } from '../../engine/error.ts';
import { isUnsafe, keyPositionOf, loadYamlFile, originOf, parseYaml, positionOf } from '../../engine/load/yaml.ts';
import { type Data, type Dict, Float, VaultText } from '../../engine/value.ts';
import { refusal } from './refusal.ts';

const read = (text: string): Data => parseYaml(text, 'play.yml').value;
const dict = (text: string): Dict => read(text) as Dict;

describe('values', () => {
  test('mappings are maps in the order of the file', () => {
    expect([...dict('b: 1\na: 2\n10: 3').keys()]).toEqual(['b', 'a', 10]);
  });

  test('an empty file is null', () => {
    expect(read('')).toBeNull();
    expect(read('---\n# nothing\n')).toBeNull();
  });

  test('octal modes, YAML 1.1 booleans and big integers', () => {
    expect(dict('mode: 0644\nbecome: yes\nbig: 123456789012345678901\nport: "80"')).toEqual(
      new Map<string, Data>([
        ['mode', 0o644],
        ['become', true],
        ['big', 123456789012345678901n],
        ['port', '80'],
      ]),
    );
  });

  test('JSON keeps its own numbers', () => {
    expect(dict('{"a": 1e5, "b": [1.5, -2], "c": "\\ud83d\\ude00"}').get('b')).toEqual([1.5, -2]);
    expect(dict('{"a": 1e5}').get('a')).toEqual(new Float(100_000));
  });

  test('!vault is kept encrypted', () => {
    const value = dict('p: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n').get('p');
    expect(value).toBeInstanceOf(VaultText);
    expect((value as VaultText).envelope).toBe('$ANSIBLE_VAULT;1.1;AES256\n6162\n');
  });

  test('!unsafe is remembered for a text, and for everything in a list or mapping', () => {
    const value = dict('a: !unsafe "{{ x }}"\nb: "{{ y }}"\nc: !unsafe {d: ["{{ z }}"]}\n');
    expect([isUnsafe(value, 'a'), isUnsafe(value, 'b'), isUnsafe(value, 'c')]).toEqual([true, false, true]);
    const inner = (value.get('c') as Dict).get('d') as Data[];
    expect(isUnsafe(inner, 0)).toBe(true);
  });

  test('merge keys: own entries win, earlier mappings of a list win', () => {
    const value = dict('a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  z: 3\n  <<: [*a, *b]\n');
    expect(Object.fromEntries(value.get('c') as Dict)).toEqual({ x: 1, y: 1, z: 3 });
  });

  test('a key given twice: the last counts, with a warning that shows both places', () => {
    const document = parseYaml('a: 1\nb: 2\na: 3\n', 'f.yml');
    expect((document.value as Dict).get('a')).toBe(3);
    expect(document.warnings).toMatchObject([{ code: 'duplicate-key', at: { line: 3, column: 1 }, also: [{ at: { line: 1, column: 1 } }] }]);
  });
});

describe('positions', () => {
  const text = '- name: hi\n  vars:\n    a: "x"\n    list: [1, two]\n  none:\n  text: |\n    first\n';
  const task = (read(text) as Data[])[0] as Dict;

  test('of keys, with their length', () => {
    expect(keyPositionOf(task, 'vars')).toEqual({ file: 'play.yml', line: 2, column: 3, length: 4 });
  });

  test('of values: at the quote, at the first line of a block', () => {
    expect(positionOf(task, 'name')).toMatchObject({ line: 1, column: 9, length: 2 });
    expect(positionOf(task.get('vars'), 'a')).toMatchObject({ line: 3, column: 8, length: 3 });
    expect(positionOf(task, 'text')).toMatchObject({ line: 7, column: 5 });
    expect(positionOf((task.get('vars') as Dict).get('list'), 1)).toMatchObject({ line: 4, column: 15, length: 3 });
  });

  test('of containers themselves, and of nothing', () => {
    expect(positionOf(task)).toMatchObject({ line: 1, column: 3 });
    expect(positionOf(task, 'absent')).toBeUndefined();
    expect(positionOf(new Map())).toBeUndefined();
    expect(positionOf(task, 'none')).toMatchObject({ line: 5 });
  });

  test('in mappings of any size', () => {
    const many = dict(Array.from({ length: 100 }, (_, i) => `key${i}: v`).join('\n'));
    expect(keyPositionOf(many, 'key57')).toMatchObject({ line: 58, column: 1 });
  });

  test('of merged entries: where they are written', () => {
    const value = dict('a: &a\n  x: "{{ q }}"\nb:\n  <<: *a\n');
    expect(keyPositionOf(value.get('b'), 'x')).toMatchObject({ line: 2, column: 3 });
    expect(originOf(value.get('b'), 'x')?.at(3)).toMatchObject({ line: 2, column: 10 });
  });

  test('lines end with any line break', () => {
    expect(keyPositionOf(read('a: 1\r\nb: 2\rc: 3\n'), 'c')).toMatchObject({ line: 3, column: 1 });
  });
});

describe('places inside texts', () => {
  const place = (text: string, word: string): string => {
    const value = dict(text);
    const at = originOf(value, 'a')!.at((value.get('a') as string).indexOf(word));
    return `${at.line}:${at.column}`;
  };

  test.each([
    ['plain', 'a: one {{ two }}\n', '1:11'],
    ['plain over lines', 'a: one\n   more\n\n   {{ two }}\n', '4:7'],
    ['single quotes', "a: 'it''s {{ two }}'\n", '1:14'],
    ['double quotes', 'a: "\\t\\u263a\\x41 {{ two }}"\n', '1:21'],
    ['double quotes over lines', 'a: "one\n    and \\\n    {{ two }}"\n', '3:8'],
    ['literal', 'a: |\n    x\n\n      {{ two }}\n', '4:10'],
    ['folded', 'a: >-\n  x\n  y\n\n  {{ two }}\n', '5:6'],
    ['with an indentation of its own', 'a: |2\n     x {{ two }}\n', '2:11'],
  ])('%s', (_, text, expected) => {
    expect(place(text, 'two')).toBe(expected);
  });

  test('every character of every style is found again', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', "'", '\t', 'é', '☺', '{', '}'), maxLength: 6 });
    const lines = fc.array(line, { minLength: 1, maxLength: 5 });
    const written = fc.tuple(fc.constantFrom('|', '>', '|-', '>+', "'", '"', 'plain'), lines, fc.constantFrom('\n', '\r\n'));
    fc.assert(
      fc.property(written, ([style, body, eol]) => {
        const text = write(style, body, eol);
        const value = attempt(() => dict(text));
        const found = value?.get('a');
        if (typeof found !== 'string') return;
        for (let i = 0; i < found.length; i++) {
          const at = originOf(value, 'a')!.at(i);
          const source = text.split(/\r?\n/)[at.line - 1]?.[at.column - 1];
          // a line break and a folded blank stand where the next line begins, or nowhere at the very end
          if (!/\s/.test(found[i]!)) expect([text, i, source]).toEqual([text, i, found[i]]);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function write(style: string, body: readonly string[], eol: string): string {
  const indented = body.map((line) => `  ${line}`).join(eol);
  if (style === "'") return `a: '${indented.replaceAll("'", "''")}'${eol}`;
  if (style === '"') return `a: "${indented}"${eol}`;
  if (style === 'plain') return `a: x${indented}${eol}`;
  return `a: ${style}${eol}${indented}${eol}`;
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof QplayError) return undefined;
    throw error;
  }
}

describe('mistakes', () => {
  test.each([
    ['a tab', 'a:\n\tb: 1\n', 2, 1, /tab/, /spaces/],
    ['a template without quotes', 'a: {{ x }}\n', 1, 4, /template .* without quotes/, /"\{\{ name \}\}"/],
    ['a template without quotes, with text behind', 'a: 1\nb: {{ x }}/y\n', 2, 4, /template .* without quotes/, /quotes/],
    ['a second colon', 'a: this: that\n', 1, 8, /second ": "/, /quotes/],
    ['no blank after a colon', '- name: x\n  copy:\n    src:/a\n    dest: /b\n', 3, 8, /no space after the colon/, /"src: \/a"/],
    ['text behind quotes', 'a: "x" == y\n', 1, 8, /after the closing quote/, /whole value/],
    ['a quote that stays open', 'a: "x\nb: 1\n', 1, 4, /never closed/, /"/],
    ['a key too far right', 'a: 1\n  b: 2\n', 2, 3, /indented differently/, undefined],
    ['a value that needs quotes', 'a: 1\nb: @x\n', 2, 4, /cannot begin with "@"/, /quotes/],
    ['an alias to nothing', 'base: &base {}\na: *bsae\n', 2, 4, /Did you mean "base"\?/, /asterisk/],
    ['an alias to itself', 'a: &a [*a]\n', 1, 8, /inside the very value/, undefined],
    ['an unknown tag', 'a: !secret x\n', 1, 4, /!secret is not known/, /!vault, !unsafe/],
    ['a list as key', '[a]: 1\n', 1, 1, /list cannot be the key/, undefined],
    ['two documents', 'a: 1\n---\nb: 1\n', 3, 1, /2 documents/, /"---"/],
    ['a bracket that stays open', 'a: [1,\nb: 2\n', 1, 4, /bracket is never closed/, /one entry a line/],
    ['something else to merge', 'a:\n  <<: 5\n', 2, 3, /merge key/, undefined],
    ['a tag that does not fit', 'a: !!int x\n', 1, 4, /promises an integer/, undefined],
  ])('%s', (_, text, line, column, message, hint) => {
    const found = refusal(() => read(text));
    expect(found).toMatchObject({ kind: 'input', code: 'yaml', severity: 'error', at: { file: 'play.yml', line, column } });
    expect(found.message).toMatch(message);
    if (hint) expect(found.hint).toMatch(hint);
  });

  test('whatever is read, only diagnostics are thrown', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '|',
      '>',
      '&x ',
      '*x',
      '!vault ',
      '!unsafe ',
      '<<: ',
      '\t',
      '#',
      '---\n',
      '%',
      '@',
      '? ',
      ',',
      '\\',
      '1',
      '~',
      '\r',
      '\u0000',
      '\ufeff',
      '☺',
    );
    const texts = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        attempt(() => read(text));
      }),
      { numRuns: 3000 },
    );
  });

  test('nesting without end is refused, not crashed upon', () => {
    expect(refusal(() => read('['.repeat(20_000))).message).toMatch(/nested too deeply/);
  });

  test('aliases of aliases cost nothing', () => {
    const laughs = Array.from({ length: 30 }, (_, i) => `l${i}: &l${i} [${i === 0 ? 'x' : `*l${i - 1}, *l${i - 1}`}]`).join('\n');
    expect(dict(laughs).size).toBe(30);
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'qplay-yaml-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are read once, and again when they change', () => {
    const path = join(folder, 'a.yml');
    writeFileSync(path, 'a: 1\n');
    const first = loadYamlFile(path);
    expect(loadYamlFile(path)).toBe(first);
    writeFileSync(path, 'a: 22\n');
    utimesSync(path, 1, 1);
    expect((loadYamlFile(path).value as Dict).get('a')).toBe(22);
  });

  test('that are absent, or not text, are refused with their place', () => {
    expect(refusal(() => loadYamlFile(join(folder, 'none.yml')))).toMatchObject({ code: 'missing-file' });
    writeFileSync(join(folder, 'latin1.yml'), Buffer.from('a: 1\nb: \xe9\n', 'latin1'));
    expect(refusal(() => loadYamlFile(join(folder, 'latin1.yml')))).toMatchObject({ code: 'yaml', message: 'The file is not UTF-8 text.', at: { line: 2 } });
    expect(refusal(() => loadYamlFile(folder))).toMatchObject({ code: 'unreadable-file' });
  });
});

test('a playbook of 1.9 MB is read in under two seconds of CPU, positions included', () => {
  const task = (i: number): string => `- name: Task number ${i}\n  ansible.builtin.copy:\n    src: "{{ item }}"\n    mode: 0644\n  when: x is defined\n`;
  const text = Array.from({ length: 18_000 }, (_, i) => task(i)).join('');
  expect(text.length).toBeGreaterThan(1_600_000);
  const before = process.cpuUsage();
  const tasks = read(text) as Data[];
  const { user } = process.cpuUsage(before);
  expect(keyPositionOf(tasks[17_999], 'when')).toMatchObject({ line: 90_000 });
  expect(user / 1e6).toBeLessThan(10);
  // the positions are not paid with a second parse
  expect(parseEvents(text, {}).filter((event) => event.type === EVENT_ID.MAPPING).length).toBe(36_000);
});
