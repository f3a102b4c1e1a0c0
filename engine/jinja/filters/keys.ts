import { attributePath, follow } from '../access.ts';
import { compare, truth } from '../python/compare.ts';
import { failUndefined } from '../python/sequence.ts';
import { toText } from '../python/text.ts';
import { Bytes, DictView, PyError, Range, typeName, type Value } from '../values.ts';

/** Reads something of each member of a sequence. */
export type Reader = (member: Value) => Value;

const ignoreCase = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);

/** Reads an attribute of a member (`a.b`), the member itself when `attribute` is None. */
export function reader(attribute: Value, caseSensitive: Value = true, otherwise: Value = null): Reader {
  const path = attributePath(attribute);
  const fold = !truth(caseSensitive);
  if (path.length === 0 && !fold) return (member) => member;
  return (member) => {
    const value = follow(member, path, otherwise);
    return fold ? ignoreCase(value) : value;
  };
}

/** Reads several attributes (`a,b.c`), as `sort` takes them. */
export function readers(attribute: Value, caseSensitive: Value): Reader {
  const parts = typeof attribute === 'string' ? attribute.split(',') : [attribute];
  const each = parts.map((part) => reader(part, caseSensitive));
  if (each.length === 1) return each[0] as Reader;
  return (member) => each.map((read) => read(member));
}

/** Sorts stably by a key, Python's way: `reverse` keeps equal members in order. */
export function sortedBy(members: readonly Value[], key: Reader, reverse: boolean): Value[] {
  const keyed = members.map((member, index) => ({ member, index, key: key(member) }));
  keyed.sort((a, b) => (reverse ? compare(b.key, a.key) : compare(a.key, b.key)) || a.index - b.index);
  return keyed.map((one) => one.member);
}

/** An argument that must be a whole number. */
export function wholeNumber(value: Value, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  failUndefined(value);
  throw new PyError(`${what} must be an integer, not ${typeName(value)}`);
}

/** An argument as text, whatever it is; an undefined fails. */
export const text = (value: Value): string => (typeof value === 'string' ? value : toText(value));

/** A path as Python's `os.fspath` takes it. */
export function pathText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Bytes) return value.buffer.toString('utf8');
  failUndefined(value);
  throw new PyError(`expected str, bytes or os.PathLike object, not ${typeName(value)}`);
}

/** A range or a view of a dict becomes the list of its members when it leaves a filter. */
export const unroll = (value: Value): Value => (value instanceof Range || value instanceof DictView ? [...value.iterate()] : value);

/** Refuses named arguments that are not these. */
export function refuseOthers(named: ReadonlyMap<Value, Value>, known: readonly string[], filter: string): void {
  for (const name of named.keys()) {
    if (known.includes(String(name))) continue;
    throw new PyError(
      `${filter}() has no argument '${String(name)}'`,
      'arguments',
      known.length === 0 ? undefined : `Arguments of ${filter}: ${known.join(', ')}`,
    );
  }
}

/** An argument that must be text. */
export function textOnly(value: Value, what: string): string {
  if (typeof value === 'string') return value;
  failUndefined(value);
  throw new PyError(`${what} expects text, got ${typeName(value)}`);
}
