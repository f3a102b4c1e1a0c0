import { type Callable, define, type Named } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { withoutTuples } from '../python/sequence.ts';
import { toText } from '../python/text.ts';
import { lookupShortName, unknownLookup } from '../registry.ts';
import type { Runtime } from '../runtime.ts';
import { PyError, Undefined, type Value } from '../values.ts';
import { environmentLookups } from './environment.ts';
import { fileLookups } from './files.ts';
import { listLookups } from './lists.ts';
import type { Lookup } from './lookup.ts';
import { passwordLookup } from './password.ts';
import { randomStringLookup } from './random-string.ts';
import { sequenceLookup } from './sequence.ts';
import { tableLookups } from './tables.ts';
import { urlLookup } from './url.ts';

const LOOKUPS: ReadonlyMap<string, Lookup> = new Map(
  Object.entries({
    ...environmentLookups,
    ...fileLookups,
    ...listLookups,
    ...tableLookups,
    password: passwordLookup,
    random_string: randomStringLookup,
    sequence: sequenceLookup,
    url: urlLookup,
  }),
);

/** Names of the lookups, for messages and the reference. */
export const lookupNames = (): string[] => [...LOOKUPS.keys()];

/** Names of the options a lookup knows, for the reference. */
export const lookupOptions = (name: string): readonly string[] => LOOKUPS.get(name)?.options ?? [];

/** Runs a lookup by name with its terms; what `with_NAME` loops over. */
export function runLookup(rt: Runtime, name: string, terms: readonly Value[], options: Named): Value[] {
  const lookup = LOOKUPS.get(lookupShortName(name));
  if (lookup === undefined) {
    const { message, code } = unknownLookup(name);
    throw new PyError(message, code);
  }
  return lookup(rt, terms, options, `lookup('${name}')`);
}

function call(rt: Runtime, name: Value, terms: Value[], given: Map<Value, Value>, alwaysList: boolean): Value {
  if (name instanceof Undefined) name.fail();
  const options = new Map([...given].map(([key, value]) => [String(key), value]));
  const wantList = alwaysList || truth(options.get('wantlist') ?? false);
  const errors = toText(options.get('errors') ?? 'strict');
  for (const own of ['wantlist', 'errors', 'allow_unsafe']) options.delete(own);
  for (const term of terms) if (term instanceof Undefined) term.fail();
  const found = attempt(rt, toText(name), terms.map(withoutTuples), options, errors);
  if (found === undefined) return wantList ? [] : null;
  return wantList ? found : joined(found);
}

/** The lookup's values, or undefined when it failed and its errors are to be ignored. */
function attempt(rt: Runtime, name: string, terms: readonly Value[], options: Named, errors: string): Value[] | undefined {
  try {
    return runLookup(rt, name, terms, options);
  } catch (error) {
    if (!(error instanceof PyError) || error.code === 'unknown-lookup' || error.code === 'arguments' || (errors !== 'warn' && errors !== 'ignore')) throw error;
    if (errors === 'warn') rt.context.warn(`the lookup '${name}' failed, which is ignored: ${error.message}`);
    return undefined;
  }
}

/** What `lookup()` makes of several values: text with commas between, or the values when they are no text. */
function joined(found: Value[]): Value {
  if (found.length === 0) return [];
  if (found.every((one) => typeof one === 'string')) return found.join(',');
  return found.length === 1 ? (found[0] as Value) : found;
}

/** `lookup('file', 'x')`. */
export const lookupFunction: Callable = define('plugin, *terms, **options', (rt, name, terms, options) =>
  call(rt, name as Value, terms as Value[], options as Map<Value, Value>, false),
);

/** `query('file', 'x')`: always a list. */
export const queryFunction: Callable = define('plugin, *terms, **options', (rt, name, terms, options) =>
  call(rt, name as Value, terms as Value[], options as Map<Value, Value>, true),
);
