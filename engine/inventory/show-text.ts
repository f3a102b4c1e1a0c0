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
export abstract class Late {
  abstract make(): ShownDict;
  /** JSON of what `make` gives, `{}` when it is empty. `line`: a line break and the indentation. Undefined: ask `make`. */
  abstract text(line: string): string | undefined;
}

/** What is printed: values of the language, and text that is marked. */
export type Shown = null | boolean | number | bigint | string | Float | VaultText | UnsafeText | Late | Shown[] | ShownDict;
export type ShownDict = Map<Data, Shown>;

/** JSON with sorted keys and four blanks, as `ansible-inventory` prints it: `1.0` stays a float, long integers stay exact. */
export const inventoryText = (value: Shown): string => written(value, '\n');

/** A value inside of others; `line` is a line break and the indentation there. */
export function written(value: Shown, line: string): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Map) return dictText(value, line);
  if (Array.isArray(value)) return listText(value, line);
  if (value instanceof Late) return value.text(line) ?? dictText(value.make(), line);
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

/** Characters that are put together before they become bytes: a text of a million pieces keeps the garbage collector at work. */
const HELD = 1 << 15;

function dictText(dict: ShownDict, line: string): string {
  if (dict.size === 0) return '{}';
  const inner = `${line}    `;
  const done: Buffer[] = [];
  let text = '{';
  let mark = inner;
  for (const key of sortedKeys(dict)) {
    const one = dict.get(key) as Shown;
    const value = written(one, inner);
    // hosts without variables are left out
    if (value === '{}' && one instanceof Late) continue;
    text += `${mark}${JSON.stringify(keyText(key))}: ${value}`;
    mark = `,${inner}`;
    if (text.length > HELD) {
      done.push(Buffer.from(text));
      text = '';
    }
  }
  const end = mark === inner ? '{}' : `${text}${line}}`;
  return done.length === 0 ? end : Buffer.concat([...done, Buffer.from(end)]).toString();
}

/** By key; keys of different kinds cannot be compared, and stay in their order. */
export function sortedKeys(dict: ShownDict): Data[] {
  const keys = [...dict.keys()];
  if (keys.every((key) => typeof key === 'string')) return keys.sort();
  if (keys.every((key) => typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean'))
    return keys.sort((a, b) => Number((a as number) > (b as number)) - Number((a as number) < (b as number)));
  return keys;
}

export const keyText = (key: Data): string => (typeof key === 'string' ? key : key === null || typeof key === 'boolean' ? JSON.stringify(key) : toText(key));

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
