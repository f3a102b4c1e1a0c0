import { type Data, Float, Tuple, VaultText } from '../value.ts';
import { literalEval } from './python/literal.ts';
import { toText } from './python/text.ts';
import { Bytes, DictView, LazyDict, PyObject, Range, Undefined, type Value } from './values.ts';

/** What a final result and a filter's are unrolled from. */
export const isRolled = (value: Value): value is Range | DictView => value instanceof Range || value instanceof DictView;

/** Text of an output within other text: None is empty, an undefined inside fails. */
export function outputText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (value === null) return '';
  if (isRolled(value)) return toText([...value.iterate()]);
  return value instanceof Bytes ? value.buffer.toString('utf8') : toText(value);
}

/** Text as Ansible takes the result of a whole template: a list, a dict or a boolean when it reads like one. */
export function convertText(text: string): Data {
  const first = text.charCodeAt(0);
  // `{`, `[`, True, False
  if (first !== 0x7b && first !== 0x5b && text !== 'True' && text !== 'False') return text;
  return literalEval(text) ?? text;
}

/**
 * Value of a template that is one `{{ }}` and nothing else. Lists and dicts of plain data are given as they are: their text
 * would be read back as the same.
 */
export function outputData(value: Value): Data {
  if (typeof value === 'string') return convertText(value);
  if (value === null) return '';
  if (typeof value === 'boolean') return value;
  const list = isRolled(value) ? [...value.iterate()] : value;
  if ((Array.isArray(list) && !(list instanceof Tuple)) || list instanceof Map) {
    const plain = asPlain(list);
    if (plain !== undefined) return plain;
  }
  if (value instanceof VaultText) return value;
  return convertText(outputText(list));
}

/** The value as data, or undefined when some part of it is none (a number that is no literal, a function). An undefined inside fails. */
export function asPlain(value: Value, depth = 0): Data | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (depth > 400) return undefined;
  if (Array.isArray(value)) {
    for (const member of value) if (asPlain(member, depth + 1) === undefined) return undefined;
    return needsCopy(value) ? (value.map((member) => asPlain(member, depth + 1)) as Data[]) : (value as Data[]);
  }
  if (value instanceof LazyDict) return plainCopy(value, depth);
  if (value instanceof Map) return plainDict(value, depth);
  if (value instanceof Float || value instanceof VaultText) return value;
  if (value instanceof Undefined) value.truth();
  return undefined;
}

const needsCopy = (list: Value[]): boolean => !(list instanceof Tuple) && list.some((member) => member instanceof LazyDict);

function plainDict(dict: Map<Value, Value>, depth: number): Data | undefined {
  let lazy = false;
  for (const [key, member] of dict) {
    if (typeof key !== 'string' && asPlain(key, depth + 1) === undefined) return undefined;
    if (asPlain(member, depth + 1) === undefined) return undefined;
    lazy ||= member instanceof LazyDict;
  }
  return lazy ? plainCopy(dict, depth) : (dict as Map<Data, Data>);
}

function plainCopy(dict: Map<Value, Value>, depth: number): Data | undefined {
  const copy = new Map<Data, Data>();
  for (const [key, member] of dict) {
    const plain = asPlain(member, depth + 1);
    if (plain === undefined || key instanceof PyObject) return undefined;
    copy.set(key as Data, plain);
  }
  return copy;
}

/** Value of a bare expression as data; what is none becomes its text. */
export function expressionData(value: Value): Data {
  if (value instanceof Undefined) value.truth();
  const list = isRolled(value) ? [...value.iterate()] : value;
  return asPlain(list) ?? (typeof list === 'number' ? list : convertNested(list));
}

const convertNested = (value: Value): Data => (value instanceof PyObject ? toText(value) : (convertText(toText(value)) as Data));
