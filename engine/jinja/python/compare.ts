import { Float, Tuple } from '../../value.ts';
import { PyError, PyObject, typeName, type Value } from '../values.ts';

/** Python's truth of a value; an undefined fails. */
export function truth(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'bigint') return value !== 0n;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof PyObject) return value.truth();
  return true;
}

/** The number a value is in Python's arithmetic (booleans count), or undefined when it is none. */
export function numeric(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Float) return value.value;
  return undefined;
}

/** Python's `==`. */
export function equal(a: Value, b: Value): boolean {
  if (a === b && !(a instanceof PyObject)) return true;
  if (typeof a === 'string' && typeof b === 'string') return false;
  if (a instanceof PyObject) {
    if (b instanceof PyObject && b.type === 'AnsibleUndefined') b.equals(a);
    return a.equals(b);
  }
  if (b instanceof PyObject) return b.equals(a);
  const left = numeric(a);
  if (left !== undefined) {
    const right = numeric(b);
    return right !== undefined && !(left < right) && !(left > right) && !Number.isNaN(left) && !Number.isNaN(right);
  }
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
  if (a instanceof Map) return b instanceof Map && equalDicts(a, b);
  return false;
}

function equalLists(a: Value[], b: Value[]): boolean {
  const isTuple = a instanceof Tuple;
  if (isTuple !== b instanceof Tuple || (a.length !== b.length && !isTuple)) return false;
  // tuples are compared member by member before their lengths are, as Python does: an undefined in one is noticed
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) if (!equal(a[index] as Value, b[index] as Value)) return false;
  return a.length === b.length;
}

function equalDicts(a: Map<Value, Value>, b: Map<Value, Value>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, member] of a) {
    const other = dictGet(b, key);
    if (other === undefined || !equal(member, other)) return false;
  }
  return true;
}

/** Below 0, 0 or above 0, as Python orders the two; fails when it does not order them. */
export function compare(a: Value, b: Value, operator = '<'): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : left >= right ? 0 : Number.NaN;
  if (Array.isArray(a) && Array.isArray(b) && a instanceof Tuple === b instanceof Tuple) return compareLists(a, b, operator);
  for (const side of [a, b]) if (side instanceof PyObject && side.type === 'AnsibleUndefined') side.truth();
  if (a instanceof PyObject && b instanceof PyObject) {
    const [x, y] = [a.attribute('__order__'), b.attribute('__order__')];
    if (x !== undefined && y !== undefined && a.type === b.type) return compare(x, y, operator);
  }
  throw new PyError(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

function compareLists(a: Value[], b: Value[], operator: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const [x, y] = [a[index] as Value, b[index] as Value];
    if (!equal(x, y)) return compare(x, y, operator);
  }
  return a.length - b.length;
}

/** By code point, as Python orders text. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (x === y) continue;
    // surrogates stand for characters above all others
    const [high, low] = [x >= 0xd800 && x < 0xe000, y >= 0xd800 && y < 0xe000];
    return high === low ? x - y : high ? 1 : -1;
  }
  return a.length - b.length;
}

/** Fails for a key that Python cannot hash. */
function hashable(key: Value): void {
  if (key instanceof Tuple) for (const member of key) hashable(member);
  else if (Array.isArray(key) || key instanceof Map) throw new PyError(`unhashable type: '${typeName(key)}'`);
  else if (key instanceof PyObject && key.type === 'AnsibleUndefined') key.truth();
}

/** The key under which a dict holds what equals `key`, or undefined. */
function heldKey(dict: Map<Value, Value>, key: Value): Value | undefined {
  if (dict.has(key)) return key;
  if (typeof key === 'string' || key === null) return undefined;
  hashable(key);
  for (const held of dict.keys()) if (typeof held !== 'string' && equal(held, key)) return held;
  return undefined;
}

export function dictGet(dict: Map<Value, Value>, key: Value): Value | undefined {
  if (typeof key === 'string') return dict.get(key);
  const held = heldKey(dict, key);
  return held === undefined ? undefined : dict.get(held);
}

export const dictHas = (dict: Map<Value, Value>, key: Value): boolean => heldKey(dict, key) !== undefined;

export function dictSet(dict: Map<Value, Value>, key: Value, value: Value): void {
  if (typeof key === 'string') dict.set(key, value);
  else dict.set(heldKey(dict, key) ?? key, value);
}

export function dictDelete(dict: Map<Value, Value>, key: Value): boolean {
  const held = heldKey(dict, key);
  return held !== undefined && dict.delete(held);
}

/** Distinct values in order of their first appearance, by Python's equality; fails for what Python cannot hash. */
export class ValueSet {
  readonly #held = new Map<Value, Value>();
  constructor(values: Iterable<Value> = []) {
    for (const value of values) this.add(value);
  }
  add(value: Value): void {
    hashable(value);
    if (!dictHas(this.#held, value)) this.#held.set(value, value);
  }
  has(value: Value): boolean {
    hashable(value);
    return dictHas(this.#held, value);
  }
  get size(): number {
    return this.#held.size;
  }
  list(): Value[] {
    return [...this.#held.values()];
  }
}
