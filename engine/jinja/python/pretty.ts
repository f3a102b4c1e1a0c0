import { Tuple } from '../../value.ts';
import { PyError, tuple, type Value } from '../values.ts';
import { compare } from './compare.ts';
import { repr } from './text.ts';

const WIDTH = 80;

/** Python's `pprint.pformat`: on one line when it fits, else one member a line; keys sorted. */
export function prettyText(value: Value, indent = 0, allowance = 0): string {
  const sorted = sortKeys(value);
  const line = repr(sorted);
  if (line.length <= WIDTH - indent - allowance) return line;
  if (Array.isArray(sorted)) {
    const [open, close] = sorted instanceof Tuple ? ['(', ')'] : ['[', ']'];
    return open + members(sorted, (member, last) => prettyText(member, indent + 1, last ? allowance + 1 : 1), indent) + close;
  }
  if (!(sorted instanceof Map)) return line;
  const show = ([key, member]: [Value, Value], last: boolean): string => {
    const name = `${repr(key)}: `;
    return name + prettyText(member, indent + 1 + name.length, last ? allowance + 1 : 1);
  };
  return `{${members([...sorted], show, indent)}}`;
}

function members<T>(list: readonly T[], show: (member: T, last: boolean) => string, indent: number): string {
  return list.map((member, index) => show(member, index === list.length - 1)).join(`,\n${' '.repeat(indent + 1)}`);
}

function sortKeys(value: Value): Value {
  if (Array.isArray(value)) return value instanceof Tuple ? tuple(Array.from(value as Value[], sortKeys)) : value.map(sortKeys);
  if (!(value instanceof Map)) return value;
  try {
    return new Map(Array.from(value, ([key, member]): [Value, Value] => [key, sortKeys(member)]).sort(([a], [b]) => compare(a, b)));
  } catch (error) {
    if (error instanceof PyError) return value;
    throw error;
  }
}
