import { type Callable, define } from '../binder.ts';
import { dictDelete, dictGet, dictSet } from '../python/compare.ts';
import { iterate, lengthOf, listOf } from '../python/sequence.ts';
import { repr } from '../python/text.ts';
import { DictView, PyError, tuple, type Value } from '../values.ts';

type Dict = Map<Value, Value>;

export const dictMethods: Readonly<Record<string, Callable>> = {
  get: define('self, key, default=None', (_rt, self, key, otherwise) => {
    const held = dictGet(self as Dict, key as Value);
    return held === undefined ? (otherwise as Value) : held;
  }),
  keys: define('self', (_rt, self) => new DictView('dict_keys', self as Dict)),
  values: define('self', (_rt, self) => new DictView('dict_values', self as Dict)),
  items: define('self', (_rt, self) => new DictView('dict_items', self as Dict)),
  copy: define('self', (_rt, self) => new Map(self as Dict)),
  clear: define('self', (_rt, self) => {
    (self as Dict).clear();
    return null;
  }),
  update: define('self, *others, **named', (_rt, self, others, named) => {
    for (const other of others as Value[]) updateDict(self as Dict, other);
    for (const [key, value] of named as Dict) dictSet(self as Dict, key, value);
    return null;
  }),
  setdefault: define('self, key, default=None', (_rt, self, key, otherwise) => {
    const held = dictGet(self as Dict, key as Value);
    if (held !== undefined) return held;
    dictSet(self as Dict, key as Value, otherwise as Value);
    return otherwise as Value;
  }),
  pop: define('self, key, *default', (_rt, self, key, otherwise) => {
    const held = dictGet(self as Dict, key as Value);
    if (held !== undefined) {
      dictDelete(self as Dict, key as Value);
      return held;
    }
    const [first] = otherwise as Value[];
    if (first === undefined) throw new PyError(`KeyError: ${repr(key as Value)}`);
    return first;
  }),
  popitem: define('self', (_rt, self) => {
    const last = [...(self as Dict)].at(-1);
    if (last === undefined) throw new PyError('popitem(): dictionary is empty');
    (self as Dict).delete(last[0]);
    return tuple(last);
  }),
};

/** Python's `dict.update`: from a dict or from pairs. */
export function updateDict(dict: Dict, other: Value): void {
  if (other instanceof Map) {
    for (const [key, value] of other) dictSet(dict, key, value);
    return;
  }
  for (const pair of iterate(other)) {
    if (typeof pair !== 'string' && !Array.isArray(pair)) throw new PyError('cannot convert dictionary update sequence element to a sequence');
    if (lengthOf(pair) !== 2) throw new PyError(`dictionary update sequence element has length ${lengthOf(pair)}; 2 is required`);
    const [key, value] = listOf(pair);
    dictSet(dict, key as Value, value as Value);
  }
}
