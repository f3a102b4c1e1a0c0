import Ajv from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../engine/load/yaml.ts';
import { type Checked, checkArguments, checkOptionNames, optionNames, whereOf } from '../../engine/module/args.ts';
import { schemaOf } from '../../engine/module/schema.ts';
import { optionsFromSpec } from '../../engine/module/spec.ts';
import { type Data, type Dict, fromPlain } from '../../engine/value.ts';

const firewall = {
  name: 'firewalld',
  options: {
    port: {
      type: 'str',
      description: 'Port with its protocol.',
      aliases: ['ports'],
      pattern: '^\\d+/(tcp|udp)$',
      patternHint: 'a port with its protocol, such as 8443/tcp',
    },
    service: { type: 'str', description: 'Service.' },
    state: { type: 'str', description: 'Whether it is open.', choices: ['enabled', 'disabled'], required: true },
    timeout: { type: 'int', description: 'Seconds.', default: 0 },
    immediate: { type: 'bool', description: 'At once.', default: false },
    password: { type: 'str', description: 'Password.', secret: true },
  },
  rules: { mutuallyExclusive: [['port', 'service']], requiredOneOf: [['port', 'service']], requiredIf: [['state', 'disabled', ['timeout']]] },
} as const satisfies Checked;

const one = (type: string, more = {}): Checked => ({ name: 'm', options: { v: { type: type as 'str', description: '', ...more } } });

function check(text: string, target: Checked = firewall) {
  const document = parseYaml(text, 'tasks.yml');
  return checkArguments(document.value as Dict, target, whereOf(document.value));
}
const taken = (yaml: string, type: string, more = {}): unknown => {
  const { args, diagnostics } = check(`v: ${yaml}`, one(type, more));
  expect(diagnostics).toEqual([]);
  return args.v;
};
const mistakeOf = (yaml: string, type: string, more = {}): string =>
  check(`v: ${yaml}`, one(type, more))
    .diagnostics.map((found) => found.message)
    .join('\n');

describe('what options take', () => {
  test.each([
    ['str', '5', '5'],
    ['str', 'yes', 'True'],
    ['str', '1.0', '1.0'],
    ['str', '[a, 1]', "['a', 1]"],
    ['str', '""', ''],
    ['path', '~/x', '~/x'],
    ['bool', '"yes"', true],
    ['bool', '"Off"', false],
    ['bool', '1', true],
    ['bool', '0.0', false],
    ['bool', '" T "', true],
    ['int', '"12"', 12],
    ['int', '5.0', 5],
    ['int', '"1e3"', 1000],
    ['int', 'true', 1],
    ['float', '"1.5"', 1.5],
    ['float', '"inf"', Infinity],
    ['list', 'a,b , c', ['a', 'b', 'c']],
    ['list', '5', ['5']],
    ['list', '[1, a]', [1, 'a']],
    ['dict', 'a=1, b="x y"', { a: '1', b: 'x y' }],
    ['dict', '\'{"a": [1]}\'', { a: [1] }],
    ['dict', '"{\'a\': True}"', { a: true }],
    ['dict', '{a: {b: 1}}', { a: { b: 1 } }],
    ['json', '{a: [1, yes]}', '{"a": [1, true]}'],
    ['json', '" [1] "', '[1]'],
    ['raw', '{a: [1.0]}', { a: [1] }],
  ])('%s takes %s', (type, yaml, expected) => {
    expect(taken(yaml, type)).toEqual(expected);
  });

  test('members of lists are converted, dicts in them are checked', () => {
    expect(taken('["1", 2]', 'list', { elements: 'int' })).toEqual([1, 2]);
    const options = { a: { type: 'int', description: '', required: true }, b: { type: 'str', description: '', default: 'x' } };
    expect(taken('[{a: "1"}, "a=2 b=y"]', 'list', { elements: 'dict', options })).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]);
    expect(mistakeOf('[{}, {a: x, zzz: 1}]', 'list', { elements: 'dict', options }).split('\n')).toEqual([
      '"v.0" of m needs the option "a".',
      '"v.1" of m has no option "zzz".',
      '"a" of "v.1" of m must be an integer, found the text "x".',
    ]);
  });

  test.each([
    ['bool', 'maybe', '"v" of m must be a boolean (yes or no), found the text "maybe".'],
    ['int', '"1.5"', '"v" of m must be an integer, found the text "1.5".'],
    ['int', '0x', '"v" of m must be an integer, found the text "0x".'],
    ['float', '[]', '"v" of m must be a number, found a list.'],
    ['list', '{a: 1}', '"v" of m must be a list, found a mapping.'],
    ['dict', 'abc', '"v" of m must be a mapping, found the text "abc".'],
    ['dict', '"a=1, b"', '"v" of m must be a mapping, found the text "a=1, b".'],
    ['json', '5', '"v" of m must be JSON, found the number 5.'],
  ])('%s does not take %s', (type, yaml, message) => {
    expect(mistakeOf(yaml, type)).toBe(message);
  });

  test('nothing at all counts as not given, unless there is a default or the option is needed', () => {
    expect(taken('', 'str')).toBeUndefined();
    expect(mistakeOf('', 'str', { default: 'x' })).toBe('"v" of m must be text, found nothing (null).');
    expect(mistakeOf('', 'str', { required: true })).toBe('"v" of m must be text, found nothing (null).');
  });

  test('choices; an unquoted yes or off finds the choice it must mean', () => {
    expect(taken('b', 'str', { choices: ['a', 'b'] })).toBe('b');
    expect(taken('off', 'str', { choices: ['off', 'always'] })).toBe('off');
    expect(taken('yes', 'str', { choices: ['no', 'yes', 'prompt'] })).toBe('yes');
    expect(mistakeOf('presnet', 'str', { choices: ['present', 'absent'] })).toBe(
      '"v" of m must be present or absent, found "presnet". Did you mean "present"?',
    );
    expect(mistakeOf('[a, x]', 'list', { elements: 'str', choices: ['a', 'b'] })).toContain('must be a or b, found "x"');
  });
});

