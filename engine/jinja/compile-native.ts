import type { Arguments, Expr } from './ast.ts';
import { compileExpr, type Evaluate, type ExpressionContext } from './compile-expression.ts';
import { type Env, UNSET } from './env.ts';
import { unroll } from './filters/keys.ts';
import { truth } from './python/compare.ts';
import { toText } from './python/text.ts';
import { lookupShortName } from './registry.ts';
import type { Runtime } from './runtime.ts';
import { NativeText, Undefined, type Value } from './values.ts';

/** A compiled expression that tells text which must stay text from other text. */
export type NativeEvaluate = (rt: Runtime, env: Env) => Value | NativeText;

/** The value without that mark. */
export const plain = (value: Value | NativeText): Value => (value instanceof NativeText ? value.text : value);

/** Filters whose text stays text even when it looks like a list. Ansible knows them by these names alone, not with a collection. */
const TEXT_FILTERS = new Set(['string', 'to_json', 'to_nice_json', 'to_yaml', 'to_nice_yaml', 'ppretty', 'json']);

/** As `compileExpr`, with the mark of `NativeText` handed on by names, conditions, `and`, `or`, `default` and calls of macros. */
export function compileNative(expr: Expr, context: ExpressionContext): NativeEvaluate {
  switch (expr.kind) {
    case 'name': {
      const { name } = expr;
      const value = compileExpr(expr, context);
      return (rt, env) => {
        const held = env.held(name);
        return held === undefined || held === UNSET ? value(rt, env) : held;
      };
    }
    case 'filter':
      return compileFilter(expr, context);
    case 'call':
      return compileCall(expr, context);
    case 'if':
    case 'and':
    case 'or':
      return compileChoice(expr, context);
    default:
      return compileElement(expr, context);
  }
}

/** A member of what `map('string')` and its like gave. */
function compileElement(expr: Expr, context: ExpressionContext): NativeEvaluate {
  const value = compileExpr(expr, context);
  return isNativeElement(expr) ? markedText(value) : value;
}

const ONE_OF = new Set(['first', 'last', 'min', 'max', 'random']);
const SOME_OF = new Set(['list', 'sort', 'unique', 'reverse', 'select', 'reject']);

function isNativeElement(expr: Expr): boolean {
  if (expr.kind === 'item') return expr.key.kind !== 'slice' && holdsNative(expr.of);
  if (expr.kind === 'filter') return ONE_OF.has(expr.name) && expr.of !== undefined && holdsNative(expr.of);
  return expr.kind === 'call' && expr.callee.kind === 'attribute' && expr.callee.name === 'pop' && holdsNative(expr.callee.of);
}

/** Whether an expression is a list of texts that stay text. */
function holdsNative(expr: Expr): boolean {
  if (expr.kind === 'item') return expr.key.kind === 'slice' && holdsNative(expr.of);
  if (expr.kind !== 'filter' || expr.of === undefined) return false;
  const [filter] = expr.args.positional;
  if (expr.name === 'map' && filter?.kind === 'const') return TEXT_FILTERS.has(filter.value as string);
  return SOME_OF.has(expr.name) && holdsNative(expr.of);
}

const markedText =
  (value: Evaluate): NativeEvaluate =>
  (rt, env) => {
    const result = value(rt, env);
    return typeof result === 'string' ? new NativeText(result) : result;
  };

function compileFilter(expr: Extract<Expr, { kind: 'filter' }>, context: ExpressionContext): NativeEvaluate {
  const value = compileExpr(expr, context);
  if (TEXT_FILTERS.has(expr.name)) return marked(value);
  if (isNativeElement(expr)) return markedText(value);
  const [otherwise] = expr.args.positional;
  if (/^(?:ansible\.builtin\.)?ternary$/.test(expr.name)) return compileTernary(expr, value, context);
  const isDefault = /^(?:ansible\.builtin\.)?(?:d|default)$/.test(expr.name);
  if (!isDefault || expr.of === undefined || otherwise === undefined || expr.args.positional.length > 2 || expr.args.named.length > 0) return value;
  if (!mayMark(expr.of) && !mayMark(otherwise)) return value;
  const [of, other] = [compileNative(expr.of, context), compileNative(otherwise, context)];
  const [, second] = expr.args.positional;
  const also = second === undefined ? undefined : compileExpr(second, context);
  return (rt, env) => {
    const held = of(rt, env);
    const given = plain(held);
    // Python evaluates arguments whether they are needed or not
    const instead = other(rt, env);
    const falsy = also !== undefined && truth(also(rt, env));
    const chosen = given instanceof Undefined || (falsy && !truth(given)) ? instead : held;
    return chosen instanceof NativeText ? chosen : unroll(chosen);
  };
}

