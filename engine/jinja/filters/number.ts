import { float } from '../../value.ts';
import { define } from '../binder.ts';
import { numeric, truth } from '../python/compare.ts';
import { divide, fixed, integer, isFloat, multiply, negate, parseInteger, parseReal, positive, power, round } from '../python/number.ts';
import { failUndefined } from '../python/sequence.ts';
import type { Family } from '../registry.ts';
import { PyError, typeName, type Value } from '../values.ts';
import { text, textOnly, wholeNumber } from './keys.ts';

/** A number out of a value as Python's `float()` reads it; undefined when there is none. */
export function realOf(value: Value): number | undefined {
  failUndefined(value);
  if (typeof value === 'string') return parseReal(value);
  const number = numeric(value);
  return number === undefined ? undefined : Number(number);
}

function toInt(value: Value, otherwise: Value, base: Value): Value {
  failUndefined(value);
  const direct = typeof value === 'string' ? parseInteger(value, typeof base === 'number' ? base : 10) : undefined;
  if (direct !== undefined) return direct;
  if (typeof value === 'bigint') return value;
  const real = realOf(value);
  if (typeof value === 'number' && Math.abs(value) === Number.POSITIVE_INFINITY) throw new PyError('cannot convert float infinity to integer');
  if (real === undefined || !Number.isFinite(real)) return otherwise;
  const whole = Math.trunc(real);
  return Number.isSafeInteger(whole) ? whole + 0 : integer(BigInt(whole));
}

function rounded(value: Value, precision: Value, method: Value): Value {
  const number = numeric(value);
  if (number === undefined) {
    failUndefined(value);
    throw new PyError(`type ${typeName(value)} doesn't define __round__ method`);
  }
  if (method !== 'common' && method !== 'ceil' && method !== 'floor') throw new PyError('method must be common, ceil or floor');
  const digits = precision === null && method === 'common' ? undefined : wholeNumber(precision, 'precision');
  if (digits === undefined) return isFloat(value) ? integer(BigInt(round(Number(number), 0))) : positive(value);
  if (method !== 'common') {
    const scale = power(10, digits);
    const scaled = multiply(value, scale);
    // an integer, which has no negative zero and is divided exactly
    const whole = isFloat(scaled) ? integer(BigInt((method === 'ceil' ? Math.ceil : Math.floor)(Number(scaled)))) : scaled;
    return divide(whole, scale);
  }
  if (isFloat(value)) return float(round(Number(number), digits));
  return digits >= 0 ? (typeof value === 'boolean' ? Number(value) : value) : tens(BigInt(number), -digits);
}

/** A whole number rounded to a power of ten, a half to the even one. */
function tens(value: bigint, places: number): Value {
  const magnitude = value < 0n ? -value : value;
  if (places > String(magnitude).length) return 0;
  const step = 10n ** BigInt(places);
  const [count, rest] = [magnitude / step, magnitude % step];
  const isUp = rest * 2n > step || (rest * 2n === step && count % 2n === 1n);
  return integer((value < 0n ? -1n : 1n) * (isUp ? count + 1n : count) * step);
}

const DECIMAL = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
const BINARY = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];

function fileSize(value: Value, binary: Value): string {
  const bytes = realOf(value);
  if (bytes === undefined) throw new PyError(`could not convert to a number: ${text(value)}`);
  const [base, units] = truth(binary) ? [1024, BINARY] : [1000, DECIMAL];
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${BigInt(Math.trunc(bytes))} Bytes`;
  const index = Math.min(
    units.length - 1,
    units.findIndex((_, at) => bytes < base ** (at + 2)),
  );
  const at = index < 0 ? units.length - 1 : index;
  return `${fixed((base * bytes) / base ** (at + 2), 1)} ${units[at]}`;
}

/** A number, or an error that names the filter. */
function real(value: Value, filter: string): number {
  const number = numeric(value);
  if (number !== undefined) return Number(number);
  failUndefined(value);
  throw new PyError(`${filter}() can only be used on numbers: must be real number, not ${typeName(value)}`);
}

const SIZES: Readonly<Record<string, number>> = { Y: 80, Z: 70, E: 60, P: 50, T: 40, G: 30, M: 20, K: 10, B: 0 };

function humanReadable(size: Value, isBits: Value, unit: Value): string {
  const bits = truth(isBits);
  const base = bits ? 'bits' : 'Bytes';
  const number = real(size, 'human_readable');
  const wanted = unit === null ? undefined : text(unit).toUpperCase();
  let [suffix, limit] = ['', 1];
  for (const [name, power] of Object.entries(SIZES)) {
    [suffix, limit] = [name, 2 ** power];
    if ((wanted === undefined && number >= limit) || (wanted !== undefined && wanted === name)) break;
  }
  const shown = limit === 1 ? base : suffix + (bits ? 'b' : 'B');
  return `${fixed(number / limit, 2)} ${shown}`;
}

function humanToBytes(size: Value, defaultUnit: Value, isBits: Value): Value {
  const match = /^([0-9]*\.?[0-9]+)(?:\s*([A-Za-z]+))?\s*$/.exec(text(size));
  if (match === null) throw new PyError(`human_to_bytes() can't interpret following string: ${text(size)}`);
  const unit = match[2] ?? (defaultUnit === null ? undefined : textOnly(defaultUnit, 'human_to_bytes'));
  if (unit === undefined) return wholeNearest(Number(match[1]));
  const letter = (unit[0] ?? '').toUpperCase();
  const power = Object.hasOwn(SIZES, letter) ? (SIZES[letter] as number) : undefined;
  if (power === undefined)
    throw new PyError(`human_to_bytes() failed to convert ${text(size)} (unit = ${unit}). The suffix must be one of ${Object.keys(SIZES).join(', ')}`);
  checkUnit(unit, letter, truth(isBits), text(size));
  return wholeNearest(Number(match[1]) * 2 ** power);
}

