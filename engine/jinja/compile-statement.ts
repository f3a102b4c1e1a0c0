import type { Body, Expr, Statement, Target } from './ast.ts';
import { compileExpr, type ExpressionContext, placeOf } from './compile-expression.ts';
import { compileNative, type NativeEvaluate, plain } from './compile-native.ts';
import { Env, UNSET } from './env.ts';
import { Namespace } from './globals.ts';
import { compileFor } from './loop.ts';
import { compileCallBlock, compileMacro } from './macro.ts';
import { truth } from './python/compare.ts';
import { LIMITS } from './python/limits.ts';
import { iterate } from './python/sequence.ts';
import { convertText, outputText } from './result.ts';
import type { Runtime } from './runtime.ts';
import { boundNames, Symbols } from './symbols.ts';
import { compileExtends, compileFrom, compileImport, compileInclude, runBlock } from './templates.ts';
import { NativeText, PyError, type Value } from './values.ts';

/** Where a template writes to. */
export class Output {
  text = '';
  /** How many outputs and pieces of text there were: one alone is taken as it is. */
  #pieces = 0;
  #native = false;
  add(text: string): void {
    this.#pieces++;
    this.text += text;
    if (this.text.length > LIMITS.text) throw new PyError(`the template's result grows beyond ${LIMITS.text} characters`, 'too-large');
  }
  /** Text that stays text when nothing else is written. */
  addNative(text: string): void {
    this.#native = true;
    this.add(text);
  }
  /** Where the output stands, for `rewind`. */
  mark(): number {
    return this.text.length;
  }
  /** Takes back what was written since: a child template's own text counts for nothing. */
  rewind(mark: number): void {
    this.text = this.text.slice(0, mark);
    this.#pieces = 0;
  }
  get staysText(): boolean {
    return this.#native && this.#pieces === 1;
  }
}

/** A compiled statement or body. */
export type Run = (rt: Runtime, env: Env, out: Output) => void;
/** Bodies of each block, the child's first. */
export type BlockChain = Map<string, Run[]>;

/** How the statements of one template are compiled; collects its blocks. */
export interface StatementContext extends ExpressionContext {
  readonly blocks: Map<string, Run>;
  /** Names of the scope that is being compiled. */
  readonly symbols: Symbols;
  /** As `raw`, for `{{ }}` alone: Ansible leaves the strings of `{% %}` to Jinja. */
  readonly rawOutputs: boolean;
}

export function compileBody(body: Body, context: StatementContext): Run {
  const runs = body.map((statement) => compileStatement(statement, context));
  if (runs.length === 1) return runs[0] as Run;
  return (rt, env, out) => {
    for (let index = 0; index < runs.length; index++) (runs[index] as Run)(rt, env, out);
  };
}

/** A body in a scope of its own, whose names `symbols` know; the caller makes the `Env`. */
export function compileScope(body: Body, symbols: Symbols, context: StatementContext): Run {
  const run = compileBody(body, { ...context, symbols });
  const loads = context.mutates && symbols.loads.size > 0 ? symbols.loads : undefined;
  if (symbols.unset.size === 0 && loads === undefined) return run;
  const unset = [...symbols.unset];
  return (rt, env, out) => {
    env.loads = loads;
    for (const name of unset) env.set(name, UNSET);
    run(rt, env, out);
  };
}

/** A body's value on its own, as macros, `{% set %}` blocks and filter blocks take it. */
export function captured(run: Run): (rt: Runtime, env: Env) => Value | NativeText {
  return (rt, env) => {
    const inner = new Output();
    run(rt, env, inner);
    if (!rt.converts) return inner.text;
    return inner.staysText ? new NativeText(inner.text) : (convertText(inner.text) as Value);
  };
}

function compileStatement(statement: Statement, context: StatementContext): Run {
  switch (statement.kind) {
    case 'data': {
      const { text } = statement;
      return (_rt, _env, out) => out.add(text);
    }
    case 'output':
      return compileOutput(statement.value, context.rawOutputs && statement.printed === undefined, context);
    case 'if':
      return compileIf(statement, context);
    case 'for':
      return compileFor(statement, context);
    case 'set':
      return compileSet(statement.target, compileNative(statement.value, context), context);
    case 'set-block':
      return compileSetBlock(statement, context);
    case 'with':
      return compileWith(statement, context);
    case 'macro':
      return compileMacro(statement, context);
    case 'call-block':
      return compileCallBlock(statement, context);
    case 'filter-block': {
      const filtered = compileFiltered(statement.filter, statement.body, context);
      return (rt, env, out) => write(out, filtered(rt, env));
    }
    case 'block':
      return compileBlock(statement, context);
    case 'extends':
      return compileExtends(statement, context);
    case 'include':
      return compileInclude(statement, context);
    case 'import':
      return compileImport(statement, context);
    case 'from':
      return compileFrom(statement, context);
    case 'scope': {
      const body = compileScope(statement.body, new Symbols(context.symbols).body(statement.body), context);
      return (rt, env, out) => body(rt, new Env(env), out);
    }
  }
}

