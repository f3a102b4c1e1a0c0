import { type Callable, define } from '../../binder.ts';
import { compare, dictGet, dictSet, truth, ValueSet } from '../../python/compare.ts';
import { add } from '../../python/number.ts';
import { contains, failUndefined, listOf } from '../../python/sequence.ts';
import { repr } from '../../python/text.ts';
import type { Family } from '../../registry.ts';
import { PyError, Range, typeName, type Value } from '../../values.ts';
import { refuseOthers, unroll } from '../keys.ts';
import { mergeDicts } from '../merge.ts';
import { unique } from '../sequence.ts';

type Named = Map<Value, Value>;

const distinct = (members: Value): Value[] => unique(listOf(members));

/** Whether a list holds a member; fast when all of it can be hashed. */
function holder(list: Value[]): (member: Value) => boolean {
  try {
    const set = new ValueSet(list);
    return (member) => set.has(member);
  } catch (error) {
    if (!(error instanceof PyError)) throw error;
    return (member) => contains(list, member);
  }
}

/** Holding in whatever way works: what cannot be hashed is compared one by one. */
function has(list: Value): (member: Value) => boolean {
  const members = listOf(list);
  const fast = holder(members);
  return (member) => {
    try {
      return fast(member);
    } catch (error) {
      if (!(error instanceof PyError)) throw error;
      return contains(members, member);
    }
  };
}

const intersect = (a: Value, b: Value): Value => listOf(a).filter(has(b));
const difference = (a: Value, b: Value): Value => {
  const held = has(b);
  return listOf(a).filter((member) => !held(member));
};
const symmetric = (a: Value, b: Value): Value => {
  const shared = has(intersect(a, b));
  return distinct(add(a, b)).filter((member) => !shared(member));
};

/** Lists of lists one level up. */
function flattened(lists: readonly Value[]): Value[] {
  return lists.flatMap((list): Value[] => {
    if (!Array.isArray(list)) throw new PyError(`All arguments must be lists. ${repr(list)} is <class '${typeName(list)}'>`);
    if (list.length === 0) return [];
    return list.every((member) => Array.isArray(member)) ? [...list] : [list];
  });
}

/** A filter over any number of lists, from the first to the last. */
function overLists(name: string, work: (a: Value, b: Value) => Value, begin: (list: Value) => Value, end: (list: Value) => Value): Callable {
  return define('*lists, **kwargs', (_rt, given, kwargs) => {
    refuseOthers(kwargs as Named, ['flatten'], name);
    const args = given as Value[];
    const lists = truth((kwargs as Named).get('flatten') ?? false) ? flattened(args) : args;
    const [first, ...rest] = lists;
    if (first === undefined) return [];
    return rest.length === 0 ? unroll(first) : end(rest.reduce(work, begin(first)));
  });
}

const same = (list: Value): Value => list;

function mergeTwo(low: Value, high: Value, index: string, recursive: boolean, listMerge: string): Value {
  const merged = new Map<Value, Value>();
  for (const element of [...listOf(low), ...listOf(high)]) {
    if (!(element instanceof Map))
      throw new PyError(`Elements of list arguments for lists_mergeby must be dictionaries. ${repr(element)} is <class '${typeName(element)}'>`);
    const key = dictGet(element, index);
    if (key === undefined) continue;
    dictSet(merged, key, mergeDicts([dictGet(merged, key) ?? new Map<Value, Value>(), element], recursive, listMerge));
  }
  return [...merged.values()].sort((a, b) => compare(dictGet(a as Named, index) as Value, dictGet(b as Named, index) as Value));
}

const isSequence = (value: Value): boolean => Array.isArray(value) || typeof value === 'string' || value instanceof Range;

/** The lists that stand before the name of the key, lists of lists taken apart. */
function listsBefore(terms: readonly Value[]): Value[] {
  return terms.flatMap((list): Value[] => {
    failUndefined(list);
    if (!isSequence(list))
      throw new PyError(
        `All arguments before the argument index for community.general.lists_mergeby must be lists. ${repr(list)} is <class '${typeName(list)}'>`,
      );
    const members = listOf(list);
    if (members.length === 0) return [];
    return members.every(isSequence) ? members : [list];
  });
}

function mergeBy(terms: readonly Value[], recursive: boolean, listMerge: string): Value {
  if (terms.length < 2) throw new PyError('At least one list and index are needed.', 'arguments');
  const lists = listsBefore(terms.slice(0, -1));
  const last = lists.pop();
  if (last === undefined) return [];
  if (lists.length === 0) return unroll(last);
  const index = terms[terms.length - 1] as Value;
  if (typeof index !== 'string')
    throw new PyError(`First argument after the lists for community.general.lists_mergeby must be string. ${repr(index)} is <class '${typeName(index)}'>`);
  return lists.reverse().reduce((high, low) => mergeTwo(low, high, index, recursive, listMerge), last);
}

export const listFilters: Family = {
  'community.general.lists_union': overLists('lists_union', add, same, distinct),
  'community.general.lists_intersect': overLists('lists_intersect', intersect, distinct, same),
  'community.general.lists_difference': overLists('lists_difference', difference, distinct, same),
  'community.general.lists_symmetric_difference': overLists('lists_symmetric_difference', symmetric, same, same),
  'community.general.lists_mergeby': define('*terms, **kwargs', (_rt, terms, kwargs) => {
    const named = kwargs as Named;
    refuseOthers(named, ['recursive', 'list_merge'], 'lists_mergeby');
    return mergeBy(terms as Value[], truth(named.get('recursive') ?? false), String(named.get('list_merge') ?? 'replace'));
  }),
};
