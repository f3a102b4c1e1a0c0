import { nearest } from '../../error.ts';
import type { Named } from '../binder.ts';
import { failUndefined } from '../python/sequence.ts';
import { toText } from '../python/text.ts';
import type { Runtime } from '../runtime.ts';
import { PyError, type Value } from '../values.ts';

type Find = (rt: Runtime, terms: readonly Value[], options: Named, what: string) => Value[];

/** Finds values: `terms` are what is asked for, `options` the named arguments, `what` the call in words. */
export interface Lookup extends Find {
  /** Names of the options it knows, for the reference. */
  readonly options: readonly string[];
}

/** A lookup that knows these options and warns of others, which Ansible passes over in silence. */
export function lookup(options: readonly string[], run: Find): Lookup {
  const find: Find = (rt, terms, given, what) => {
    for (const name of given.keys()) {
      if (options.includes(name)) continue;
      const suggestion = nearest(name, options);
      const known = options.length === 0 ? 'It takes no options' : `Options of ${what}: ${options.join(', ')}`;
      rt.context.warn(`${what} has no option '${name}', which is passed over${suggestion === undefined ? '' : `. Did you mean "${suggestion}"?`} ${known}`);
    }
    return run(rt, terms, given, what);
  };
  return Object.assign(find, { options });
}

/** A term as text; an undefined fails. */
export function termText(term: Value): string {
  failUndefined(term);
  return toText(term);
}

/** A lookup that failed as such: `errors='ignore'` passes over it. */
export const lookupError = (message: string, hint?: string): PyError => new PyError(message, 'lookup', hint);

/** Splits Ansible's `path key=value key2="a b"` terms. */
export function splitTerm(term: string): { first: string; options: Map<string, string> } {
  const words: string[] = [];
  for (const match of term.matchAll(/(?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+/g)) words.push(match[0]);
  const options = new Map<string, string>();
  const plain: string[] = [];
  for (const word of words) {
    const pair = /^(\w+)=([\s\S]*)$/.exec(word);
    if (pair === null) plain.push(unquote(word));
    else options.set(pair[1] as string, unquote(pair[2] as string));
  }
  return { first: plain.join(' '), options };
}

function unquote(word: string): string {
  const match = /^(["'])([\s\S]*)\1$/.exec(word);
  return match === null ? word : (match[2] as string);
}
