import { subelements as subelementPairs } from '../filters/collection.ts';
import { truth } from '../python/compare.ts';
import { LIMITS } from '../python/limits.ts';
import { isIterable, listOf, tooMany } from '../python/sequence.ts';
import { toText } from '../python/text.ts';
import { PyError, tuple, typeName, type Value } from '../values.ts';
import { type Lookup, lookup, lookupError } from './lookup.ts';

/** One level of lists opened, as most of these lookups take their terms. */
const opened = (terms: readonly Value[]): Value[] => terms.flatMap((term) => (Array.isArray(term) ? term : [term]));

const items = lookup([], (_rt, terms) => opened(terms));
const list = lookup([], (_rt, terms) => [...terms]);
/** Lists within lists opened to the last; the text None or null ends what is looked at, as in Ansible. */
function flattenAll(terms: readonly Value[]): Value[] {
  const flat: Value[] = [];
  for (const term of terms) {
    if (term === 'None' || term === 'null') break;
    if (Array.isArray(term)) flat.push(...flattenAll(term));
    else flat.push(term);
  }
  return flat;
}

const flattened = lookup([], (_rt, terms) => flattenAll(terms));
const indexedItems = lookup([], (_rt, terms) => opened(terms).map((item, index) => tuple([index, item])));

const dict = lookup([], (_rt, terms) =>
  terms.flatMap((one) => {
    if (!(one instanceof Map))
      throw lookupError(`with_dict expects a dict, got '${typeName(one)}'`, 'with_dict and lookup("dict") loop over the keys and values of a mapping');
    return Array.from(
      one,
      ([key, value]) =>
        new Map<Value, Value>([
          ['key', key],
          ['value', value],
        ]),
    );
  }),
);

/** What a term gives to loop over: the members of a list, the keys of a dict, anything else itself. */
const poolOf = (term: Value): Value[] => (typeof term === 'string' || !isIterable(term) ? [term] : [...listOf(term)]);

/** One level opened. A lone value that has no members cannot be. */
const openRow = (row: Value): Value[] => opened([...listOf(row)]);

const together = lookup([], (_rt, terms) => {
  const lists = terms.map(poolOf);
  if (lists.length === 0) throw lookupError('with_together requires at least one element in each list');
  const length = Math.max(...lists.map((one) => one.length));
  return Array.from({ length }, (_, index) => opened(lists.map((one) => one[index] ?? null)));
});

function checkSize(pools: readonly Value[][]): void {
  if (pools.reduce((size, pool) => size * pool.length, 1) > LIMITS.items) throw tooMany();
}

const nested = lookup([], (_rt, terms) => {
  const [first, ...pools] = terms.map(poolOf);
  if (first === undefined) throw lookupError('with_nested requires at least one element in the nested list');
  checkSize([first, ...pools]);
  return pools.reduce((rows, pool) => rows.flatMap((row) => pool.map((member): Value => opened([row, member]))), first).map(openRow);
});

const cartesian = lookup([], (_rt, terms) => {
  const pools = terms.map(poolOf);
  if (pools.length === 0) throw lookupError('with_cartesian requires at least one element in each list');
  checkSize(pools);
  let rows: Value[][] = [[]];
  for (const pool of pools) rows = rows.flatMap((row) => pool.map((member) => [...row, member]));
  return rows.map(opened);
});

const subelements = lookup([], (_rt, terms) => {
  const [obj, path, flags] = terms;
  if (obj === undefined || path === undefined || terms.length > 3)
    throw lookupError('subelements lookup expects a list of two or three items: a list of dicts or a dict, the key, and flags');
  if (flags !== undefined && !(flags instanceof Map)) throw lookupError('the optional third item of subelements must be a dict with flags: skip_missing');
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
  cartesian,
  subelements,
};
