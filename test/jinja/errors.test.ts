import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../engine/error.ts';
import { inputError } from '../../engine/error.ts';
import { compile, compileExpression } from '../../engine/jinja/index.ts';
import { type Data, fromPlain } from '../../engine/value.ts';
import { contextIn, failure, holds, originOf, render, scopeOf } from './support.ts';

const scope = scopeOf({ port: 80, server: { address: 'x', nested: { key: 1 } }, hosts: ['a', 'b'], name: 'web' });

/** Runs a template that is a whole file; the diagnostic with the text its caret underlines. */
function told(text: string): Diagnostic & { readonly under: string } {
  const found = failure(() => compile(text, originOf(text)).render(scope, contextIn()));
  const { line = 1, column = 1, length = 1 } = found.at ?? {};
  return { ...found, under: (text.split('\n')[line - 1] ?? '').slice(column - 1, column - 1 + length) };
}

describe('an undefined name', () => {
  test.each([
    ['{{ prot }}', '\'prot\' is undefined. Did you mean "port"?', 'prot'],
    ['{{ nothing_like_it }}', "'nothing_like_it' is undefined", 'nothing_like_it'],
    ['first\n  {{ server.adress | upper }}', "'dict object' has no attribute 'adress'. Did you mean \"address\"?", 'adress'],
    ['{{ server["adress"] }}', "'dict object' has no attribute 'adress'. Did you mean \"address\"?", '"adress"'],
    ['{{ server.nested.kex + 1 }}', "'dict object' has no attribute 'kex'. Did you mean \"key\"?", 'kex'],
    ['{{ hosts[7] }}', 'list object has no element 7', '7'],
    ['{% if portt == 80 %}{% endif %}', '\'portt\' is undefined. Did you mean "port"?', 'portt'],
    ['{% for x in hots %}{% endfor %}', '\'hots\' is undefined. Did you mean "hosts"?', 'hots'],
    ['{{ [1, prot] }}', '\'prot\' is undefined. Did you mean "port"?', 'prot'],
    ['{% set x = prot %}later {{ x }}', '\'prot\' is undefined. Did you mean "port"?', 'prot'],
    ['{{ lokup("env", "HOME") }}', '\'lokup\' is undefined. Did you mean "lookup"?', 'lokup'],
  ])('%s', (text, message, under) => {
    const found = told(text);
    expect([found.code, found.message, found.under]).toEqual(['undefined', message, under]);
  });

  test('in a condition', () => {
    const text = 'port == 80 and prot == 1';
    const found = failure(() => compileExpression(text, originOf(text)).test(scope, contextIn()));
    expect(found).toMatchObject({ code: 'undefined', at: { line: 1, column: 16, length: 4 } });
  });

  test('in the template of a variable: fails where that is, and only when it is used', () => {
    const inner = inputError('undefined', "'deep' is undefined", { at: { file: 'vars.yaml', line: 3, column: 9 } });
    const lazy = {
      get: (name: string): Data | undefined => {
        if (name === 'v') throw inner;
        return undefined;
      },
      names: () => ['v'],
    };
    expect(compile("{{ v | default('q') }} {{ v is defined }} {{ v.x.y | default('r') }}").render(lazy, contextIn())).toBe('q False r');
    expect(failure(() => compile('{{ v }}').render(lazy, contextIn()))).toMatchObject({ message: "'deep' is undefined", at: { file: 'vars.yaml', line: 3 } });
  });

  test('other errors of a variable come through unchanged', () => {
    const lazy = {
      get: (): Data => {
        throw inputError('vault', 'cannot decrypt');
      },
      names: () => [],
    };
    expect(failure(() => compile("{{ v | default('q') }}").render(lazy, contextIn())).code).toBe('vault');
  });
});

describe('a template that cannot be read', () => {
  test.each([
    ['{{ port }', "unexpected '}'", '}'],
    ['{{ port', "unexpected end of template, expected '}}'", '{{'],
    ['{{ (port }}', "unexpected '}', expected ')'", '}'],
    ['{{ [port }}', "unexpected '}', expected ']'", '}'],
    ["{{ 'abc }}", "the text that begins with ' is never closed", "'"],
    ['{{ port name }}', "expected the end of {{ }}, got 'name'", 'name'],
    ['{{ port | uper }}', 'no filter is called \'uper\'. Did you mean "upper"?', 'uper'],
    ['{{ port is defind }}', 'no test is called \'defind\'. Did you mean "defined"?', 'defind'],
    ["{{ lookup('flie', 'x') }}", 'no lookup is called \'flie\'. Did you mean "file"?', "'flie'"],
    ['a\n{% iff port %}\n{% endif %}', 'Encountered unknown tag \'iff\'. Did you mean "if"?', 'iff'],
    ['{% if port %}\nx', "'if' is never closed: expected 'elif' or 'else' or 'endif' before the end of the template", 'if'],
    ['{% if port %}{% endfor %}', "'endfor' cannot close 'if': expected 'elif' or 'else' or 'endif'", 'endfor'],
    ['{% endif %}', "'endif' closes nothing: no tag is open here", 'endif'],
    ['{% for x of hosts %}{% endfor %}', "expected 'in', got 'of'", 'of'],
    ['{{ port ? 1 : 2 }}', 'unexpected char "?"', '?'],
    ['{{ port && name }}', 'unexpected char "&"', '&'],
    ['{# never closed', 'Missing end of comment tag', '{#'],
    ['{{ port is defined if port else 1 }}', "unexpected 'if' behind a test", 'if'],
    ["{{ '\\x4' }}", 'truncated \\xXX escape', '\\x'],
  ])('%s', (text, message, under) => {
    const found = told(text);
    expect([found.kind, found.message, found.under]).toEqual(['input', message, under]);
  });

  test('places count in the file when lines end in CR LF', () => {
    const text = 'one\r\ntwo\r\n{{ prot }}\r\n';
    expect(failure(() => compile(text, originOf(text)).render(scope, contextIn())).at).toMatchObject({ line: 3, column: 4, length: 4 });
  });

  test('the same text twice: each error has its own place', () => {
    const at = (line: number) => ({ at: () => ({ file: `f${line}`, line, column: 1 }) });
    const first = compile('{{ prot }}', at(1));
    const second = compile('{{ prot }}', at(2));
    expect(failure(() => first.evaluate(scope, contextIn())).at?.line).toBe(1);
    expect(failure(() => second.evaluate(scope, contextIn())).at?.line).toBe(2);
    expect(failure(() => compile('{{ prot | uper }}', at(3))).at?.line).toBe(3);
    expect(failure(() => compile('{{ prot | uper }}', at(4))).at?.line).toBe(4);
  });
});

