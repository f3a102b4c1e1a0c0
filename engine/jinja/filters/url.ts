import { define } from '../binder.ts';
import { failUndefined, isIterable, iterate, listOf } from '../python/sequence.ts';
import { quoteUrl, splitUrl, unquoteUrl } from '../python/url.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';
import { text, textOnly } from './keys.ts';

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
    ['port', port === undefined || port === '' ? null : Number(port)],
    ['query', query],
    ['scheme', scheme],
    ['username', user === undefined ? null : colon < 0 ? user : user.slice(0, colon)],
  ]);
}

function urlize(value: string, limit: Value, nofollow: Value, target: Value, rel: Value): string {
  const rels = new Set([...(rel === null ? [] : text(rel).split(/\s+/)), 'noopener']);
  if (nofollow === true) rels.add('nofollow');
  const attributes = ` rel="${[...rels].sort().join(' ')}"${target === null ? '' : ` target="${text(target)}"`}`;
  const shown = (url: string): string => (typeof limit === 'number' && url.length > limit ? `${url.slice(0, limit)}...` : url);
  return value.replace(/(^|[\s(<])((?:https?:\/\/|www\.)[^\s<>()]*[^\s<>().,;:!?])/g, (_whole, before: string, url: string) => {
    const address = url.startsWith('www.') ? `https://${url}` : url;
    return `${before}<a href="${address}"${attributes}>${shown(url)}</a>`;
  });
}

export const urlFilters: Family = {
  urlencode: define('value', (_rt, value) => encode(value)),
  urldecode: define('value', (_rt, value) => unquoteUrl(textOnly(value, 'urldecode'))),
  urlsplit: define("value, query='', alias='urlsplit'", (_rt, value, query) => {
    const all = parts(textOnly(value, 'urlsplit'));
    if (query === '') return all;
    const part = all.get(query);
    if (part === undefined) throw new PyError(`urlsplit: unknown URL component: ${text(query)}`, 'template', `Components: ${[...all.keys()].join(', ')}`);
    return part;
  }),
  urlize: define('value, trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None', (_rt, value, limit, nofollow, target, rel) =>
    urlize(text(value), limit, nofollow, target, rel),
  ),
};
