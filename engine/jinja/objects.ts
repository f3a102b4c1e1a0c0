import { type Data, Tuple } from '../value.ts';
import { LIMITS } from './python/limits.ts';
import { PyError, PyObject, tuple, type Value } from './value-base.ts';

/** Python's `range`. */
export class Range extends PyObject {
  readonly type = 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  constructor(start: number, stop: number, step: number) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
  override length(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step));
  }
  override truth(): boolean {
    return this.length() > 0;
  }
  override *iterate(): Iterable<Value> {
    const length = this.length();
    if (length > LIMITS.items) throw new PyError(`more than ${LIMITS.items} items`, 'too-large', 'A template may build lists of at most this many items');
    for (let index = 0; index < length; index++) yield this.start + index * this.step;
  }
  override item(key: Value): Value | undefined {
    if (typeof key !== 'number' || !Number.isInteger(key)) return undefined;
    const index = key < 0 ? key + this.length() : key;
    return index >= 0 && index < this.length() ? this.start + index * this.step : undefined;
  }
  override repr(): string {
    return this.step === 1 ? `range(${this.start}, ${this.stop})` : `range(${this.start}, ${this.stop}, ${this.step})`;
  }
}

/** What `d.keys()`, `d.values()` and `d.items()` give: a view of the dict, which outputs and filters take as a list. */
export class DictView extends PyObject {
  readonly type: 'dict_keys' | 'dict_values' | 'dict_items';
  readonly #dict: Map<Value, Value>;
  constructor(type: DictView['type'], dict: Map<Value, Value>) {
    super();
    this.type = type;
    this.#dict = dict;
  }
  list(): Value[] {
    if (this.type === 'dict_keys') return [...this.#dict.keys()];
    if (this.type === 'dict_values') return [...this.#dict.values()];
    const pairs: Value[] = [];
    for (const pair of this.#dict) pairs.push(tuple(pair));
    return pairs;
  }
  /** Whether a key is there; `find` is how it is looked for. */
  has(key: Value, find: (dict: Map<Value, Value>, key: Value) => boolean): boolean {
    return find(this.#dict, key);
  }
  override length(): number {
    return this.#dict.size;
  }
  override truth(): boolean {
    return this.#dict.size > 0;
  }
  override iterate(): Value[] {
    return this.list();
  }
}

/** Python's `bytes`. */
export class Bytes extends PyObject {
  readonly type = 'bytes';
  readonly buffer: Buffer;
  constructor(buffer: Buffer) {
    super();
    this.buffer = buffer;
  }
  override length(): number {
    return this.buffer.length;
  }
  override truth(): boolean {
    return this.buffer.length > 0;
  }
  override iterate(): Iterable<Value> {
    return this.buffer;
  }
  override item(key: Value): Value | undefined {
    return typeof key === 'number' ? this.buffer.at(key) : undefined;
  }
  override equals(other: Value): boolean {
    return other instanceof Bytes && this.buffer.equals(other.buffer);
  }
  override repr(): string {
    let text = '';
    for (const byte of this.buffer) {
      if (byte === 0x5c || byte === 0x27) text += `\\${String.fromCharCode(byte)}`;
      else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
      else text += NAMED_BYTES[byte] ?? `\\x${byte.toString(16).padStart(2, '0')}`;
    }
    return `b'${text}'`;
  }
}
const NAMED_BYTES: Record<number, string> = { 9: '\\t', 10: '\\n', 13: '\\r' };

/** What `x.__class__` gives: a type's name and nothing else. */
export class TypeObject extends PyObject {
  readonly type = 'type';
  readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
  }
  override attribute(name: string): Value | undefined {
    return name === '__name__' ? this.name : undefined;
  }
  override equals(other: Value): boolean {
    return other instanceof TypeObject && other.name === this.name;
  }
  override repr(): string {
    return `<class '${this.name}'>`;
  }
}

/** What `groupby` gives: a pair that also answers to `grouper` and `list`. */
export class Group extends Tuple {
  constructor(grouper: Value, list: Value[]) {
    super(2);
    this[0] = grouper as Data;
    this[1] = list as Data;
  }
  attribute(name: string): Value | undefined {
    if (name === 'grouper') return this[0] as Value;
    return name === 'list' ? (this[1] as Value) : undefined;
  }
}
