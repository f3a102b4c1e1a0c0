import { define } from '../binder.ts';
import { compare, equal, truth, ValueSet } from '../python/compare.ts';
import { add } from '../python/number.ts';
import { failUndefined, iterate, lengthOf, listOf } from '../python/sequence.ts';
import { chars, toText } from '../python/text.ts';
import type { Family } from '../registry.ts';
import type { Runtime } from '../runtime.ts';
import { Group, PyError, tuple, typeName, Undefined, UndefinedUse, type Value } from '../values.ts';
import { reader, readers, sortedBy, wholeNumber } from './keys.ts';

const empty = (rt: Runtime, hint: string): Undefined => new Undefined({ hint, place: rt.place });

function extreme(better: (a: Value, b: Value) => boolean): ReturnType<typeof define> {
  return define('value, case_sensitive=False, attribute=None', (rt, value, caseSensitive, attribute) => {
    const read = caseSensitive instanceof Undefined ? (): Value => caseSensitive : reader(attribute, caseSensitive);
    let best: Value | undefined;
    let bestKey: Value = null;
    for (const member of iterate(value)) {
      const key = read(member);
      if (best === undefined || better(key, bestKey)) [best, bestKey] = [member, key];
    }
    return best === undefined ? empty(rt, 'No aggregated item, sequence was empty.') : best;
  });
}

/** Distinct members by what is read of them; fails for what cannot be hashed. */
function hashed(members: readonly Value[], read: (member: Value) => Value): Value[] {
  const seen = new ValueSet();
  return members.filter((member) => {
    const key = read(member);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function compared(members: readonly Value[]): Value[] {
  const kept: Value[] = [];
  for (const member of members) if (!kept.some((one) => equal(one, member))) kept.push(member);
  return kept;
}

/** Distinct members; what cannot be hashed is compared one by one. */
export function unique(members: readonly Value[]): Value[] {
  try {
    return hashed(members, (member) => member);
  } catch (error) {
    if (error instanceof PyError && error.message.startsWith('unhashable')) return compared(members);
    throw error;
  }
}

function distinct(members: readonly Value[], caseSensitive: Value, attribute: Value): Value[] {
  const read = reader(attribute, caseSensitive instanceof Undefined ? true : caseSensitive);
  try {
    return hashed(members, read);
  } catch (error) {
    // only Jinja's own filter knows the two, and it hashes
    const needsHash = caseSensitive === false || truth(attribute);
    if (!needsHash && (error instanceof PyError || error instanceof UndefinedUse)) return compared(members);
    throw error;
  }
}

function groups(members: readonly Value[], attribute: Value, otherwise: Value, caseSensitive: Value): Value[] {
  const key = reader(attribute, caseSensitive, otherwise);
  const shown = reader(attribute, true, otherwise);
  const result: { key: Value; members: Value[] }[] = [];
  for (const member of sortedBy(members, key, false)) {
    const last = result[result.length - 1];
    const own = key(member);
    if (last !== undefined && equal(last.key, own)) last.members.push(member);
    else result.push({ key: own, members: [member] });
  }
  return result.map((group) => new Group(shown(group.members[0] as Value), group.members) as Value[]);
}

export const sequenceFilters: Family = {
  first: define('seq', (rt, seq) => {
    for (const member of iterate(seq)) return member;
    return empty(rt, 'No first item, sequence was empty.');
  }),
  last: define('seq', (rt, seq) => {
    const members = listOf(seq);
    return members.length === 0 ? empty(rt, 'No last item, sequence was empty.') : (members[members.length - 1] as Value);
  }),
  length: define('value', (_rt, value) => lengthOf(value)),
  count: define('value', (_rt, value) => lengthOf(value)),
  list: define('value', (_rt, value) => [...listOf(value)]),
  reverse: define('value', (_rt, value) => (typeof value === 'string' ? chars(value).reverse().join('') : [...listOf(value)].reverse())),
  join: define("value, d='', attribute=None", (_rt, value, separator, attribute) => {
    const read = reader(attribute);
    return Array.from(iterate(value), (member) => toText(read(member))).join(toText(separator));
  }),
  sort: define('value, reverse=False, case_sensitive=False, attribute=None', (_rt, value, reverse, caseSensitive, attribute) =>
    sortedBy(listOf(value), readers(attribute, caseSensitive), wholeNumber(reverse, 'reverse') !== 0),
  ),
  unique: define('value, case_sensitive=None, attribute=None', (_rt, value, caseSensitive, attribute) => distinct(listOf(value), caseSensitive, attribute)),
  sum: define('iterable, attribute=None, start=0', (_rt, members, attribute, start) => {
    const read = reader(attribute);
    let total = start;
    for (const member of iterate(members)) {
      const value = read(member);
      failUndefined(value);
      total = add(total, value);
    }
    return total;
  }),
  min: extreme((a, b) => compare(a, b) < 0),
  max: extreme((a, b) => compare(a, b, '>') > 0),
  batch: define('value, linecount, fill_with=None', (_rt, value, count, fill) => {
    const lines: Value[][] = [];
    let line: Value[] = [];
    for (const member of iterate(value)) {
      if (equal(line.length, count)) {
        lines.push(line);
        line = [];
      }
      line.push(member);
    }
    if (line.length === 0) return lines;
    if (fill !== null) while (line.length < wholeNumber(count, 'linecount')) line.push(fill);
    return [...lines, line];
  }),
  slice: define('value, slices, fill_with=None', (_rt, value, slices, fill) => {
    const count = wholeNumber(slices, 'slices');
    if (count === 0) throw new PyError('integer division or modulo by zero');
    if (count < 0) return [];
    const members = listOf(value);
    const [size, extra] = [Math.floor(members.length / count), members.length % count];
    const result: Value[][] = [];
    for (let at = 0, index = 0; index < count; index++) {
      const part = members.slice(at, at + size + (index < extra ? 1 : 0));
      at += part.length;
      if (fill !== null && index >= extra) part.push(fill);
      result.push(part);
    }
    return result;
  }),
  groupby: define('value, attribute, default=None, case_sensitive=False', (_rt, value, attribute, otherwise, caseSensitive) =>
    groups(listOf(value), attribute, otherwise, caseSensitive),
  ),
  dictsort: define("value, case_sensitive=False, by='key', reverse=False", (_rt, value, caseSensitive, by, reverse) => {
    if (!(value instanceof Map)) {
      failUndefined(value);
      throw new PyError(`dictsort expects a dict, got ${typeName(value)}`);
    }
    if (by !== 'key' && by !== 'value') throw new PyError('You can only sort by either "key" or "value"');
    const read = reader(by === 'key' ? 0 : 1, caseSensitive);
    return sortedBy(
      Array.from(value, (pair) => tuple(pair)),
      read,
      wholeNumber(reverse, 'reverse') !== 0,
    );
  }),
  items: define('value', (_rt, value) => {
    if (value instanceof Undefined) return [];
    if (!(value instanceof Map)) throw new PyError('Can only get item pairs from a mapping.');
    return Array.from(value, (pair) => tuple(pair));
  }),
};
