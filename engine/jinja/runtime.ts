import type { Data } from '../value.ts';
import type { LookupContext, Origin, Scope } from './api.ts';
import { type Named, NO_NAMED } from './binder.ts';
import type { Env } from './env.ts';
import { isUndefinedError, runtimeError, type Unit } from './errors.ts';
import { findGlobal, globalNames } from './globals.ts';
import { LIMITS } from './python/limits.ts';
import { findFilter, findTest, unknownFilter, unknownTest } from './registry.ts';

import { LazyDict, type NativeText, type Place, PyError, PyObject, Undefined, type Value } from './values.ts';

/** One rendering of one template. */
export class Runtime {
  readonly scope: Scope;
  readonly context: LookupContext;
  readonly origin: Origin | undefined;
  readonly main: Unit;
  /** Whether text that looks like a list or a dict becomes one, as in values of a playbook; not so in template files. */
  readonly converts: boolean;
  /** The node at work: where an error is told to be. */
  place: Place | undefined;
  #native: NativeText | undefined;
  #depth = 0;

  constructor(scope: Scope, context: LookupContext, origin: Origin | undefined, main: Unit, converts: boolean) {
    this.scope = scope;
    this.context = context;
    this.origin = origin;
    this.main = main;
    this.converts = converts;
  }

  /** Keeps what a macro gave, when that must stay text. */
  keepNative(native: NativeText): void {
    this.#native = native;
  }
  /** What was kept last, once. */
  takeNative(): NativeText | undefined {
    const native = this.#native;
    this.#native = undefined;
    return native;
  }

  /** Value of a free name. */
  resolve(name: string, place: Place | undefined): Value {
    let value: Data | undefined;
    try {
      value = this.scope.get(name);
    } catch (error) {
      // a variable whose own template is undefined fails only when it is used, so that `default` can step in
      if (isUndefinedError(error)) return new Undefined({ name, place, error });
      throw error;
    }
    return (value as Value | undefined) ?? (value === null ? null : (findGlobal(name) ?? new Undefined({ name, place, known: () => this.#known() })));
  }

  /** As `resolve`, but a list or dict is this rendering's own copy, which methods such as `append` may change. */
  resolveOwn(name: string, place: Place | undefined, env: Env): Value {
    const value = this.resolve(name, place);
    const copy = deepCopy(value);
    if (copy !== value) env.keepCopy(name, copy);
    return copy;
  }

  #known(): string[] {
    return [...this.scope.names(), ...globalNames()];
  }

  /** A name that every template knows; all that an imported file sees without `with context`. */
  isolated(name: string, place: Place | undefined): Value {
    return findGlobal(name) ?? new Undefined({ name, place, known: globalNames });
  }

  /** Runs something one level deeper; fails beyond the limit. */
  nested<T>(what: string, work: () => T): T {
    if (this.#depth >= LIMITS.depth) throw new PyError(`${what} calls itself more than ${LIMITS.depth} times deep`, 'recursion');
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
    }
  }

  filter(name: string, value: Value, positional: readonly Value[] = [], named: Named = NO_NAMED): Value {
    const filter = findFilter(name);
    if (filter === undefined) throw new PyError(unknownFilter(name).message, 'unknown-filter');
    return filter(this, [value, ...positional], named, name);
  }

  test(name: string, value: Value, positional: readonly Value[] = [], named: Named = NO_NAMED): Value {
    const test = findTest(name);
    if (test === undefined) throw new PyError(unknownTest(name).message, 'unknown-test');
    return test(this, [value, ...positional], named, name);
  }

  /** Runs the template; whatever it throws becomes a diagnostic with its place. */
  guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw runtimeError(error, this.place, this.origin, this.main);
    }
  }
}

/** Lists and dicts copied through and through; everything else is itself. */
export function deepCopy(value: Value): Value {
  if (Array.isArray(value)) {
    const copy = new (value.constructor as ArrayConstructor)() as Value[];
    for (const member of value) copy.push(deepCopy(member));
    return copy;
  }
  if (value instanceof LazyDict || value instanceof PyObject || !(value instanceof Map)) return value;
  const copy = new Map<Value, Value>();
  for (const [key, member] of value) copy.set(key, deepCopy(member));
  return copy;
}
