import { Float, float, Tuple } from '../../value.ts';
import { Bytes, PyError, PyObject, tuple, typeName, type Value } from '../values.ts';
import { equal, numeric } from './compare.ts';
import { LIMITS } from './limits.ts';
import { failUndefined, tooMany } from './sequence.ts';

/** A big integer as this language holds it. */
export const integer = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

export const isFloat = (value: Value): boolean => value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));

/** A Python int (booleans are ints too). */
export const isInteger = (value: Value): boolean =>
  typeof value === 'bigint' || typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value));

function refuse(operator: string, a: Value, b: Value): never {
  failUndefined(a);
  failUndefined(b);
  throw new PyError(`unsupported operand type(s) for ${operator}: '${typeName(a)}' and '${typeName(b)}'`);
}

type Whole = (a: bigint, b: bigint) => bigint;
type Real = (a: number, b: number) => number;

function arithmetic(a: Value, b: Value, operator: string, real: Real, whole: Whole): Value {
  const left = numeric(a);
  const right = numeric(b);
  if (left === undefined || right === undefined) return refuse(operator, a, b);
  if (isFloat(a) || isFloat(b)) return float(real(Number(left), Number(right)));
  if (typeof left === 'number' && typeof right === 'number') {
    const result = real(left, right);
    // adding 0 turns -0 into 0: integers have no negative zero
    if (Number.isSafeInteger(result)) return result + 0;
  }
  return integer(whole(BigInt(left), BigInt(right)));
}

/** Python's `a + b`. */
export function add(a: Value, b: Value): Value {
  if (typeof a === 'string') {
    if (typeof b === 'string') return a + b;
    failUndefined(b);
    throw new PyError(`can only concatenate str (not "${typeName(b)}") to str`);
  }
  if (Array.isArray(a)) {
    const isPair = a instanceof Tuple;
    if (Array.isArray(b) && a.length + b.length > LIMITS.items) throw tooMany();
    if (Array.isArray(b) && b instanceof Tuple === isPair) return isPair ? tuple([...a, ...b]) : [...a, ...b];
    failUndefined(b);
    throw new PyError(`can only concatenate ${typeName(a)} (not "${typeName(b)}") to ${typeName(a)}`);
  }
  if (a instanceof Bytes && b instanceof Bytes) return new Bytes(Buffer.concat([a.buffer, b.buffer]));
  return (
    objectOperator('__add__', a, b) ??
    objectOperator('__add__', b, a) ??
    arithmetic(
      a,
      b,
      '+',
      (x, y) => x + y,
      (x, y) => x + y,
    )
  );
}

/** Lets an object (a date) do the arithmetic itself. */
function objectOperator(name: string, a: Value, b: Value): Value | undefined {
  return a instanceof PyObject && 'operate' in a ? (a as unknown as { operate(name: string, other: Value): Value | undefined }).operate(name, b) : undefined;
}

export function subtract(a: Value, b: Value): Value {
  return (
    objectOperator('__sub__', a, b) ??
    arithmetic(
      a,
      b,
      '-',
      (x, y) => x - y,
      (x, y) => x - y,
    )
  );
}

/** Python's `a * b`, sequences repeated. */
export function multiply(a: Value, b: Value): Value {
  if (typeof a === 'string' || Array.isArray(a)) return repeat(a, b);
  if (typeof b === 'string' || Array.isArray(b)) return repeat(b, a);
  return arithmetic(a, b, '*', (x, y) => x * y, bigProduct);
}

function bigProduct(a: bigint, b: bigint): bigint {
  if ((a.toString(16).length + b.toString(16).length) * 4 > LIMITS.bits) throw new PyError('this number grows too large', 'too-large');
  return a * b;
}

function repeat(sequence: string | Value[], times: Value): Value {
  const count = isInteger(times) ? Math.max(0, Number(numeric(times))) : undefined;
  if (count === undefined) {
    failUndefined(times);
    throw new PyError(`can't multiply sequence by non-int of type '${typeName(times)}'`);
  }
  if (count >= 2 ** 63) throw new PyError("cannot fit 'int' into an index-sized integer");
  if (typeof sequence === 'string') return repeatText(sequence, count);
  if (sequence.length === 0) return sequence instanceof Tuple ? tuple([]) : [];
  if (sequence.length * count > LIMITS.items) throw tooMany();
  const result: Value[] = [];
  for (let round = 0; round < count; round++) for (const member of sequence) result.push(member);
  return sequence instanceof Tuple ? tuple(result) : result;
}

