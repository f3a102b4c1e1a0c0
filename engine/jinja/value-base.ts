import type { Data, VaultText } from '../value.ts';
import { Float, Tuple } from '../value.ts';

/** Every value a template can hold while it runs: the data of the language, and objects that never leave the template. */
export type Value = null | boolean | number | bigint | string | Float | VaultText | Value[] | Map<Value, Value> | PyObject;

/** Where a node of a template stands in its text. */
export interface Place {
  readonly offset: number;
  readonly length: number;
  /** The template the offset counts in; macros of imported files keep theirs. */
  readonly unit: unknown;
}

/** An object that exists only while a template runs (a macro, a range, an undefined). What it shows to the template it names itself. */
export abstract class PyObject {
  /** Python's name of the type. */
  abstract readonly type: string;
  attribute(_name: string): Value | undefined {
    return undefined;
  }
  item(_key: Value): Value | undefined {
    return undefined;
  }
  truth(): boolean {
    return true;
  }
  repr(): string {
    return `<${this.type} object>`;
  }
  equals(other: Value): boolean {
    return this === other;
  }
  /** The members, when the object can be looped over. */
  iterate(): Iterable<Value> | undefined {
    return undefined;
  }
  length(): number | undefined {
    return undefined;
  }
}

/**
 * Text that must stay text though it looks like a list or dict, as `| string` and `| to_json` give it. Only outputs, `set`, macros
 * and conditions hand it on; everything else takes its text.
 */
export class NativeText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A mistake in what a template does with its values (Python's TypeError, ValueError and so on); the runtime adds the place. */
export class PyError extends Error {
  /** Short and stable, as in a diagnostic. */
  readonly code: string;
  readonly hint: string | undefined;
  constructor(message: string, code = 'template', hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Thrown when an undefined value is used; the runtime turns it into a diagnostic. */
export class UndefinedUse extends Error {
  readonly value: Undefined;
  readonly hint: string | undefined;
  constructor(value: Undefined, hint?: string) {
    super(value.message());
    this.value = value;
    this.hint = hint;
  }
}

const NO_OWNER = Symbol('no owner');

interface UndefinedOrigin {
  /** What lacked the name. */
  readonly owner?: Value;
  readonly name?: Value;
  /** Said instead of the usual message. */
  readonly hint?: string;
  readonly place?: Place | undefined;
  /** Names that the missing one may have been meant to be. */
  readonly known?: () => Iterable<string>;
  /** The error met while the variable's own value was rendered. */
  readonly error?: Error;
}

/** A name, key or index that does not exist. Remembers where it came from; any use of it fails with that. */
export class Undefined extends PyObject {
  readonly type = 'AnsibleUndefined';
  readonly owner: Value | typeof NO_OWNER;
  readonly name: Value | undefined;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly known: (() => Iterable<string>) | undefined;
  readonly error: Error | undefined;
  constructor(origin: UndefinedOrigin) {
    super();
    this.owner = origin.owner === undefined ? NO_OWNER : origin.owner;
    this.name = origin.name;
    this.hint = origin.hint;
    this.place = origin.place;
    this.known = origin.known;
    this.error = origin.error;
  }
  /** What Jinja says of it. */
  message(): string {
    if (this.hint !== undefined) return this.hint;
    if (this.owner === NO_OWNER) return `'${String(this.name)}' is undefined`;
    const owner = this.owner === null ? 'None' : `${typeName(this.owner as Value)} object`;
    if (typeof this.name === 'string') return `'${owner}' has no attribute '${this.name}'`;
    return `${owner} has no element ${String(this.name)}`;
  }
  fail(hint?: string): never {
    if (this.error !== undefined) throw this.error;
    throw new UndefinedUse(this, hint);
  }
  override truth(): boolean {
    return this.fail();
  }
  override repr(): string {
    return this.fail();
  }
  override equals(_other: Value): boolean {
    return this.fail();
  }
  override iterate(): Iterable<Value> {
    return this.fail();
  }
  override length(): number {
    return this.fail();
  }
}

/**
 * A dict whose members are made when they are asked for (`hostvars`, `vars`). Subclasses give `get`, `has` and `keys`;
 * everything that treats a `Map` as a dict works with it. `get` may throw a `QplayError`; keys are compared as text or number.
 */
export abstract class LazyDict extends Map<Data, Data> {
  abstract override get(key: Data): Data | undefined;
  abstract override has(key: Data): boolean;
  /** The keys, in order. */
  abstract names(): Data[];
  /** What is said of a key that is missing; the usual message when undefined. */
  missing(_key: Data): string | undefined {
    return undefined;
  }
  override get size(): number {
    return this.names().length;
  }
  override keys(): MapIterator<Data> {
    return this.names()[Symbol.iterator]();
  }
  override *values(): MapIterator<Data> {
    for (const name of this.names()) yield this.get(name) ?? null;
  }
  override *entries(): MapIterator<[Data, Data]> {
    for (const name of this.names()) yield [name, this.get(name) ?? null];
  }
  override [Symbol.iterator](): MapIterator<[Data, Data]> {
    return this.entries();
  }
  override forEach(visit: (value: Data, key: Data, map: Map<Data, Data>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }
  override set(): this {
    throw new PyError('this dict cannot be changed');
  }
  override delete(): boolean {
    throw new PyError('this dict cannot be changed');
  }
  override clear(): void {
    throw new PyError('this dict cannot be changed');
  }
}

/** A Python tuple of these values. */
export function tuple(members: readonly Value[]): Value[] {
  const result = new Tuple(members.length);
  for (let index = 0; index < members.length; index++) result[index] = members[index] as Data;
  return result as Value[];
}

export const isTuple = (value: Value): boolean => value instanceof Tuple;

/** Python's name of a value's type. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
  }
  if (Array.isArray(value)) return value instanceof Tuple ? 'tuple' : 'list';
  if (value instanceof Map) return 'dict';
  if (value instanceof Float) return 'float';
  if (value instanceof PyObject) return value.type;
  return 'AnsibleVaultEncryptedUnicode';
}
