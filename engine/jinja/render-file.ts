import type { Data } from '../value.ts';
import type { CompileOptions, Scope } from './api.ts';
import { readTemplate } from './compile.ts';
import { Output } from './compile-statement.ts';
import { Env } from './env.ts';
import { convertText } from './result.ts';
import { Runtime } from './runtime.ts';
import { fileOrigin, runTemplate } from './templates.ts';
import type { Value } from './values.ts';

interface RenderFile {
  /** Text that reads like a list or dict becomes one. */
  readonly converts: boolean;
  /** Variables on top of the template's own. */
  readonly vars: Map<Value, Value>;
  readonly syntax: CompileOptions;
}

/** The value of a template file, as `lookup('template')` gives it. */
export function renderFile(rt: Runtime, path: string, { converts, vars, syntax }: RenderFile): Value {
  const text = rt.context.read(path).toString('utf8');
  const template = readTemplate({ text, origin: fileOrigin(path, text) }, syntax, false);
  const inner = new Runtime(layered(rt.scope, vars), rt.context, template.unit.origin, template.unit, converts);
  const out = new Output();
  rt.nested(`the template ${path}`, () => inner.guard(() => runTemplate(template, inner, new Env(), out)));
  const wanted = text.length - text.replace(/\n+$/, '').length;
  const missing = wanted - (out.text.length - out.text.replace(/\n+$/, '').length);
  const result = converts ? convertText(out.text) : out.text;
  return typeof result === 'string' && missing > 0 ? result + '\n'.repeat(missing) : (result as Value);
}

function layered(scope: Scope, vars: Map<Value, Value>): Scope {
  if (vars.size === 0) return scope;
  return {
    get: (name) => {
      const own = vars.get(name) as Data | undefined;
      return own === undefined ? scope.get(name) : own;
    },
    names: () => [...Array.from(vars.keys(), String), ...scope.names()],
  };
}
