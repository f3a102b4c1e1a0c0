import { type Callable, define } from '../binder.ts';
import { text, textOnly } from '../filters/keys.ts';
import { truth } from '../python/compare.ts';
import { pythonRegex } from '../python/regex.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';
import { compareVersions } from './version.ts';

const KINDS = ['search', 'match', 'fullmatch'];

function matches(value: Value, pattern: Value, ignoreCase: Value, multiline: Value, kind: string): boolean {
  if (!KINDS.includes(kind)) throw new PyError(`regex has no match_type '${kind}'`, 'arguments', `It may be ${KINDS.join(', ')}`);
  const flags = { ignoreCase: truth(ignoreCase), multiline: truth(multiline) };
  const source = kind === 'fullmatch' ? `(?:${textOnly(pattern, kind)})\\Z` : textOnly(pattern, kind);
  return pythonRegex(source, flags, kind !== 'search').test(text(value));
}

const fixedKind = (kind: string): Callable =>
  define("value, pattern='', ignorecase=False, multiline=False", (_rt, value, pattern, ignoreCase, multiline) =>
    matches(value, pattern, ignoreCase, multiline, kind),
  );

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '=': (order) => order === 0,
  eq: (order) => order === 0,
  '<': (order) => order < 0,
  lt: (order) => order < 0,
  '<=': (order) => order <= 0,
  le: (order) => order <= 0,
  '>': (order) => order > 0,
  gt: (order) => order > 0,
  '>=': (order) => order >= 0,
  ge: (order) => order >= 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  ne: (order) => order !== 0,
};

const version = define("value, version, operator='eq', strict=None, version_type=None", (_rt, value, other, operator, strict, kind) => {
  if (strict !== null && kind !== null) throw new PyError("Cannot specify both 'strict' and 'version_type'");
  if (!truth(value)) throw new PyError('Input version value cannot be empty');
  if (!truth(other)) throw new PyError('Version parameter to compare against cannot be empty');
  const name = text(operator);
  const holds = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (holds === undefined) throw new PyError(`Invalid operator type (${name}). Must be one of ${Object.keys(OPERATORS).join(', ')}`);
  return holds(compareVersions(text(value), text(other), truth(strict) ? 'strict' : kind === null ? 'loose' : text(kind)));
});

export const matchTests: Family = {
  match: fixedKind('match'),
  search: fixedKind('search'),
  regex: define("value='', pattern='', ignorecase=False, multiline=False, match_type='search'", (_rt, value, pattern, ignoreCase, multiline, kind) =>
    matches(value, pattern, ignoreCase, multiline, text(kind)),
  ),
  version,
  version_compare: version,
};
