import { type Callable, define } from '../../binder.ts';
import { dictGet, dictSet } from '../../python/compare.ts';
import { pythonRegex } from '../../python/regex.ts';
import { failUndefined } from '../../python/sequence.ts';
import { repr } from '../../python/text.ts';
import type { Family } from '../../registry.ts';
import { PyError, typeName, type Value } from '../../values.ts';

type Dict = Map<Value, Value>;
type Fits = (key: string) => boolean;

const WAYS: Readonly<Record<string, (wanted: string) => Fits>> = {
  equal: (wanted) => (key) => key === wanted,
  starts_with: (wanted) => (key) => key.startsWith(wanted),
  ends_with: (wanted) => (key) => key.endsWith(wanted),
  regex: (wanted) => {
    const pattern = pythonRegex(wanted, {}, true);
    return (key) => {
      pattern.lastIndex = 0;
      return pattern.test(key);
    };
  },
};

function dictsOf(data: Value): Dict[] {
  failUndefined(data);
  if (!Array.isArray(data) && typeof data !== 'string') throw new PyError(`First argument must be a list. ${repr(data)} is <class '${typeName(data)}'>`);
  const members = [...data] as Value[];
  for (const member of members) {
    if (!(member instanceof Map)) throw new PyError(`The data items must be dictionaries. ${repr(member)} is <class '${typeName(member)}'>`);
    if ([...member.keys()].some((key) => typeof key !== 'string')) throw new PyError(`Top level keys must be strings. keys: ${repr([...member.keys()])}`);
  }
  return members as Dict[];
}

function wayOf(name: Value): (wanted: string) => Fits {
  const way = typeof name === 'string' && Object.hasOwn(WAYS, name) ? WAYS[name] : undefined;
  if (way === undefined) throw new PyError(`The matching_parameter must be one of ${repr(Object.keys(WAYS))}. matching_parameter=${repr(name)}`);
  return way;
}

/** What the keys of `target` are, one or several. */
function wantedKeys(target: Value, isRegex: boolean): string[] {
  const list = typeof target === 'string' ? (isRegex || target !== '' ? [target] : []) : target;
  if (!Array.isArray(list)) throw new PyError(`The target must be a string or a list. target is <class '${typeName(target)}'>.`);
  if (list.length === 0 || target === '') throw new PyError("The target can't be empty.");
  for (const one of list) if (typeof one !== 'string') throw new PyError(`The target items must be strings. ${repr(one)} is <class '${typeName(one)}'>`);
  if (isRegex && list.length > 1) throw new PyError('Single item is required in the target list if matching_parameter=regex.');
  return list as string[];
}

/** Keeps the keys that fit, or those that do not. */
const choosing = (keep: boolean): Callable =>
  define("data, target=None, matching_parameter='equal'", (_rt, data, target, matching) => {
    const dicts = dictsOf(data);
    const way = wayOf(matching);
    const fits = wantedKeys(target, matching === 'regex').map(way);
    return dicts.map((dict) => new Map([...dict].filter(([key]) => fits.some((holds) => holds(key as string)) === keep)));
  });

interface Renaming {
  readonly before: string;
  readonly after: string;
}

function renamings(target: Value): Renaming[] {
  if (!Array.isArray(target)) throw new PyError(`The target must be a list. target is ${repr(target)}.`);
  if (target.length === 0) throw new PyError("The target can't be empty.");
  return target.map((one) => {
    if (!(one instanceof Map)) throw new PyError(`The target items must be dictionaries. ${repr(one)} is <class '${typeName(one)}'>`);
    const [before, after] = [dictGet(one, 'before'), dictGet(one, 'after')];
    if (before === undefined || after === undefined) throw new PyError('All dictionaries in target must include attributes: after, before.');
    if (typeof before !== 'string' || typeof after !== 'string') throw new PyError('The attributes before and after must be strings.');
    return { before, after };
  });
}

const replacing = define("data, target=None, matching_parameter='equal'", (_rt, data, target, matching) => {
  const dicts = dictsOf(data);
  const way = wayOf(matching);
  const renames = renamings(target).map(({ before, after }) => ({ fits: way(before), after }));
  return dicts.map((dict) => {
    const renamed: Dict = new Map();
    for (const [key, value] of dict) dictSet(renamed, renames.find(({ fits }) => fits(key as string))?.after ?? key, value);
    return renamed;
  });
});

export const keyFilters: Family = {
  'community.general.keep_keys': choosing(true),
  'community.general.remove_keys': choosing(false),
  'community.general.replace_keys': replacing,
};
