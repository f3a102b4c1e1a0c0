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
export const inventoryText = (value: Shown): string => Buffer.concat(inventoryBytes(value)).toString();

/** The same in UTF-8, in pieces. */
export function inventoryBytes(value: Shown): readonly Buffer[] {
  const out = new Out();
  out.value(value, '\n');
  return out.bytes();
}

/** A value inside of others; `line` is a line break and the indentation there. */
export function written(value: Shown, line: string): string {
  if (typeof value === 'object' && value !== null) {
    const out = new Out();
    out.value(value, line);
    return Buffer.concat(out.bytes()).toString();
  }
  return scalarText(value);
}

const scalarText = (value: Exclude<Shown, UnsafeText | Late | Shown[] | ShownDict>): string =>
  typeof value === 'string' ? JSON.stringify(value) : typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : dumpJson(value);

/** Characters that are put together before they become bytes: a text of a million pieces keeps the garbage collector at work. */
const HELD = 1 << 15;

class Out {
  #text = '';
  readonly #done: Buffer[] = [];

  bytes(): readonly Buffer[] {
    return [...this.#done, Buffer.from(this.#text)];
  }

  value(value: Shown, line: string): void {
    if (value instanceof Map) this.#dict(value, line);
    else if (Array.isArray(value)) this.#list(value, line);
    else if (value instanceof Late) this.#dict(value.make(), line);
    else if (value instanceof UnsafeText) this.#dict(new Map([['__ansible_unsafe', value.text]]), line);
    else if (value instanceof VaultText) this.#dict(new Map([['__ansible_vault', value.envelope]]), line);
    else this.#say(scalarText(value));
  }

  #list(list: readonly Shown[], line: string): void {
    const inner = `${line}    `;
    let mark = `[${inner}`;
    for (const one of list) {
      this.#say(mark);
      this.value(one, inner);
      mark = `,${inner}`;
    }
    this.#say(list.length === 0 ? '[]' : `${line}]`);
  }

  #dict(dict: ShownDict, line: string): void {
    const inner = `${line}    `;
    let mark = `{${inner}`;
    for (const key of sortedKeys(dict)) {
      const one = dict.get(key) as Shown;
      const late = one instanceof Late ? (one.text(inner) ?? one.make()) : undefined;
      // hosts without variables are left out
      if (late === '{}' || (late instanceof Map && late.size === 0)) continue;
      this.#say(`${mark}${JSON.stringify(keyText(key))}: `);
      if (typeof late === 'string') this.#say(late);
      else this.value(late ?? one, inner);
      mark = `,${inner}`;
    }
    this.#say(mark.startsWith('{') ? '{}' : `${line}}`);
  }

  #say(text: string): void {
    this.#text += text;
    if (this.#text.length < HELD) return;
    this.#done.push(Buffer.from(this.#text));
    this.#text = '';
  }
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
