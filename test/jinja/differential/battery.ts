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
const BY_CHANCE = new Set(['random', 'shuffle', 'password_hash', 'vault', 'community.general.random_mac']);
/** What Python makes of a set has an order of its own. */
const UNORDERED = new Set(['union', 'intersect', 'difference', 'symmetric_difference']);

/** A whole number is an open file to these, and each process has its own. */
const OF_OPEN_FILES = new Set(['directory', 'is_dir', 'file', 'is_file', 'exists', 'same_file', 'is_same_file']);
const isNumber = (subject: string): boolean => /^(?:true|false|-?\d+)$/.test(subject);

/** What is meant to differ. */
export const MEANT: readonly { readonly what: string; readonly call: RegExp; readonly differs: string }[] = [
  {
    what: '`urlsplit` of what is empty and no text',
    call: /^(?:none|false|0) \| urlsplit(?:\(none\))?$/,
    differs: 'Ansible splits what is empty and no text into bytes and methods of Python; here it fails.',
  },
  { what: '`pprint` of an undefined value', call: /^nope \| pprint$/, differs: 'An undefined value that becomes text fails.' },
  {
    what: '`is filter`, `is test` of an unknown name',
    call: /^'.* is (?:filter|test)$/,
    differs: 'In Ansible the test fails for what it should say no to.',
  },
];
/** A name that is neither filter nor test. */
const meant = (text: string): string | undefined => MEANT.find(({ call }) => call.test(text))?.differs;

/** Texts too long to be put in every order. */
const isTooMuch = (name: string, subject: string): boolean => name === 'permutations' && subject.length > 11;

/** The arguments that are wrong anyway need not meet every value, nor those of the collections that check them all alike. */
function isAsked(name: string, subject: string, index: number, at: number): boolean {
  if (isTooMuch(name, subject) || (OF_OPEN_FILES.has(name) && isNumber(subject))) return false;
  return name.includes('.') ? at % 5 === index % 5 : index < 3 || at % 5 === index % 5;
}

/** Every filter or test over every kind of value and argument: wrong types, too few, too many, unknown names. */
export function battery(kind: Kind): Call[] {
  if (kind === 'lookups') return [];
  const names = (kind === 'filters' ? filterNames() : testNames()).filter((name) => !BY_CHANCE.has(name) && /^[\w.]+$/.test(name));
  return names.flatMap((name) =>
    ARGUMENTS.flatMap((given, index) =>
      SUBJECTS.filter((subject, at) => isAsked(name, subject, index, at)).map((subject): Call => {
        const brackets = given === '' ? '' : `(${given})`;
        const text = kind === 'filters' ? `${subject} | ${name}${brackets}` : `${subject} is ${name}${brackets}`;
        const differs = meant(text);
        return { kind, name, text, mode: 'expression', unordered: UNORDERED.has(name), ...(differs && { differs }) };
      }),
    ),
  );
}
