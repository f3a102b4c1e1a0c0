import { flatten, subelements as subelementPairs } from '../filters/collection.ts';
import { truth } from '../python/compare.ts';
import { LIMITS } from '../python/limits.ts';
import { listOf, tooMany } from '../python/sequence.ts';
import { toText } from '../python/text.ts';
import { PyError, tuple, typeName, type Value } from '../values.ts';
import { type Lookup, lookup, lookupError } from './lookup.ts';

/** One level of lists opened, as most of these lookups take their terms. */
const opened = (terms: readonly Value[]): Value[] => terms.flatMap((term) => (Array.isArray(term) ? term : [term]));

const items = lookup([], (_rt, terms) => opened(terms));
const list = lookup([], (_rt, terms) => [...terms]);
const flattened = lookup([], (_rt, terms) => flatten(terms, null, true));
const indexedItems = lookup([], (_rt, terms) => opened(terms).map((item, index) => tuple([index, item])));

const dict = lookup([], (_rt, terms) =>
  terms.flatMap((term) => {
    const dicts = Array.isArray(term) ? term : [term];
    return dicts.flatMap((one) => {
      if (!(one instanceof Map))
        throw lookupError(
          `the 'dict' lookup plugin expects a dictionary, got '${typeName(one)}'`,
          'with_dict and lookup("dict") loop over the keys and values of a mapping',
        );
      return Array.from(
        one,
        ([key, value]) =>
          new Map<Value, Value>([
            ['key', key],
            ['value', value],
          ]),
      );
    });
  }),
);

const together = lookup([], (_rt, terms) => {
  const lists = terms.map((term) => [...listOf(term)]);
  if (lists.length === 0) throw lookupError('with_together requires at least one element in each list');
  const length = Math.max(...lists.map((one) => one.length));
  return Array.from({ length }, (_, index) => lists.map((one) => one[index] ?? null));
});

const nested = lookup([], (_rt, terms) => {
  const pools = terms.map((term) => (Array.isArray(term) ? term : [term]));
  if (pools.length === 0) throw lookupError('with_nested requires at least one element in the nested list');
  if (pools.reduce((size, pool) => size * pool.length, 1) > LIMITS.items) throw tooMany();
  let rows: Value[][] = [[]];
  for (const pool of pools) rows = rows.flatMap((row) => pool.map((member) => [...row, member]));
  return rows.map((row) => flatten(row, null, false));
});

const subelements = lookup([], (_rt, terms) => {
  const [obj, path, flags] = terms;
  if (obj === undefined || path === undefined || terms.length > 3)
    throw lookupError('subelements lookup expects a list of two or three items: a list of dicts or a dict, the key, and flags');
  const skip = flags instanceof Map ? truth(flags.get('skip_missing') ?? false) : false;
  const elements = obj instanceof Map ? [...obj.values()] : listOf(obj);
  const wanted = elements.filter((element) => !(element instanceof Map && truth(element.get('skipped') ?? false)));
  try {
    return subelementPairs(wanted, path, skip).map((pair) => tuple([without((pair as Value[])[0] as Value, path), (pair as Value[])[1] as Value]));
  } catch (error) {
    if (error instanceof PyError) throw lookupError(error.message);
    throw error;
  }
});

/** The element without the list that was looped over, as Ansible gives it. */
function without(element: Value, path: Value): Value {
  const [first, ...rest] = Array.isArray(path) ? path : toText(path).split('.');
  if (!(element instanceof Map) || first === undefined) return element;
  const copy = new Map(element);
  if (rest.length === 0) copy.delete(first);
  else copy.set(first, without(copy.get(first) ?? null, rest));
  return copy;
}

export const listLookups: Readonly<Record<string, Lookup>> = {
  items,
  list,
  flattened,
  indexed_items: indexedItems,
  dict,
  together,
  nested,
  cartesian: nested,
  subelements,
};
