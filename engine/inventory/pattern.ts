import { existsSync, readFileSync, statSync } from 'node:fs';
import { type Diagnostic, didYouMean, inputError } from '../error.ts';
import { parseAddress } from './address.ts';
import type { Group, Host } from './model.ts';

/** Hosts that one pattern means, and whether it named anything. */
export interface Matched {
  readonly hosts: readonly Host[];
  readonly named: boolean;
}

/** What patterns are matched against. */
export interface PatternWorld {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
  host(name: string): Host | undefined;
  hostsOf(group: Group): readonly Host[];
  remembered(pattern: string): Matched | undefined;
  remember(pattern: string, matched: Matched): void;
}

const PART = /(?:[^\s:[\]]|\[[^\]]*\])+/g;

/**
 * Single patterns out of `web:!web1` or `a, b[1], c[2:3]`. Commas part them; without a comma colons do, unless the whole
 * is one host or address.
 */
export function splitPattern(pattern: string | readonly string[]): string[] {
  if (typeof pattern !== 'string') return pattern.flatMap((one) => splitPattern(one));
  const parts = pattern.includes(',') ? pattern.split(',') : parseAddress(pattern) ? [pattern] : (pattern.match(PART) ?? []);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * The patterns of `--limit`; `@file` stands for the lines of a file (a retry file).
 * @throws QplayError `limit` when there is no such file
 */
export function readLimit(limit: string): string[] {
  return splitPattern(limit).flatMap((part) => {
    if (!part.startsWith('@')) return [part];
    const path = part.slice(1);
    if (!existsSync(path)) throw inputError('limit', `There is no file ${path}, which --limit ${part} names.`, { says: `Unable to find limit file ${path}` });
    if (!statSync(path).isFile())
      throw inputError('limit', `--limit ${part} must name a file, and ${path} is none.`, {
        says: `Limit starting with "@" must be a file, not a directory: ${path}`,
      });
    return readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  });
}

/** Hosts that patterns mean together: plain ones added up, then `&` kept, then `!` taken away, whatever their order. */
export function evaluate(patterns: readonly string[], world: PatternWorld, report: (diagnostic: Diagnostic) => void): Host[] {
  const plain = patterns.filter((one) => !/^[&!]/.test(one));
  const found = new Set<Host>();
  for (const one of plain.length > 0 ? plain : ['all']) {
    const host = world.hosts.get(one);
    if (host) found.add(host);
    else for (const each of match(one, world, report)) found.add(each);
  }
  let hosts = [...found];
  for (const sign of ['&', '!'])
    for (const one of patterns.filter((pattern) => pattern.startsWith(sign))) {
      const those = new Set(match(one.slice(1), world, report));
      hosts = hosts.filter((host) => those.has(host) === (sign === '&'));
    }
  return hosts;
}

function match(pattern: string, world: PatternWorld, report: (diagnostic: Diagnostic) => void): readonly Host[] {
  let matched = world.remembered(pattern);
  if (!matched) {
    matched = matchAnew(pattern, world);
    world.remember(pattern, matched);
    if (!matched.named && pattern !== 'all') report(unmatched(pattern, world));
  }
  return matched.hosts;
}

const unmatched = (pattern: string, world: PatternWorld): Diagnostic => ({
  kind: 'input',
  severity: 'warning',
  code: 'unmatched-pattern',
  message: `Could not match supplied host pattern, ignoring: ${pattern}.${didYouMean(pattern, [...world.groups.keys(), ...world.hosts.keys()])}`,
});

const SUBSCRIPT = /^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$/;

function matchAnew(pattern: string, world: PatternWorld): Matched {
  const subscript = pattern.startsWith('~') ? null : SUBSCRIPT.exec(pattern);
  const matched = enumerate(subscript?.[1] ?? pattern, world);
  if (!subscript || matched.hosts.length === 0) return matched;
  const [, , index, start, end] = subscript;
  if (index === undefined) return { ...matched, hosts: matched.hosts.slice(Number(start), end ? Number(end) + 1 : undefined) };
  const host = matched.hosts.at(Number(index));
  if (!host)
    throw inputError(
      'pattern',
      `No hosts matched the subscripted pattern "${pattern}": "${subscript[1]}" has ${matched.hosts.length} hosts, the first being [0].`,
    );
  return { ...matched, hosts: [host] };
}

/** Groups that match, with all their hosts; hosts themselves when no group does or the pattern has wild cards. */
function enumerate(expression: string, world: PatternWorld): Matched {
  const isPlain = !/[~.?*[]/.test(expression);
  const test = isPlain ? undefined : matcher(expression);
  const groups = test ? [...world.groups.values()].filter((group) => test(group.name)) : [world.groups.get(expression)].filter((group) => group !== undefined);
  const found = new Set(groups.flatMap((group) => world.hostsOf(group)));
  if (test) for (const host of world.hosts.values()) if (test(host.name)) found.add(host);
  if (!test && groups.length === 0) {
    const host = world.hosts.get(expression);
    if (host) found.add(host);
  }
  if (found.size === 0 && groups.length === 0) {
    // localhost is always there, even when no source names it
    const local = world.host(expression);
    if (local) found.add(local);
  }
  return { hosts: [...found], named: found.size > 0 || groups.length > 0 };
}

/** A test for a glob, or for a regular expression behind `~`, which must match from the beginning. */
function matcher(expression: string): (name: string) => boolean {
  const source = expression.startsWith('~') ? `^(?:${expression.slice(1)})` : `^(?:${globSource(expression)})$`;
  try {
    const pattern = new RegExp(source, 's');
    return (name) => pattern.test(name);
  } catch (error) {
    throw inputError('pattern', `The host pattern "${expression}" is not a regular expression.`, { cause: (error as Error).message });
  }
}

/** Python's fnmatch: `*`, `?`, `[abc]`, `[!abc]`. */
function globSource(glob: string): string {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!;
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '[') {
      const set = /^\[(!?)(\]?[^\]]*)\]/.exec(glob.slice(at));
      if (set) {
        source += `[${set[1] ? '^' : ''}${set[2]!.replace(/[\\[\]^]/g, '\\$&')}]`;
        at += set[0].length - 1;
      } else source += '\\[';
    } else source += char.replace(/[\\^$.|?*+()[\]{}/]/g, '\\$&');
  }
  return source;
}
