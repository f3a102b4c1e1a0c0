import { describe, expect, test } from 'vitest';
import { compile, compileExpression } from '../../engine/jinja/index.ts';
import { originOf, parseYaml } from '../../engine/load/yaml.ts';
import type { Dict } from '../../engine/value.ts';
import { contextIn, failure, scopeOf } from './support.ts';

const scope = scopeOf({ port: 80, name: 'web', hosts: ['a'] });

/** The line of the file and what the caret underlines, for the template that the key `v` holds. */
function pointsAt(file: string, kind: 'template' | 'condition' = 'template'): { line: number; under: string; message: string } {
  const dict = parseYaml(file, 'site.yml').value as Dict;
  const [text, origin] = [dict.get('v') as string, originOf(dict, 'v')];
  const { at, message } = failure(() =>
    kind === 'template' ? compile(text, origin).evaluate(scope, contextIn()) : compileExpression(text, origin).test(scope, contextIn()),
  );
  expect(at?.file).toBe('site.yml');
  const { line = 0, column = 0, length = 1 } = at ?? {};
  return { line, under: (file.split('\n')[line - 1] ?? '').slice(column - 1, column - 1 + length), message };
}

/** An error met while the template is read, one met while it runs, and one of a filter's name. */
const MISTAKES = [
  ['{{ prot }}', 'prot', '\'prot\' is undefined. Did you mean "port"?'],
  ['{{ port | uper }}', 'uper', 'no filter is called \'uper\'. Did you mean "upper"?'],
  ['{{ port is evn }}', 'evn', 'no test is called \'evn\'. Did you mean "even"?'],
  ['{{ port ? 1 }}', '?', 'unexpected char "?"'],
  ['{{ name + port }}', 'name + port', 'can only concatenate str (not "int") to str'],
] as const;

/** Each way to write a scalar: the file, and the line the template stands in. */
const STYLES: readonly (readonly [string, (template: string) => string, number])[] = [
  ['plain', (t) => `a: 1\nv: x ${t}\n`, 2],
  ['plain over lines', (t) => `v: one\n   two\n\n   three ${t} four\n`, 4],
  ['single quotes', (t) => `v: 'it''s ${t}'\n`, 1],
  ['single quotes over lines', (t) => `v: 'one\n  two ''q''\n\n  ${t}'\n`, 4],
  ['double quotes', (t) => `v: "${t}"\n`, 1],
  ['double quotes with escapes before', (t) => `v: "tab\\t \\x41 \\u00e9 \\U0001F600 nl\\n \\"q\\" ${t}"\n`, 1],
  ['double quotes over lines', (t) => `v: "one \\\n    two\n    ${t}"\n`, 3],
  ['block', (t) => `v: |\n  one\n  two ${t}\n  three\n`, 3],
  ['block, stripped', (t) => `v: |-\n\n  two ${t}\n`, 3],
  ['block with an indentation indicator', (t) => `v: |2\n    one\n   ${t}\n`, 3],
  ['block with both indicators', (t) => `k:\n  - 1\nv: |+1\n   one\n ${t}\n\n`, 5],
  ['block after a comment', (t) => `# c\nv: | # here\n    one\n    ${t}\n`, 4],
  ['folded', (t) => `v: >\n  one\n  two\n  ${t}\n`, 4],
  ['folded with paragraphs', (t) => `v: >-\n  one\n\n  two\n    more indented\n  and ${t}\n`, 6],
  ['folded with an indicator', (t) => `v: >2-\n    one\n  ${t}\n`, 3],
  ['with characters beyond 16 bits before', (t) => `v: '😀 é ${t}'\n`, 1],
  ['lines that end in CR LF', (t) => `a: 1\r\nv: |\r\n  one\r\n  ${t}\r\n`, 4],
  ['in a flow mapping', (t) => `{a: 1, v: "x ${t}"}\n`, 1],
];

describe.each(STYLES)('an error in a scalar that is %s', (_style, file, line) => {
  test.each(MISTAKES)('%s', (template, under, message) => {
    expect(pointsAt(file(template))).toEqual({ line, under, message });
  });
});

describe('an error within a template of several lines', () => {
  test.each([
    ['a block', 'v: |\n  {% if port %}\n  {{ port }}\n    {{ nme }}\n  {% endif %}\n', 4, 'nme'],
    ['a folded scalar', 'v: >-\n  {{ port\n  | default(nme)\n  ~ prot }}\n', 4, 'prot'],
    ['double quotes', 'v: "{{ port }}\n\n  {{ [1,\n  prot] }}"\n', 4, 'prot'],
    ['a tag that is never closed', 'v: |\n  text\n  {% for h in hosts %}\n  {{ h }}\n', 3, 'for'],
  ])('%s', (_what, file, line, under) => {
    expect(pointsAt(file)).toMatchObject({ line, under });
  });
});

test.each([
  ['plain', 'v: port == 80 and\n   prot == 1\n', 2],
  ['folded', 'v: >\n  port == 80 and\n  prot == 1\n', 3],
  ['quoted', 'v: "port == 80 and prot == 1"\n', 1],
])('a condition that is %s', (_style, file, line) => {
  expect(pointsAt(file, 'condition')).toMatchObject({ line, under: 'prot' });
});

test('a key of a dict and of an expression', () => {
  expect(pointsAt('v: "{{ {\'a\': prot} }}"\n')).toMatchObject({ under: 'prot' });
  expect(pointsAt('v: "{{ hosts[prot] }}"\n')).toMatchObject({ under: 'prot' });
});
