import { Absent } from './absent.ts';
import { getAttribute, getItem, Slice } from './access.ts';
import type { Arguments, BinaryOperator, Expr } from './ast.ts';
import { type Named, NO_NAMED } from './binder.ts';
import { type Env, UNSET } from './env.ts';
import type { Unit } from './errors.ts';
import { unroll } from './filters/keys.ts';
import { invoke } from './globals.ts';
import { findMethod, isMethodName } from './methods/index.ts';
import { BINARY, COMPARE } from './operators.ts';
import { dictSet, truth } from './python/compare.ts';
import { LIMITS } from './python/limits.ts';
import { negate, positive } from './python/number.ts';
import { iterate } from './python/sequence.ts';
import { toText } from './python/text.ts';
import { findFilter, findTest } from './registry.ts';
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

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

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
function tailPlace(expr: Of<'attribute' | 'item'>, context: ExpressionContext): Place {
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

interface CompiledArguments {
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

function compileCall(expr: Of<'call'>, context: ExpressionContext): Evaluate {
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

function compileFilter(expr: Of<'filter'>, context: ExpressionContext): Evaluate {
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

function compileTest(expr: Of<'test'>, context: ExpressionContext): Evaluate {
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
