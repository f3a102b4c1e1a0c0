import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { inputError } from '../../engine/error.ts';
import { compile, compileExpression, filterNames, freeNames, isTemplate, LazyDict, lookupNames, testNames } from '../../engine/jinja/index.ts';
import { shaCrypt } from '../../engine/jinja/python/crypt.ts';
import { type Data, Float } from '../../engine/value.ts';
import { contextIn, evaluate, expression, failure, holds, render, scopeOf } from './support.ts';

class Hosts extends LazyDict {
  readonly asked: Data[] = [];
  get(key: Data): Data | undefined {
    this.asked.push(key);
    if (key === 'broken') throw inputError('undefined', "'deep' is undefined");
    return key === 'web1' || key === 'web2' ? new Map<Data, Data>([['port', key === 'web1' ? 80 : 81]]) : undefined;
  }
  has(key: Data): boolean {
    return key === 'web1' || key === 'web2' || key === 'broken';
  }
  names(): Data[] {
    return ['web1', 'web2'];
  }
  override missing(key: Data): string {
    return `hostvars['${String(key)}'] is undefined`;
  }
}

describe('a dict whose members are made when asked for', () => {
  const vars = (hosts: Hosts) => new Map<string, Data>([['hostvars', hosts]]);
  test('asks only for what is read', () => {
    const hosts = new Hosts();
    expect(render("{{ hostvars['web2'].port }} {{ hostvars.web1['port'] }} {{ 'web1' in hostvars }} {{ 'x' in hostvars }}", vars(hosts))).toBe(
      '81 80 True False',
    );
    expect(hosts.asked).toEqual(['web2', 'web1']);
  });
  test('is a dict to filters, tests and loops', () => {
    const hosts = new Hosts();
    expect(render('{{ hostvars is mapping }} {{ hostvars | length }} {{ hostvars.keys() | list }}', vars(hosts))).toBe("True 2 ['web1', 'web2']");
    expect(hosts.asked).toEqual([]);
    expect(
      render("{{ hostvars | dict2items | map(attribute='value.port') | list }} {{ ['web1', 'web2'] | map('extract', hostvars, 'port') | list }}", vars(hosts)),
    ).toBe('[80, 81] [80, 81]');
    expect(render('{% for name in hostvars %}{{ name }} {% endfor %}{{ hostvars.get("web1").port }}{{ hostvars.get("x", 5) }}', vars(hosts))).toBe(
      'web1 web2 805',
    );
    expect(render('{{ hostvars | to_json }}', vars(hosts))).toBe('{"web1": {"port": 80}, "web2": {"port": 81}}');
    expect(evaluate('{{ hostvars }}', vars(hosts))).toEqual(
      new Map([
        ['web1', new Map([['port', 80]])],
        ['web2', new Map([['port', 81]])],
      ]),
    );
  });
  test('says what is missing', () => {
    expect(failure(() => render("{{ hostvars['wep1'].port }}", vars(new Hosts()))).message).toBe('hostvars[\'wep1\'] is undefined. Did you mean "web1"?');
    expect(render("{{ hostvars['x'].port | default('none') }} {{ hostvars['broken'].a.b | default('none') }}", vars(new Hosts()))).toBe('none none');
    expect(failure(() => render("{{ hostvars['broken'] }}", vars(new Hosts()))).message).toBe("'deep' is undefined");
  });
  test('cannot be changed by a template', () => {
    expect(failure(() => render("{{ hostvars.update({'a': 1}) }}", vars(new Hosts()))).message).toBe('this dict cannot be changed');
  });
});

describe('values', () => {
  test('keep their type where Ansible keeps it', () => {
    const vars = { n: 5, t: true, none: null, l: [1], f: 1.5 };
    expect(evaluate('{{ n }}', vars)).toBe(5);
    expect(evaluate('{{ n }}{{ n }}', vars)).toBe('55');
    expect(evaluate('{{ n + 0 }}', vars)).toBe('5');
    expect(evaluate('{{ n == 5 }}', vars)).toBe(true);
    expect(evaluate('{{ none }}', vars)).toBe('');
    expect(evaluate('{{ l }}', vars)).toEqual([1]);
    expect(evaluate('{{ omit }}', { omit: '__omit__' })).toBe('__omit__');
  });
  test('of expressions are native', () => {
    expect(expression('1 + 1')).toBe(2);
    expect(expression('4 / 2')).toEqual(new Float(2));
    expect(expression('range(2)')).toEqual([0, 1]);
    expect(expression("{'a': none}")).toEqual(new Map([['a', null]]));
    expect(failure(() => expression('nope')).code).toBe('undefined');
  });
  test('filters and tests go by their full names too', () => {
    expect(render("{{ 'a' | ansible.builtin.upper }} {{ ['x'] | map('ansible.builtin.upper') | list }} {{ 1 is ansible.builtin.defined }}")).toBe(
      "A ['X'] True",
    );
  });
  test('nothing is remembered from one rendering to the next', () => {
    const template = compile("{% set x = x | default(0) + 1 %}{{ x }}{% set c = cycler('a', 'b') %}{{ c.next() }}");
    for (let round = 0; round < 3; round++) expect(template.render(scopeOf({}), contextIn())).toBe('1a');
    const changed = compile('{{ ns.x }}{% set ns = namespace(x=1) %}', undefined);
    expect(failure(() => changed.render(scopeOf({}), contextIn())).code).toBe('undefined');
  });
  test('options of a template', () => {
    const text = '  {% if true %}\n  [[ x ]]\n  {% endif %}\n';
    expect(compile(text, undefined, { lstripBlocks: true, variableStart: '[[', variableEnd: ']]' }).render(scopeOf({ x: 1 }), contextIn())).toBe('  1\n');
    expect(compile(text, undefined, { trimBlocks: false }).render(scopeOf({ x: 1 }), contextIn())).toBe('  \n  [[ x ]]\n  \n');
    expect(compile('a\nb\n', undefined, { newline: '\r\n' }).render(scopeOf({}), contextIn())).toBe('a\r\nb\r\n');
  });
  test('secrets made by a filter are masked', () => {
    const context = contextIn();
    const hash = render("{{ 'pw' | password_hash('sha256', 'salt', rounds=1000) }}", {}, context);
    expect(context.secrets).toEqual([hash]);
  });
});

