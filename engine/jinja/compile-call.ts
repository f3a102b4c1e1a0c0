import { getAttribute } from './access.ts';
import type { Arguments, Expr } from './ast.ts';
import { type Named, NO_NAMED } from './binder.ts';
import { compileExpr, type Evaluate, type ExpressionContext, type Of, placeOf, tailPlace } from './compile-expression.ts';
import type { Env } from './env.ts';
import { unroll } from './filters/keys.ts';
import { invoke } from './globals.ts';
import { findMethod, isMethodName } from './methods/index.ts';
import { truth } from './python/compare.ts';
import { iterate } from './python/sequence.ts';
import { findFilter, findTest } from './registry.ts';
import type { Runtime } from './runtime.ts';
import { LazyDict, type Place, PyError, Undefined, type Value } from './values.ts';

export interface CompiledArguments {
  readonly positional: (rt: Runtime, env: Env, first?: Value) => Value[];
  readonly named: (rt: Runtime, env: Env) => Named;
}

/** Arguments of a call; `first` is put before them (the value of a filter). */
export function compileArguments(args: Arguments, context: ExpressionContext): CompiledArguments {
  const positional = args.positional.map((one) => compileExpr(one, context));
  const rest = args.rest === undefined ? undefined : compileExpr(args.rest, context);
  const named = args.named.map((one) => [one.name, compileExpr(one.value, context)] as const);
  const restNamed = args.restNamed === undefined ? undefined : compileExpr(args.restNamed, context);
  return {
    positional: (rt, env, first) => {
      const values: Value[] = first === undefined ? [] : [first];
      for (let index = 0; index < positional.length; index++) values.push((positional[index] as Evaluate)(rt, env));
      if (rest !== undefined) for (const one of iterate(rest(rt, env))) values.push(one);
      return values;
    },
    named: named.length === 0 && restNamed === undefined ? () => NO_NAMED : (rt, env) => evaluateNamed(named, restNamed, rt, env),
  };
}

function evaluateNamed(named: readonly (readonly [string, Evaluate])[], rest: Evaluate | undefined, rt: Runtime, env: Env): Named {
  const values = new Map<string, Value>();
  for (const [name, value] of named) values.set(name, value(rt, env));
  const more = rest?.(rt, env);
  if (more instanceof Undefined) more.fail();
  if (more !== undefined && !(more instanceof Map)) throw new PyError('argument after ** must be a mapping');
  for (const [key, value] of more ?? []) {
    if (typeof key !== 'string') throw new PyError('keywords must be strings');
    values.set(key, value);
  }
  return values;
}

export function compileCall(expr: Of<'call'>, context: ExpressionContext): Evaluate {
  const args = compileArguments(expr.args, context);
  const place = placeOf(expr, context);
  const { callee } = expr;
  if (callee.kind === 'attribute') return compileMethodCall(callee, args, place, context);
  const target = compileExpr(callee, context);
  return (rt, env) => {
    const func = target(rt, env);
    const positional = args.positional(rt, env);
    const named = args.named(rt, env);
    rt.place = place;
    return invoke(rt, func, positional, named);
  };
}

function compileMethodCall(callee: Of<'attribute'>, args: CompiledArguments, place: Place, context: ExpressionContext): Evaluate {
  const of = compileExpr(callee.of, context);
  const { name } = callee;
  const tail = tailPlace(callee, context);
  return (rt, env) => {
    const self = of(rt, env);
    const method = findMethod(self, name);
    if (method !== undefined) {
      const positional = args.positional(rt, env, self);
      const named = args.named(rt, env);
      rt.place = place;
      return method(rt, positional, named, name);
    }
    const func = getAttribute(self, name, tail);
    const positional = args.positional(rt, env);
    const named = args.named(rt, env);
    rt.place = place;
    return invoke(rt, func, positional, named);
  };
}

export function compileFilter(expr: Of<'filter'>, context: ExpressionContext): Evaluate {
  const short = compileDefault(expr, context);
  if (short !== undefined) return short;
  const of = expr.of === undefined ? (context.blockText as Evaluate) : compileExpr(expr.of, context);
  const { name } = expr;
  const filter = findFilter(name);
  if (filter === undefined) throw new PyError(`no filter is called '${name}'`);
  const args = compileArguments(expr.args, context);
  const place = placeOf(expr, context);
  return (rt, env) => {
    const value = of(rt, env);
    const positional = args.positional(rt, env, value);
    const named = args.named(rt, env);
    rt.place = place;
    return filter(rt, positional, named, name);
  };
}

/** The dict and the key that `d.key` reads, when no object need be made to tell that it is not there. */
function memberOf(expr: Expr, context: ExpressionContext): { readonly owner: Evaluate; readonly name: string } | undefined {
  if (expr.kind !== 'attribute' || isMethodName(expr.name) || expr.name.startsWith('__')) return undefined;
  return { owner: compileExpr(expr.of, context), name: expr.name };
}

const isPlainDict = (value: Value): value is Map<Value, Value> => value instanceof Map && !(value instanceof LazyDict);

/** `d.key is defined`, the commonest question, answered without an undefined. */
function compileDefined(expr: Of<'test'>, context: ExpressionContext): Evaluate | undefined {
  const member = memberOf(expr.of, context);
  if (member === undefined || expr.args.positional.length > 0 || expr.args.named.length > 0 || expr.args.rest !== undefined) return undefined;
  const { owner, name } = member;
  const place = tailPlace(expr.of as Of<'attribute'>, context);
  const defined = (expr.name === 'defined') !== expr.negated;
  return (rt, env) => {
    const dict = owner(rt, env);
    const isThere = isPlainDict(dict) ? isDefined(dict.get(name)) : isDefined(getAttribute(dict, name, place));
    return isThere === defined;
  };
}

const isDefined = (value: Value | undefined): boolean => value !== undefined && !(value instanceof Undefined);

/** `d.key | default(x)` likewise. */
function compileDefault(expr: Of<'filter'>, context: ExpressionContext): Evaluate | undefined {
  const [otherwise, more] = expr.args.positional;
  if (!/^(?:d|default)$/.test(expr.name) || expr.of === undefined || otherwise === undefined || more !== undefined || expr.args.named.length > 0)
    return undefined;
  const member = expr.args.rest === undefined && expr.args.restNamed === undefined ? memberOf(expr.of, context) : undefined;
  if (member === undefined) return undefined;
  const { owner, name } = member;
  const other = compileExpr(otherwise, context);
  const place = tailPlace(expr.of as Of<'attribute'>, context);
  return (rt, env) => {
    const dict = owner(rt, env);
    const value = isPlainDict(dict) ? dict.get(name) : getAttribute(dict, name, place);
    // Python evaluates arguments whether they are needed or not
    const instead = other(rt, env);
    return unroll(value === undefined || value instanceof Undefined ? instead : value);
  };
}

export function compileTest(expr: Of<'test'>, context: ExpressionContext): Evaluate {
  const defined = expr.name === 'defined' || expr.name === 'undefined' ? compileDefined(expr, context) : undefined;
  if (defined !== undefined) return defined;
  const of = compileExpr(expr.of, context);
  const { name, negated } = expr;
  const test = findTest(name);
  if (test === undefined) throw new PyError(`no test is called '${name}'`);
  const args = compileArguments(expr.args, context);
  const place = placeOf(expr, context);
  return (rt, env) => {
    const value = of(rt, env);
    const positional = args.positional(rt, env, value);
    const named = args.named(rt, env);
    rt.place = place;
    const result = test(rt, positional, named, name);
    return negated ? !truth(result) : result;
  };
}
