import { define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { checkReplacement, escapeRegex, expandReplacement, groupText, pythonRegex } from '../python/regex.ts';
import type { Family } from '../registry.ts';
import { PyError, tuple, type Value } from '../values.ts';
import { text, textOnly, wholeNumber } from './keys.ts';

const flags = (ignoreCase: Value | undefined, multiline: Value | undefined): { ignoreCase: boolean; multiline: boolean } => ({
  ignoreCase: truth(ignoreCase ?? false),
  multiline: truth(multiline ?? false),
});

function replaceAll(value: string, regex: RegExp, replacement: string, limit: number): { result: string; count: number } {
  checkReplacement(replacement, regex);
  let [result, last, count] = ['', 0, 0];
  for (const match of value.matchAll(regex)) {
    result += value.slice(last, match.index) + expandReplacement(replacement, match);
    last = match.index + match[0].length;
    count++;
    if (limit > 0 && count >= limit) break;
  }
  return { result: result + value.slice(last), count };
}

function search(value: string, pattern: string, groups: readonly Value[], named: Map<Value, Value>): Value {
  const wanted = groups.map((group) => {
    const name = /^\\g<(\S+)>/.exec(textOnly(group, 'regex_search'))?.[1] ?? /^\\(\d+)/.exec(text(group))?.[1];
    if (name === undefined)
      throw new PyError(`regex_search: unknown argument '${text(group)}'`, 'arguments', "Groups are asked for as '\\\\1' or '\\\\g<name>'");
    return name;
  });
  const match = pythonRegex(pattern, flags(named.get('ignorecase'), named.get('multiline'))).exec(value);
  if (match === null) return null;
  return wanted.length === 0 ? match[0] : wanted.map((group) => groupOrNone(match, group));
}

function groupOrNone(match: RegExpExecArray, group: string): Value {
  const found = groupText(match, group);
  const raw = /^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group];
  return raw === undefined ? null : found;
}

function findAll(value: string, pattern: string, multiline: Value, ignoreCase: Value): Value[] {
  return Array.from(value.matchAll(pythonRegex(pattern, flags(ignoreCase, multiline))), (match) => {
    if (match.length === 1) return match[0];
    const groups = match.slice(1).map((group) => group ?? '');
    return groups.length === 1 ? (groups[0] as string) : tuple(groups);
  });
}

function escapeFor(value: string, kind: Value): string {
  if (kind === 'python') return escapeRegex(value);
  if (kind === 'posix_basic') return value.replace(/[\].[^$*\\]/g, (char) => `\\${char}`);
  throw new PyError(kind === 'posix_extended' ? 'Regex type (posix_extended) not yet implemented' : `Invalid regex type (${text(kind)})`);
}

const replacementText = (value: Value): string => textOnly(value, 'regex_replace');

export const regexFilters: Family = {
  regex_replace: define("value='', pattern='', replacement='', ignorecase=False, multiline=False, count=0, mandatory_count=0", (_rt, ...args) => {
    const [value, pattern, replacement, ignoreCase, multiline, count, mandatory] = args as [Value, Value, Value, Value, Value, Value, Value];
    const done = replaceAll(
      text(value),
      pythonRegex(textOnly(pattern, 'regex_replace'), flags(ignoreCase, multiline)),
      replacementText(replacement),
      wholeNumber(count, 'count'),
    );
    const must = wholeNumber(mandatory, 'mandatory_count');
    if (must > 0 && must !== done.count)
      throw new PyError(`'${text(pattern)}' should match ${must} times, but matches ${done.count} times in '${text(value)}'`);
    return done.result;
  }),
  regex_search: define('value, regex, *groups, **kwargs', (_rt, value, pattern, groups, kwargs) =>
    search(text(value), textOnly(pattern, 'regex_search'), groups as Value[], kwargs as Map<Value, Value>),
  ),
  regex_findall: define('value, regex, multiline=False, ignorecase=False', (_rt, value, pattern, multiline, ignoreCase) =>
    findAll(text(value), textOnly(pattern, 'regex_findall'), multiline, ignoreCase),
  ),
  regex_escape: define("string, re_type='python'", (_rt, value, kind) => escapeFor(text(value), kind)),
};