const wholeNearest = (value: number): Value => integer(BigInt(round(value, 0)));

const WORDS: Readonly<Record<string, string>> = { Y: 'yotta', Z: 'zetta', E: 'exa', P: 'peta', T: 'tera', G: 'giga', M: 'mega', K: 'kilo', B: '' };

function checkUnit(unit: string, letter: string, bits: boolean, size: string): void {
  if (unit.length < 2) return;
  const [own, word] = bits ? ['b', 'bit'] : ['B', 'byte'];
  if (unit.toLowerCase() === (WORDS[letter] ?? '') + word || (letter !== 'B' && unit === letter + own)) return;
  const expected = letter === 'B' ? `expect ${own} or ${word}` : `expect ${letter}${own} or ${letter}`;
  throw new PyError(`human_to_bytes() failed to convert ${size}. Value is not a valid string (${expected})`);
}

/** The result of a power that Python gives as well: no complex number, none too large. */
function inRange(result: number, ...operands: readonly number[]): number {
  if (operands.every(Number.isFinite) && !Number.isFinite(result))
    throw new PyError(Number.isNaN(result) || operands[0] === 0 ? 'math domain error' : 'math range error');
  return result;
}

export const numberFilters: Family = {
  abs: define('value', (_rt, value) => {
    const number = real(value, 'abs');
    if (number < 0 || Object.is(number, -0)) return negate(value);
    return typeof value === 'boolean' ? Number(value) : value;
  }),
  int: define('value, default=0, base=10', (_rt, value, otherwise, base) => toInt(value, otherwise, base)),
  float: define('value, default=0.0', (_rt, value, otherwise) => {
    const number = realOf(value);
    return number === undefined ? otherwise : float(number);
  }),
  round: define("value, precision=0, method='common'", (_rt, value, precision, method) => rounded(value, precision, method)),
  filesizeformat: define('value, binary=False', (_rt, value, binary) => fileSize(value, binary)),
  log: define('x, base=2.718281828459045', (_rt, x, base) => {
    const number = real(x, 'log');
    if (number <= 0) throw new PyError('math domain error');
    const root = real(base, 'log');
    if (root <= 0) throw new PyError('math domain error');
    if (root === 1) throw new PyError('float division by zero');
    return float(root === 10 ? Math.log10(number) : root === Math.E ? Math.log(number) : Math.log(number) / Math.log(root));
  }),
  pow: define('x, y', (_rt, x, y) => float(inRange(real(x, 'pow') ** real(y, 'pow'), real(x, 'pow'), real(y, 'pow')))),
  root: define('x, base=2', (_rt, x, base) => {
    const [number, root] = [real(x, 'root'), real(base, 'root')];
    if (root === 0) throw new PyError('float division by zero');
    if (number < 0) throw new PyError('root() can only be used on numbers: math domain error');
    return float(root === 2 ? Math.sqrt(number) : number ** (1 / root));
  }),
  human_readable: define('size, isbits=False, unit=None', (_rt, size, isBits, unit) => humanReadable(size, isBits, unit)),
  human_to_bytes: define('size, default_unit=None, isbits=False', (_rt, size, unit, isBits) => humanToBytes(size, unit, isBits)),
};
