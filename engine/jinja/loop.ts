import type { Body, Statement } from './ast.ts';
import { define, Func, type Named } from './binder.ts';
import { compileExpr, placeOf } from './compile-expression.ts';
import { plain } from './compile-native.ts';
import { captured, compileScope, compileTarget, type Output, type Run, type StatementContext, write } from './compile-statement.ts';
import { Env } from './env.ts';
import { holdsKind, readsName } from './free-names.ts';
import { equal, truth } from './python/compare.ts';
import { listOf } from './python/sequence.ts';
import type { Runtime } from './runtime.ts';
import { boundNames, Symbols } from './symbols.ts';
import { PyError, PyObject, Undefined, type Value } from './values.ts';

const orElse = (value: Value | undefined, otherwise: () => Value): Value => (value === undefined ? otherwise() : value);

type Members = readonly Value[];

/** What `loop` is within a `{% for %}`. */
class Loop extends PyObject {
  readonly type = 'LoopContext';
  index = 0;
  readonly #members: Members;
  readonly #depth: number;
  readonly #recurse: ((members: Value) => Value) | undefined;
  #last: Value[] | undefined;

  constructor(members: Members, depth: number, recurse: ((members: Value) => Value) | undefined) {
    super();
    this.#members = members;
    this.#depth = depth;
    this.#recurse = recurse;
  }

  override attribute(name: string): Value | undefined {
    const { index } = this;
    const count = this.#members.length;
    switch (name) {
      case 'index':
        return index + 1;
      case 'index0':
        return index;
      case 'revindex':
        return count - index;
      case 'revindex0':
        return count - index - 1;
      case 'first':
        return index === 0;
      case 'last':
        return index === count - 1;
      case 'length':
        return count;
      case 'depth':
        return this.#depth;
      case 'depth0':
        return this.#depth - 1;
      case 'previtem':
        return orElse(this.#members[index - 1], () => new Undefined({ hint: 'there is no previous item' }));
      case 'nextitem':
        return orElse(this.#members[index + 1], () => new Undefined({ hint: 'there is no next item' }));
      case 'cycle':
        return new Func(
          'cycle',
          define('*values', (_rt, values) => this.#cycle(values as Value[])),
        );
      case 'changed':
        return new Func(
          'changed',
          define('*values', (_rt, values) => this.#changed(values as Value[])),
        );
      default:
        return undefined;
    }
  }

  #cycle(values: Value[]): Value {
    if (values.length === 0) throw new PyError('no items for cycling given');
    return values[this.index % values.length] as Value;
  }

  #changed(values: Value[]): boolean {
    const same = this.#last !== undefined && equal(this.#last, values);
    this.#last = values;
    return !same;
  }

  call(_rt: Runtime, positional: readonly Value[], _named: Named): Value {
    if (this.#recurse === undefined) throw new PyError("The loop must have the 'recursive' marker to be called recursively.");
    return this.#recurse(positional[0] ?? null);
  }
}

/** Whether a body may ask for `loop`: by name, or out of our sight, in an included file or a block. */
const seesLoop = (body: Body): boolean => readsName(body, 'loop') || holdsKind(body, new Set(['include', 'import', 'from', 'block']));

export function compileFor(statement: Extract<Statement, { kind: 'for' }>, context: StatementContext): Run {
  const of = compileExpr(statement.of, context);
  const bind = compileTarget(statement.target, context);
  const test = statement.test === undefined ? undefined : compileExpr(statement.test, context);
  const symbols = new Symbols(context.symbols).declare(['loop', ...boundNames(statement.target)]).body(statement.body);
  const body = compileScope(statement.body, symbols, context);
  const otherwise = compileScope(statement.otherwise, new Symbols(context.symbols).body(statement.otherwise), context);
  const place = placeOf(statement.of, context);
  const readsLoop = statement.recursive || seesLoop(statement.body);
  const changes = context.mutates;

  const run = (members: Value, depth: number, rt: Runtime, env: Env, out: Output): void => {
    rt.place = place;
    const all = listOf(members);
    const chosen = test !== undefined ? all.filter((member) => holds(member, rt, env)) : changes ? [...all] : all;
    if (chosen.length === 0) otherwise(rt, new Env(env), out);
    if (!readsLoop) {
      runPlain(chosen, rt, env, out);
      return;
    }
    const loop = new Loop(chosen, depth, statement.recursive ? (inner) => recurse(inner, depth, rt, env) : undefined);
    for (let index = 0; index < chosen.length; index++) {
      loop.index = index;
      const layer = new Env(env);
      bind(rt, layer, chosen[index] as Value);
      layer.set('loop', loop);
      body(rt, layer, out);
    }
  };
  /** The same for a body in which nothing asks for `loop`. */
  const runPlain = (members: readonly Value[], rt: Runtime, env: Env, out: Output): void => {
    for (let index = 0; index < members.length; index++) {
      const layer = new Env(env);
      bind(rt, layer, members[index] as Value);
      body(rt, layer, out);
    }
  };
  const holds = (member: Value, rt: Runtime, env: Env): boolean => {
    const layer = new Env(env);
    bind(rt, layer, member);
    return truth((test as NonNullable<typeof test>)(rt, layer));
  };
  const recurse = (members: Value, depth: number, rt: Runtime, env: Env): Value =>
    plain(rt.nested('the loop', () => captured((r, e, inner) => run(members, depth + 1, r, e, inner))(rt, env)));
  if (!statement.recursive) return (rt, env, out) => run(of(rt, env), 1, rt, env, out);
  // a loop that calls itself is a function in Jinja, and gives its text as macros do
  const whole = captured((rt, env, out) => run(of(rt, env), 1, rt, env, out));
  return (rt, env, out) => write(out, whole(rt, env));
}