function compileOutput(expr: Expr, raw: boolean, context: StatementContext): Run {
  const value = compileNative(expr, raw ? { ...context, raw } : context);
  const place = placeOf(expr, context);
  return (rt, env, out) => {
    const result = value(rt, env);
    rt.place = place;
    if (typeof result === 'string') out.add(result);
    else write(out, result);
  };
}

/** Writes a value as text. */
export function write(out: Output, value: Value | NativeText): void {
  if (value instanceof NativeText) out.addNative(value.text);
  else out.add(outputText(value));
}

function compileIf(statement: Extract<Statement, { kind: 'if' }>, context: StatementContext): Run {
  const branches = statement.branches.map((one) => ({ test: compileExpr(one.test, context), body: compileBody(one.body, context) }));
  const otherwise = compileBody(statement.otherwise, context);
  const [only] = branches;
  if (branches.length === 1 && only !== undefined) {
    const { test, body } = only;
    return (rt, env, out) => (truth(test(rt, env)) ? body(rt, env, out) : otherwise(rt, env, out));
  }
  return (rt, env, out) => {
    for (const { test, body } of branches) {
      if (truth(test(rt, env))) return body(rt, env, out);
    }
    return otherwise(rt, env, out);
  };
}

/** Binds a value to what stands left of `=` or between `for` and `in`. */
export function compileTarget(target: Target, context: StatementContext): (rt: Runtime, env: Env, value: Value | NativeText) => void {
  const place = placeOf(target, context);
  if (target.kind === 'name') {
    const { name } = target;
    return (_rt, env, value) => env.set(name, value);
  }
  if (target.kind === 'namespace') {
    const { name, member } = target;
    return (rt, env, value) => {
      const space = env.lookup(name);
      rt.place = place;
      if (!(space instanceof Namespace))
        throw new PyError('cannot assign attribute on non-namespace object', 'template', 'Make it one first: {% set ns = namespace() %}');
      space.members.set(member, plain(value));
    };
  }
  const targets = target.targets.map((one) => compileTarget(one, context));
  return (rt, env, value) => {
    rt.place = place;
    const values = [...iterate(plain(value))];
    if (values.length < targets.length) throw new PyError(`not enough values to unpack (expected ${targets.length}, got ${values.length})`);
    if (values.length > targets.length) throw new PyError(`too many values to unpack (expected ${targets.length})`);
    for (const [index, bind] of targets.entries()) bind(rt, env, values[index] as Value);
  };
}

function compileSet(target: Target, value: NativeEvaluate, context: StatementContext): Run {
  const bind = compileTarget(target, context);
  return (rt, env) => bind(rt, env, value(rt, env));
}

/** A block's text through filters. */
function compileFiltered(filter: Expr | undefined, body: Body, context: StatementContext): NativeEvaluate {
  const text = captured(compileScope(body, new Symbols(context.symbols).body(body), context));
  if (filter === undefined) return (rt, env) => text(rt, new Env(env));
  let current: Value | NativeText = '';
  const evaluate = compileNative(filter, { ...context, blockText: () => plain(current) });
  return (rt, env) => {
    const inner = new Env(env);
    current = text(rt, inner);
    return evaluate(rt, inner);
  };
}

function compileSetBlock(statement: Extract<Statement, { kind: 'set-block' }>, context: StatementContext): Run {
  const bind = compileTarget(statement.target, context);
  const value = compileFiltered(statement.filter, statement.body, context);
  return (rt, env) => bind(rt, env, value(rt, env));
}

function compileWith(statement: Extract<Statement, { kind: 'with' }>, context: StatementContext): Run {
  const targets = statement.targets.map((one) => ({ bind: compileTarget(one.target, context), value: compileNative(one.value, context) }));
  const symbols = new Symbols(context.symbols).declare(statement.targets.flatMap((one) => boundNames(one.target))).body(statement.body);
  const body = compileScope(statement.body, symbols, context);
  return (rt, env, out) => {
    const inner = new Env(env);
    for (const { bind, value } of targets) bind(rt, inner, value(rt, env));
    body(rt, inner, out);
  };
}

function compileBlock(statement: Extract<Statement, { kind: 'block' }>, context: StatementContext): Run {
  const { name } = statement;
  const body = compileScope(statement.body, new Symbols().declare(['self', 'super']).body(statement.body), context);
  const place = placeOf(statement, context);
  context.blocks.set(name, body);
  return (rt, env, out) => {
    const { top } = env;
    if (top.parent !== undefined) return;
    rt.place = place;
    if (statement.required && (top.blocks.get(name)?.length ?? 0) <= 1) throw new PyError(`Required block '${name}' not found`);
    runBlock(name, 0, rt, (statement.scoped ? env : top.env).forBlock(), out);
  };
}
