import { float } from '../../../value.ts';
import { compare, dictSet, numeric } from '../../python/compare.ts';
import { dumpJson } from '../../python/json.ts';
import { add, divide, integer, isFloat, negate, parseInteger, parseReal } from '../../python/number.ts';
import { contains, lengthOf } from '../../python/sequence.ts';
import { chars } from '../../python/text.ts';
import { PyError, type Value } from '../../values.ts';

/** `&expression`: run over each member by functions such as `sort_by`. */
export class Reference {
  readonly run: (value: Value) => Value;
  constructor(run: (value: Value) => Value) {
    this.run = run;
  }
}

export type Argument = Value | Reference;

interface Function {
  /** Types that each argument may have; `any` for all. The last repeats when `variadic`. */
  readonly types: readonly (readonly string[])[];
  readonly variadic?: boolean;
  readonly run: (...args: never[]) => Value;
}

const isNumber = (value: Argument): boolean => !(value instanceof Reference) && typeof value !== 'boolean' && numeric(value) !== undefined;

/** JMESPath's name of a value's type. */
export function typeOf(value: Argument): string {
  if (value instanceof Reference) return 'expref';
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (isNumber(value)) return 'number';
  if (Array.isArray(value)) return 'array';
  return value instanceof Map ? 'object' : 'unknown';
}

function fits(value: Argument, type: string): boolean {
  if (type === 'any') return true;
  const [outer, inner] = type.split('-');
  if (typeOf(value) !== outer) return false;
  return inner === undefined || (value as Value[]).every((member) => typeOf(member) === inner);
}

function toNumber(value: Value): Value {
  if (isNumber(value)) return value;
  if (typeof value !== 'string') return null;
  const whole = parseInteger(value);
  if (whole !== undefined) return whole;
  const real = parseReal(value);
  return real === undefined ? null : float(real);
}

const rounding =
  (round: (value: number) => number) =>
  (value: Value): Value =>
    isFloat(value) ? integer(BigInt(round(Number(numeric(value))))) : value;

const sum = (members: Value[]): Value => members.reduce((total, member) => add(total, member), 0);

function best(members: Value[], key: (member: Value) => Value, sign: 1 | -1): Value {
  let found: { member: Value; key: Value } | undefined;
  for (const member of members) {
    const own = key(member);
    if (found === undefined || compare(own, found.key) * sign > 0) found = { member, key: own };
  }
  return found === undefined ? null : found.member;
}

/** Reads what a member is ordered by, of one type for all of them. */
function keyOf(name: string, { run }: Reference, types: readonly string[]): (member: Value) => Value {
  return (member) => {
    const key = run(member);
    if (types.includes(typeOf(key))) return key;
    throw new PyError(`In function ${name}(), invalid type for value: expected one of: ${types.join(', ')}, received: "${typeOf(key)}"`);
  };
}

const self = (value: Value): Value => value;
const inOrder = (members: Value[], key: (member: Value) => Value): Value[] =>
  members
    .map((member) => ({ member, key: key(member) }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ member }) => member);

function sortBy(members: Value[], by: Reference): Value[] {
  if (members.length === 0) return members;
  const type = typeOf(by.run(members[0] as Value));
  return inOrder(members, keyOf('sort_by', by, type === 'number' || type === 'string' ? [type] : ['string', 'number']));
}

function merged(dicts: readonly Map<Value, Value>[]): Value {
  const result = new Map<Value, Value>();
  for (const dict of dicts) for (const [key, value] of dict) dictSet(result, key, value);
  return result;
}

const NUMBERS = ['array-number'];
const ORDERED = ['array-number', 'array-string'];

const FUNCTIONS: Readonly<Record<string, Function>> = {
  abs: { types: [['number']], run: (value: Value) => (Number(numeric(value)) < 0 ? negate(value) : value) },
  avg: { types: [NUMBERS], run: (members: Value[]) => (members.length === 0 ? null : divide(sum(members), members.length)) },
  ceil: { types: [['number']], run: rounding(Math.ceil) },
  contains: { types: [['array', 'string'], ['any']], run: (subject: Value, search: Value) => contains(subject, search) },
  ends_with: { types: [['string'], ['string']], run: (text: string, end: string) => text.endsWith(end) },
  floor: { types: [['number']], run: rounding(Math.floor) },
  join: { types: [['string'], ['array-string']], run: (separator: string, members: string[]) => members.join(separator) },
  keys: { types: [['object']], run: (dict: Map<Value, Value>) => [...dict.keys()] },
  length: { types: [['string', 'array', 'object']], run: (value: Value) => lengthOf(value) },
  map: { types: [['expref'], ['array']], run: (by: Reference, members: Value[]) => members.map(by.run) },
  max: { types: [ORDERED], run: (members: Value[]) => best(members, self, 1) },
  max_by: { types: [['array'], ['expref']], run: (members: Value[], by: Reference) => best(members, keyOf('max_by', by, ['number', 'string']), 1) },
  merge: { types: [['object']], variadic: true, run: (...dicts: Map<Value, Value>[]) => merged(dicts) },
  min: { types: [ORDERED], run: (members: Value[]) => best(members, self, -1) },
  min_by: { types: [['array'], ['expref']], run: (members: Value[], by: Reference) => best(members, keyOf('min_by', by, ['number', 'string']), -1) },
  not_null: { types: [['any']], variadic: true, run: (...values: Value[]) => values.find((value) => value !== null) ?? null },
  reverse: {
    types: [['array', 'string']],
    run: (value: string | Value[]) => (typeof value === 'string' ? chars(value).reverse().join('') : [...value].reverse()),
  },
  sort: { types: [ORDERED], run: (members: Value[]) => inOrder(members, self) },
  sort_by: { types: [['array'], ['expref']], run: sortBy },
  starts_with: { types: [['string'], ['string']], run: (text: string, start: string) => text.startsWith(start) },
  sum: { types: [NUMBERS], run: sum },
  to_array: { types: [['any']], run: (value: Value) => (Array.isArray(value) ? value : [value]) },
  to_number: { types: [['any']], run: toNumber },
  to_string: { types: [['any']], run: (value: Value) => (typeof value === 'string' ? value : dumpJson(value, { separators: [',', ':'] })) },
  type: { types: [['any']], run: (value: Value) => (typeOf(value) === 'unknown' ? null : typeOf(value)) },
  values: { types: [['object']], run: (dict: Map<Value, Value>) => [...dict.values()] },
};

/** Calls a function of JMESPath. */
export function callFunction(name: string, args: readonly Argument[]): Value {
  const called = Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] as Function) : undefined;
  if (called === undefined) throw new PyError(`Unknown function: ${name}()`);
  const { types, variadic, run } = called;
  if (variadic ? args.length < types.length : args.length !== types.length)
    throw new PyError(
      `Expected ${variadic ? 'at least ' : ''}${types.length} argument${types.length === 1 ? '' : 's'} for function ${name}(), received ${args.length}`,
    );
  types.forEach((allowed, index) => {
    const value = args[index] as Argument;
    if (!allowed.some((type) => fits(value, type)))
      throw new PyError(`In function ${name}(), invalid type for value: expected one of: ${allowed.join(', ')}, received: "${typeOf(value)}"`);
  });
  return run(...(args as never[]));
}
