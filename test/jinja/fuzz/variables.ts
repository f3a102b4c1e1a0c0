import { type Data, type Dict, float } from '../../../engine/value.ts';
import type { Random } from './random.ts';

export type Type = 'int' | 'float' | 'text' | 'bool' | 'list' | 'dict' | 'records' | 'none' | 'missing';

/** Names of the variables that every template of the fuzzer sees, by what they hold. */
export const NAMES: Readonly<Record<Type, readonly string[]>> = {
  int: ['i', 'j', 'big'],
  float: ['f', 'g'],
  text: ['s', 't', 'words', 'looks'],
  bool: ['yes', 'no'],
  list: ['ints', 'texts', 'mixed'],
  dict: ['d', 'nest'],
  records: ['rows'],
  none: ['null'],
  missing: ['missing', 'd.nope', 'nest.a.b.c', 'gone'],
};

/** Variables whose values are templates themselves. */
export const LAZY = ['lazy_i', 'lazy_s', 'lazy_l', 'lazy_d', 'lazy_n', 'lazy_b'] as const;

const INTEGERS: readonly (number | bigint)[] = [0, 1, -1, 2, 3, 5, 7, 10, -7, 255, 1000, 2 ** 31, 2 ** 53 - 1];
const BIG: readonly bigint[] = [2n ** 53n, 2n ** 64n, -(2n ** 63n), 10n ** 25n];
const FLOATS = [0, 0.5, 1, -1.5, 2.25, 3, 1e16, 1.5e-7, 100, 0.1, -0.25, 1e22, 123456.789];
const TEXTS = [
  '',
  'a',
  'b',
  'abc',
  'Hello World',
  'x y  z',
  'a,b,c',
  '/etc/a.conf',
  'key=value',
  'ÄÖ é',
  '😀!',
  'line\nnext\n',
  ' pad ',
  'a-b_c',
  'True',
  '10',
];
const LOOKS = ['[1, 2]', "{'a': 1}", '[1, 2', '{"a": true}', 'True', 'False', '12', '1.5', 'None', '(1, 2)', "['a', 'b'] ", '[]', '{}', '[x]', '0x1f'];
const KEYS = ['a', 'b', 'c', 'key', 'items', 'x y', 'name', 'n1'];

export const integer = (random: Random): number | bigint => random.pick(INTEGERS);
export const text = (random: Random): string => random.pick(TEXTS);

function scalar(random: Random): Data {
  return random.pick<() => Data>([
    () => integer(random),
    () => text(random),
    () => float(random.pick(FLOATS)),
    () => random.chance(0.5),
    () => null,
    () => random.pick(LOOKS),
  ])();
}

function nested(random: Random, depth: number): Data {
  if (depth === 0 || random.chance(0.5)) return scalar(random);
  if (random.chance(0.5)) return random.many(0, 3, () => nested(random, depth - 1));
  return new Map(random.many(0, 3, () => [random.pick(KEYS) as Data, nested(random, depth - 1)] as const));
}

/** One set of values for all names. */
export function variables(random: Random): Dict {
  const row = (): Dict =>
    new Map<Data, Data>([
      ['name', random.pick(['x', 'y', 'z', 'X'])],
      ['n', integer(random)],
      ['on', random.chance(0.5)],
      ...(random.chance(0.3) ? [['more', nested(random, 1)] as const] : []),
    ]);
  return new Map<Data, Data>([
    ['i', integer(random)],
    ['j', integer(random)],
    ['big', random.pick(BIG)],
    ['f', float(random.pick(FLOATS))],
    ['g', float(random.pick(FLOATS))],
    ['s', text(random)],
    ['t', text(random)],
    ['words', random.many(0, 5, () => random.pick(['one', 'two', 'Three', 'x1', '-'])).join(' ')],
    ['looks', random.pick(LOOKS)],
    ['yes', true],
    ['no', false],
    ['ints', random.many(0, 5, () => random.pick([0, 1, 2, 3, 3, -4, 10]))],
    ['texts', random.many(0, 5, () => random.pick(['a', 'b', 'B', 'ab', 'c', '10', '9', '']))],
    ['mixed', random.many(0, 4, () => nested(random, 2))],
    ['d', new Map(random.many(0, 4, () => [random.pick(KEYS) as Data, scalar(random)] as const))],
    [
      'nest',
      new Map<Data, Data>([
        ['a', new Map<Data, Data>([['k', nested(random, 2)]])],
        ['l', [1, [2, 'x']]],
        ['m', nested(random, 2)],
      ]),
    ],
    ['rows', random.many(0, 4, row)],
    ['null', null],
    ['lazy_i', random.pick(['{{ i }}', '{{ i + 1 }}', '{{ big }}', '{{ ints | length }}'])],
    ['lazy_s', random.pick(['{{ s }}', 'x{{ t }}', '{{ s ~ t }}', '{{ looks }}', '{{ words }}\n'])],
    ['lazy_l', random.pick(['{{ ints }}', '{{ texts + ints }}', '[{{ i }}, 2]', '{{ mixed }}'])],
    [
      'lazy_d',
      new Map<Data, Data>([
        ['k', random.pick(['{{ i }}', '{{ lazy_s }}', '{{ f }}'])],
        ['l', ['{{ yes }}', '{{ null }}', 'x {{ none }}']],
        ['u', 1],
      ]),
    ],
    ['lazy_n', random.pick(['{{ missing }}', '{{ lazy_i }}', '{{ none }}', '{{ null }}', '{{ f }}', '{{ missing.x | default(1) }}'])],
    ['lazy_b', random.pick(['{{ yes }}', '{{ not i }}', '{{ no }}', '{{ s is string }}'])],
  ]);
}
