import { type Callable, define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { formatText } from '../python/format.ts';
import { repeatText } from '../python/number.ts';
import { failUndefined, indexOf, iterate, sliceIndices } from '../python/sequence.ts';
import { capitalize, type PadSide, pad, splitBlank, splitLines, splitOn, strip, swapCase, titleCase } from '../python/strings.ts';
import { chars, textLength } from '../python/text.ts';
import { Bytes, isTuple, PyError, tuple, typeName, type Value } from '../values.ts';
import { encode } from './scalar.ts';

type Table = Readonly<Record<string, Callable>>;

function text(value: Value | undefined, what = 'argument'): string {
  if (typeof value === 'string') return value;
  failUndefined(value as Value);
  throw new PyError(`${what} must be str, not ${typeName(value as Value)}`);
}
function number(value: Value | undefined): number {
  const index = indexOf(value as Value);
  if (index !== undefined) return index;
  failUndefined(value as Value);
  throw new PyError(`'${typeName(value as Value)}' object cannot be interpreted as an integer`);
}

const plain = (work: (self: string) => Value): Callable => define('self', (_rt, self) => work(self as string));

/** The part of a text between Python's indices, and where it begins. */
function window(self: string, start: Value, stop: Value): { part: string; from: number } {
  if (start === null && stop === null) return { part: self, from: 0 };
  const letters = chars(self);
  const indices = sliceIndices(letters.length, start, stop, null);
  const from = indices[0] ?? letters.length;
  return { part: letters.slice(from, from + indices.length).join(''), from };
}

function search(self: string, needle: string, start: Value, stop: Value, last: boolean): number {
  const { part, from } = window(self, start, stop);
  const at = last ? part.lastIndexOf(needle) : part.indexOf(needle);
  return at < 0 ? -1 : from + textLength(part.slice(0, at));
}

const finder = (last: boolean, fails: boolean): Callable =>
  define('self, sub, start=None, end=None', (_rt, self, sub, start, stop) => {
    const at = search(self as string, text(sub), start as Value, stop as Value, last);
    if (at < 0 && fails) throw new PyError('substring not found');
    return at;
  });

const affix = (name: string, holds: (part: string, affix: string) => boolean): Callable =>
  define('self, affix, start=None, end=None', (_rt, self, given, start, stop) => {
    const { part } = window(self as string, start as Value, stop as Value);
    if (typeof given === 'string') return holds(part, given);
    failUndefined(given as Value);
    if (!isTuple(given as Value)) throw new PyError(`${name} first arg must be str or a tuple of str, not ${typeName(given as Value)}`);
    return (given as Value[]).some((one) => holds(part, text(one)));
  });

const stripper = (sides: 'both' | 'left' | 'right'): Callable =>
  define('self, chars=None', (_rt, self, set) => strip(self as string, set === null ? undefined : text(set), sides));

const padder = (side: PadSide): Callable =>
  define("self, width, fillchar=' '", (_rt, self, width, fill) => {
    if (textLength(text(fill)) !== 1) throw new PyError('The fill character must be exactly one character long');
    return pad(self as string, number(width), text(fill), side);
  });

const splitter = (fromRight: boolean): Callable =>
  define('self, sep=None, maxsplit=-1', (_rt, self, separator, limit) => {
    const most = number(limit);
    if (separator === null) return splitBlank(self as string, most, fromRight);
    return splitOn(self as string, text(separator), most, fromRight);
  });

const partition = (last: boolean): Callable =>
  define('self, sep', (_rt, self, separator) => {
    const [whole, mark] = [self as string, text(separator)];
    if (mark === '') throw new PyError('empty separator');
    const at = last ? whole.lastIndexOf(mark) : whole.indexOf(mark);
    if (at < 0) return tuple(last ? ['', '', whole] : [whole, '', '']);
    return tuple([whole.slice(0, at), mark, whole.slice(at + mark.length)]);
  });

/** Whether there are characters and all are such. */
const all = (pattern: RegExp): Callable => plain((self) => self !== '' && pattern.test(self));

const predicates: Table = {
  isalnum: all(/^[\p{L}\p{N}]+$/u),
  isalpha: all(/^\p{L}+$/u),
  isascii: plain((self) => /^[\x00-\x7f]*$/.test(self)),
  isdecimal: all(/^\p{Nd}+$/u),
  isdigit: all(/^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]+$/u),
  isidentifier: all(/^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u),
  islower: plain((self) => /\p{Ll}/u.test(self) && !/[\p{Lu}\p{Lt}]/u.test(self)),
  isnumeric: all(/^\p{N}+$/u),
  isprintable: plain((self) => !/[\p{C}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u.test(self)),
  isspace: all(/^\s+$/u),
  istitle: plain((self) => /\p{L}/u.test(self) && titleCase(self) === self),
  isupper: plain((self) => /\p{Lu}/u.test(self) && !/[\p{Ll}\p{Lt}]/u.test(self)),
};

const cases: Table = {
  capitalize: plain(capitalize),
  casefold: plain((self) => self.toLowerCase().replaceAll('ß', 'ss')),
  lower: plain((self) => self.toLowerCase()),
  swapcase: plain(swapCase),
  title: plain(titleCase),
  upper: plain((self) => self.toUpperCase()),
};

export const textMethods: Table = {
  ...predicates,
  ...cases,
  center: padder('center'),
  ljust: padder('left'),
  rjust: padder('right'),
  zfill: define('self, width', (_rt, self, width) => {
    const sign = /^[+-]/.test(self as string) ? (self as string)[0] : '';
    const digits = (self as string).slice(sign === '' ? 0 : 1);
    return sign + repeatText('0', number(width) - textLength(self as string)) + digits;
  }),
  strip: stripper('both'),
  lstrip: stripper('left'),
  rstrip: stripper('right'),
  split: splitter(false),
  rsplit: splitter(true),
  splitlines: define('self, keepends=False', (_rt, self, keep) => splitLines(self as string, truth(keep as Value))),
  partition: partition(false),
  rpartition: partition(true),
  find: finder(false, false),
  rfind: finder(true, false),
  index: finder(false, true),
  rindex: finder(true, true),
  startswith: affix('startswith', (part, prefix) => part.startsWith(prefix)),
  endswith: affix('endswith', (part, suffix) => part.endsWith(suffix)),
  removeprefix: define('self, prefix', (_rt, self, prefix) =>
    (self as string).startsWith(text(prefix)) ? (self as string).slice(text(prefix).length) : (self as string),
  ),
  removesuffix: define('self, suffix', (_rt, self, suffix) => {
    const end = text(suffix);
    return end !== '' && (self as string).endsWith(end) ? (self as string).slice(0, -end.length) : (self as string);
  }),
  count: define('self, sub, start=None, end=None', (_rt, self, sub, start, stop) => {
    const { part } = window(self as string, start as Value, stop as Value);
    return text(sub) === '' ? textLength(part) + 1 : part.split(text(sub)).length - 1;
  }),
  replace: define('self, old, new, count=-1', (_rt, self, old, fresh, limit) => replaceText(self as string, text(old), text(fresh), number(limit))),
  expandtabs: define('self, tabsize=8', (_rt, self, size) => expandTabs(self as string, number(size))),
  join: define('self, items', (_rt, self, items) => {
    const parts: string[] = [];
    for (const part of iterate(items as Value)) {
      failUndefined(part);
      if (typeof part !== 'string') throw new PyError(`sequence item ${parts.length}: expected str instance, ${typeName(part)} found`);
      parts.push(part);
    }
    return parts.join(self as string);
  }),
  encode: define("self, encoding='utf-8', errors='strict'", (_rt, self, encoding) => new Bytes(encode(self as string, text(encoding)))),
  format: define('self, *args, **named', (_rt, self, args, named) => formatText(self as string, args as Value[], named as Map<Value, Value>)),
  format_map: define('self, mapping', (_rt, self, mapping) => formatText(self as string, [], mapping as Map<Value, Value>)),
};

/** Python's `str.replace`. */
export function replaceText(self: string, old: string, fresh: string, limit: number): string {
  if (limit < 0) {
    const pieces = old === '' ? ['', ...chars(self), ''] : self.split(old);
    return pieces.join(fresh);
  }
  if (old === '') {
    const letters = chars(self);
    return letters.map((letter, at) => (at < limit ? fresh : '') + letter).join('') + (limit > letters.length ? fresh : '');
  }
  const pieces = self.split(old);
  const head = pieces.slice(0, limit + 1).join(fresh);
  return pieces.length > limit + 1 ? [head, ...pieces.slice(limit + 1)].join(old) : head;
}

function expandTabs(self: string, size: number): string {
  let column = 0;
  let result = '';
  for (const char of self) {
    if (char === '\t') {
      const blanks = size > 0 ? size - (column % size) : 0;
      result += repeatText(' ', blanks);
      column += blanks;
    } else {
      result += char;
      column = char === '\n' || char === '\r' ? 0 : column + 1;
    }
  }
  return result;
}
