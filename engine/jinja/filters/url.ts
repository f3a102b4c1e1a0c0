import { define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { failUndefined, isIterable, iterate, listOf } from '../python/sequence.ts';
import { quoteUrl, splitUrl, unquoteUrl } from '../python/url.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';
import { text, textOnly, wholeNumber } from './keys.ts';
import { escapeHtml } from './text.ts';

const forQuery = (value: Value): string => quoteUrl(text(value), '').replaceAll('%20', '+');

function encode(value: Value): string {
  failUndefined(value);
  if (typeof value === 'string' || !isIterable(value)) return quoteUrl(text(value));
  const pairs = value instanceof Map ? [...value] : Array.from(iterate(value), pairOf);
  return pairs.map(([key, member]) => `${forQuery(key)}=${forQuery(member)}`).join('&');
}

function pairOf(value: Value): [Value, Value] {
  const pair = listOf(value);
  if (pair.length !== 2) throw new PyError(`urlencode expects pairs, got ${pair.length} members`);
  return pair as [Value, Value];
}

function portOf(host: string, port: string | undefined): number | null {
  const written = /^(?:\[[^\]]*\]|[^:]*):(.+)$/.exec(host)?.[1];
  if (port === undefined && written !== undefined) throw new PyError(`Port could not be cast to integer value as '${written}'`);
  if (Number(port) > 65_535) throw new PyError('Port out of range 0-65535');
  return port === undefined || port === '' ? null : Number(port);
}

function parts(url: string): Map<Value, Value> {
  const { scheme, netloc, path, query, fragment } = splitUrl(url);
  const at = netloc.lastIndexOf('@');
  const [user, host] = at < 0 ? [undefined, netloc] : [netloc.slice(0, at), netloc.slice(at + 1)];
  const colon = user?.indexOf(':') ?? -1;
  const address = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(host);
  const name = (address?.[1] ?? address?.[2] ?? '').toLowerCase();
  const port = address?.[3];
  return new Map<Value, Value>([
    ['fragment', fragment],
    ['hostname', name === '' ? null : name],
    ['netloc', netloc],
    ['password', user !== undefined && colon >= 0 ? user.slice(colon + 1) : null],
    ['path', path],
    ['port', portOf(host, port)],
    ['query', query],
    ['scheme', scheme],
    ['username', user === undefined ? null : colon < 0 ? user : user.slice(0, colon)],
  ]);
}

const LINK = new RegExp(
  [
    '^(?:(?:https?://|www\\.)(?:(?:[\\p{L}\\p{N}_%-]+\\.)+)?(?:[a-z]{2,63}|xn--[\\p{L}\\p{N}_%]{2,59})',
    '(?:[\\p{L}\\p{N}_%-]{2,63}\\.)+(?:com|net|int|edu|gov|org|info|mil)',
    'https?://(?:\\d{1,3}(?:\\.\\d{1,3}){3}|\\[(?:[\\da-f]{0,4}:){2}(?:[\\da-f]{0,4}:?){1,6}\\]))(?::\\d{1,5})?(?:[/?#]\\S*)?$',
  ].join('|'),
  'iu',
);
const MAIL = /^\S+@[\p{L}\p{N}_][\p{L}\p{N}_.-]*\.[\p{L}\p{N}_]+$/u;

interface Links {
  readonly shown: (url: string) => string;
  /** Attributes of the links, with a blank before. */
  readonly attributes: string;
  readonly schemes: readonly string[];
}

function linkOf(word: string, { shown, attributes, schemes }: Links): string {
  if (LINK.test(word)) {
    const address = /^https?:\/\//.test(word) ? word : `https://${word}`;
    return `<a href="${address}"${attributes}>${shown(word)}</a>`;
  }
  if (word.startsWith('mailto:') && MAIL.test(word.slice(7))) return `<a href="${word}">${word.slice(7)}</a>`;
  if (!/^(?:www\.|@)|:/.test(word) && MAIL.test(word)) return `<a href="mailto:${word}">${word}</a>`;
  return schemes.some((scheme) => word !== scheme && word.startsWith(scheme)) ? `<a href="${word}"${attributes}>${word}</a>` : word;
}

const BRACKETS = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;'],
] as const;

const count = (text: string, part: string): number => text.split(part).length - 1;

/** A word without the brackets and the punctuation around it; brackets that belong to it stay. */
function bare(word: string): readonly [head: string, middle: string, tail: string] {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  let middle = word.slice(head.length);
  let tail = /(?:[)>.,\n]|&gt;)+$/.exec(middle)?.[0] ?? '';
  middle = middle.slice(0, middle.length - tail.length);
  for (const [open, close] of BRACKETS) {
    const opened = count(middle, open);
    if (opened <= count(middle, close)) continue;
    for (let moved = Math.min(opened, count(tail, close)); moved > 0; moved--) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
    }
  }
  return [head, middle, tail];
}

/** Jinja's `urlize`: addresses in text become links, the text around them is escaped. */
function urlize(value: Value, limit: Value, nofollow: Value, target: Value, rel: Value, schemes: Value): string {
  const rels = new Set([...(rel === null ? [] : text(rel).split(/\s+/)), 'noopener']);
  if (truth(nofollow)) rels.add('nofollow');
  const links: Links = {
    attributes: ` rel="${escapeHtml([...rels].sort().join(' '))}"${target === null ? '' : ` target="${escapeHtml(target)}"`}`,
    shown: (url) => (limit !== null && url.length > wholeNumber(limit, 'trim_url_limit') ? `${url.slice(0, wholeNumber(limit, 'trim_url_limit'))}...` : url),
    schemes: schemes === null ? [] : listOf(schemes).map((one) => textOnly(one, 'urlize')),
  };
  return escapeHtml(value)
    .split(/(\s+)/)
    .map((word) => {
      const [head, middle, tail] = bare(word);
      return head + linkOf(middle, links) + tail;
    })
    .join('');
}

export const urlFilters: Family = {
  urlencode: define('value', (_rt, value) => encode(value)),
  urldecode: define("string, encoding='utf-8', errors='replace'", (_rt, value) => unquoteUrl(textOnly(value, 'urldecode'))),
  urlsplit: define("value, query='', alias='urlsplit'", (_rt, value, query) => {
    const all = parts(textOnly(value, 'urlsplit'));
    if (!truth(query)) return all;
    const part = all.get(query);
    if (part === undefined) throw new PyError(`urlsplit: unknown URL component: ${text(query)}`, 'template', `Components: ${[...all.keys()].join(', ')}`);
    return part;
  }),
  urlize: define('value, trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None', (_rt, ...args) =>
    urlize(...(args as [Value, Value, Value, Value, Value, Value])),
  ),
};
