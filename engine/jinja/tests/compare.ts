import { type Callable, define } from '../binder.ts';
import { compare, equal, numeric, truth, ValueSet } from '../python/compare.ts';
import { contains, failUndefined, iterate, listOf } from '../python/sequence.ts';
import type { Family } from '../registry.ts';
import type { Value } from '../values.ts';

const binary = (holds: (a: Value, b: Value) => boolean): Callable => define('a, b', (_rt, a, b) => holds(a, b));
const eq = binary(equal);
const ne = binary((a, b) => !equal(a, b));
const lt = binary((a, b) => compare(a, b, '<') < 0);
const le = binary((a, b) => compare(a, b, '<=') <= 0);
const gt = binary((a, b) => compare(a, b, '>') > 0);
const ge = binary((a, b) => compare(a, b, '>=') >= 0);

const subset = (a: Value, b: Value): boolean => {
  const whole = new ValueSet(listOf(b));
  return new ValueSet(listOf(a)).list().every((member) => whole.has(member));
};

const nan = define('x', (_rt, x) => {
  failUndefined(x);
  const number = numeric(x);
  return number !== undefined && Number.isNaN(Number(number));
});

const TRUE = new Set(['y', 'yes', 'on', '1', 'true', 't']);
const FALSE = new Set(['n', 'no', 'off', '0', 'false', 'f']);

/** Ansible's `boolean()`; what is none stays as it is. */
function looseBoolean(value: Value): Value {
  if (typeof value === 'string') {
    const word = value.toLowerCase().trim();
    return TRUE.has(word) ? true : FALSE.has(word) ? false : value;
  }
  const number = numeric(value);
  return number === 1 ? true : number === 0 ? false : value;
}

const isTruthy = (value: Value, convert: Value): boolean => truth(truth(convert) ? looseBoolean(value) : value);

export const compareTests: Family = {
  eq,
  equalto: eq,
  '==': eq,
  ne,
  '!=': ne,
  lt,
  lessthan: lt,
  '<': lt,
  le,
  '<=': le,
  gt,
  greaterthan: gt,
  '>': gt,
  ge,
  '>=': ge,
  in: define('value, seq', (_rt, value, container) => contains(container, value)),
  contains: define('seq, value', (_rt, container, value) => contains(container, value)),
  subset: binary(subset),
  issubset: binary(subset),
  superset: binary((a, b) => subset(b, a)),
  issuperset: binary((a, b) => subset(b, a)),
  any: define('values', (_rt, values) => [...iterate(values)].some(truth)),
  all: define('values', (_rt, values) => [...iterate(values)].every(truth)),
  nan,
  isnan: nan,
  truthy: define('value, convert_bool=False', (_rt, value, convert) => isTruthy(value, convert)),
  falsy: define('value, convert_bool=False', (_rt, value, convert) => !isTruthy(value, convert)),
};
