import { Absent } from './absent.ts';
import { getAttribute, getItem, Slice } from './access.ts';
import type { BinaryOperator, Expr } from './ast.ts';
import { compileCall, compileFilter, compileTest } from './compile-call.ts';
import { type Env, UNSET } from './env.ts';
import type { Unit } from './errors.ts';
import { isMethodName } from './methods/index.ts';
import { BINARY, COMPARE } from './operators.ts';
import { dictSet, truth } from './python/compare.ts';
import { LIMITS } from './python/limits.ts';
import { negate, positive } from './python/number.ts';
import { toText } from './python/text.ts';
import type { Runtime } from './runtime.ts';
import { LazyDict, type Place, PyError, tuple, Undefined, type Value } from './values.ts';

/** A compiled expression. */
export type Evaluate = (rt: Runtime, env: Env) => Value;

/** How the expressions of a template are compiled. */
export interface ExpressionContext {
  readonly unit: Unit;
  /** Backslashes in strings stay, as Ansible reads them within `{{ }}` of a playbook. */
  readonly raw: boolean;
  /** The template calls methods that change their value. */
  readonly mutates: boolean;
  /** Text of the block that a filter without a value works on. */
  readonly blockText?: Evaluate;
}

export type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** Compiles an expression to a closure. */
export function compileExpr(expr: Expr, context: ExpressionContext): Evaluate {
  switch (expr.kind) {
    case 'const':
      return constant(context.raw && expr.raw !== undefined ? expr.raw : expr.value);
    case 'name':
      return compileName(expr.name, placeOf(expr, context), context);
    case 'list':
    case 'tuple':
      return compileList(expr, context);
    case 'dict':
      return compileDict(expr, context);
    case 'attribute':
      return compileAttribute(expr, context);
    case 'item':
      return compileItem(expr, context);
    case 'slice':
      return compileSlice(expr, context);
    case 'call':
      return compileCall(expr, context);
    case 'filter':
      return compileFilter(expr, context);
    case 'test':
      return compileTest(expr, context);
    case 'not': {
      const of = compileExpr(expr.of, context);
      return (rt, env) => !truth(of(rt, env));
    }
    case 'neg':
    case 'pos':
      return unary(expr, expr.kind === 'neg' ? negate : positive, context);
    case 'and':
    case 'or':
      return compileLogic(expr, context);
    case 'binary':
      return compileBinary(expr, context);
    case 'concat':
      return compileConcat(expr, context);
    case 'compare':
      return compileCompare(expr, context);
    case 'if':
      return compileIf(expr, context);
  }
}

const constant =
  (value: Value): Evaluate =>
  () =>
    value;

/** The place that an error in this node is told to be: the part behind the last dot or bracket, not the whole chain. */
export function placeOf(expr: { readonly offset: number; readonly length: number }, context: ExpressionContext): Place {
  return { offset: expr.offset, length: expr.length, unit: context.unit };
}

/** Place of what a chain such as `a.b.c` reads last. */
export function tailPlace(expr: Of<'attribute' | 'item'>, context: ExpressionContext): Place {
  const end = expr.offset + expr.length;
  if (expr.kind === 'attribute') return { offset: end - expr.name.length, length: expr.name.length, unit: context.unit };
  return { offset: expr.key.offset, length: expr.key.length, unit: context.unit };
}

function compileName(name: string, place: Place, context: ExpressionContext): Evaluate {
  const { mutates } = context;
  return (rt, env) => {
    const local = env.lookup(name);
    if (local !== undefined) return local === UNSET ? new Undefined({ name, place }) : local;
    if (env.isolated) return rt.isolated(name, place);
    return mutates ? rt.resolveOwn(name, place, env) : rt.resolve(name, place);
  };
}

function compileList(expr: Of<'list' | 'tuple'>, context: ExpressionContext): Evaluate {
  const items = expr.items.map((item) => compileExpr(item, context));
  if (expr.kind === 'tuple') return (rt, env) => tuple(items.map((item) => item(rt, env)));
  return (rt, env) => {
    const list: Value[] = [];
    for (const item of items) list.push(item(rt, env));
    return list;
  };
}

function compileDict(expr: Of<'dict'>, context: ExpressionContext): Evaluate {
  const pairs = expr.pairs.map(([key, value]) => [compileExpr(key, context), compileExpr(value, context)] as const);
  const place = placeOf(expr, context);
  return (rt, env) => {
    const dict = new Map<Value, Value>();
    for (const [key, value] of pairs) {
      const [name, member] = [key(rt, env), value(rt, env)];
      rt.place = place;
      dictSet(dict, name, member);
    }
    return dict;
  };
}

