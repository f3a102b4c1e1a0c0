import type { Observed, Plan, Result } from '../../engine/module/contract.ts';
import { quote, raw, type Script, sh } from '../../engine/module/contract.ts';

/** `key=value` lines as a map; the first `=` divides, later lines win, lines without `=` are passed over. */
export function fields(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) found.set(line.slice(0, at), line.slice(at + 1));
  }
  return found;
}

/** Lines of text without the empty one after the last line feed. */
export function textLines(text: string): string[] {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  return all;
}

/** Begins a named section of what a probe prints; `sections` takes them apart again. */
export const section = (name: string): Script => sh`printf '\\036%s\\n' ${name}`;

/** Sections by name: a record separator (which configuration files do not hold), the name on a line, then the content. */
export function sections(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split('\x1e').slice(1)) {
    const end = part.indexOf('\n');
    if (end < 0) found.set(part, '');
    else found.set(part.slice(0, end), part.slice(end + 1));
  }
  return found;
}

/**
 * A shell word for an option of type `path` or an argument of `command`: `~`, `~user`, `$NAME` and `${NAME}` mean what they
 * mean on the host, as Ansible has it (an unset variable stays as written); everything else is quoted.
 */
export function expanded(text: string): Script {
  const tilde = /^~([a-z_][\w.-]*)?(?=\/|$)/i.exec(text)?.[0] ?? '';
  // the slash behind it must not be quoted, or it is no prefix to the shell
  const start = tilde === '' ? '' : (/^~[^/]*\/?/.exec(text)?.[0] ?? '');
  let word = start;
  let from = start.length;
  for (const found of text.matchAll(/\$(?:(\w+)|\{(\w+)\})/g)) {
    if (found.index < from) continue;
    const name = (found[1] ?? found[2]) as string;
    if (found.index > from) word += quote(text.slice(from, found.index));
    word += /^\d/.test(name) ? quote(found[0]) : `"\${${name}-\\${found[0].replace('}', '\\}')}}"`;
    from = found.index + found[0].length;
  }
  if (from < text.length || word === '') word += quote(text.slice(from));
  return raw(word);
}

/** A probe that could not look: its own words. */
export function unreadable(seen: Observed, what: string): Plan {
  const words = (seen.stderr.trim() || seen.stdout.trim()).split('\n').slice(-3).join('; ');
  return { is: 'impossible', why: `${what} could not be looked at (exit status ${seen.code})${words === '' ? '' : `: ${words}`}` };
}

export const right = (result?: Result): Plan => (result === undefined ? { is: 'right' } : { is: 'right', result });
type Of<K extends Plan['is']> = Extract<Plan, { readonly is: K }>;
export const impossible = (why: string, hint?: string): Of<'impossible'> => (hint === undefined ? { is: 'impossible', why } : { is: 'impossible', why, hint });
export const premature = (why: string, hint?: string): Of<'premature'> => (hint === undefined ? { is: 'premature', why } : { is: 'premature', why, hint });

/** Members that are not `undefined`. */
export function present<T>(object: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Record<string, T>;
}

/** Only the keys in which the two differ, for a diff. */
export function differing(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): { before: Record<string, unknown>; after: Record<string, unknown> } | undefined {
  const keys = Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  if (keys.length === 0) return undefined;
  const pick = (from: Readonly<Record<string, unknown>>) => Object.fromEntries(keys.map((key) => [key, from[key]]));
  return { before: pick(before), after: pick(after) };
}

/** An account that is not root's, or a shell got by su, may lack the folders in which administrators' programs lie. */
export const SBIN: Script = raw('PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin');
