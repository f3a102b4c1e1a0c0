import { describe, expect, test } from 'vitest';
import { compile } from '../../engine/jinja/index.ts';
import { fromPlain } from '../../engine/value.ts';
import { contextIn, evaluate, expression, failure, render, scopeOf } from './support.ts';

const vars = { s: 'text', n: 5, l: [1, 2], d: { a: 1 }, f: 1.5 };

describe('nothing of JavaScript is within reach', () => {
  const names = [
    'constructor',
    'prototype',
    '__proto__',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__defineGetter__',
    '__lookupGetter__',
    'caller',
    'arguments',
    'call',
    'apply',
    'bind',
    'map',
    'size',
    'entries',
    'then',
    'raw',
    '__init__',
    '__globals__',
    '__subclasses__',
    '__mro__',
    '__code__',
    '__builtins__',
    '__dict__',
    '__getattribute__',
    'gi_frame',
    'length',
    'buffer',
    '__order__x',
  ];
  const owners = [
    's',
    'n',
    'l',
    'd',
    'f',
    'none',
    'true',
    'range',
    'range(3)',
    'dict()',
    'namespace()',
    's.upper',
    'l.append',
    '(1,2)',
    'lookup',
    'now()',
    'cycler(1)',
    'joiner()',
    's.encode()',
    's.__class__',
    'd.items',
    'd.items()',
    'd.keys()',
    'cycler',
    'cycler(1).next',
    'joiner',
    'namespace(a=1)',
    'undef',
    'query',
    'self',
  ];
  test.each(owners)('%s', (owner) => {
    for (const name of names) {
      expect(
        render(`{{ (${owner}).${name} is defined }} {{ (${owner})['${name}'] is defined }} {{ (${owner}) | attr('${name}') is defined }}`, vars),
        `${owner}.${name}`,
      ).toBe('False False False');
    }
  });

  test('the way that runs code in nunjucks', () => {
    for (const owner of owners) {
      const { code } = failure(() => render(`{{ (${owner}).constructor.constructor('return process.version')() }}`, vars));
      expect(code).toBe('undefined');
    }
  });

  test('filters and tests that follow names', () => {
    for (const template of [
      "{{ [s] | map(attribute='constructor.constructor') | first is defined }}",
      "{{ [d] | selectattr('__proto__', 'defined') | list | length > 0 }}",
      "{{ 'constructor' | extract(d) is defined }}",
      "{{ [d] | groupby('constructor', default='x') | map('first') | first != 'x' }}",
      "{{ ([d] | sum(attribute='constructor', start=0) is string) if false else false }}",
    ]) {
      expect(render(template, vars)).toBe('False');
    }
    expect(failure(() => render("{{ '{0.constructor}'.format(s) }}", vars)).message).toContain("has no attribute 'constructor'");
    expect(failure(() => render("{{ '%(constructor)s' % d }}", vars)).message).toContain('constructor');
    expect(failure(() => render('{{ s | constructor }}', vars)).code).toBe('unknown-filter');
    expect(failure(() => render('{{ s is __proto__ }}', vars)).code).toBe('unknown-test');
    expect(failure(() => render("{{ lookup('constructor') }}", vars)).code).toBe('unknown-lookup');
    expect(failure(() => render("{{ s | map('constructor') | list }}", vars)).code).toBe('unknown-filter');
  });

  test('names of the global object are plain names', () => {
    for (const name of [
      'process',
      'globalThis',
      'require',
      'module',
      'Function',
      'eval',
      'this',
      'console',
      'Object',
      'undefined',
      'constructor',
      '__proto__',
      'toString',
    ]) {
      expect(render(`{{ ${name} is defined }}`)).toBe('False');
    }
  });

  test('keys called like members of a prototype are plain keys', () => {
    const text = '{"__proto__": {"x": 1}, "constructor": 2}';
    expect(render(`{{ ('${text}' | from_json).constructor }} {{ ('${text}' | from_json)['__proto__'].x }}`)).toBe('2 1');
    expect(render(`{{ {'a': 1} | combine('${text}' | from_json) | to_json }}`)).toBe('{"a": 1, "__proto__": {"x": 1}, "constructor": 2}');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe('what a template may cost', () => {
  const costly: [string, string, string][] = [
    ['a huge range', '{{ range(10000000000) | list }}', 'too-large'],
    ['a huge range that is only written', '{{ range(10000000000) }}', 'too-large'],
    ['a huge repeated list', '{{ [1] * 100000000 }}', 'too-large'],
    ['a huge repeated text', "{{ 'x' * 10000000000 }}", 'too-large'],
    ['a huge padding', "{{ 'x'.center(10000000000) }}", 'too-large'],
    ['a huge format width', "{{ '%9999999999d' % 1 }}", 'too-large'],
    ['a huge format', "{{ '{:>9999999999}'.format(1) }}", 'too-large'],
    ['a huge indent', "{{ 'a\nb' | indent(9999999999) }}", 'too-large'],
    ['a huge power', '{{ 10 ** 1000000000 }}', 'too-large'],
    ['powers of powers', '{% set x = 2 ** 900000 %}{{ x * x * x }}', 'too-large'],
    ['a huge product', '{{ range(5000) | product(range(5000)) | list | length }}', 'too-large'],
    [
      'a text that doubles',
      "{% set ns = namespace(x='x' * 1000000) %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x | length }}",
      'too-large',
    ],
    ['an endless macro', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', 'recursion'],
    ['an endless loop', '{% for i in [1] recursive %}{{ loop([i]) }}{% endfor %}', 'recursion'],
    ['a repeated group that repeats', "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' is match('(a+)+$') }}", 'regex'],
    ['the same in a replacement', "{{ ('a' * 60 ~ '!') | regex_replace('^(a|aa)+$', 'x') }}", 'regex'],
    ['the same in a search for all', "{{ ('x' * 50) | regex_findall('(x+x+)+y') }}", 'regex'],
    ['the same through map', "{{ ['y' * 50] | map('regex_search', '(y*)*z') | list }}", 'regex'],
    ['repetitions side by side', "{{ ('a' * 5000) | regex_search('a*a*a*a*a*b') }}", 'regex'],
    ['a format width within a format', "{{ '{:{w}}'.format(1, w=9999999999) }}", 'too-large'],
    ['a precision without end', "{{ '%.999999999f' % 1.5 }}", 'too-large'],
    [
      'text that is joined to itself',
      "{% set ns = namespace(l=['x' * 1000]) %}{% for i in range(40) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l | join }}",
      'too-large',
    ],
    ['an endless include of macros', '{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}', 'recursion'],
    ['a block in itself', '{% block b %}{{ self.b() }}{% endblock %}', 'recursion'],
    ['a loop over a huge range', '{% for i in range(10 ** 12) %}{% endfor %}', 'too-large'],
    ['an empty list times a huge number', '{{ [] * 2 ** 64 }}', 'template'],
    ['a sum of a huge range', '{{ range(10 ** 12) | sum }}', 'too-large'],
    ['a list in itself', '{% set x = [] %}{% set _ = x.append(x) %}{{ x }}', 'template'],
    ['deep brackets', `{{ ${'['.repeat(5000)}${']'.repeat(5000)} }}`, 'jinja'],
    ['deep signs', `{{ ${'-'.repeat(5000)}1 }}`, 'jinja'],
    ['deep nots', `{{ ${'not '.repeat(5000)}1 }}`, 'jinja'],
    ['an endless sum', `{{ ${'1 + '.repeat(100_000)}1 }}`, 'jinja'],
    ['endless attributes', `{{ x${'.x'.repeat(100_000)} }}`, 'jinja'],
    ['deep tags', '{% if 1 %}'.repeat(5000) + '{% endif %}'.repeat(5000), 'jinja'],
  ];
  test.each(costly)('%s', (_what, template, code) => {
    const found = failure(() => render(template));
    expect(found.kind).toBe('input');
    expect(found.code).toBe(code);
  });

  test('text that looks like a literal but is too deep stays text', () => {
    const text = '['.repeat(3000) + ']'.repeat(3000);
    expect(evaluate('{{ x }}', { x: text })).toBe(text);
  });
});

describe('data is never taken for a template', () => {
  test('delimiters in values come out as they are', () => {
    const evil = "{{ lookup('pipe', 'id') }}{% set x = 1 %}";
    expect(render('{{ x }}', { x: evil })).toBe(evil);
    expect(evaluate('{{ x }}', { x: evil })).toBe(evil);
    expect(evaluate('{{ [x] }}', { x: evil })).toEqual([evil]);
    expect(expression('x', { x: evil })).toBe(evil);
  });

  test('a template cannot change the values of the playbook', () => {
    const list = fromPlain([1, { a: [2] }]);
    const scope = scopeOf(new Map([['l', list]]));
    const template = compile("{% set _ = l.append(9) %}{% set _ = l[1].update({'b': 1}) %}{% set _ = l[1].a.append(3) %}{{ l }}");
    expect(template.render(scope, contextIn())).toBe("[1, {'a': [2, 3], 'b': 1}, 9]");
    expect(list).toEqual(fromPlain([1, { a: [2] }]));
  });
});
