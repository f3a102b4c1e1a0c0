import { getItem } from '../access.ts';
import { define } from '../binder.ts';
import { equal, truth } from '../python/compare.ts';
import type { Family } from '../registry.ts';
import type { Runtime } from '../runtime.ts';
import { PyError, Undefined, type Value } from '../values.ts';
import { text, unroll } from './keys.ts';

const useDefault = define("value, default_value='', boolean=False", (_rt, value, otherwise, boolean) => {
  if (value instanceof Undefined || (truth(boolean) && !truth(value))) return unroll(otherwise);
  return unroll(value);
});

const TRUE_WORDS = new Set(['yes', 'on', '1', 'true']);

/** Ansible's `bool`: None stays None. */
export function toBool(value: Value): Value {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return TRUE_WORDS.has(value.toLowerCase());
  return equal(value, 1);
}

/** A member of a value. An undefined key is looked for in a dict only; of anything else it is just not there. */
const element = (rt: Runtime, value: Value, key: Value): Value =>
  key instanceof Undefined && !(value instanceof Map) ? new Undefined({ owner: value, name: 'Undefined', place: rt.place }) : getItem(value, key, rt.place);

export const basicFilters: Family = {
  default: useDefault,
  d: useDefault,
  bool: define('a', (_rt, value) => toBool(value)),
  ternary: define('value, true_val, false_val, none_val=None', (_rt, value, yes, no, none) => {
    if (value === null && none !== null) return none;
    return truth(value) ? yes : no;
  }),
  mandatory: define('a, msg=None', (_rt, value, message) => {
    if (!(value instanceof Undefined)) return unroll(value);
    if (message !== null) throw new PyError(text(message), 'undefined');
    const name = typeof value.name === 'string' ? `'${value.name}' ` : '';
    throw new PyError(`Mandatory variable ${name} not defined.`, 'undefined');
  }),
  extract: define('item, container, morekeys=None', (rt, item, container, more) => {
    const keys = more === null ? [item] : Array.isArray(more) ? [item, ...more] : [item, more];
    return keys.reduce((value: Value, key) => element(rt, value, key), container);
  }),
};
