import { VaultText } from '../../value.ts';
import { define, isCallable } from '../binder.ts';
import { textOnly } from '../filters/keys.ts';
import { BINARY } from '../operators.ts';
import { equal, numeric } from '../python/compare.ts';
import { isFloat, isInteger, modulo } from '../python/number.ts';
import { failUndefined, isIterable } from '../python/sequence.ts';
import { toText } from '../python/text.ts';
import { type Family, isFilter, isTest } from '../registry.ts';
import { Range, Undefined, type Value } from '../values.ts';

const test = (holds: (value: Value) => boolean): ReturnType<typeof define> => define('value', (_rt, value) => holds(value));

const divides = (value: Value, by: Value): boolean => equal(BINARY['%'](value, by), 0);

export const typeTests: Family = {
  defined: test((value) => !(value instanceof Undefined)),
  undefined: test((value) => value instanceof Undefined),
  none: test((value) => value === null),
  boolean: test((value) => typeof value === 'boolean'),
  true: test((value) => value === true),
  false: test((value) => value === false),
  integer: test((value) => isInteger(value) && typeof value !== 'boolean'),
  float: test(isFloat),
  number: test((value) => numeric(value) !== undefined),
  string: test((value) => typeof value === 'string'),
  mapping: test((value) => value instanceof Map),
  sequence: test((value) => typeof value === 'string' || Array.isArray(value) || value instanceof Map || value instanceof Range),
  iterable: test(isIterable),
  callable: test((value) => isCallable(value) || value instanceof Undefined),
  lower: test((value) => isCase(toText(value), /\p{Ll}/u, /[\p{Lu}\p{Lt}]/u)),
  upper: test((value) => isCase(toText(value), /\p{Lu}/u, /[\p{Ll}\p{Lt}]/u)),
  odd: test((value) => equal(modulo(value, 2), 1)),
  even: test((value) => divides(value, 2)),
  divisibleby: define('value, num', (_rt, value, by) => divides(value, by)),
  escaped: test((value) => value instanceof Undefined),
  sameas: define('value, other', (_rt, value, other) => {
    if (value instanceof Undefined || other instanceof Undefined) return value === other;
    return value === other || (typeof value === typeof other && typeof value !== 'object' && equal(value, other));
  }),
  filter: define('value', (_rt, value) => isFilter(textOnly(value, 'filter'))),
  test: define('value', (_rt, value) => isTest(textOnly(value, 'test'))),
  vault_encrypted: test((value) => {
    failUndefined(value);
    return value instanceof VaultText;
  }),
};

const isCase = (text: string, has: RegExp, not: RegExp): boolean => has.test(text) && !not.test(text);