/** A text repeated, within the limit. */
export function repeatText(text: string, count: number): string {
  if (text.length * count > LIMITS.text) throw new PyError(`this text grows beyond ${LIMITS.text} characters`, 'too-large');
  return text === '' ? '' : text.repeat(Math.max(0, count));
}

/** Python's `a / b`. */
export function divide(a: Value, b: Value): Value {
  const left = numeric(a);
  const right = numeric(b);
  if (left === undefined || right === undefined) return refuse('/', a, b);
  if (Number(right) === 0) throw new PyError(isFloat(a) || isFloat(b) ? 'float division by zero' : 'division by zero');
  return float(typeof left === 'bigint' || typeof right === 'bigint' ? bigQuotient(a, b, left, right) : left / right);
}

/** The quotient of integers that no float holds, rounded once. */
function bigQuotient(a: Value, b: Value, left: number | bigint, right: number | bigint): number {
  if (isFloat(a) || isFloat(b)) return Number(left) / Number(right);
  let [above, below] = [BigInt(left), BigInt(right)];
  const negative = above < 0n !== below < 0n;
  if (above < 0n) above = -above;
  if (below < 0n) below = -below;
  // 66 bits of quotient, the lowest of which tells whether there is a rest: Number() then rounds as division does
  const shift = bitLength(below) - bitLength(above) + 66;
  const scaled = shift > 0 ? above << BigInt(shift) : above;
  const divisor = shift < 0 ? below << BigInt(-shift) : below;
  const quotient = (scaled / divisor) | (scaled % divisor === 0n ? 0n : 1n);
  const result = Number(quotient) * 2 ** -shift;
  if (!Number.isFinite(result)) throw new PyError('integer division result too large for a float');
  return negative ? -result : result;
}

const bitLength = (value: bigint): number => value.toString(2).length;

/** The rest of a division with the sign of the divisor. */
function remainder(x: number, y: number): number {
  const rest = x % y;
  if (rest === 0) return y < 0 ? -0 : 0;
  return rest < 0 !== y < 0 ? rest + y : rest;
}

