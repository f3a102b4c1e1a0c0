import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Diagnostic, QplayError } from '../../engine/error.ts';
import type { LookupContext, Origin, Scope } from '../../engine/jinja/api.ts';
import { compile, compileExpression } from '../../engine/jinja/index.ts';
import { type Data, fromPlain } from '../../engine/value.ts';

/** A scope over plain data. */
export function scopeOf(vars: Record<string, unknown> | Map<string, Data>): Scope {
  const map = vars instanceof Map ? vars : new Map(Object.entries(vars).map(([name, value]) => [name, fromPlain(value)]));
  return { get: (name) => map.get(name), names: () => map.keys() };
}

export interface TestContext extends LookupContext {
  readonly warnings: string[];
  readonly secrets: string[];
}

/** A lookup context that finds files in one folder. */
export function contextIn(folder = process.cwd()): TestContext {
  const [warnings, secrets]: [string[], string[]] = [[], []];
  return {
    find: (_kind, name) => {
      const path = resolve(folder, name);
      return existsSync(path) ? path : undefined;
    },
    read: (path) => readFileSync(path),
    playbookDir: folder,
    hosts: (pattern) => (pattern === 'web' ? ['web1', 'web2'] : []),
    warn: (message) => warnings.push(message),
    secret: (value) => secrets.push(value),
    warnings,
    secrets,
  };
}

type Vars = Record<string, unknown> | Map<string, Data>;

/** Text of a template, as the template module writes it. */
export const render = (text: string, vars: Vars = {}, context: LookupContext = contextIn()): string => compile(text).render(scopeOf(vars), context);

/** Value of a template, as Ansible gives a variable or argument. */
export const evaluate = (text: string, vars: Vars = {}, context: LookupContext = contextIn()): Data => compile(text).evaluate(scopeOf(vars), context);

/** Value of a bare expression. */
export const expression = (text: string, vars: Vars = {}): Data => compileExpression(text).evaluate(scopeOf(vars), contextIn());

/** Truth of a bare expression. */
export const holds = (text: string, vars: Vars = {}): boolean => compileExpression(text).test(scopeOf(vars), contextIn());

/** The diagnostic that something fails with. */
export function failure(work: () => unknown): Diagnostic {
  try {
    work();
  } catch (error) {
    if (error instanceof QplayError) return error.diagnostics[0] as Diagnostic;
    throw error;
  }
  throw new Error('it did not fail');
}

/** Places of a text that is a whole file. */
export function originOf(text: string, file = 'site.yaml'): Origin {
  return {
    at: (offset) => {
      const before = text.slice(0, offset);
      return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
    },
  };
}