const BRANCHES = ['true_val', 'false_val', 'none_val'];

/** `ternary` hands its argument on with its mark; Python evaluates all of them. */
function compileTernary(expr: Extract<Expr, { kind: 'filter' }>, value: Evaluate, context: ExpressionContext): NativeEvaluate {
  const { positional, named, rest, restNamed } = expr.args;
  const given = new Map([...positional.map((one, index) => [BRANCHES[index], one] as const), ...named.map((one) => [one.name, one.value] as const)]);
  const [yes, no, none] = BRANCHES.map((name) => given.get(name));
  const isOdd = given.size !== positional.length + named.length || given.size > (none === undefined ? 2 : 3) || rest !== undefined || restNamed !== undefined;
  if (expr.of === undefined || yes === undefined || no === undefined || isOdd || ![...given.values()].some(mayMark)) return value;
  const of = compileExpr(expr.of, context);
  const [whenTrue, whenFalse, whenNone] = [compileNative(yes, context), compileNative(no, context), none && compileNative(none, context)];
  return (rt, env) => {
    const asked = of(rt, env);
    const branches = [whenTrue(rt, env), whenFalse(rt, env), whenNone?.(rt, env) ?? null];
    const chosen = (asked === null && branches[2] !== null ? branches[2] : truth(asked) ? branches[0] : branches[1]) as Value | NativeText;
    return chosen instanceof NativeText ? chosen : unroll(chosen);
  };
}

const marked =
  (value: Evaluate): NativeEvaluate =>
  (rt, env) =>
    new NativeText(toText(value(rt, env)));

function compileCall(expr: Extract<Expr, { kind: 'call' }>, context: ExpressionContext): NativeEvaluate {
  const value = compileExpr(expr, context);
  if (isNativeElement(expr)) return markedText(value);
  if (expr.callee.kind === 'name' && expr.callee.name === 'lookup' && isPlainTemplateLookup(expr.args)) return marked(value);
  return (rt, env) => {
    rt.takeNative();
    const result = value(rt, env);
    // a macro left its mark, and its text is what the call gave
    const native = rt.takeNative();
    return native !== undefined && native.text === result ? native : result;
  };
}

/** `lookup('template', ..., convert_data=false)`: its text stays as it is. */
function isPlainTemplateLookup({ positional, named }: Arguments): boolean {
  const [name] = positional;
  const convert = named.find((one) => one.name === 'convert_data')?.value;
  return (
    name?.kind === 'const' && typeof name.value === 'string' && lookupShortName(name.value) === 'template' && convert?.kind === 'const' && !truth(convert.value)
  );
}

/** Whether the mark can come out of an expression at all. */
function mayMark(expr: Expr): boolean {
  if (expr.kind === 'if') return mayMark(expr.yes) || (expr.no !== undefined && mayMark(expr.no));
  if (expr.kind === 'and' || expr.kind === 'or') return mayMark(expr.left) || mayMark(expr.right);
  return expr.kind === 'filter' || expr.kind === 'name' || expr.kind === 'call';
}

function compileChoice(expr: Extract<Expr, { kind: 'if' | 'and' | 'or' }>, context: ExpressionContext): NativeEvaluate {
  if (!mayMark(expr)) return compileExpr(expr, context);
  if (expr.kind === 'if') {
    if (expr.no === undefined) return compileExpr(expr, context);
    const [test, yes, no] = [compileExpr(expr.test, context), compileNative(expr.yes, context), compileNative(expr.no, context)];
    return (rt, env) => (truth(test(rt, env)) ? yes(rt, env) : no(rt, env));
  }
  const [left, right] = [compileNative(expr.left, context), compileNative(expr.right, context)];
  const goesOn = expr.kind === 'and';
  return (rt, env) => {
    const value = left(rt, env);
    return truth(plain(value)) === goesOn ? right(rt, env) : value;
  };
}
