import { Float } from '../../value.ts';
import { Bytes, isTuple, PyError, PyObject, Range, typeName, Undefined, type Value } from '../values.ts';
import { dictGet, numeric } from './compare.ts';
import { fixed, integer, isFloat, isInteger, repeatText } from './number.ts';
import { pad } from './strings.ts';
import { chars, floatText, repr, textLength, toText } from './text.ts';

/** A float as `e`, `f` and `g` of Python's formats show it. */
function realText(value: number, type: string, precision: number, alternate: boolean): string {
  if (!Number.isFinite(value)) return floatText(value);
  const kind = type.toLowerCase();
  let result: string;
  if (kind === 'f') result = fixed(value, precision);
  else if (kind === 'e') result = exponent(value, precision);
  else result = general(value, precision, alternate);
  return type === kind ? result : result.toUpperCase();
}

function exponent(value: number, precision: number): string {
  const [digits, power] = value.toExponential(Math.min(precision, 100)).split('e') as [string, string];
  return `${digits}e${power[0]}${power.slice(1).padStart(2, '0')}`;
}

function general(value: number, precision: number, alternate: boolean): string {
  const digits = precision === 0 ? 1 : precision;
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const power = Number(value.toExponential(Math.min(digits - 1, 100)).split('e')[1]);
  const text = power < -4 || power >= digits ? exponent(value, digits - 1) : fixed(value, Math.max(0, digits - 1 - power));
  if (alternate || !text.includes('.')) return text;
  return text.replace(/\.?0+(?=e|$)/, '');
}

interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly group: string;
  readonly precision: number | undefined;
  readonly type: string;
}