describe('all mistakes at once, each at its place', () => {
  test('as a person sees them', () => {
    const { diagnostics } = check('prot: 8443/tcp\nstate: open\ntimeout: soon\nport: 8443\n');
    expect(diagnostics.map(({ code, message, at }) => [code, `${at?.line}:${at?.column}`, message])).toEqual([
      ['unknown-option', '1:1', 'firewalld has no option "prot". Did you mean "port"?'],
      ['option-pattern', '4:1', '"port" of firewalld must be a port with its protocol, such as 8443/tcp, found the text "8443".'],
      ['option-choice', '2:1', '"state" of firewalld must be enabled or disabled, found "open".'],
      ['option-type', '3:1', '"timeout" of firewalld must be an integer, found the text "soon".'],
    ]);
    expect(diagnostics[0]).toMatchObject({
      kind: 'input',
      hint: 'firewalld takes immediate, password, port, service, state, timeout: see qplay doc firewalld',
    });
  });

  test('rules between options', () => {
    expect(check('state: enabled').diagnostics.map((found) => found.message)).toEqual(['firewalld needs one of the options "port", "service".']);
    expect(check('{state: enabled, ports: 1/tcp, service: x}').diagnostics).toMatchObject([
      { code: 'option-conflict', message: 'firewalld takes only one of "port", "service", found "port", "service".', at: { column: 32 } },
    ]);
    const rules = { requiredTogether: [['a', 'b']], requiredBy: { c: ['a'] }, requiredIf: [['b', 'x', ['c']]] } as const;
    const text = { type: 'str', description: '' } as const;
    const target: Checked = { name: 'm', options: { a: text, b: text, c: text }, rules };
    const messages = (yaml: string): string[] => check(yaml, target).diagnostics.map((found) => found.message);
    expect(messages('b: x')).toEqual(['m takes "a", "b" only together; "a" is missing.', 'm needs "c" when "b" is "x".']);
    expect(messages('c: 1')).toEqual(['m needs "a" beside "c".']);
    expect(messages('{a: 1, b: x, c: 2}')).toEqual([]);
  });

  test('an alias is the option; both at once are a warning, and the alias wins', () => {
    const both = check('{state: enabled, port: 1/tcp, ports: 2/tcp}');
    expect(both.args.port).toBe('2/tcp');
    expect(both.diagnostics).toEqual([]);
    expect(both.warnings).toMatchObject([{ severity: 'warning', at: { column: 31 } }]);
  });

  test('a missing option is told at the task', () => {
    const { diagnostics } = checkArguments(new Map<Data, Data>([['port', '1/tcp']]), firewall, { at: { file: 'f', line: 7, column: 3 }, host: 'db1' });
    expect(diagnostics).toMatchObject([
      { code: 'missing-option', message: 'firewalld needs the option "state".', at: { line: 7 }, host: 'db1', hint: 'state: Whether it is open.' },
    ]);
  });

  test('secrets are given back to be masked, and never shown', () => {
    expect(check('{state: enabled, service: x, password: s3cret}').secrets).toEqual(['s3cret']);
    const target: Checked = { name: 'm', options: { pin: { type: 'int', description: '', secret: true } } };
    expect(check('pin: abc', target).diagnostics[0]?.message).toBe('"pin" of m must be an integer, found something else.');
  });

  test('names alone, before any value is known', () => {
    expect(checkOptionNames(['prot', 'state'], firewall, {}).map((found) => found.code)).toEqual(['unknown-option']);
    expect(checkOptionNames(['port'], firewall, {}).map((found) => found.code)).toEqual(['missing-option']);
    expect(checkOptionNames(['port'], firewall, {}, { missing: false })).toEqual([]);
    expect(optionNames(firewall)).toContain('immediate');
  });

  test('any data whatever gives arguments or diagnostics', () => {
    const options = Object.fromEntries(
      ['str', 'bool', 'int', 'float', 'list', 'dict', 'path', 'raw', 'json'].map((type) => [type, { type: type as 'str', description: '' }]),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(options), 'other', '__proto__'), fc.jsonValue()), (given) => {
        const { args, diagnostics } = checkArguments(fromPlain(given) as Dict, { name: 'm', options }, {});
        for (const found of diagnostics) expect(found.message).toMatch(/[.?]$/);
        for (const [name, value] of Object.entries(args)) if (name === 'int') expect(Number.isInteger(value)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('meta/argument_specs.yml', () => {
  const SPEC = `
short_description: Installs a registry.
options:
  name: {type: str, required: true, description: [First., Second.]}
  sizes: {type: list, elements: int, default: [1]}
  nested:
    type: dict
    options:
      deep: {type: bool, no_log: true}
  mode: {choices: [a, b]}
  bad: {type: strr}
required_if: [[mode, a, [sizes]]]
mutually_exclusive: [[name, mode]]
`;
  const spec = optionsFromSpec(parseYaml(SPEC, 'specs.yml').value as Dict);

  test('becomes options', () => {
    expect(spec.summary).toBe('Installs a registry.');
    expect(spec.options.name).toEqual({ type: 'str', required: true, description: 'First. Second.' });
    expect(spec.options.sizes).toMatchObject({ type: 'list', elements: 'int', default: [1] });
    expect(spec.options.nested?.options?.deep).toMatchObject({ type: 'bool', secret: true });
    expect(spec.options.mode).toMatchObject({ type: 'str', choices: ['a', 'b'] });
    expect(spec.rules).toMatchObject({ requiredIf: [['mode', 'a', ['sizes']]], mutuallyExclusive: [['name', 'mode']] });
  });

  test('is checked itself', () => {
    expect(spec.diagnostics).toMatchObject([
      { code: 'argument-spec', message: 'Option "bad" has an unknown type "strr". Did you mean "str"?', at: { line: 11 } },
    ]);
  });

  test('checks the variables of a role', () => {
    const { diagnostics } = checkArguments(fromPlain({ sizes: ['x'], nested: { deap: 1 } }) as Dict, { name: 'role registry', options: spec.options }, {});
    expect(diagnostics.map((found) => found.message)).toEqual([
      'Entry 1 of "sizes" of role registry must be an integer, found the text "x".',
      '"nested" of role registry has no option "deap". Did you mean "deep"?',
      'role registry needs the option "name".',
    ]);
    expect(diagnostics[1]?.hint).not.toContain('qplay doc');
  });
});

describe('JSON Schema', () => {
  const ajv = new Ajv.default({ strict: false });
  const validate = ajv.compile(schemaOf(firewall.options));

  test('takes what the checker takes, and templates anywhere', () => {
    expect(validate({ state: 'enabled', ports: '1/tcp', timeout: '5' })).toBe(true);
    expect(validate({ state: '{{ state }}', timeout: '{{ t }}', immediate: '{{ now }}', port: '{{ p }}' })).toBe(true);
  });

  test('refuses what the checker refuses', () => {
    expect(validate({ state: 'enabled', prot: 1 })).toBe(false);
    expect(validate({})).toBe(false);
    expect(validate({ state: 'open' })).toBe(false);
    expect(validate({ state: 'enabled', immediate: [] })).toBe(false);
    expect(validate({ state: 'enabled', timeout: 'soon' })).toBe(false);
  });

  test('carries descriptions and defaults', () => {
    expect(schemaOf(firewall.options).properties?.timeout).toMatchObject({ description: 'Seconds.', default: 0 });
  });
});
