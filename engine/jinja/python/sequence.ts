import { Tuple } from '../../value.ts';
import { Bytes, DictView, LazyDict, PyError, PyObject, Range, tuple, typeName, type Value } from '../values.ts';
import { dictHas, equal } from './compare.ts';
import { LIMITS } from './limits.ts';
import { chars, textLength } from './text.ts';

/** The members of anything Python loops over: characters, members, keys. */
export function iterate(value: Value): Iterable<Value> {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return chars(value);
  if (value instanceof Map) return value.keys();
  if (value instanceof PyObject) {
    const members = value.iterate();
    if (members !== undefined) return members;
  }
  throw new PyError(`'${typeName(value)}' object is not iterable`);
}

/** Python's `list(value)`; an array is given back as it is, so do not change the result. */
export function listOf(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Range && (value.length() as number) > LIMITS.items) throw tooMany();
  return [...iterate(value)];
}

export const tooMany = (): PyError => new PyError(`more than ${LIMITS.items} items`, 'too-large', 'A template may build lists of at most this many items');

export const isIterable = (value: Value): boolean =>
  Array.isArray(value) || typeof value === 'string' || value instanceof Map || (value instanceof PyObject && value.iterate() !== undefined);

/** The value with lists in place of its tuples, as it is once Ansible has templated it: terms of lookups, what an include sees. */
export function withoutTuples(value: Value): Value {
  if (Array.isArray(value)) return Array.from(value, withoutTuples);
  return value instanceof Map && !(value instanceof LazyDict) ? new Map(Array.from(value, ([key, member]) => [key, withoutTuples(member)])) : value;
}

/** A list or tuple: Ansible's `is_sequence`. */
export const isSequence = (value: Value): value is Value[] => Array.isArray(value);

/** Python's `len(value)`. */
export function lengthOf(value: Value): number {
  if (typeof value === 'string') return textLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  if (value instanceof PyObject) {
    const length = value.length();
    if (length !== undefined) return length;
  }
  throw new PyError(`object of type '${typeName(value)}' has no len()`);
}

/** Python's `item in container`. */
export function contains(container: Value, item: Value): boolean {
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item);
    failUndefined(item);
    throw new PyError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  if (Array.isArray(container)) return container.some((member) => equal(member, item));
  if (container instanceof Map) return dictHas(container, item);
  if (container instanceof DictView && container.type === 'dict_keys') return container.has(item, dictHas);
  if (container instanceof Bytes && item instanceof Bytes) return container.buffer.includes(item.buffer);
  if (container instanceof PyObject) {
    const members = container.iterate();
    if (members !== undefined) {
      for (const member of members) if (equal(member, item)) return true;
      return false;
    }
  }
  throw new PyError(`argument of type '${typeName(container)}' is not iterable`);
}

/** Lets an undefined tell what is missing. */
export function failUndefined(value: Value): void {
  if (value instanceof PyObject && value.type === 'AnsibleUndefined') value.truth();
}

/** The integer a value is as an index, or undefined. */
export function indexOf(value: Value): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return value > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
  return undefined;
}

/** A slice of indices, as Python's `slice(start, stop, step).indices(length)` walks them. */
export function sliceIndices(length: number, start: Value, stop: Value, step: Value): number[] {
  const by = step === null ? 1 : indexOf(step);
  if (by === undefined) throw new PyError('slice indices must be integers or None');
  if (by === 0) throw new PyError('slice step cannot be zero');
  const bound = (value: Value, otherwise: number): number => {
    if (value === null) return otherwise;
    failUndefined(value);
    const index = indexOf(value);
    if (index === undefined) throw new PyError('slice indices must be integers or None or have an __index__ method');
    const positive = index < 0 ? index + length : index;
    return by > 0 ? Math.min(Math.max(positive, 0), length) : Math.min(Math.max(positive, -1), length - 1);
  };
  const from = bound(start, by > 0 ? 0 : length - 1);
  const to = bound(stop, by > 0 ? length : -1);
  const indices: number[] = [];
  for (let index = from; by > 0 ? index < to : index > to; index += by) indices.push(index);
  return indices;
}

/** Python's `value[start:stop:step]`; undefined when the value has no slices. */
export function slice(value: Value, start: Value, stop: Value, step: Value): Value | undefined {
  if (typeof value === 'string') {
    const letters = chars(value);
    return sliceIndices(letters.length, start, stop, step)
      .map((index) => letters[index])
      .join('');
  }
  if (Array.isArray(value)) {
    const members = sliceIndices(value.length, start, stop, step).map((index) => value[index] as Value);
    return value instanceof Tuple ? tuple(members) : members;
  }
  if (value instanceof Bytes) return new Bytes(Buffer.from(sliceIndices(value.buffer.length, start, stop, step).map((index) => value.buffer[index] as number)));
  if (value instanceof Range) return sliceIndices(value.length(), start, stop, step).map((index) => value.start + index * value.step);
  return undefined;
}
