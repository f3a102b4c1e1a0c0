import { nearest } from '../error.ts';
import type { Origin } from './api.ts';
import type { Statement } from './ast.ts';
import { define, Func } from './binder.ts';
import { type CompiledTemplate, readTemplate } from './compile.ts';
import { compileExpr, placeOf } from './compile-expression.ts';
import { plain } from './compile-native.ts';
import { captured, Output, type Run, type StatementContext } from './compile-statement.ts';
import { Env } from './env.ts';
import { outputText } from './result.ts';
import type { Runtime } from './runtime.ts';
import { PyError, PyObject, typeName, Undefined, type Value } from './values.ts';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** Runs the block of this name, `level` steps up from the child's; it sees what `env` holds. */
export function runBlock(name: string, level: number, rt: Runtime, env: Env, out: Output): void {
  const body = env.top.blocks.get(name)?.[level];
  if (body === undefined) return;
  const layer = new Env(env);
  layer.set(
    'super',
    new Func(
      'super',
      define('', () => blockText(name, level + 1, rt, env, `there is no parent block called '${name}'`)),
    ),
  );
  rt.nested(`block '${name}'`, () => body(rt, layer, out));
}

function blockText(name: string, level: number, rt: Runtime, env: Env, lacking: string): Value {
  if (env.top.blocks.get(name)?.[level] === undefined) throw new PyError(lacking);
  const result = captured((r, e, out) => runBlock(name, level, r, e, out))(rt, env);
  return plain(result);
}

/** `self`: the template's blocks, to be rendered once more by `self.name()`. */
export class TemplateReference extends PyObject {
  readonly type = 'TemplateReference';
  readonly #env: Env;
  constructor(env: Env) {
    super();
    this.#env = env;
  }
  override attribute(name: string): Value | undefined {
    if (!this.#env.top.blocks.has(name)) return undefined;
    return new Func(
      name,
      define('', (rt) => blockText(name, 0, rt, this.#env.top.env.forBlock(), '')),
    );
  }
}

/** Runs a whole template, its parents included; `env` is its outermost scope. */
export function runTemplate(template: CompiledTemplate, rt: Runtime, env: Env, out: Output): void {
  const { top } = env;
  for (const [name, body] of template.blocks) {
    const chain = top.blocks.get(name);
    if (chain === undefined) top.blocks.set(name, [body]);
    else chain.push(body);
  }
  if (template.readsSelf) env.set('self', new TemplateReference(env));
  const before = out.mark();
  template.run(rt, env, out);
  const { parent } = top;
  if (parent === undefined) return;
  top.parent = undefined;
  out.rewind(before);
  rt.nested('the template', () => parent(rt, env, out));
}

/** Origin of a template file: its own lines. */
export function fileOrigin(file: string, text: string): Origin {
  return {
    at(offset) {
      const before = text.slice(0, offset);
      const start = before.lastIndexOf('\n') + 1;
      return { file, line: before.split('\n').length, column: offset - start + 1 };
    },
  };
}

const loaded = new Map<string, CompiledTemplate>();

/** Finds, reads and compiles a template file by its name. */
export function loadTemplate(rt: Runtime, name: string): CompiledTemplate | undefined {
  const path = rt.context.find('templates', name);
  if (path === undefined) return undefined;
  const text = rt.context.read(path).toString('utf8');
  const known = loaded.get(path);
  if (known?.unit.text === text) return known;
  const template = readTemplate({ text, origin: fileOrigin(path, text) }, {}, false);
  loaded.set(path, template);
  return template;
}

/** The first of the named templates that exists. */
function loadAny(rt: Runtime, names: Value, ignoreMissing: boolean): CompiledTemplate | undefined {
  if (names instanceof Undefined) names.fail();
  const list = Array.isArray(names) ? names : [names];
  for (const name of list) {
    if (typeof name !== 'string') throw new PyError(`a template's name must be text, not ${typeName(name)}`);
    const template = loadTemplate(rt, name);
    if (template !== undefined) return template;
  }
  if (ignoreMissing) return undefined;
  throw new PyError(
    `template not found: ${list.map(outputText).join(', ')}`,
    'template-not-found',
    "Templates are looked for in the role's templates/ folder and beside the playbook",
  );
}

export function compileExtends(statement: Of<'extends'>, context: StatementContext): Run {
  const name = compileExpr(statement.template, context);
  const place = placeOf(statement.template, context);
  return (rt, env) => {
    const wanted = name(rt, env);
    rt.place = place;
    if (env.top.parent !== undefined) throw new PyError('extended multiple times');
    const template = loadAny(rt, wanted, false) as CompiledTemplate;
    env.top.parent = (r, e, o) => runTemplate(template, r, e, o);
  };
}

export function compileInclude(statement: Of<'include'>, context: StatementContext): Run {
  const name = compileExpr(statement.template, context);
  const place = placeOf(statement.template, context);
  return (rt, env, out) => {
    const wanted = name(rt, env);
    rt.place = place;
    const template = loadAny(rt, wanted, statement.ignoreMissing);
    if (template === undefined) return;
    const inner = statement.withContext ? env.outermost() : new Env(undefined, true);
    rt.nested('the template', () => runTemplate(template, rt, inner, out));
  };
}

/** An imported template: its macros and variables. */
class TemplateModule extends PyObject {
  readonly type = 'TemplateModule';
  readonly members: ReadonlyMap<string, Value>;
  constructor(members: ReadonlyMap<string, Value>) {
    super();
    this.members = members;
  }
  override attribute(name: string): Value | undefined {
    return name.startsWith('_') ? undefined : this.members.get(name);
  }
}

function importModule(rt: Runtime, name: Value, env: Env, withContext: boolean): TemplateModule {
  const template = loadAny(rt, name, false) as CompiledTemplate;
  const layer = withContext ? env.outermost() : new Env(undefined, true);
  rt.nested('the template', () => runTemplate(template, rt, layer, new Output()));
  return new TemplateModule(layer.own());
}

export function compileImport(statement: Of<'import'>, context: StatementContext): Run {
  const name = compileExpr(statement.template, context);
  const place = placeOf(statement.template, context);
  return (rt, env) => {
    const wanted = name(rt, env);
    rt.place = place;
    env.set(statement.target, importModule(rt, wanted, env, statement.withContext));
  };
}

export function compileFrom(statement: Of<'from'>, context: StatementContext): Run {
  const name = compileExpr(statement.template, context);
  const place = placeOf(statement.template, context);
  return (rt, env) => {
    const wanted = name(rt, env);
    rt.place = place;
    const { members } = importModule(rt, wanted, env, statement.withContext);
    for (const one of statement.names) {
      const suggestion = nearest(one.name, members.keys());
      const hint = `the template ${JSON.stringify(wanted)} does not export '${one.name}'${suggestion === undefined ? '' : `. Did you mean "${suggestion}"?`}`;
      const at = { offset: one.offset, length: one.name.length, unit: context.unit };
      const member = members.get(one.name);
      env.set(one.alias, member === undefined ? new Undefined({ name: one.name, hint, place: at }) : member);
    }
  };
}
