import { float } from '../value.ts';
import { type Callable, Func } from './binder.ts';
import { isUndefinedError } from './errors.ts';
import { findMethod } from './methods/index.ts';
import { dictGet, numeric } from './python/compare.ts';
import { isFloat } from './python/number.ts';
import { indexOf, slice } from './python/sequence.ts';
import { chars } from './python/text.ts';
import { Group, LazyDict, type Place, PyError, PyObject, TypeObject, typeName, Undefined, type Value } from './values.ts';

/** `a[b:c:d]` as a key. */
export class Slice extends PyObject {
  readonly type = 'slice';
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
  constructor(start: Value, stop: Value, step: Value) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** `value.name`: an attribute first, then a key, as Jinja does. */
export function getAttribute(value: Value, name: string, place?: Place): Value {
  if (value instanceof Undefined) return value;
  if (value instanceof PyObject && name !== '__class__') {
    const own = value.attribute(name);
    if (own !== undefined) return own;
  }
  const method = findMethod(value, name);
  if (method !== undefined) return bindMethod(value, name, method);
  const attribute = special(value, name);
  if (attribute !== undefined) return attribute;
  const held = member(value, name, place);
  return held === undefined ? missing(value, name, place) : held;
}

/** `value[key]`: a key or index first, then an attribute, as Jinja does. */
export function getItem(value: Value, key: Value, place?: Place): Value {
  if (value instanceof Undefined) return value;
  // only a dict has to know its key
  if (key instanceof Undefined) return value instanceof Map ? key.fail() : key;
  if (key instanceof Slice) return getSlice(value, key);
  const found = member(value, key, place);
  if (found !== undefined) return found;
  if (typeof key === 'string') {
    const method = findMethod(value, key);
    if (method !== undefined) return bindMethod(value, key, method);
    const attribute = special(value, key);
    if (attribute !== undefined) return attribute;
  }
  return missing(value, key, place);
}

/** `value[a:b:c]`, which Jinja leaves to Python: what has no slices fails. */
function getSlice(value: Value, key: Slice): Value {
  const found = slice(value, key.start, key.stop, key.step);
  if (found !== undefined) return found;
  throw new PyError(value instanceof Map ? "unhashable type: 'slice'" : `'${typeName(value)}' object is not subscriptable`);
}

export function bindMethod(self: Value, name: string, method: Callable): Func {
  const call = (...[rt, positional, named]: Parameters<Callable>): Value => method(rt, [self, ...positional], named, name);
  return new Func(name, Object.assign(call, { signature: method.signature }), 'builtin_function_or_method');
}

function special(value: Value, name: string): Value | undefined {
  if (name === '__class__') return new TypeObject(typeName(value));
  return value instanceof PyObject || value instanceof Group ? value.attribute(name) : numberAttribute(value, name);
}

/** The parts that Python's numbers have. */
function numberAttribute(value: Value, name: string): Value | undefined {
  const number = name === 'real' || name === 'imag' || name === 'numerator' || name === 'denominator' ? numeric(value) : undefined;
  if (number === undefined) return undefined;
  if (isFloat(value)) return name === 'real' ? value : name === 'imag' ? float(0) : undefined;
  if (name === 'imag') return 0;
  return name === 'denominator' ? 1 : number;
}

function member(value: Value, key: Value, place: Place | undefined): Value | undefined {
  if (value instanceof Map) return value instanceof LazyDict ? lazyMember(value, key, place) : dictGet(value, key);
  if (typeof key === 'string') return value instanceof PyObject ? value.item(key) : undefined;
  const index = indexOf(key);
  if (index === undefined) return undefined;
  if (Array.isArray(value)) return value[index < 0 ? index + value.length : index];
  if (typeof value === 'string') return chars(value).at(index);
  return value instanceof PyObject ? value.item(index) : undefined;
}

function lazyMember(value: LazyDict, key: Value, place: Place | undefined): Value | undefined {
  if (key instanceof PyObject) return undefined;
  try {
    return value.get(key as never) as Value | undefined;
  } catch (error) {
    if (isUndefinedError(error)) return new Undefined({ name: key, place, error });
    throw error;
  }
}

function missing(owner: Value, name: Value, place: Place | undefined): Undefined {
  if (owner instanceof LazyDict) {
    const hint = owner.missing(name as never);
    if (hint !== undefined) return new Undefined({ owner, name, hint, place, known: () => textKeys(owner) });
  }
  const known = owner instanceof Map ? () => textKeys(owner) : undefined;
  return new Undefined({ owner: owner ?? null, name, place, ...(known === undefined ? {} : { known }) });
}

const textKeys = (dict: Map<Value, Value>): string[] => [...dict.keys()].filter((key) => typeof key === 'string');

/** The path of an attribute as filters take it: `a.b.0`. Fails for what is no path. */
export function attributePath(attribute: Value): Value[] {
  if (typeof attribute === 'string') return attribute.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return attribute === null ? [] : [attribute];
}

/** Follows a path of keys from a value; `otherwise` replaces what is undefined on the way. */
export function follow(value: Value, path: readonly Value[], otherwise: Value = null): Value {
  let current = value;
  for (const key of path) {
    current = getItem(current, key);
    if (otherwise !== null && current instanceof Undefined) current = otherwise;
  }
  return current;
}