describe('what is looked at before a run', () => {
  test('is there a template', () => {
    expect([isTemplate('a'), isTemplate('{{ a }}'), isTemplate('{% if %}'), isTemplate('{# c #}'), isTemplate('{ a }')]).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });
  test('names a template reads', () => {
    expect(
      [
        ...freeNames(
          "{{ a.b }} {% for x in c %}{{ x }} {{ loop.index }} {{ d }}{% endfor %}{% set e = f %}{{ e | default(g) }} {{ lookup('env', h) }}",
          'template',
        ),
      ].sort(),
    ).toEqual(['a', 'c', 'd', 'f', 'g', 'h']);
    expect([...freeNames("a is defined and b in c['x' ~ d]", 'expression')].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect([...freeNames('{{ a }} == 1', 'expression')]).toEqual(['a']);
  });
  test('names that exist', () => {
    expect(filterNames()).toEqual(expect.arrayContaining(['combine', 'regex_replace', 'to_nice_yaml', 'selectattr', 'b64decode']));
    expect(testNames()).toEqual(expect.arrayContaining(['version', 'changed', 'match', 'subset']));
    expect(lookupNames()).toEqual(expect.arrayContaining(['file', 'template', 'password', 'first_found']));
  });
});

describe('password hashes', () => {
  // Ulrich Drepper's own test vectors
  test.each([
    [
      'sha512_crypt',
      'Hello world!',
      'saltstring',
      5000,
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ],
    ['sha256_crypt', 'Hello world!', 'saltstring', 5000, '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
    [
      'sha512_crypt',
      'pä',
      'saltsaltsalt',
      10000,
      '$6$rounds=10000$saltsaltsalt$sSVIerV5NiZ1sDfMqhy5.pQEJDw8dmgoISF3N10NVEqRRhY8rlb4ARA/mKoMNzTN.J8Ew6N9Bn05NSHlVvpbD1',
    ],
  ] as const)('%s of %s', (scheme, password, salt, rounds, hash) => {
    expect(shaCrypt(scheme, password, salt, rounds)).toBe(hash);
  });
  test('as openssl makes them, for passwords of every length', () => {
    for (const length of [1, 15, 16, 31, 32, 33, 63, 64, 65, 100]) {
      const password = 'pässword-'.repeat(20).slice(0, length);
      for (const [option, scheme] of [
        ['-6', 'sha512_crypt'],
        ['-5', 'sha256_crypt'],
      ] as const) {
        const hash = execFileSync('openssl', ['passwd', option, '-salt', 'abc./XYZ09', '-stdin'], { input: `${password}\n`, encoding: 'utf8' }).trim();
        expect(shaCrypt(scheme, password, 'abc./XYZ09', 5000)).toBe(hash);
      }
    }
  }, 30_000);
  test('what is not supported says what is', () => {
    expect(failure(() => render("{{ 'x' | password_hash('sha3') }}")).hint).toContain('sha512');
  });
});

test('a condition costs microseconds', () => {
  const scope = scopeOf({ a: { b: [1, 2, 3] }, name: 'web1' });
  const context = contextIn();
  const condition = compileExpression("a.b | length > 2 and name is match('web')");
  for (let round = 0; round < 2000; round++) condition.test(scope, context);
  const start = process.cpuUsage();
  for (let round = 0; round < 10_000; round++) condition.test(scope, context);
  const { user } = process.cpuUsage(start);
  expect(user / 10_000).toBeLessThan(50);
  expect(holds("a.b | length > 2 and name is match('web')", { a: { b: [1, 2, 3] }, name: 'web1' })).toBe(true);
});
