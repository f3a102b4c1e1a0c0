import type { BinaryOperator, CompareOperator } from './ast.ts';
import { compare, equal } from './python/compare.ts';
import { percentFormat } from './python/format.ts';
import { add, divide, floorDivide, modulo, multiply, power, subtract } from './python/number.ts';
import { contains } from './python/sequence.ts';
import { isTuple, type Value } from './values.ts';

/** Python's binary operators. */
export const BINARY: Readonly<Record<BinaryOperator, (a: Value, b: Value) => Value>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '//': floorDivide,
  '%': percent,
  '**': power,
};

function percent(a: Value, b: Value): Value {
  if (typeof a !== 'string') return modulo(a, b);
  return percentFormat(a, b, isTuple(b) ? (b as Value[]) : undefined);
}

/** Python's comparisons. */
export const COMPARE: Readonly<Record<CompareOperator, (a: Value, b: Value) => boolean>> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => compare(a, b, '<') < 0,
  '<=': (a, b) => compare(a, b, '<=') <= 0,
  '>': (a, b) => compare(a, b, '>') > 0,
  '>=': (a, b) => compare(a, b, '>=') >= 0,
  in: (a, b) => contains(b, a),
  'not in': (a, b) => !contains(b, a),
};
