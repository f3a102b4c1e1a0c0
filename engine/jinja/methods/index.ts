import { Float } from '../../value.ts';
import type { Callable } from '../binder.ts';
import { Bytes, isTuple, type Value } from '../values.ts';
import { dictMethods } from './dict.ts';
import { listMethods, tupleMethods } from './list.ts';
import { bytesMethods, floatMethods, intMethods } from './scalar.ts';
import { textMethods } from './text.ts';

type Methods = ReadonlyMap<string, Callable>;
const table = (methods: Readonly<Record<string, Callable>>): Methods => new Map(Object.entries(methods));

const TEXT = table(textMethods);
const DICT = table(dictMethods);
const LIST = table(listMethods);
const TUPLE = table(tupleMethods);
const INT = table(intMethods);
const FLOAT = table(floatMethods);
const BYTES = table(bytesMethods);

/** Methods that change their value; a template that names one works on copies of the playbook's values. */
export const MUTATING: ReadonlySet<string> = new Set([
  'append',
  'clear',
  'extend',
  'insert',
  'pop',
  'popitem',
  'remove',
  'reverse',
  'setdefault',
  'sort',
  'update',
]);

const NAMES: ReadonlySet<string> = new Set([TEXT, DICT, LIST, TUPLE, INT, FLOAT, BYTES].flatMap((methods) => [...methods.keys()]));

/** Whether values of some type have a method of this name. */
export const isMethodName = (name: string): boolean => NAMES.has(name);

/** Python's method of a value's type, the value its first argument. */
export function findMethod(value: Value, name: string): Callable | undefined {
  return methodsOf(value)?.get(name);
}

function methodsOf(value: Value): Methods | undefined {
  if (typeof value === 'string') return TEXT;
  if (value instanceof Map) return DICT;
  if (Array.isArray(value)) return isTuple(value) ? TUPLE : LIST;
  if (typeof value === 'number') return Number.isInteger(value) ? INT : FLOAT;
  if (typeof value === 'bigint' || typeof value === 'boolean') return INT;
  if (value instanceof Float) return FLOAT;
  if (value instanceof Bytes) return BYTES;
  return undefined;
}