/** Python's `//` of floats, which agrees with its `%`. */
function floorQuotient(x: number, y: number): number {
  const rest = x % y;
  let quotient = (x - rest) / y;
  if (rest !== 0 && rest < 0 !== y < 0) quotient -= 1;
  if (quotient === 0) return x / y < 0 || Object.is(x / y, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

export function floorDivide(a: Value, b: Value): Value {
  const right = numeric(b);
  if (right !== undefined && numeric(a) !== undefined && Number(right) === 0)
    throw new PyError(isFloat(a) || isFloat(b) ? 'float floor division by zero' : 'integer division or modulo by zero');
  return arithmetic(a, b, '//', isFloat(a) || isFloat(b) ? floorQuotient : (x, y) => Math.floor(x / y), (x, y) => {
    const quotient = x / y;
    return x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient;
  });
}

/** Python's `a % b` of numbers: the sign is that of `b`. */
export function modulo(a: Value, b: Value): Value {
  const right = numeric(b);
  if (right !== undefined && numeric(a) !== undefined && Number(right) === 0)
    throw new PyError(isFloat(a) || isFloat(b) ? 'float modulo' : 'integer modulo by zero');
  return arithmetic(a, b, '%', remainder, (x, y) => {
    const rest = x % y;
    return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest;
  });
}

/** Python's `a ** b`. */
export function power(a: Value, b: Value): Value {
  const left = numeric(a);
  const right = numeric(b);
  if (left === undefined || right === undefined) return refuse('** or pow()', a, b);
  if (Number(left) === 0 && Number(right) < 0) throw new PyError('0.0 cannot be raised to a negative power');
  if (isFloat(a) || isFloat(b) || Number(right) < 0) {
    if (Number(left) < 0 && !Number.isInteger(Number(right))) throw new PyError('a negative number cannot be raised to a fractional power');
    const result = Number(left) ** Number(right);
    if (!Number.isFinite(result) && Number.isFinite(Number(left))) throw new PyError("(34, 'Numerical result out of range')");
    return float(result);
  }
  const quick = Number(left) ** Number(right);
  if (Number.isSafeInteger(quick)) return quick + 0;
  const bits = BigInt(left).toString(16).length * 4 * Number(right);
  if (bits > LIMITS.bits) throw new PyError('this number grows too large', 'too-large');
  return integer(BigInt(left) ** BigInt(right));
}

export function negate(value: Value): Value {
  const number = numeric(value);
  if (number === undefined) {
    failUndefined(value);
    throw new PyError(`bad operand type for unary -: '${typeName(value)}'`);
  }
  if (isFloat(value)) return float(-Number(number));
  return typeof number === 'bigint' ? integer(-number) : 0 - number;
}

export function positive(value: Value): Value {
  const number = numeric(value);
  if (number !== undefined) return typeof value === 'boolean' ? Number(value) : value;
  failUndefined(value);
  throw new PyError(`bad operand type for unary +: '${typeName(value)}'`);
}

/** Python's `int(text)`: blanks around, underscores between digits; undefined when it is none. */
export function parseInteger(text: string, base = 10): number | bigint | undefined {
  let digits = text.trim().toLowerCase();
  let sign = 1n;
  if (/^[+-]/.test(digits)) {
    if (digits[0] === '-') sign = -1n;
    digits = digits.slice(1);
  }
  let radix = base;
  const prefix = /^0([xob])_?/.exec(digits);
  const prefixed = { x: 16, o: 8, b: 2 }[prefix?.[1] ?? ''];
  if (prefix !== null && prefixed !== undefined && (base === 0 || base === prefixed)) {
    digits = digits.slice(prefix[0].length);
    radix = prefixed;
  } else if (base === 0) {
    if (/^0[0_]*[1-9]/.test(digits)) return undefined;
    radix = 10;
  }
  if (!/^[0-9a-z]+(_[0-9a-z]+)*$/.test(digits)) return undefined;
  let result = 0n;
  const plain = digits.replaceAll('_', '');
  if (radix === 10) return /^\d+$/.test(plain) && plain.length < LIMITS.bits ? integer(sign * BigInt(plain)) : undefined;
  for (const char of plain) {
    const digit = Number.parseInt(char, 36);
    if (digit >= radix) return undefined;
    result = result * BigInt(radix) + BigInt(digit);
  }
  return integer(sign * result);
}

/** Python's `float(text)`; undefined when it is none. */
export function parseReal(text: string): number | undefined {
  const plain = text.trim().toLowerCase();
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(plain);
  if (special !== null) return special[2] === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  if (!/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/.test(plain)) return undefined;
  return Number(plain.replaceAll('_', ''));
}

/** Python's `round(value, digits)`, halves to even. */
export function round(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0 || digits > 300) return value;
  if (digits < 0) {
    const scale = 10 ** -digits;
    const quotient = value / scale;
    const floor = Math.floor(quotient);
    const rest = quotient - floor;
    const up = rest > 0.5 || (rest === 0.5 && !equal(floor % 2, 0));
    const result = (up ? floor + 1 : floor) * scale;
    return result === 0 && value < 0 ? -0 : result;
  }
  return Number(fixed(value, digits));
}

/** A float with so many decimals, halves to even as Python rounds. */
export function fixed(value: number, digits: number): string {
  const places = Math.min(digits, 100);
  const padding = repeatText('0', digits - places);
  if (Math.abs(value) >= 1e21) return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
  const text = value.toFixed(places);
  const exact = Math.abs(value).toFixed(Math.min(100, places + 40));
  const tail = exact.slice(exact.indexOf('.') + 1 + places);
  if (/^50*$/.test(tail)) return roundHalfEven(value, exact, places) + padding;
  return text + padding;
}

function roundHalfEven(value: number, exact: string, places: number): string {
  const [whole, fraction] = exact.split('.') as [string, string];
  let scaled = BigInt(whole + fraction.slice(0, places));
  if (scaled % 2n === 1n) scaled += 1n;
  const digits = scaled.toString().padStart(places + 1, '0');
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return value < 0 ? `-${text}` : text;
}
