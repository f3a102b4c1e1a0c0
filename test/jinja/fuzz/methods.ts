import type { Kind, Rule } from './expressions.ts';
import { expr } from './tree.ts';

const call =
  (of: Kind, ...calls: readonly string[]): Rule =>
  (g, d) =>
    expr`${g.make(of, d)}.${g.random.pick(calls)}`;
const wrapped =
  (of: Kind, ...calls: readonly string[]): Rule =>
  (g, d) =>
    expr`(${g.make(of, d)}).${g.random.pick(calls)}`;

/** Calls of Python's methods, by the kind of value they give. */
export const METHODS: Readonly<Record<Exclude<Kind, 'tuple' | 'any' | 'none'>, readonly Rule[]>> = {
  int: [
    wrapped('text', "find('a')", "count('a')", "index('a')", "rfind('l')", "find('b', 1)"),
    wrapped('list', 'count(1)', 'index(1)', 'pop()', 'pop(0)', '0', '1', 'index(3, 1)'),
    wrapped('dict', "get('a', 0)", "pop('a', 1)", "get('k')"),
    wrapped('int', 'bit_length()', 'real', 'numerator'),
  ],
  float: [wrapped('float', 'is_integer()', 'real', 'imag', 'conjugate()')],
  text: [
    wrapped(
      'text',
      'upper()',
      'lower()',
      'strip()',
      "lstrip('a ')",
      'rstrip()',
      'title()',
      'capitalize()',
      'swapcase()',
      'casefold()',
      'zfill(5)',
      'center(7)',
      "ljust(6, '.')",
      'rjust(6)',
      "replace('a', 'b')",
      "replace('l', 'L', 1)",
      'expandtabs(2)',
      "removeprefix('a')",
      "removesuffix('c')",
      'format(1, 2)',
    ),
    (g, d) => expr`${g.quoted(g.random.pick([',', '', ' ']))}.join(${g.make('list', d)})`,
    (g, d) => expr`(${g.make('list', d)} | map('string') | list).pop(${g.random.pick(['', '0', '-1'])})`,
  ],
  bool: [
    wrapped(
      'text',
      "startswith('a')",
      "endswith('c')",
      'isdigit()',
      'isalpha()',
      'islower()',
      'isupper()',
      'isspace()',
      'istitle()',
      'isalnum()',
      'isnumeric()',
      'isidentifier()',
      "startswith(('a', 'b'))",
    ),
  ],
  list: [
    wrapped(
      'text',
      'split()',
      "split(',')",
      "split('a', 1)",
      "rsplit('l', 1)",
      'splitlines()',
      'splitlines(true)',
      "partition('a')",
      "rpartition(' ')",
      'split(none, 1)',
      'rsplit(maxsplit=1)',
    ),
    wrapped('dict', 'keys() | list', 'values() | list', 'items() | list', 'keys()', 'items()', 'values()'),
    wrapped('list', 'copy()', 'append(1)', 'extend([1])', 'sort()', 'reverse()', "insert(0, 'a')", 'remove(1)', 'clear()'),
  ],
  dict: [
    wrapped('dict', 'copy()', "update({'z': 1})", "setdefault('a', 1)", "get('k', {})", 'popitem()', 'clear()'),
    call('dict', 'a', 'k', 'b', 'nope', 'n1'),
  ],
  records: [wrapped('records', 'copy()')],
};
