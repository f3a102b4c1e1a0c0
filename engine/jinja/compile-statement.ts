import type { Body, Expr, Statement, Target } from './ast.ts';
import { compileExpr, type Evaluate, type ExpressionContext, placeOf } from './compile-expression.ts';
import { Namespace } from './globals.ts';
import { compileFor } from './loop.ts';
import { compileCallBlock, compileMacro } from './macro.ts';
import { truth } from './python/compare.ts';
import { LIMITS } from './python/limits.ts';
import { iterate } from './python/sequence.ts';
import { convertText, outputText } from './result.ts';
import { Env, type Runtime } from './runtime.ts';
import { compileExtends, compileFrom, compileImport, compileInclude, runBlock } from './templates.ts';
import { PyError, type Value } from './values.ts';

/** Where a template writes to, and the template files it is made of. */
export class Output {
  text = '';
  readonly blocks: BlockChain;
  /** What `{% extends %}` named; outputs of the child are dropped from there on. */
  parent: ((rt: Runtime, env: Env, out: Output) => void) | undefined;
  constructor(blocks: BlockChain = new Map()) {
    this.blocks = blocks;
  }
  add(text: string): void {
    this.text += text;
    if (this.text.length > LIMITS.text) throw new PyError(`the template's result grows beyond ${LIMITS.text} characters`, 'too-large');
  }
}

/** A compiled statement or body. */
export type Run = (rt: Runtime, env: Env, out: Output) => void;
/** Bodies of each block, the child's first. */
export type BlockChain = Map<string, Run[]>;

/** How the statements of one template are compiled; collects its blocks. */
export interface StatementContext extends ExpressionContext {
  readonly blocks: Map<string, Run>;
  /** As `raw`, for `{{ }}` alone: Ansible leaves the strings of `{% %}` to Jinja. */
  readonly rawOutputs: boolean;
}

export function compileBody(body: Body, context: StatementContext): Run {
  const runs = body.map((statement) => compileStatement(statement, context));
  if (runs.length === 1) return runs[0] as Run;
  return (rt, env, out) => {
    for (const run of runs) run(rt, env, out);
  };
}

/** A body's text on its own, as macros, `{% set %}` blocks and filter blocks take it. */
export function captured(run: Run): (rt: Runtime, env: Env, out: Output) => Value {
  return (rt, env, out) => {
    const inner = new Output(out.blocks);
    run(rt, env, inner);
    return rt.converts ? (convertText(inner.text) as Value) : inner.text;
  };
}

function compileStatement(statement: Statement, context: StatementContext): Run {
  switch (statement.kind) {
    case 'data': {
      const { text } = statement;
      return (_rt, _env, out) => out.add(text);
    }
    case 'output':
      return compileOutput(statement.value, context);
    case 'if':
      return compileIf(statement, context);
    case 'for':
      return compileFor(statement, context);
    case 'set':
      return compileSet(statement.target, compileExpr(statement.value, context), context);
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
      return (rt, env, out) => out.add(outputText(filtered(rt, env, out)));
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
      const body = compileBody(statement.body, context);
      return (rt, env, out) => body(rt, new Env(env), out);
    }
  }
}

function compileOutput(expr: Expr, context: StatementContext): Run {
  const value = compileExpr(expr, context.rawOutputs ? { ...context, raw: true } : context);
  const place = placeOf(expr, context);
  return (rt, env, out) => {
    const result = value(rt, env);
    rt.place = place;
    out.add(outputText(result));
  };
}

function compileIf(statement: Extract<Statement, { kind: 'if' }>, context: StatementContext): Run {
  const branches = statement.branches.map((one) => ({ test: compileExpr(one.test, context), body: compileBody(one.body, context) }));
  const otherwise = compileBody(statement.otherwise, context);
  return (rt, env, out) => {
    for (const { test, body } of branches) {
      if (truth(test(rt, env))) return body(rt, env, out);
    }
    return otherwise(rt, env, out);
  };
}

/** Binds a value to what stands left of `=` or between `for` and `in`. */
export function compileTarget(target: Target, context: StatementContext): (rt: Runtime, env: Env, value: Value) => void {
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
      space.members.set(member, value);
    };
  }
  const targets = target.targets.map((one) => compileTarget(one, context));
  return (rt, env, value) => {
    rt.place = place;
    const values = [...iterate(value)];
    if (values.length < targets.length) throw new PyError(`not enough values to unpack (expected ${targets.length}, got ${values.length})`);
    if (values.length > targets.length) throw new PyError(`too many values to unpack (expected ${targets.length})`);
    for (const [index, bind] of targets.entries()) bind(rt, env, values[index] as Value);
  };
}

function compileSet(target: Target, value: Evaluate, context: StatementContext): Run {
  const bind = compileTarget(target, context);
  return (rt, env) => bind(rt, env, value(rt, env));
}

/** A block's text through filters. */
function compileFiltered(filter: Expr | undefined, body: Body, context: StatementContext): (rt: Runtime, env: Env, out: Output) => Value {
  const text = captured(compileBody(body, context));
  if (filter === undefined) return (rt, env, out) => text(rt, new Env(env), out);
  let current: Value = '';
  const evaluate = compileExpr(filter, { ...context, blockText: () => current });
  return (rt, env, out) => {
    const result = text(rt, new Env(env), out);
    current = result;
    return evaluate(rt, env);
  };
}

function compileSetBlock(statement: Extract<Statement, { kind: 'set-block' }>, context: StatementContext): Run {
  const bind = compileTarget(statement.target, context);
  const value = compileFiltered(statement.filter, statement.body, context);
  return (rt, env, out) => bind(rt, env, value(rt, env, out));
}

function compileWith(statement: Extract<Statement, { kind: 'with' }>, context: StatementContext): Run {
  const targets = statement.targets.map((one) => ({ bind: compileTarget(one.target, context), value: compileExpr(one.value, context) }));
  const body = compileBody(statement.body, context);
  return (rt, env, out) => {
    const inner = new Env(env);
    for (const { bind, value } of targets) bind(rt, inner, value(rt, env));
    body(rt, inner, out);
  };
}

function compileBlock(statement: Extract<Statement, { kind: 'block' }>, context: StatementContext): Run {
  const { name } = statement;
  const body = compileBody(statement.body, context);
  const place = placeOf(statement, context);
  const fail: Run = (rt) => {
    rt.place = place;
    throw new PyError(`Required block '${name}' not found`);
  };
  context.blocks.set(name, statement.required ? fail : body);
  return (rt, env, out) => {
    if (out.parent === undefined) runBlock(name, 0, rt, new Env(env), out);
  };
}
