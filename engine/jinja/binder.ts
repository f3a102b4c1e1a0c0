import { nearest } from '../error.ts';
import { float } from '../value.ts';
import type { Runtime } from './runtime.ts';
import { PyError, PyObject, type Value } from './values.ts';

/** Arguments by name. */
export type Named = ReadonlyMap<string, Value>;
export const NO_NAMED: Named = new Map();

/** What does the work: gets one value a parameter; `*rest` arrives as a list, `**rest` as a dict. */
export type Implementation = (rt: Runtime, ...args: Value[]) => Value;

interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly otherwise: Value;
  readonly kind: 'plain' | 'rest' | 'named-rest';
}

/** A function of the template language with Python's way of binding arguments. */
export interface Callable {
  (rt: Runtime, positional: readonly Value[], named: Named, name: string): Value;
  /** Whether `null` stood for the default is known only here, so the signature is kept for the reference. */
  readonly signature: string;
}

const parsed = new Map<string, Parameter[]>();

/** Reads a signature such as `value, width=4, first=False, *rest, **named`. */
function parseSignature(signature: string): Parameter[] {
  const known = parsed.get(signature);
  if (known !== undefined) return known;
  const parameters = signature === '' ? [] : signature.split(/,\s*(?=[\w*]+(?:=|,|$))/).map(parseParameter);
  parsed.set(signature, parameters);
  return parameters;
}

function parseParameter(text: string): Parameter {
  if (text.startsWith('**')) return { name: text.slice(2), required: false, otherwise: null, kind: 'named-rest' };
  if (text.startsWith('*')) return { name: text.slice(1), required: false, otherwise: null, kind: 'rest' };
  const split = text.indexOf('=');
  if (split < 0) return { name: text, required: true, otherwise: null, kind: 'plain' };
  return { name: text.slice(0, split), required: false, otherwise: parseDefault(text.slice(split + 1)), kind: 'plain' };
}

function parseDefault(text: string): Value {
  if (text === 'None') return null;
  if (text === 'True' || text === 'False') return text === 'True';
  if (text === '[]') return [];
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll('\\n', '\n');
  return text.includes('.') ? float(Number(text)) : Number(text);
}

/** The usual counts of arguments written out: cheaper than spreading them. */
function apply(rt: Runtime, implementation: Implementation, args: readonly Value[]): Value {
  switch (args.length) {
    case 1:
      return implementation(rt, args[0] as Value);
    case 2:
      return implementation(rt, args[0] as Value, args[1] as Value);
    case 3:
      return implementation(rt, args[0] as Value, args[1] as Value, args[2] as Value);
    default:
      return implementation(rt, ...args);
  }
}

/** Makes a callable from a Python-style signature. */
export function define(signature: string, implementation: Implementation): Callable {
  const parameters = parseSignature(signature);
  const plain = parameters.every((one) => one.kind === 'plain');
  const least = parameters.filter((one) => one.required).length;
  const call = (rt: Runtime, positional: readonly Value[], named: Named, name: string): Value => {
    if (plain && named.size === 0 && positional.length <= parameters.length && positional.length >= least) {
      if (positional.length === parameters.length) return apply(rt, implementation, positional);
      const bound = positional.slice();
      for (let index = bound.length; index < parameters.length; index++) bound.push((parameters[index] as Parameter).otherwise);
      return apply(rt, implementation, bound);
    }
    return implementation(rt, ...bind(parameters, positional, named, name));
  };
  return Object.assign(call, { signature });
}

function bind(parameters: readonly Parameter[], positional: readonly Value[], named: Named, name: string): Value[] {
  const bound: Value[] = [];
  const taken = new Set<string>();
  const names = parameters.filter((one) => one.kind === 'plain').map((one) => one.name);
  const takesRest = parameters.some((one) => one.kind === 'rest');
  if (positional.length > names.length && !takesRest) {
    throw new PyError(`${name}() takes ${atMost(parameters, names.length)}, got ${positional.length}`, 'arguments', usage(name, names));
  }
  let plainIndex = 0;
  for (const parameter of parameters) {
    if (parameter.kind === 'rest') bound.push(positional.slice(names.length) as Value[]);
    else if (parameter.kind === 'named-rest') bound.push(leftOver(named, taken, names));
    else bound.push(bindOne(parameter, positional[plainIndex++], named, taken, name, names));
  }
  if (!parameters.some((one) => one.kind === 'named-rest')) refuseUnknown(named, names, name);
  return bound;
}

function bindOne(parameter: Parameter, given: Value | undefined, named: Named, taken: Set<string>, name: string, names: string[]): Value {
  const byName = named.get(parameter.name);
  if (given !== undefined) {
    if (byName !== undefined) throw new PyError(`${name}() got multiple values for argument '${parameter.name}'`, 'arguments', usage(name, names));
    return given;
  }
  if (byName !== undefined) {
    taken.add(parameter.name);
    return byName;
  }
  if (parameter.required) throw new PyError(`${name}() needs the argument '${parameter.name}'`, 'arguments', usage(name, names));
  return parameter.otherwise;
}

function leftOver(named: Named, taken: ReadonlySet<string>, names: readonly string[]): Map<Value, Value> {
  const rest = new Map<Value, Value>();
  for (const [key, value] of named) if (!taken.has(key) && !names.includes(key)) rest.set(key, value);
  return rest;
}

function refuseUnknown(named: Named, names: readonly string[], name: string): void {
  for (const key of named.keys()) {
    if (names.includes(key)) continue;
    const suggestion = nearest(key, names);
    const more = suggestion === undefined ? '' : `. Did you mean "${suggestion}"?`;
    throw new PyError(`${name}() has no argument '${key}'${more}`, 'arguments', usage(name, names));
  }
}

const usage = (name: string, names: readonly string[]): string =>
  names.length === 0 ? `${name}() takes no arguments` : `Arguments of ${name}: ${names.join(', ')}`;

function atMost(parameters: readonly Parameter[], count: number): string {
  const word = parameters.some((one) => !one.required) ? 'at most ' : '';
  return `${word}${count} argument${count === 1 ? '' : 's'}`;
}

/** Something a template can call: a global function, a method bound to its value, a macro. */
export class Func extends PyObject {
  readonly type: string;
  readonly name: string;
  readonly #callable: Callable;
  constructor(name: string, callable: Callable, type = 'function') {
    super();
    this.name = name;
    this.type = type;
    this.#callable = callable;
  }
  call(rt: Runtime, positional: readonly Value[], named: Named): Value {
    return this.#callable(rt, positional, named, this.name);
  }
  override repr(): string {
    return `<${this.type} ${this.name}>`;
  }
}

/** An object that a template can call. */
export interface Invocable {
  call(rt: Runtime, positional: readonly Value[], named: Named): Value;
}
export const isCallable = (value: Value): value is Value & Invocable => value instanceof PyObject && 'call' in value;
