/**
 * The values of the playbook language, as Python has them.
 *
 * | Python            | here                                                        |
 * |-------------------|-------------------------------------------------------------|
 * | None              | `null`                                                      |
 * | bool              | `boolean`                                                   |
 * | int               | an integral `number`; `bigint` beyond 2^53                  |
 * | float             | a non-integral `number` (NaN and infinities too), or a `Float` when it is integral: `1.0` stays `1.0` |
 * | str               | `string`                                                    |
 * | list              | `Array`                                                     |
 * | tuple             | `Tuple`                                                     |
 * | dict              | `Map` (order kept, keys of any hashable type)               |
 */
export type Data = null | boolean | number | bigint | string | Float | Data[] | Dict | VaultText;
export type Dict = Map<Data, Data>;

/** A float whose value is integral, such as `1.0`. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
  toJSON(): number {
    return this.value;
  }
}

/** A Python tuple: prints with parentheses and never equals a list. */
export class Tuple extends Array<Data> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** A scalar that is still encrypted (`!vault`); whoever reads the variable decrypts it. */
export class VaultText {
  /** The whole envelope, beginning with `$ANSIBLE_VAULT;`. */
  readonly envelope: string;
  constructor(envelope: string) {
    this.envelope = envelope;
  }
}

/** A float as this language holds it. */
export const float = (value: number): number | Float => (Number.isInteger(value) ? new Float(value) : value);

export const isDict = (value: unknown): value is Dict => value instanceof Map;

/** Plain JSON-like data (module results, facts, JSON files) to `Data`; `undefined` members are dropped. */
export function fromPlain(value: unknown): Data {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value instanceof Tuple ? value : value.map(fromPlain);
  if (typeof value === 'object') {
    if (value instanceof Map || value instanceof Float || value instanceof VaultText) return value as Data;
    const dict: Dict = new Map();
    for (const [key, member] of Object.entries(value)) if (member !== undefined) dict.set(key, fromPlain(member));
    return dict;
  }
  return value as Data;
}

/** `Data` to plain JSON-like data: dicts to objects with text keys, floats to numbers. */
export function toPlain(value: Data): unknown {
  if (value instanceof Float) return value.value;
  if (value instanceof VaultText) return value.envelope;
  if (Array.isArray(value)) return Array.from(value, toPlain);
  if (value instanceof Map) {
    const object: Record<string, unknown> = {};
    for (const [key, member] of value) {
      const name = plainKey(key);
      // defineProperty: a key called __proto__ must become a key, not the prototype
      if (name === '__proto__') Object.defineProperty(object, name, { value: toPlain(member), enumerable: true, writable: true, configurable: true });
      else object[name] = toPlain(member);
    }
    return object;
  }
  return value;
}

const plainKey = (key: Data): string => (key === null ? 'null' : String(key));
