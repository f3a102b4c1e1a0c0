import { define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { contains, isIterable } from '../python/sequence.ts';
import { type SplitUrl, splitUrl } from '../python/url.ts';
import type { Family } from '../registry.ts';
import { Undefined, type Value } from '../values.ts';

/** The parts of what may be a URI. Of what is no text only the empty can be parsed, and has none. */
function partsOf(value: Value): SplitUrl | undefined {
  if (typeof value === 'string') return splitUrl(value);
  return value instanceof Undefined || truth(value) ? undefined : splitUrl('');
}

function isUri(value: Value, schemes: Value): boolean {
  const parts = partsOf(value);
  if (parts === undefined || schemes instanceof Undefined) return false;
  return !truth(schemes) || (typeof value === 'string' && isIterable(schemes) && contains(schemes, parts.scheme));
}

export const uriTests: Family = {
  uri: define('value, schemes=None', (_rt, value, schemes) => isUri(value, schemes)),
  url: define('value, schemes=None', (_rt, value, schemes) => {
    if (!isUri(value, schemes)) return false;
    const { scheme, netloc } = partsOf(value) as SplitUrl;
    return netloc !== '' || scheme === 'file';
  }),
  urn: define('value', (_rt, value) => isUri(value, ['urn'])),
};
