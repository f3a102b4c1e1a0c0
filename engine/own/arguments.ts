import { toText } from '../jinja/index.ts';
import { dumpJson } from '../jinja/python/json.ts';
import type { Data } from '../value.ts';

/** The JSON that a module reads its arguments from: `1.0` stays a float, whole numbers of any size stay whole. */
export const jsonOf = (args: ReadonlyMap<string, Data>): string => dumpJson(new Map<Data, Data>(args));

/** `key=value` words, as old modules read them: values as Python's `str` has them, quoted for a shell. */
export const wordsOf = (args: ReadonlyMap<string, Data>): string => [...args].map(([key, value]) => `${key}=${quoted(toText(value))} `).join('');

/** As Python's `shlex.quote`. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`);
