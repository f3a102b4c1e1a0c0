import { Float, Tuple } from '../../value.ts';
import { DictView, PyError, PyObject, Undefined, type Value } from '../values.ts';

const MAX_DEPTH = 500;

/** Python's `str(value)`. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof PyObject && value.type === 'datetime') return String(value.attribute('__str__'));
  return repr(value);
}

/** Python's `repr(value)`. An undefined inside fails. */
export function repr(value: Value, depth = 0): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'string':
      return reprText(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isInteger(value) ? intText(value) : floatText(value);
    default:
  }
  if (depth > MAX_DEPTH) throw new PyError('maximum recursion depth exceeded: a list or dict holds itself, or is nested too deeply');
  if (Array.isArray(value)) return reprList(value, depth);
  if (value instanceof Map) {
    const members: string[] = [];
    for (const [key, member] of value) members.push(`${repr(key, depth + 1)}: ${repr(member, depth + 1)}`);
    return `{${members.join(', ')}}`;
  }
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof DictView) return `${value.type}(${repr(value.list(), depth)})`;
  // Python would write its object's name, which nobody wants in a file
  if (value instanceof Undefined && depth > 0) return value.fail('It is a member of a list or dict that is written as text');
  if (value instanceof PyObject) return value.repr();
  return value.envelope;
}

function reprList(list: Value[], depth: number): string {
  const members = Array.from(list, (member) => repr(member, depth + 1)).join(', ');
  if (!(list instanceof Tuple)) return `[${members}]`;
  return list.length === 1 ? `(${members},)` : `(${members})`;
}

const intText = (value: number): string => (Number.isSafeInteger(value) ? String(value) : BigInt(value).toString());

/** Python's `repr` of a float: shortest digits, exponent below 1e-4 and from 1e16 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    const sign = exponent[0] as string;
    return `${digits}e${sign}${exponent.slice(1).padStart(2, '0')}`;
  }
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const NEEDS_ESCAPE = /[\\'"]|[^\x20-\x7e]/;
const UNPRINTABLE = /[\p{C}\p{Z}]/u;
const NAMED: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function reprText(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = quote;
  for (const char of text) {
    if (char === quote) result += `\\${char}`;
    else if (NAMED[char] !== undefined) result += NAMED[char];
    else if (char === ' ' || (char >= '!' && char <= '~') || !UNPRINTABLE.test(char)) result += char;
    else result += escapeCode(char.codePointAt(0) as number);
  }
  return result + quote;
}

function escapeCode(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

const SURROGATE = /[\ud800-\udfff]/;

/** The characters of a text as Python counts them. */
export const chars = (text: string): string[] => (SURROGATE.test(text) ? Array.from(text) : text.split(''));

/** Python's `len` of a text. */
export const textLength = (text: string): number => (SURROGATE.test(text) ? Array.from(text).length : text.length);
