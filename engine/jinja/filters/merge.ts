import { dictGet, dictHas, dictSet, equal } from '../python/compare.ts';
import { PyError, typeName, type Value } from '../values.ts';

type Dict = Map<Value, Value>;

const LIST_MERGES = ['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp'];

/** Ansible's `combine`: dicts merged, the last wins; `listMerge` says what becomes of lists both have. */
export function mergeDicts(dicts: readonly Value[], recursive: boolean, listMerge: string): Value {
  if (!LIST_MERGES.includes(listMerge))
    throw new PyError(`merge_hash: 'list_merge' argument can only be equal to ${LIST_MERGES.map((one) => `'${one}'`).join(', ')}, got '${listMerge}'`);
  if (dicts.length === 0) return new Map();
  if (dicts.length === 1) return dicts[0] as Value;
  for (const dict of dicts) {
    if (!(dict instanceof Map)) throw new PyError(`failed to combine variables, expected dicts but got a '${typeName(dict)}'`);
  }
  return (dicts as Dict[]).reduce((low, high) => mergeTwo(low, high, recursive, listMerge));
}

function mergeTwo(low: Dict, high: Dict, recursive: boolean, listMerge: string): Dict {
  if (low.size === 0 || equal(low, high)) return new Map(high);
  const merged: Dict = new Map(low);
  if (!recursive && listMerge === 'replace') {
    for (const [key, value] of high) dictSet(merged, key, value);
    return merged;
  }
  for (const [key, value] of high) {
    const held = dictHas(merged, key) ? dictGet(merged, key) : undefined;
    if (recursive && held instanceof Map && value instanceof Map) dictSet(merged, key, mergeTwo(held, value, true, listMerge));
    else if (Array.isArray(held) && Array.isArray(value)) dictSet(merged, key, mergeLists(held, value, listMerge));
    else dictSet(merged, key, value);
  }
  return merged;
}

function mergeLists(low: Value[], high: Value[], listMerge: string): Value[] {
  const without = (list: Value[], other: Value[]): Value[] => list.filter((member) => !other.some((one) => equal(one, member)));
  switch (listMerge) {
    case 'keep':
      return low;
    case 'append':
      return [...low, ...high];
    case 'prepend':
      return [...high, ...low];
    case 'append_rp':
      return [...without(low, high), ...high];
    case 'prepend_rp':
      return [...high, ...without(low, high)];
    default:
      return high;
  }
}
