import { define } from '../binder.ts';
import { repeatText } from '../python/number.ts';
import { splitBlank, splitOn } from '../python/strings.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';
import { text, textOnly, wholeNumber } from './keys.ts';

/** Python's `shlex.quote`. */
export function shellQuote(value: string): string {
  if (value === '') return "''";
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\"'\"'")}'`;
}

type Style = Readonly<Record<string, string>>;
const STYLES: Readonly<Record<string, Style>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
};

function comment(value: string, styleName: string, given: Map<Value, Value>): string {
  const style = Object.hasOwn(STYLES, styleName) ? (STYLES[styleName] as Style) : undefined;
  if (style === undefined) throw new PyError(`comment() has no style '${styleName}'`, 'arguments', `Styles: ${Object.keys(STYLES).join(', ')}`);
  const option = (name: string, otherwise: string): string => (given.has(name) ? text(given.get(name) as Value) : (style[name] ?? otherwise));
  const count = (name: string): number => (given.has(name) ? wholeNumber(given.get(name) as Value, name) : 1);
  const [newline, decoration] = [option('newline', '\n'), option('decoration', '')];
  const around = (given.has('decoration') ? decoration : (style.decoration as string)).trimEnd();
  const beginning = option('beginning', '');
  const prefix = option('prefix', around);
  const prefixes = prefix === '' ? '' : repeatText(prefix === newline ? newline : prefix + newline, count('prefix_count'));
  const body = (decoration + value.split(newline).join(newline + decoration)).split(decoration + newline).join(decoration.trimEnd() + newline);
  const postfixes = repeatText(newline + option('postfix', around), count('postfix_count'));
  const end = option('end', '');
  return (beginning === '' ? '' : beginning + newline) + prefixes + body + postfixes + (end === '' ? '' : newline + end);
}

export const shellFilters: Family = {
  quote: define('a', (_rt, value) => shellQuote(value === null ? '' : text(value))),
  comment: define("text, style='plain', **kw", (_rt, value, style, given) => comment(textOnly(value, 'comment'), text(style), given as Map<Value, Value>)),
  split: define('value, sep=None, maxsplit=-1', (_rt, value, separator, limit) => {
    const most = wholeNumber(limit, 'maxsplit');
    return separator === null ? splitBlank(textOnly(value, 'split'), most) : splitOn(textOnly(value, 'split'), textOnly(separator, 'split'), most);
  }),
};
