import type { Body, Parameter, Statement } from './ast.ts';
import type { Named } from './binder.ts';
import { compileArguments } from './compile-call.ts';
import { compileExpr, type Evaluate, placeOf } from './compile-expression.ts';
import { captured, compileScope, type Output, type StatementContext } from './compile-statement.ts';
import { Env } from './env.ts';
import { readsName } from './free-names.ts';
import { invoke } from './globals.ts';
import { outputText } from './result.ts';
import type { Runtime } from './runtime.ts';
import { Symbols } from './symbols.ts';
import { NativeText, PyError, PyObject, tuple, Undefined, type Value } from './values.ts';

interface MacroCode {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly otherwise: Evaluate | undefined }[];
  readonly body: (rt: Runtime, env: Env) => Value | NativeText;
  readonly readsVarargs: boolean;
  readonly readsKwargs: boolean;
  readonly readsCaller: boolean;
}

function macroCode(name: string, parameters: readonly Parameter[], body: Body, context: StatementContext): MacroCode {
  const given = parameters.map((one) => one.name);
  const defaults = parameters.flatMap((one) => one.otherwise ?? []);
  const symbols = new Symbols(context.symbols)
    .declare([...given, 'varargs', 'kwargs', 'caller'])
    .read(defaults)
    .body(body);
  return {
    name,
    parameters: parameters.map((one) => ({ name: one.name, otherwise: one.otherwise === undefined ? undefined : compileExpr(one.otherwise, context) })),
    body: captured(compileScope(body, symbols, context)),
    readsVarargs: readsName(body, 'varargs'),
    readsKwargs: readsName(body, 'kwargs'),
    readsCaller: readsName(body, 'caller') || parameters.some((one) => one.name === 'caller'),
  };
}

/** A `{% macro %}`, or the body of a `{% call %}`. */
export class Macro extends PyObject {
  readonly type = 'Macro';
  readonly #code: MacroCode;
  readonly #env: Env;
  constructor(code: MacroCode, env: Env) {
    super();
    this.#code = code;
    this.#env = env;
  }

  override attribute(name: string): Value | undefined {
    if (name === 'name') return this.#code.name;
    if (name === 'arguments') return tuple(this.#code.parameters.map((one) => one.name));
    if (name === 'catch_varargs') return this.#code.readsVarargs;
    if (name === 'catch_kwargs') return this.#code.readsKwargs;
    if (name === 'caller') return this.#code.readsCaller;
    return undefined;
  }
  override repr(): string {
    return `<Macro '${this.#code.name}'>`;
  }

  call(rt: Runtime, positional: readonly Value[], named: Named): Value {
    const { name, parameters, body } = this.#code;
    const env = new Env(this.#env);
    for (const [index, parameter] of parameters.entries()) {
      const given = positional[index];
      let value = given === undefined ? named.get(parameter.name) : given;
      if (value === undefined) value = parameter.otherwise?.(rt, env);
      if (value === undefined) value = new Undefined({ name: parameter.name, hint: `parameter '${parameter.name}' was not provided` });
      env.set(parameter.name, value);
    }
    this.#bindRest(env, positional, named);
    const result = rt.nested(`macro '${name}'`, () => body(rt, env));
    if (!(result instanceof NativeText)) return result;
    rt.keepNative(result);
    return result.text;
  }

  #bindRest(env: Env, positional: readonly Value[], named: Named): void {
    const { name, parameters, readsVarargs, readsKwargs, readsCaller } = this.#code;
    const more = positional.slice(parameters.length);
    if (readsVarargs) env.set('varargs', tuple(more));
    else if (more.length > 0) throw new PyError(`macro '${name}' takes not more than ${parameters.length} argument(s)`, 'arguments');
    // a name whose parameter was given by its position is one more argument, as in Jinja
    const others = [...named].filter(
      ([key]) => !parameters.some((one, index) => one.name === key && index >= positional.length) && !(key === 'caller' && readsCaller),
    );
    if (readsCaller) env.set('caller', named.get('caller') ?? new Undefined({ name: 'caller', hint: 'No caller defined' }));
    if (readsKwargs) env.set('kwargs', new Map<Value, Value>(others));
    else if (others.length > 0) throw new PyError(`macro '${name}' takes no keyword argument '${others[0]?.[0]}'`, 'arguments');
  }
}

export function compileMacro(statement: Extract<Statement, { kind: 'macro' }>, context: StatementContext): (rt: Runtime, env: Env) => void {
  const code = macroCode(statement.name, statement.parameters, statement.body, context);
  return (_rt, env) => env.set(statement.name, new Macro(code, env));
}

export function compileCallBlock(
  statement: Extract<Statement, { kind: 'call-block' }>,
  context: StatementContext,
): (rt: Runtime, env: Env, out: Output) => void {
  const code = macroCode('caller', statement.parameters, statement.body, context);
  if (statement.call.kind !== 'call') throw new PyError('expected call');
  const callee = compileExpr(statement.call.callee, context);
  const args = compileArguments(statement.call.args, context);
  const place = placeOf(statement.call, context);
  return (rt, env, out) => {
    const named = new Map(args.named(rt, env));
    named.set('caller', new Macro(code, env));
    const [func, positional] = [callee(rt, env), args.positional(rt, env)];
    rt.place = place;
    out.add(outputText(invoke(rt, func, positional, named)));
  };
}
