import { attributePath, follow } from '../access.ts';
import { define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { iterate } from '../python/sequence.ts';
import type { Family } from '../registry.ts';
import type { Runtime } from '../runtime.ts';
import { PyError, type Value } from '../values.ts';
import { reader, text } from './keys.ts';

type Named = Map<Value, Value>;
const byName = (named: Value): Map<string, Value> => new Map([...(named as Named)].map(([name, value]) => [String(name), value]));

/** `map('filter', ...)` or `map(attribute='a.b', default=...)`. */
const map = define('value, *args, **kwargs', (rt, value, given, namedArgs) => {
  if (!truth(value)) return [];
  if (!truth(value as Value)) return [];
  const args = given as Value[];
  const named = byName(namedArgs);
  const attribute = named.get('attribute');
  if (args.length === 0 && attribute !== undefined) {
    const extra = [...named.keys()].find((name) => name !== 'attribute' && name !== 'default');
    if (extra !== undefined) throw new PyError(`Unexpected keyword argument '${extra}'`, 'arguments', 'map(attribute=) takes default= besides');
    return Array.from(iterate(value), reader(attribute, true, named.get('default') ?? null));
  }
  const [name, ...rest] = args;
  if (name === undefined)
    throw new PyError('map requires a filter argument', 'arguments', "Name a filter, map('upper'), or an attribute, map(attribute='name')");
  return Array.from(iterate(value), (member) => rt.filter(text(name), member, rest, named));
});

/** Keeps the members whose test holds, or does not hold. */
function choose(rt: Runtime, value: Value, args: readonly Value[], named: Map<string, Value>, keep: boolean, read: (member: Value) => Value): Value[] {
  if (!truth(value)) return [];
  if (!truth(value)) return [];
  const [name, ...rest] = args;
  const holds = name === undefined ? (member: Value) => truth(member) : (member: Value) => truth(rt.test(text(name), member, rest, named));
  const chosen: Value[] = [];
  for (const member of iterate(value)) if (holds(read(member)) === keep) chosen.push(member);
  return chosen;
}

const choosing = (keep: boolean): ReturnType<typeof define> =>
  define('value, *args, **kwargs', (rt, value, args, named) => choose(rt, value, args as Value[], byName(named), keep, (member) => member));

const choosingAttribute = (keep: boolean): ReturnType<typeof define> =>
  define('value, *args, **kwargs', (rt, value, args, named) => {
    if (!truth(value)) return [];
    const [attribute, ...rest] = args as Value[];
    if (attribute === undefined) throw new PyError('Missing parameter for attribute name', 'arguments');
    const path = attributePath(attribute);
    return choose(rt, value, rest, byName(named), keep, (member) => follow(member, path));
  });

export const selectFilters: Family = {
  map,
  select: choosing(true),
  reject: choosing(false),
  selectattr: choosingAttribute(true),
  rejectattr: choosingAttribute(false),
};
