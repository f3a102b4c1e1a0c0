import type { Origin } from '../jinja/api.ts';
import { parseKeyValues } from '../load/kv.ts';
import { originOf, rememberOrigins } from '../load/yaml.ts';
import type { Data, Dict } from '../value.ts';

/** Arguments that are written as one line of text, as a mapping whose values still know where they stand. */
export function parseArguments(holder: Dict, key: string, freeForm: boolean): Dict {
  const value = holder.get(key);
  const text = value === null || value === undefined ? '' : String(value);
  const origin = originOf(holder, key);
  const { args, offsets } = parseKeyValues(text, freeForm, origin);
  const dict: Dict = new Map<Data, Data>(args);
  if (origin) rememberOrigins(dict, new Map<Data, Origin>([...args.keys()].map((name) => [name, shifted(origin, offsets.get(name) ?? 0)])));
  return dict;
}

const shifted = (origin: Origin, by: number): Origin => ({ at: (offset) => origin.at(offset + by) });
