import { define } from '../binder.ts';
import { dictGet, dictSet, truth, ValueSet } from '../python/compare.ts';
import { LIMITS } from '../python/limits.ts';
import { add } from '../python/number.ts';
import { contains, failUndefined, iterate, listOf, tooMany } from '../python/sequence.ts';
import { repr } from '../python/text.ts';
import type { Family } from '../registry.ts';
import { PyError, Range, tuple, typeName, Undefined, type Value } from '../values.ts';
import { refuseOthers, text, wholeNumber } from './keys.ts';
import { mergeDicts } from './merge.ts';
import { unique } from './sequence.ts';

type Dict = Map<Value, Value>;

interface Members {
  readonly has: (value: Value) => boolean;
  readonly list: Value[];
}

/** Sets when both are hashable; else members compared one by one, in whatever the two are. */
function setOperation(a: Value, b: Value, bySets: (a: Members, b: Members) => Value[], byMembers: () => Value[]): Value[] {
  try {
    const [left, right] = [new ValueSet(listOf(a)), new ValueSet(listOf(b))];
    return bySets({ has: (value) => left.has(value), list: left.list() }, { has: (value) => right.has(value), list: right.list() });
  } catch (error) {
    if (!(error instanceof PyError)) throw error;
    return unique(byMembers());
  }
}

const union = (a: Value, b: Value): Value[] =>
  setOperation(
    a,
    b,
    (left, right) => [...left.list, ...right.list.filter((member) => !left.has(member))],
    () => listOf(add(a, b)),
  );
const intersect = (a: Value, b: Value): Value[] =>
  setOperation(
    a,
    b,
    (left, right) => left.list.filter(right.has),
    () => listOf(a).filter((member) => contains(b, member)),
  );
const difference = (a: Value, b: Value): Value[] =>
  setOperation(
    a,
    b,
    (left, right) => left.list.filter((member) => !right.has(member)),
    () => listOf(a).filter((member) => !contains(b, member)),
  );
const symmetricDifference = (a: Value, b: Value): Value[] =>
  setOperation(
    a,
    b,
    (left, right) => [...left.list.filter((member) => !right.has(member)), ...right.list.filter((member) => !left.has(member))],
    () => {
      const shared = intersect(a, b);
      return union(a, b).filter((member) => !contains(shared, member));
    },
  );

const isNested = (value: Value): boolean => Array.isArray(value) || value instanceof Range;

/** Ansible's `flatten`. */
export function flatten(members: Iterable<Value>, levels: Value, skipNulls: boolean): Value[] {
  const result: Value[] = [];
  for (const member of members) {
    if (skipNulls && (member === null || member === 'None' || member === 'null')) continue;
    if (isNested(member) && (levels === null || wholeNumber(levels, 'levels') >= 1)) {
      for (const inner of flatten(iterate(member), levels === null ? null : wholeNumber(levels, 'levels') - 1, skipNulls)) result.push(inner);
    } else {
      failUndefined(member);
      result.push(member);
    }
  }
  return result;
}

function product(pools: readonly Value[][]): Value[] {
  const size = pools.reduce((total, pool) => total * pool.length, 1);
  if (size > LIMITS.items) throw tooMany();
  let rows: Value[][] = [[]];
  for (const pool of pools) rows = rows.flatMap((row) => pool.map((member) => [...row, member]));
  return rows.map((row) => tuple(row));
}

/** Choices of `size` members: with order (permutations) or without (combinations). */
function choices(members: readonly Value[], size: number, ordered: boolean): Value[] {
  const result: Value[] = [];
  const taken: number[] = [];
  const extend = (from: number): void => {
    if (taken.length === size) {
      if (result.length >= LIMITS.items) throw tooMany();
      result.push(tuple(taken.map((index) => members[index] as Value)));
      return;
    }
    for (let index = from; index < members.length; index++) {
      if (ordered && taken.includes(index)) continue;
      taken.push(index);
      extend(ordered ? 0 : index + 1);
      taken.pop();
    }
  };
  if (size < 0) throw new PyError('r must be non-negative');
  if (size <= members.length) extend(0);
  return result;
}

function zip(lists: readonly Value[][], length: number, fill: Value): Value[] {
  return Array.from({ length }, (_, index) => tuple(lists.map((list) => (index < list.length ? (list[index] as Value) : fill))));
}

const named = (kwargs: Value, name: string): Value | undefined => (kwargs as Dict).get(name);

export function dictToItems(dict: Value, keyName: Value, valueName: Value): Value[] {
  failUndefined(dict);
  if (!(dict instanceof Map)) throw new PyError(`dict2items requires a dictionary, got ${typeName(dict)} instead.`);
  return Array.from(
    dict,
    ([key, value]) =>
      new Map([
        [keyName, key],
        [valueName, value],
      ]),
  );
}

function itemsToDict(list: Value, keyName: Value, valueName: Value): Dict {
  failUndefined(list);
  if (!Array.isArray(list)) throw new PyError(`items2dict requires a list, got ${typeName(list)} instead.`);
  const dict: Dict = new Map();
  for (const item of list) {
    if (!(item instanceof Map)) throw new PyError(`items2dict requires a list of dictionaries, got ${repr(list)} instead.`);
    const [key, value] = [dictGet(item, keyName), dictGet(item, valueName)];
    if (key === undefined || value === undefined) {
      throw new PyError(
        `items2dict requires each dictionary in the list to contain the keys '${text(keyName)}' and '${text(valueName)}', got ${repr(list)} instead.`,
      );
    }
    dictSet(dict, key, value);
  }
  return dict;
}