describe('an operation that cannot be', () => {
  test.each([
    ['{{ name + 1 }}', 'can only concatenate str (not "int") to str', 'name + 1'],
    ['{{ port < name }}', "'<' not supported between instances of 'int' and 'str'", '<'],
    ['{{ 1 / 0 }}', 'division by zero', '1 / 0'],
    ['{{ hosts | join(1, 2, 3, 4) }}', 'join() takes at most 3 arguments, got 5', 'join(1, 2, 3, 4)'],
    ['{{ name | indent(widht=2) }}', 'indent() has no argument \'widht\'. Did you mean "width"?', 'indent(widht=2)'],
    ['{{ name | replace("a") }}', "replace() needs the argument 'new'", 'replace("a")'],
    ['{{ name() }}', "'str' object is not callable", 'name()'],
    ["{{ name | regex_search('(') }}", undefined, "regex_search('(')"],
    ["{{ '{' | from_json }}", 'this text is not JSON: Expecting property name enclosed in double quotes at line 1 column 2', 'from_json'],
    ["{{ 'a: [' | from_yaml }}", undefined, 'from_yaml'],
    [
      "{{ lookup('file', 'nowhere.txt') }}",
      "The 'file' lookup had an issue accessing the file 'nowhere.txt'. file not found, use -vvvvv to see paths searched",
      "lookup('file', 'nowhere.txt')",
    ],
  ])('%s', (text, message, under) => {
    const found = told(text);
    expect(found.under).toBe(under);
    if (message !== undefined) expect(found.message).toBe(message);
    expect(found.kind).toBe('input');
  });
});

test('an unknown option of a lookup is told before anything is looked for, and passed over as Ansible does', () => {
  const context = contextIn(join(import.meta.dirname, 'fixtures'));
  const said = "lookup('file') has no option 'rstirp', which is passed over. Did you mean \"rstrip\"?";
  expect(compile("{{ lookup('file', 'f.txt', rstirp=1) }}").evaluate(scope, context)).toBe('line one\nline two');
  expect(failure(() => compile("{{ lookup('file', 'x', rstirp=1) }}").evaluate(scope, context)).message).toContain("issue accessing the file 'x'");
  expect(context.warnings.map((one) => one.slice(0, said.length))).toEqual([said, said]);
});

describe('conditions', () => {
  const vars = { port: 80, on: 'yes', cond: 'port == 80', d: new Map() };
  test('Python truth', () => {
    expect([holds('[]'), holds("''"), holds('{}'), holds('0'), holds('none'), holds("'False'"), holds('[0]')]).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });
  test('templated once more when they hold delimiters, with a warning', () => {
    const context = contextIn();
    expect(compileExpression('{{ cond }}').test(scopeOf(vars), context)).toBe(true);
    expect(compileExpression('{{ port }} == 81').test(scopeOf(vars), context)).toBe(false);
    expect(context.warnings).toHaveLength(2);
  });
  test('delimiters within strings are no templates', () => {
    const context = contextIn();
    expect(compileExpression("'{{ x }}' in y").test(scopeOf({ y: 'a {{ x }} b' }), context)).toBe(true);
    expect(context.warnings).toEqual([]);
  });
  test('backslashes are read once', () => {
    expect(holds("x is match('\\\\d+$')", { x: '12' })).toBe(true);
    expect(holds("x is match('\\d+$')", { x: '12' })).toBe(true);
  });
});

test('a template without an origin still shows its line', () => {
  expect(failure(() => render('{{ nope }}'))).toMatchObject({ cause: 'in the template: {{ nope }}' });
});

test('fromPlain data keeps its types', () => {
  expect(render('{{ x }}', { x: fromPlain({ a: [1, true, null] }) })).toBe("{'a': [1, True, None]}");
});
