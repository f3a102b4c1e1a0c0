import { type Callable, define } from '../../binder.ts';
import { numeric } from '../../python/compare.ts';
import { repr, toText } from '../../python/text.ts';
import type { Runtime } from '../../runtime.ts';
import { isTuple, PyError, typeName, Undefined, type Value } from '../../values.ts';

export interface Argument {
  readonly name: string;
  readonly type: 'raw' | 'str' | 'int' | 'list';
  /** Never taken by place. */
  readonly byName?: boolean;
  /** Stands for an argument that is missing; None may be given for it where it is None itself. Without, the argument is required. */
  readonly otherwise?: Value;
}

/**
 * A filter or test of ansible.utils: its arguments are checked against a specification, which turns numbers to text and text
 * to numbers as a module's are.
 */
export function specified(spec: readonly Argument[], run: (rt: Runtime, ...values: Value[]) => Value): Callable {
  const signature = spec.map(({ name, otherwise }) => (otherwise === undefined ? name : `${name}=${repr(otherwise)}`)).join(', ');
  const bound = define('*given, **named', (rt, given, named) =>
    run(rt, ...spec.map((one, index) => read(one, one.byName ? undefined : (given as Value[])[index], named as Map<Value, Value>, spec))),
  );
  return Object.assign((...args: Parameters<Callable>) => bound(...args), { signature });
}

function read(one: Argument, given: Value | undefined, named: ReadonlyMap<Value, Value>, spec: readonly Argument[]): Value {
  for (const name of named.keys()) {
    if (!spec.some((each) => each.name === name))
      throw new PyError(`Unsupported parameters: ${String(name)}. Supported parameters include: ${spec.map((each) => each.name).join(', ')}.`, 'arguments');
  }
  const value = given === undefined ? named.get(one.name) : given;
  if (value instanceof Undefined) value.fail();
  if (value !== undefined) return convert(one, value);
  if (one.otherwise === undefined) throw new PyError(`missing required arguments: ${one.name}`, 'arguments');
  return one.otherwise;
}

function convert({ name, type, otherwise }: Argument, value: Value): Value {
  if (type === 'raw' || (value === null && otherwise === null)) return value;
  if (value === null) throw new PyError(`argument '${name}' is of type <class 'NoneType'> and we were unable to convert to ${type}`);
  if (type === 'str') return typeof value === 'string' ? value : toText(value);
  if (type === 'int') return integerOf(name, value);
  if (Array.isArray(value) && !isTuple(value)) return Array.from(value, (member) => memberText(name, member));
  if (typeof value === 'string') return value.split(',');
  if (numeric(value) !== undefined) return [toText(value)];
  throw new PyError(`argument '${name}' is of type ${typeName(value)} and we were unable to convert to list`);
}

function memberText(name: string, member: Value): string {
  if (member === null) throw new PyError(`Elements value for option '${name}' is of type <class 'NoneType'> and we were unable to convert to str`);
  return toText(member);
}

function integerOf(name: string, value: Value): Value {
  if (typeof value === 'bigint' || typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value))) return value;
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return Number(value);
  throw new PyError(`argument '${name}' is of type ${typeName(value)} and we were unable to convert to int`);
}