/** Pairs of an element and each member of the list that a key path leads to. */
export function subelements(obj: Value, path: Value, skipMissing: boolean): Value[] {
  failUndefined(obj);
  const elements = obj instanceof Map ? [...obj.values()] : Array.isArray(obj) ? obj : undefined;
  if (elements === undefined) throw new PyError('obj must be a list of dicts or a nested dict');
  const keys = Array.isArray(path) ? path : typeof path === 'string' ? path.split('.') : undefined;
  if (keys === undefined) throw new PyError('subelements must be a list or a string');
  return elements.flatMap((element) => subelementsOf(element, keys, skipMissing).map((value) => tuple([element, value])));
}

function subelementsOf(element: Value, keys: readonly Value[], skipMissing: boolean): Value[] {
  let values = element;
  for (const key of keys) {
    if (!(values instanceof Map)) throw new PyError(`the key ${text(key)} should point to a dictionary, got '${repr(values)}'`);
    const found = dictGet(values, key);
    if (found === undefined && skipMissing) return [];
    if (found === undefined) throw new PyError(`could not find '${text(key)}' key in iterated item ${repr(values)}`);
    values = found;
  }
  if (!Array.isArray(values)) throw new PyError(`the key '${text(keys.at(-1) ?? '')}' should point to a list, got ${repr(values)}`);
  return values;
}

function rekey(data: Value, key: Value, duplicates: Value): Dict {
  if (duplicates !== 'error' && duplicates !== 'overwrite') throw new PyError(`duplicates parameter to rekey_on_member has unknown value: ${text(duplicates)}`);
  failUndefined(data);
  const members = data instanceof Map ? [...data.values()] : typeof data === 'string' ? undefined : listOf(data);
  if (members === undefined) throw new PyError('Type is not a valid list, set, or dict');
  const result: Dict = new Map();
  for (const member of members) {
    if (!(member instanceof Map)) throw new PyError('List item is not a valid dict');
    const own = dictGet(member, key);
    if (own === undefined) throw new PyError(`Key ${text(key)} was not found`);
    if (dictGet(result, own) !== undefined && duplicates === 'error') throw new PyError(`Key ${text(own)} is not unique, cannot correctly turn into dict`);
    dictSet(result, own, member);
  }
  return result;
}

function checkDefined(value: Value): void {
  if (value instanceof Undefined) value.fail();
  if (Array.isArray(value)) value.forEach(checkDefined);
  else if (value instanceof Map) for (const member of value.values()) if (member instanceof Undefined) member.fail();
}

export const collectionFilters: Family = {
  union: define('a, b', (_rt, a, b) => union(a, b)),
  intersect: define('a, b', (_rt, a, b) => intersect(a, b)),
  difference: define('a, b', (_rt, a, b) => difference(a, b)),
  symmetric_difference: define('a, b', (_rt, a, b) => symmetricDifference(a, b)),
  flatten: define('mylist, levels=None, skip_nulls=True', (_rt, list, levels, skip) => flatten(iterate(list), levels, truth(skip))),
  combine: define('*terms, **kwargs', (_rt, terms, kwargs) => {
    const extra = [...(kwargs as Dict).keys()].find((name) => name !== 'recursive' && name !== 'list_merge');
    if (extra !== undefined)
      throw new PyError(`combine() has no argument '${text(extra)}'`, 'arguments', "'recursive' and 'list_merge' are the only valid keyword arguments");
    const dicts = flatten(terms as Value[], 1, true);
    checkDefined(dicts);
    return mergeDicts(dicts, truth(named(kwargs, 'recursive') ?? false), text(named(kwargs, 'list_merge') ?? 'replace'));
  }),
  dict2items: define("mydict, key_name='key', value_name='value'", (_rt, dict, key, value) => dictToItems(dict, key, value)),
  items2dict: define("mylist, key_name='key', value_name='value'", (_rt, list, key, value) => itemsToDict(list, key, value)),
  subelements: define('obj, subelements, skip_missing=False', (_rt, obj, path, skip) => subelements(obj, path, truth(skip))),
  rekey_on_member: define("data, key, duplicates='error'", (_rt, data, key, duplicates) => rekey(data, key, duplicates)),
  product: define('*lists, **kwargs', (_rt, lists, kwargs) => {
    refuseOthers(kwargs as Dict, ['repeat'], 'product');
    const pools = (lists as Value[]).map((list) => listOf(list));
    const times = wholeNumber(named(kwargs, 'repeat') ?? 1, 'repeat');
    return product(Array.from({ length: times }, () => pools).flat());
  }),
  permutations: define('list, r=None', (_rt, list, size) => choices(listOf(list), size === null ? listOf(list).length : wholeNumber(size, 'r'), true)),
  combinations: define('list, r', (_rt, list, size) => choices(listOf(list), wholeNumber(size, 'r'), false)),
  zip: define('*lists, **kwargs', (_rt, lists, kwargs) => {
    refuseOthers(kwargs as Dict, ['strict'], 'zip');
    const all = (lists as Value[]).map((list) => listOf(list));
    const [shortest, longest] = [Math.min(...all.map((list) => list.length)), Math.max(...all.map((list) => list.length))];
    if (truth(named(kwargs, 'strict') ?? false) && shortest !== longest) throw new PyError('zip() arguments differ in length');
    return zip(all, shortest, null);
  }),
  zip_longest: define('*lists, **kwargs', (_rt, lists, kwargs) => {
    refuseOthers(kwargs as Dict, ['fillvalue'], 'zip_longest');
    const all = (lists as Value[]).map((list) => listOf(list));
    return zip(all, Math.max(...all.map((list) => list.length)), named(kwargs, 'fillvalue') ?? null);
  }),
};
