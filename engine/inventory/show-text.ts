import { dumpJson } from '../jinja/python/json.ts';
import { toText } from '../jinja/python/text.ts';
import { dumpYaml } from '../jinja/python/yaml-dump.ts';
import { type Data, type Float, VaultText } from '../value.ts';

/** Text that is marked `!unsafe`, as it is told to whoever reads the JSON. */
export class UnsafeText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Variables that are put together when they are printed, so that those of all hosts never lie in memory at once. */
export class Late {
  readonly make: () => ShownDict;
  constructor(make: () => ShownDict) {
    this.make = make;
  }
}

/** What is printed: values of the language, and text that is marked. */
export type Shown = null | boolean | number | bigint | string | Float | VaultText | UnsafeText | Late | Shown[] | ShownDict;
export type ShownDict = Map<Data, Shown>;

/** JSON with sorted keys and four blanks, as `ansible-inventory` prints it: `1.0` stays a float, long integers stay exact. */
export const inventoryText = (value: Shown): string => written(value, '\n');

function written(value: Shown, line: string): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Map) return dictText(value, line);
  if (Array.isArray(value)) return listText(value, line);
  if (value instanceof Late) return dictText(value.make(), line);
  if (value instanceof UnsafeText) return dictText(new Map([['__ansible_unsafe', value.text]]), line);
  if (value instanceof VaultText) return dictText(new Map([['__ansible_vault', value.envelope]]), line);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : dumpJson(value);
}

function listText(list: readonly Shown[], line: string): string {
  if (list.length === 0) return '[]';
  const inner = `${line}    `;
  let text = '[';
  let mark = inner;
  for (const one of list) {
    text += mark + written(one, inner);
    mark = `,${inner}`;
  }
  return `${text}${line}]`;
}

function dictText(dict: ShownDict, line: string): string {
  if (dict.size === 0) return '{}';
  const inner = `${line}    `;
  let text = '{';
  let mark = inner;
  for (const key of sortedKeys(dict)) {
    const one = dict.get(key) as Shown;
    const late = one instanceof Late ? one.make() : undefined;
    // hosts without variables are left out
    if (late?.size === 0) continue;
    text += `${mark}${JSON.stringify(keyText(key))}: ${written(late ?? one, inner)}`;
    mark = `,${inner}`;
  }
  return mark === inner ? '{}' : `${text}${line}}`;
}

/** By key; keys of different kinds cannot be compared, and stay in their order. */
function sortedKeys(dict: ShownDict): Data[] {
  const keys = [...dict.keys()];
  if (keys.every((key) => typeof key === 'string')) return keys.sort();
  if (keys.every((key) => typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean'))
    return keys.sort((a, b) => Number((a as number) > (b as number)) - Number((a as number) < (b as number)));
  return keys;
}

const keyText = (key: Data): string => (typeof key === 'string' ? key : key === null || typeof key === 'boolean' ? JSON.stringify(key) : toText(key));

const STYLE = { indent: 2, width: 80, sortKeys: true, flow: false, defaultStyle: '', explicitStart: false, explicitEnd: false, aliases: true } as const;

/** YAML as `ansible-inventory --yaml` prints it. */
export const inventoryYaml = (value: Shown): string => dumpYaml(plain(value) as Data, STYLE);

const plainOnes = new WeakMap<object, Data>();

/** Without marks; what was one object stays one object, since YAML shows that. */
function plain(value: Shown): Data {
  if (value instanceof UnsafeText) return value.text;
  if (value instanceof Late) return plain(value.make());
  if (!Array.isArray(value) && !(value instanceof Map)) return value as Data;
  const known = plainOnes.get(value);
  if (known !== undefined) return known;
  const made: Data = Array.isArray(value) ? value.map(plain) : new Map([...(value as ShownDict)].map(([key, one]) => [key, plain(one)] as [Data, Data]));
  plainOnes.set(value, made);
  return made;
}
