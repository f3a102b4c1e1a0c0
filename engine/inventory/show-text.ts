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

/** What is printed: values of the language, and text that is marked. */
export type Shown = null | boolean | number | bigint | string | Float | VaultText | UnsafeText | Shown[] | ShownDict;
export type ShownDict = Map<Data, Shown>;

/** JSON with sorted keys and four blanks, as `ansible-inventory` prints it: `1.0` stays a float, long integers stay exact. */
export function inventoryText(value: Shown): string {
  const pieces: string[] = [];
  write(value, '\n', pieces);
  return pieces.join('');
}

function write(value: Shown, line: string, out: string[]): void {
  if (typeof value === 'string') out.push(JSON.stringify(value));
  else if (value instanceof Map) writeDict(value, line, out);
  else if (Array.isArray(value)) writeList(value, line, out);
  else if (value instanceof UnsafeText) writeDict(new Map([['__ansible_unsafe', value.text]]), line, out);
  else if (value instanceof VaultText) writeDict(new Map([['__ansible_vault', value.envelope]]), line, out);
  else out.push(dumpJson(value));
}

function writeList(list: readonly Shown[], line: string, out: string[]): void {
  if (list.length === 0) {
    out.push('[]');
    return;
  }
  const inner = `${line}    `;
  for (const [index, one] of list.entries()) {
    out.push(index === 0 ? '[' : ',', inner);
    write(one, inner, out);
  }
  out.push(line, ']');
}

function writeDict(dict: ShownDict, line: string, out: string[]): void {
  if (dict.size === 0) {
    out.push('{}');
    return;
  }
  const inner = `${line}    `;
  let first = true;
  for (const [key, one] of sorted(dict)) {
    out.push(first ? '{' : ',', inner, JSON.stringify(keyText(key)), ': ');
    write(one, inner, out);
    first = false;
  }
  out.push(line, '}');
}

/** By key; keys of different kinds cannot be compared, and stay in their order. */
function sorted(dict: ShownDict): [Data, Shown][] {
  const entries = [...dict];
  const kinds = new Set(entries.map(([key]) => (typeof key === 'boolean' ? 'number' : typeof key)));
  if (kinds.size > 1 || kinds.has('object')) return entries;
  return entries.sort(([a], [b]) => (less(a, b) ? -1 : less(b, a) ? 1 : 0));
}

const less = (a: Data, b: Data): boolean => (a as string) < (b as string);
const keyText = (key: Data): string => (key === null || typeof key === 'boolean' ? JSON.stringify(key) : toText(key));

const STYLE = { indent: 2, width: 80, sortKeys: true, flow: false, defaultStyle: '', explicitStart: false, explicitEnd: false, aliases: true } as const;

/** YAML as `ansible-inventory --yaml` prints it. */
export const inventoryYaml = (value: Shown): string => dumpYaml(plain(value) as Data, STYLE);

const plainOnes = new WeakMap<object, Data>();

/** Without marks; what was one object stays one object, since YAML shows that. */
function plain(value: Shown): Data {
  if (value instanceof UnsafeText) return value.text;
  if (!Array.isArray(value) && !(value instanceof Map)) return value as Data;
  const known = plainOnes.get(value);
  if (known !== undefined) return known;
  const made: Data = Array.isArray(value) ? value.map(plain) : new Map([...(value as ShownDict)].map(([key, one]) => [key, plain(one)] as [Data, Data]));
  plainOnes.set(value, made);
  return made;
}
