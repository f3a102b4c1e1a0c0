import { filterNames, testNames } from '../../../engine/jinja/index.ts';
import type { Call, Kind } from './calls.ts';

/** A value of every kind, as the language writes it. */
const SUBJECTS = [
  ...['none', 'true', 'false', '0', '1', '-7', '1180591620717411303424', '1.5', '2.0', "''", "'abc'", "' Ab c\\n'", "'äß€😀'", "'10'", "'1.5'", "'yes'"],
  ...["'[1, 2]'", '\'{"a": 1}\'', '[]', '[3, 1, 2]', "['b', 'A', 'c', 'b']", "[1, 'a', none]", '[[1, 2], [3]]', '(1, 2)', '{}', "{'a': 1, 'b': [2]}"],
  ...["[{'a': 1, 'b': 2}, {'a': 0}]", 'nope', 'range(3)', "'10.0.0.1/24'", "'2001:db8::1'"],
];
const ARGUMENTS = ['', "'a'", '2', 'none', "['a', 1]", "'a', 'b'", '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14', "nonsense='x'", 'nope'];

/** What gives another answer each time. */
const BY_CHANCE = new Set(['random', 'shuffle', 'password_hash', 'vault', 'random_mac', 'resolvable']);
/** What Python makes of a set has an order of its own. */
const UNORDERED = new Set(['union', 'intersect', 'difference', 'symmetric_difference']);

/** Texts too long to be put in every order. */
const isTooMuch = (name: string, subject: string): boolean => name === 'permutations' && subject.length > 11;

/** Every filter or test over every kind of value and argument: wrong types, too few, too many, unknown names. */
export function battery(kind: Kind): Call[] {
  if (kind === 'lookups') return [];
  const names = (kind === 'filters' ? filterNames() : testNames()).filter((name) => !BY_CHANCE.has(name) && /^[\w.]+$/.test(name));
  return names.flatMap((name) =>
    ARGUMENTS.flatMap((given, index) =>
      // the arguments that are wrong anyway need not meet every value
      SUBJECTS.filter((subject, at) => (index < 3 || at % 5 === index % 5) && !isTooMuch(name, subject)).map((subject): Call => {
        const brackets = given === '' ? '' : `(${given})`;
        const text = kind === 'filters' ? `${subject} | ${name}${brackets}` : `${subject} is ${name}${brackets}`;
        return { kind, name, text, mode: 'expression', unordered: UNORDERED.has(name) };
      }),
    ),
  );
}
