import { nearest } from '../error.ts';
import type { Origin } from './api.ts';
import type { Statement } from './ast.ts';
import { define, Func } from './binder.ts';
import { type CompiledTemplate, readTemplate } from './compile.ts';
import { compileExpr, placeOf } from './compile-expression.ts';
import { type BlockChain, Output, type Run, type StatementContext } from './compile-statement.ts';
import { outputText } from './result.ts';
import { Env, type Runtime } from './runtime.ts';
import { PyError, PyObject, typeName, Undefined, type Value } from './values.ts';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** Runs the block of this name, `level` steps up from the child's. */
export function runBlock(name: string, level: number, rt: Runtime, env: Env, out: Output): void {
  const body = out.blocks.get(name)?.[level];
  if (body === undefined) return;
  const inner = new Output(out.blocks);
  const layer = new Env(env);
  layer.set(
    'super',
    new Func(
      'super',
      define('', () => superText(name, level + 1, rt, env, out)),
    ),
  );
  body(rt, layer, inner);
  out.add(inner.text);
}

function superText(name: string, level: number, rt: Runtime, env: Env, out: Output): string {
  if (out.blocks.get(name)?.[level] === undefined) throw new PyError(`there is no parent block called '${name}'`);
  const inner = new Output(out.blocks);
  runBlock(name, level, rt, env, inner);
  return inner.text;
}

/** Runs a whole template, its parents included. */
export function runTemplate(template: CompiledTemplate, rt: Runtime, env: Env, out: Output): void {
  for (const [name, body] of template.blocks) {
    const chain = out.blocks.get(name);
    if (chain === undefined) out.blocks.set(name, [body]);
    else chain.push(body);
  }
  template.run(rt, env, out);
  const { parent } = out;
  if (parent === undefined) return;
  out.parent = undefined;
  out.text = '';
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
  return (rt, env, out) => {
    const wanted = name(rt, env);
    rt.place = place;
    if (out.parent !== undefined) throw new PyError('extended multiple times');
    const template = loadAny(rt, wanted, false) as CompiledTemplate;
    out.parent = (r, e, o) => runTemplate(template, r, e, o);
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
    const inner = new Output();
    rt.nested('the template', () => runTemplate(template, rt, statement.withContext ? new Env(env) : new Env(undefined, true), inner));
    out.add(inner.text);
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
  const layer = new Env(withContext ? env : undefined, !withContext);
  const blocks: BlockChain = new Map();
  rt.nested('the template', () => runTemplate(template, rt, layer, new Output(blocks)));
  return new TemplateModule(layer.vars ?? new Map());
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
      env.set(one.alias, members.get(one.name) ?? new Undefined({ name: one.name, hint, place: at }));
    }
  };
}
