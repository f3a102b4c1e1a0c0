import { define } from '../binder.ts';
import { contains } from '../python/sequence.ts';
import { splitUrl } from '../python/url.ts';
import type { Family } from '../registry.ts';
import type { Value } from '../values.ts';

function isUri(value: Value, schemes: Value): boolean {
  if (typeof value !== 'string') return false;
  const { scheme } = splitUrl(value);
  return schemes === null || contains(schemes, scheme);
}

export const uriTests: Family = {
  uri: define('value, schemes=None', (_rt, value, schemes) => isUri(value, schemes)),
  url: define('value, schemes=None', (_rt, value, schemes) => {
    if (!isUri(value, schemes)) return false;
    const { scheme, netloc } = splitUrl(value as string);
    return netloc !== '' || scheme === 'file';
  }),
  urn: define('value', (_rt, value) => isUri(value, ['urn'])),
};
