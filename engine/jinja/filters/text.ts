import { getAttribute } from '../access.ts';
import { define } from '../binder.ts';
import { findMethod } from '../methods/index.ts';
import { replaceText } from '../methods/text.ts';
import { truth } from '../python/compare.ts';
import { percentFormat } from '../python/format.ts';
import { repeatText } from '../python/number.ts';
import { failUndefined, lengthOf } from '../python/sequence.ts';
import { capitalize, pad, splitLines, strip } from '../python/strings.ts';
import { chars, textLength } from '../python/text.ts';
import type { Family } from '../registry.ts';
import { PyError, PyObject, TypeObject, typeName, Undefined, type Value } from '../values.ts';
import { text, textOnly, unroll, wholeNumber } from './keys.ts';
import { wrapText } from './wrap.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' };
export const escapeHtml = (value: Value): string => text(value).replace(/[&<>'"]/g, (char) => ESCAPES[char] as string);

const mapped = (work: (text: string) => Value): ReturnType<typeof define> => define('s', (_rt, value) => work(text(value)));

function indent(given: Value, width: Value, first: Value, blank: Value): string {
  const by = typeof width === 'string' ? width : repeatText(' ', wholeNumber(width, 'width'));
  const lines = splitLines(`${textOnly(given, 'indent')}\n`);
  const rest = lines.slice(1).map((line) => (line !== '' || truth(blank) ? by + line : line));
  return (truth(first) ? by : '') + [lines[0] ?? '', ...rest].join('\n');
}

function truncate(given: Value, length: Value, killWords: Value, end: Value, leeway: Value): Value {
  const [mark, most] = [text(end), wholeNumber(length, 'length')];
  const slack = leeway === null ? 5 : wholeNumber(leeway, 'leeway');
  if (most < textLength(mark)) throw new PyError(`expected length >= ${textLength(mark)}, got ${most}`);
  if (slack < 0) throw new PyError(`expected leeway >= 0, got ${slack}`);
  if (lengthOf(given) <= most + slack) return unroll(given);
  const whole = textOnly(given, 'truncate');
  const kept = most - textLength(mark);
  const head = textLength(whole) === whole.length ? whole.slice(0, kept) : chars(whole).slice(0, kept).join('');
  if (truth(killWords)) return head + mark;
  const blank = head.lastIndexOf(' ');
  return (blank < 0 ? head : head.slice(0, blank)) + mark;
}

const title = (value: string): string =>
  value
    .split(/([-\s({[<]+)/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('');

function attributes(dict: Value, autospace: Value): string {
  failUndefined(dict);
  if (!(dict instanceof Map)) throw new PyError(`xmlattr expects a dict, got ${typeName(dict)}`);
  const parts: string[] = [];
  for (const [key, value] of dict) {
    if (value === null || value instanceof Undefined) continue;
    if (/[\s/>=]/.test(text(key))) throw new PyError(`Invalid character in attribute name: '${text(key)}'`);
    parts.push(`${escapeHtml(key)}="${escapeHtml(value)}"`);
  }
  return parts.length > 0 && truth(autospace) ? ` ${parts.join(' ')}` : parts.join(' ');
}

function stripTags(value: string): string {
  const bare = value.replace(/<!--[\s\S]*?-->/g, '').replace(/<[^>]*>/g, '');
  return unescapeHtml(bare.trim().split(/\s+/).join(' '));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
const unescapeHtml = (value: string): string =>
  value.replace(/&(?:#(\d+)|#[xX]([\da-fA-F]+)|(\w+));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] as string) : whole;
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal));
  });

export const textFilters: Family = {
  upper: mapped((value) => value.toUpperCase()),
  lower: mapped((value) => value.toLowerCase()),
  capitalize: mapped(capitalize),
  title: mapped(title),
  string: mapped((value) => value),
  escape: mapped(escapeHtml),
  e: mapped(escapeHtml),
  forceescape: mapped(escapeHtml),
  safe: mapped((value) => value),
  striptags: mapped(stripTags),
  wordcount: mapped((value) => (value.match(/[\p{L}\p{N}_]+/gu) ?? []).length),
  trim: define('value, chars=None', (_rt, value, set) => strip(text(value), set === null ? undefined : textOnly(set, 'trim'))),
  center: define('value, width=80', (_rt, value, width) => pad(text(value), wholeNumber(width, 'width'), ' ', 'center')),
  indent: define('s, width=4, first=False, blank=False', (_rt, value, width, first, blank) => indent(value, width, first, blank)),
  truncate: define("s, length=255, killwords=False, end='...', leeway=None", (_rt, ...args) => truncate(...(args as [Value, Value, Value, Value, Value]))),
  wordwrap: define('s, width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True', (_rt, value, width, breakLong, wrap, onHyphens) => {
    const separator = wrap === null ? '\n' : text(wrap);
    const lines = splitLines(textOnly(value, 'wordwrap'));
    if (lines.length === 0) return '';
    const options = { width: wholeNumber(width, 'width'), breakLong: truth(breakLong), onHyphens: truth(onHyphens) };
    return lines.map((line) => wrapText(line, options).join(separator)).join(separator);
  }),
  replace: define('s, old, new, count=None', (_rt, value, old, fresh, count) =>
    replaceText(text(value), text(old), text(fresh), count === null ? -1 : wholeNumber(count, 'count')),
  ),
  format: define('value, *args, **kwargs', (_rt, value, args, kwargs) => {
    const named = kwargs as Map<Value, Value>;
    if ((args as Value[]).length > 0 && named.size > 0) throw new PyError("can't handle positional and keyword arguments at the same time");
    return percentFormat(text(value), named.size > 0 ? named : args, named.size > 0 ? undefined : (args as Value[]));
  }),
  xmlattr: define('d, autospace=True', (_rt, dict, autospace) => attributes(dict, autospace)),
  attr: define('obj, name', (rt, value, name) => {
    const wanted = textOnly(name, 'attr');
    const isAttribute =
      value instanceof Undefined ||
      findMethod(value, wanted) !== undefined ||
      wanted === '__class__' ||
      (value instanceof PyObject && value.attribute(wanted) !== undefined);
    return isAttribute ? getAttribute(value, wanted, rt.place) : new Undefined({ owner: value, name: wanted, place: rt.place });
  }),
  type_debug: define('value', (_rt, value) => new TypeObject(typeName(value)).name),
};