const SPEC = /^(?:([\s\S])?([<>=^]))?([-+ ]?)z?(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([a-zA-Z%]?)$/u;

function parseSpec(text: string): Spec {
  const match = SPEC.exec(text);
  if (match === null) throw new PyError(`Invalid format specifier '${text}'`);
  const [, fill, align, sign, alternate, zero, width, group, precision, type] = match;
  return {
    fill: fill ?? (zero === '0' && align === undefined ? '0' : ' '),
    align: align ?? (zero === '0' ? '=' : ''),
    sign: sign ?? '',
    alternate: alternate === '#',
    width: Number(width || 0),
    group: group ?? '',
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? '',
  };
}

/** Python's `format(value, spec)`. */
export function formatValue(value: Value, specText: string): string {
  if (value instanceof Undefined) value.fail();
  if (specText === '') return toText(value);
  if (value instanceof PyObject && 'format' in value) return (value as unknown as { format(spec: string): string }).format(specText);
  const spec = parseSpec(specText);
  if (typeof value === 'string') return formatString(value, spec);
  const number = numeric(value);
  if (number === undefined || (typeof value === 'boolean' && (spec.type === '' || spec.type === 's'))) {
    if (number === undefined) throw new PyError(`unsupported format string passed to ${typeName(value)}.__format__`);
  }
  return formatNumber(value, number as number | bigint, spec);
}

function formatString(value: string, spec: Spec): string {
  if (spec.type !== '' && spec.type !== 's') throw new PyError(`Unknown format code '${spec.type}' for object of type 'str'`);
  if (spec.sign !== '') throw new PyError('Sign not allowed in string format specifier');
  if (spec.alternate) throw new PyError('Alternate form (#) not allowed in string format specifier');
  if (spec.group !== '') throw new PyError(`Cannot specify '${spec.group}' with 's'.`);
  if (spec.align === '=' && spec.fill !== '0') throw new PyError("'=' alignment not allowed in string format specifier");
  const text = spec.precision === undefined ? value : [...value].slice(0, spec.precision).join('');
  const side = spec.align === '>' ? 'right' : spec.align === '^' ? 'center' : 'left';
  return padCentered(text, spec.width, spec.fill, side);
}

/** `format` puts the odd blank behind, `str.center` may put it before. */
function padCentered(text: string, width: number, fill: string, side: 'left' | 'right' | 'center'): string {
  if (side !== 'center') return pad(text, width, fill, side);
  const missing = Math.max(0, width - textLength(text));
  const before = Math.floor(missing / 2);
  return repeatText(fill, before) + text + repeatText(fill, missing - before);
}

function formatNumber(value: Value, number: number | bigint, spec: Spec): string {
  const negative = number < 0 || Object.is(number, -0);
  const magnitude = negative ? -number : number;
  const isReal = isFloat(value) || 'eEfFgG%'.includes(spec.type || ' ');
  let body = isReal ? realBody(value, Number(magnitude), spec) : wholeBody(BigInt(magnitude), spec, value);
  if (spec.group !== '') body = group(body, spec);
  const sign = negative ? '-' : spec.sign === '+' || spec.sign === ' ' ? spec.sign : '';
  const prefix = spec.alternate && !isReal ? ({ x: '0x', X: '0X', o: '0o', b: '0b' }[spec.type] ?? '') : '';
  if (spec.align === '=') return sign + prefix + pad(body, spec.width - sign.length - prefix.length, spec.fill, 'right');
  const side = spec.align === '<' ? 'left' : spec.align === '^' ? 'center' : 'right';
  return padCentered(sign + prefix + body, spec.width, spec.fill, side);
}

function realBody(value: Value, magnitude: number, spec: Spec): string {
  if (spec.type === '%') return `${realText(magnitude * 100, 'f', spec.precision ?? 6, false)}%`;
  if (spec.type === '' || spec.type === 'n') {
    if (spec.precision === undefined) return floatText(magnitude);
    const text = realText(magnitude, 'g', spec.precision, false);
    return spec.type === '' && isFloat(value) && /^\d+$/.test(text) && text.length < spec.precision ? `${text}.0` : text;
  }
  if (!'eEfFgG'.includes(spec.type)) throw new PyError(`Unknown format code '${spec.type}' for object of type 'float'`);
  return realText(magnitude, spec.type, spec.precision ?? 6, spec.alternate);
}

function wholeBody(magnitude: bigint, spec: Spec, value: Value): string {
  if (spec.precision !== undefined) throw new PyError('Precision not allowed in integer format specifier');
  switch (spec.type) {
    case '':
    case 'd':
    case 'n':
      return magnitude.toString();
    case 'x':
      return magnitude.toString(16);
    case 'X':
      return magnitude.toString(16).toUpperCase();
    case 'o':
      return magnitude.toString(8);
    case 'b':
      return magnitude.toString(2);
    case 'c':
      return String.fromCodePoint(Number(magnitude));
    default:
      throw new PyError(`Unknown format code '${spec.type}' for object of type '${typeName(value)}'`);
  }
}

function group(body: string, spec: Spec): string {
  const [, whole, rest] = /^([\da-fA-F]*)([\s\S]*)$/.exec(body) as unknown as [string, string, string];
  const size = 'xXob'.includes(spec.type || ' ') ? 4 : 3;
  return whole.replace(new RegExp(`\\B(?=(?:[\\da-fA-F]{${size}})+$)`, 'g'), spec.group) + rest;
}

/** Python's `str.format`. */
export function formatText(template: string, args: readonly Value[], named: Map<Value, Value>, depth = 0): string {
  if (depth > 2) throw new PyError('Max string recursion exceeded');
  let next = 0;
  let result = '';
  for (let index = 0; index < template.length; ) {
    const char = template[index] as string;
    if (char !== '{' && char !== '}') {
      result += char;
      index++;
    } else if (template[index + 1] === char) {
      result += char;
      index += 2;
    } else if (char === '}') throw new PyError("Single '}' encountered in format string");
    else {
      const end = fieldEnd(template, index);
      const { name, conversion, spec } = splitField(template.slice(index + 1, end));
      const value = fieldValue(name, args, named, () => next++);
      const inner = spec.includes('{') ? formatText(spec, [...args.slice(next)], named, depth + 1) : spec;
      result += formatValue(convert(value, conversion), inner);
      index = end + 1;
    }
  }
  return result;
}

function fieldEnd(template: string, start: number): number {
  let open = 0;
  for (let index = start; index < template.length; index++) {
    if (template[index] === '{') open++;
    else if (template[index] === '}' && --open === 0) return index;
  }
  throw new PyError("expected '}' before end of string");
}

function splitField(field: string): { name: string; conversion: string; spec: string } {
  const match = /^((?:[^!:[]|\[[^\]]*\])*)(?:!([rsa]))?(?::([\s\S]*))?$/.exec(field);
  if (match === null) throw new PyError(`unmatched '{' in format spec: '${field}'`);
  return { name: match[1] as string, conversion: match[2] ?? '', spec: match[3] ?? '' };
}

function fieldValue(name: string, args: readonly Value[], named: Map<Value, Value>, automatic: () => number): Value {
  const [, first, rest] = /^([^.[]*)([\s\S]*)$/.exec(name) as unknown as [string, string, string];
  let value: Value | undefined;
  if (first === '' || /^\d+$/.test(first)) {
    value = args[first === '' ? automatic() : Number(first)];
    if (value === undefined) throw new PyError('Replacement index out of range for positional args tuple');
  } else {
    value = named.get(first);
    if (value === undefined) throw new PyError(`the format string asks for '${first}', which was not given`);
  }
  for (const step of rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) {
    const key = step[2];
    value = key === undefined ? fieldAttribute(value, step[1] as string) : fieldItem(value, /^\d+$/.test(key) ? Number(key) : key);
    if (value instanceof Undefined) value.fail();
  }
  return value;
}

function fieldAttribute(value: Value, name: string): Value {
  const found = value instanceof PyObject ? value.attribute(name) : undefined;
  if (found === undefined)
    throw new PyError(`'${typeName(value)}' object has no attribute '${name}'`, 'template', 'In a format string write {x[key]} for the member of a dict');
  return found;
}

function fieldItem(value: Value, key: Value): Value {
  let found: Value | undefined;
  if (value instanceof Map) found = dictGet(value, key);
  else if (typeof key === 'number' && typeof value === 'string') found = chars(value)[key];
  else if (typeof key === 'number' && Array.isArray(value)) found = value[key];
  else if (value instanceof PyObject) found = value.item(key);
  return found === undefined ? missingKey(key) : found;
}

function missingKey(key: Value): never {
  throw new PyError(`the format string asks for ${repr(key)}, which is not there`);
}

function convert(value: Value, conversion: string): Value {
  if (conversion === 'r' || conversion === 'a') return value instanceof Undefined ? value.fail(WRITTEN) : repr(value);
  return conversion === 's' ? toText(value) : value;
}

const PERCENT = /%(?:\((?<key>[^)]*)\))?(?<flags>[-+ #0]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d+)?)?[hlL]?(?<type>[\s\S])?/g;

/** Python's `text % values`. */
export function percentFormat(template: string, values: Value, members: readonly Value[] | undefined): string {
  const list = members ?? [values];
  let next = 0;
  let keyed = false;
  const take = (): Value => {
    const value = list[next++];
    if (value === undefined) throw new PyError('not enough arguments for format string');
    return value;
  };
  const result = template.replace(PERCENT, (...match) => {
    const { key, flags, width, precision, type } = match.at(-1) as Record<string, string | undefined>;
    const hasPrecision = (match[0] as string).includes('.');
    if (type === '%') return '%';
    if (type === undefined) throw new PyError('incomplete format');
    let wide = width === '*' ? Number(take()) : Number(width ?? 0);
    let left = (flags as string).includes('-');
    if (wide < 0) [wide, left] = [-wide, true];
    const digits = precision === '*' ? Number(take()) : hasPrecision ? Number(precision ?? 0) : undefined;
    let value: Value;
    if (key !== undefined) {
      keyed = true;
      if (!(values instanceof Map)) throw new PyError('format requires a mapping');
      value = fieldItem(values, key);
    } else value = take();
    return percentOne(value, type, flags as string, wide, left, digits);
  });
  if (!keyed && next < list.length && (members !== undefined || !isLikeMapping(values)))
    throw new PyError('not all arguments converted during string formatting');
  return result;
}

/** What Python looks members up in: then no value need be taken. */
const isLikeMapping = (values: Value): boolean =>
  values instanceof Map || (Array.isArray(values) && !isTuple(values)) || values instanceof Undefined || values instanceof Range || values instanceof Bytes;

// where Python would write its object's name, which nobody wants in a file
const WRITTEN = 'It is written as text';

function percentOne(value: Value, type: string, flags: string, width: number, left: boolean, precision: number | undefined): string {
  if (value instanceof Undefined) value.fail(type === 's' ? undefined : WRITTEN);
  if (type === 's' || type === 'r' || type === 'a') {
    const text = type === 's' ? toText(value) : repr(value);
    return pad(precision === undefined ? text : [...text].slice(0, precision).join(''), width, ' ', left ? 'left' : 'right');
  }
  if (type === 'c') return pad(percentChar(value), width, ' ', left ? 'left' : 'right');
  const { sign, body } = percentNumber(value, type, flags, precision);
  if (left) return pad(sign + body, width, ' ', 'left');
  return flags.includes('0') ? sign + pad(body, width - sign.length, '0', 'right') : pad(sign + body, width, ' ', 'right');
}

function percentChar(value: Value): string {
  if (typeof value === 'string' && textLength(value) === 1) return value;
  if (!isInteger(value)) throw new PyError('%c requires int or char');
  const code = Number(numeric(value));
  if (code < 0 || code > 0x10ffff) throw new PyError('%c arg not in range(0x110000)');
  return String.fromCodePoint(code);
}

function percentNumber(value: Value, type: string, flags: string, precision: number | undefined): { sign: string; body: string } {
  const number = numeric(value);
  const isReal = 'eEfFgG'.includes(type);
  if (!isReal && !'diuoxX'.includes(type)) throw new PyError(`unsupported format character '${type}'`);
  if (number === undefined)
    throw new PyError(isReal ? `must be real number, not ${typeName(value)}` : `%${type} format: a real number is required, not ${typeName(value)}`);
  if (!isReal && 'oxX'.includes(type) && !isInteger(value)) throw new PyError(`%${type} format: an integer is required, not ${typeName(value)}`);
  const magnitude = number < 0 ? -number : number;
  const isBelow = isReal ? number < 0 : number <= -1;
  const sign = isBelow ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  if (isReal) return { sign, body: realText(Number(magnitude), type, precision ?? 6, flags.includes('#')) };
  const whole = value instanceof Float || typeof magnitude === 'number' ? BigInt(Math.trunc(Number(magnitude))) : magnitude;
  const digits = wholeDigits(whole, type).padStart(precision ?? 0, '0');
  const prefix = flags.includes('#') ? ({ x: '0x', X: '0X', o: '0o' }[type] ?? '') : '';
  return { sign: sign + prefix, body: digits };
}

function wholeDigits(value: bigint, type: string): string {
  if (type === 'x') return value.toString(16);
  if (type === 'X') return value.toString(16).toUpperCase();
  return type === 'o' ? value.toString(8) : String(integer(value));
}
