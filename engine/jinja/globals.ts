import { type Callable, define, Func, isCallable, NO_NAMED } from './binder.ts';
import { updateDict } from './methods/dict.ts';
import { dictSet, truth } from './python/compare.ts';
import { DateTime } from './python/datetime.ts';
import { indexOf } from './python/sequence.ts';
import type { Runtime } from './runtime.ts';
import { PyError, PyObject, Range, typeName, Undefined, type Value } from './values.ts';

/** `{% set ns = namespace(x=0) %}`: what a loop may change outside of itself. */
export class Namespace extends PyObject {
  readonly type = 'Namespace';
  readonly members = new Map<string, Value>();
  override attribute(name: string): Value | undefined {
    return this.members.get(name);
  }
  override item(key: Value): Value | undefined {
    return typeof key === 'string' ? this.members.get(key) : undefined;
  }
}

/** Gives its values one after the other, again and again. */
class Cycler extends PyObject {
  readonly type = 'Cycler';
  readonly #items: readonly Value[];
  #position = 0;
  constructor(items: readonly Value[]) {
    super();
    if (items.length === 0) throw new PyError('at least one item has to be provided');
    this.#items = items;
  }
  override attribute(name: string): Value | undefined {
    if (name === 'current') return this.#items[this.#position] as Value;
    if (name === 'next')
      return new Func(
        'next',
        define('', () => this.#next()),
      );
    if (name === 'reset')
      return new Func(
        'reset',
        define('', () => this.#reset()),
      );
    return undefined;
  }
  #next(): Value {
    const value = this.#items[this.#position] as Value;
    this.#position = (this.#position + 1) % this.#items.length;
    return value;
  }
  #reset(): null {
    this.#position = 0;
    return null;
  }
}

/** Nothing the first time it is called, the separator afterwards. */
class Joiner extends PyObject {
  readonly type = 'Joiner';
  readonly #separator: Value;
  #used = false;
  constructor(separator: Value) {
    super();
    this.#separator = separator;
  }
  call(): Value {
    const used = this.#used;
    this.#used = true;
    return used ? this.#separator : '';
  }
}

function rangeNumber(value: Value): number {
  const index = indexOf(value);
  if (index !== undefined) return index;
  if (value instanceof Undefined) value.fail();
  throw new PyError(`'${typeName(value)}' object cannot be interpreted as an integer`);
}

const range = define('start, stop=None, step=1', (_rt, start, stop, step) => {
  const [from, to] = stop === null ? [0, rangeNumber(start as Value)] : [rangeNumber(start as Value), rangeNumber(stop as Value)];
  const by = rangeNumber(step as Value);
  if (by === 0) throw new PyError('range() arg 3 must not be zero');
  return new Range(from, to, by);
});

const dict = define('*pairs, **named', (_rt, pairs, named) => {
  const [first] = pairs as Value[];
  const result = new Map<Value, Value>();
  if (first !== undefined) updateDict(result, first);
  for (const [key, value] of named as Map<Value, Value>) dictSet(result, key, value);
  return result;
});

const namespace = define('*pairs, **named', (_rt, pairs, named) => {
  const members = new Map<Value, Value>();
  for (const one of pairs as Value[]) updateDict(members, one);
  const result = new Namespace();
  for (const [key, value] of [...members, ...(named as Map<Value, Value>)]) result.members.set(String(key), value);
  return result;
});

const now = define('utc=False, fmt=None', (_rt, utc, fmt) => {
  const date = truth(utc as Value) ? DateTime.utcNow() : DateTime.now();
  return fmt === null || fmt === '' ? date : date.strftime(String(fmt));
});

const undef = define('hint=None', (_rt, hint) => {
  const said = hint === null || hint === '' || hint instanceof Undefined ? 'Mandatory variable has not been overridden' : String(hint);
  return new Undefined({ hint: said });
});

const GLOBALS = new Map<string, Value>([
  ['range', new Func('range', range)],
  ['dict', new Func('dict', dict)],
  ['namespace', new Func('namespace', namespace)],
  [
    'cycler',
    new Func(
      'cycler',
      define('*items', (_rt, items) => new Cycler(items as Value[])),
    ),
  ],
  [
    'joiner',
    new Func(
      'joiner',
      define("sep=', '", (_rt, separator) => new Joiner(separator as Value)),
    ),
  ],
  ['now', new Func('now', now)],
  ['undef', new Func('undef', undef)],
]);

/** Adds a function that every template can call. */
export function addGlobal(name: string, callable: Callable): void {
  GLOBALS.set(name, new Func(name, callable));
}

export const findGlobal = (name: string): Value | undefined => GLOBALS.get(name);
export const globalNames = (): Iterable<string> => GLOBALS.keys();

/** Calls what a template calls. */
export function invoke(rt: Runtime, callee: Value, positional: readonly Value[], named = NO_NAMED): Value {
  if (isCallable(callee)) return callee.call(rt, positional, named);
  if (callee instanceof Undefined) callee.fail();
  throw new PyError(`'${typeName(callee)}' object is not callable`);
}
