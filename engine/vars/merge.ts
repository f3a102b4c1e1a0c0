import { Places, placesOf, rememberPlaces } from '../load/positions.ts';
import { type Data, type Dict, isDict } from '../value.ts';

/**
 * Joins two dicts as `hash_behaviour = merge` does: dicts in both are joined in their turn, of everything else the second wins.
 * What is known of a value's place and of `!unsafe` stays known.
 */
export function mergeDicts(first: Dict, second: Dict): Dict {
  const merged: Dict = new Map(first);
  const from = new Map<Data, Dict>([...first.keys()].map((key) => [key, first]));
  for (const [key, value] of second) {
    const old = merged.get(key);
    merged.set(key, isDict(old) && isDict(value) ? mergeDicts(old, value) : value);
    from.set(key, second);
  }
  const source = placesOf(second)?.source ?? placesOf(first)?.source;
  if (source === undefined) return merged;
  const places = new Places(source, placesOf(second)?.start ?? 0, true);
  for (const key of merged.keys()) {
    const origin = placesOf(from.get(key));
    // a place names one file, so places of the other one are lost
    if (origin?.source === source) places.copy(key, origin);
  }
  rememberPlaces(merged, places);
  return merged;
}
