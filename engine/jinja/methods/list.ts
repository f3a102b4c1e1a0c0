import { type Callable, define, isCallable, NO_NAMED } from '../binder.ts';
import { compare, equal, truth } from '../python/compare.ts';
import { LIMITS } from '../python/limits.ts';
import { indexOf, listOf, tooMany } from '../python/sequence.ts';
import { repr } from '../python/text.ts';
import type { Runtime } from '../runtime.ts';
import { PyError, typeName, type Value } from '../values.ts';

const count = define('self, value', (_rt, self, value) => (self as Value[]).filter((member) => equal(member, value as Value)).length);

const index = define('self, value, start=0, stop=None', (_rt, self, value, start, stop) => {
  const list = self as Value[];
  const bound = (given: Value, otherwise: number): number => {
    const at = given === null ? otherwise : (indexOf(given) ?? otherwise);
    return at < 0 ? Math.max(0, at + list.length) : at;
  };
  const end = Math.min(list.length, bound(stop as Value, list.length));
  for (let at = bound(start as Value, 0); at < end; at++) if (equal(list[at] as Value, value as Value)) return at;
  throw new PyError(`${repr(value as Value)} is not in ${typeName(list)}`);
});

function grow(list: Value[], more: readonly Value[]): null {
  if (list.length + more.length > LIMITS.items) throw tooMany();
  for (const member of more) list.push(member);
  return null;
}

function position(list: Value[], at: Value, limit: number): number {
  const wanted = indexOf(at);
  if (wanted === undefined) throw new PyError(`'${typeName(at)}' object cannot be interpreted as an integer`);
  const positive = wanted < 0 ? wanted + list.length : wanted;
  return Math.min(positive, limit);
}

function sortInPlace(rt: Runtime, list: Value[], key: Value, reverse: Value): null {
  const keyed = list.map((member) => (isCallable(key) ? key.call(rt, [member], NO_NAMED) : member));
  const order = list.map((_, at) => at);
  const sign = truth(reverse) ? -1 : 1;
  order.sort((a, b) => sign * compare(keyed[a] as Value, keyed[b] as Value));
  const sorted = order.map((at) => list[at] as Value);
  list.splice(0, list.length, ...sorted);
  return null;
}

export const tupleMethods: Readonly<Record<string, Callable>> = { count, index };

export const listMethods: Readonly<Record<string, Callable>> = {
  count,
  index,
  append: define('self, value', (_rt, self, value) => grow(self as Value[], [value as Value])),
  extend: define('self, values', (_rt, self, values) => grow(self as Value[], [...listOf(values as Value)])),
  copy: define('self', (_rt, self) => [...(self as Value[])]),
  clear: define('self', (_rt, self) => {
    (self as Value[]).length = 0;
    return null;
  }),
  insert: define('self, index, value', (_rt, self, at, value) => {
    const list = self as Value[];
    list.splice(Math.max(0, position(list, at as Value, list.length)), 0, value as Value);
    return null;
  }),
  pop: define('self, index=-1', (_rt, self, at) => {
    const list = self as Value[];
    if (list.length === 0) throw new PyError('pop from empty list');
    const place = position(list, at as Value, Number.MAX_SAFE_INTEGER);
    if (place < 0 || place >= list.length) throw new PyError('pop index out of range');
    return list.splice(place, 1)[0] as Value;
  }),
  remove: define('self, value', (_rt, self, value) => {
    const list = self as Value[];
    const at = list.findIndex((member) => equal(member, value as Value));
    if (at < 0) throw new PyError('list.remove(x): x not in list');
    list.splice(at, 1);
    return null;
  }),
  reverse: define('self', (_rt, self) => {
    (self as Value[]).reverse();
    return null;
  }),
  sort: define('self, key=None, reverse=False', (rt, self, key, reverse) => sortInPlace(rt, self as Value[], key as Value, reverse as Value)),
};