function compileAttribute(expr: Of<'attribute'>, context: ExpressionContext): Evaluate {
  const of = compileExpr(expr.of, context);
  const { name } = expr;
  const place = tailPlace(expr, context);
  if (isMethodName(name) || name.startsWith('__')) return (rt, env) => getAttribute(of(rt, env), name, place);
  return (rt, env) => {
    const owner = of(rt, env);
    // no dict has an attribute of that name: only a member can be meant
    const member = owner instanceof Map && !(owner instanceof LazyDict) ? owner.get(name) : undefined;
    return member === undefined ? getAttribute(owner, name, place) : member;
  };
}

function compileItem(expr: Of<'item'>, context: ExpressionContext): Evaluate {
  const of = compileExpr(expr.of, context);
  const place = tailPlace(expr, context);
  if (expr.key.kind === 'const') {
    const fixed = compileExpr(expr.key, context)(undefined as never, undefined as never);
    return (rt, env) => getItem(of(rt, env), fixed, place);
  }
  const key = compileExpr(expr.key, context);
  return (rt, env) => {
    const owner = of(rt, env);
    const at = key(rt, env);
    rt.place = place;
    return getItem(owner, at, place);
  };
}

function compileSlice(expr: Of<'slice'>, context: ExpressionContext): Evaluate {
  const bound = (part: Expr | undefined): Evaluate => (part === undefined ? constant(null) : compileExpr(part, context));
  const [start, stop, step] = [bound(expr.start), bound(expr.stop), bound(expr.step)];
  return (rt, env) => new Slice(start(rt, env), stop(rt, env), step(rt, env));
}

function unary(expr: Of<'neg' | 'pos' | 'not'>, work: (value: Value) => Value, context: ExpressionContext): Evaluate {
  const of = compileExpr(expr.of, context);
  const place = placeOf(expr, context);
  return (rt, env) => {
    const value = of(rt, env);
    rt.place = place;
    return work(value);
  };
}

function compileLogic(expr: Of<'and' | 'or'>, context: ExpressionContext): Evaluate {
  const [left, right] = [compileExpr(expr.left, context), compileExpr(expr.right, context)];
  const goesOn = expr.kind === 'and';
  return (rt, env) => {
    const value = left(rt, env);
    return truth(value) === goesOn ? right(rt, env) : value;
  };
}

/** Small integers, which most arithmetic is about. */
const QUICK: Readonly<Partial<Record<BinaryOperator, (a: number, b: number) => number>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
};

function compileBinary(expr: Of<'binary'>, context: ExpressionContext): Evaluate {
  const [left, right] = [compileExpr(expr.left, context), compileExpr(expr.right, context)];
  const work = BINARY[expr.operator];
  const quick = QUICK[expr.operator];
  const place = placeOf(expr, context);
  return (rt, env) => {
    const a = left(rt, env);
    const b = right(rt, env);
    if (quick !== undefined && typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) && Number.isInteger(b)) {
      const result = quick(a, b);
      if (Number.isSafeInteger(result)) return result + 0;
    }
    rt.place = place;
    if (a instanceof Undefined) a.fail();
    return work(a, b);
  };
}

function compileConcat(expr: Of<'concat'>, context: ExpressionContext): Evaluate {
  const parts = expr.parts.map((part) => compileExpr(part, context));
  const place = placeOf(expr, context);
  return (rt, env) => {
    let text = '';
    for (const part of parts) {
      const value = part(rt, env);
      text += typeof value === 'string' ? value : toText(value);
    }
    rt.place = place;
    if (text.length > LIMITS.text) throw new PyError(`this text grows beyond ${LIMITS.text} characters`, 'too-large');
    return text;
  };
}

function compileCompare(expr: Of<'compare'>, context: ExpressionContext): Evaluate {
  const first = compileExpr(expr.first, context);
  const rest = expr.rest.map((one) => ({
    holds: COMPARE[one.operator],
    operand: compileExpr(one.operand, context),
    place: { offset: one.offset, length: one.operator.length, unit: context.unit },
  }));
  const [only] = rest;
  if (rest.length === 1 && only !== undefined) {
    const { holds, operand, place } = only;
    return (rt, env) => {
      const left = first(rt, env);
      const right = operand(rt, env);
      rt.place = place;
      return holds(left, right);
    };
  }
  return (rt, env) => {
    let left = first(rt, env);
    for (const { holds, operand, place } of rest) {
      const right = operand(rt, env);
      rt.place = place;
      if (!holds(left, right)) return false;
      left = right;
    }
    return true;
  };
}

function compileIf(expr: Of<'if'>, context: ExpressionContext): Evaluate {
  const [test, yes] = [compileExpr(expr.test, context), compileExpr(expr.yes, context)];
  const place = placeOf(expr, context);
  const no = expr.no === undefined ? () => new Absent(place) : compileExpr(expr.no, context);
  return (rt, env) => (truth(test(rt, env)) ? yes(rt, env) : no(rt, env));
}
