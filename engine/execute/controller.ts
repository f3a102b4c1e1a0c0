import { existsSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { inputError } from '../error.ts';
import type { CompileOptions, LookupContext, Origin } from '../jinja/api.ts';
import type { Task } from '../load/model.ts';
import { Source } from '../load/yaml.ts';
import type { Controller, Line, TemplateOptions } from '../module/contract.ts';
import type { Data } from '../value.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { asyncDir } from './async-dir.ts';
import { jobOutcome } from './jobs.ts';
import { candidates, readClear, searchPath } from './lookups.ts';
import type { RunState } from './run-state.ts';

interface Making {
  readonly run: RunState;
  readonly host: string;
  readonly task: Task;
  readonly scope: LayeredScope;
  readonly lookups: LookupContext;
  readonly check: boolean;
  readonly diff: boolean;
  readonly noLog: boolean;
  readonly python: string | undefined;
  readonly warnings: string[];
  readonly line: () => Line;
}

/** What a module of this task may ask of the control node. */
export function controllerOf(making: Making): Controller {
  const { run, task, scope, lookups } = making;
  const path = searchPath(task, run.playbookDir);
  return {
    host: making.host,
    baseDir: run.playbookDir,
    ask: (prompt, secret) => run.options.ask(prompt, secret),
    job: (of, jid, mode) => jobOutcome(run.jobs, of, { jid, dir: asyncDir(scope) }, mode),
    line: making.line,
    check: making.check,
    diff: making.diff,
    noLog: making.noLog,
    verbosity: run.options.verbosity,
    ...(making.python !== undefined && { python: making.python }),
    find: (kind, name) => {
      const tried = candidates(kind, name, path);
      const found = tried.find((one) => existsSync(one));
      if (found !== undefined) return found;
      throw inputError('missing-file', `there is no file "${name}" on the control node`, {
        says: `Could not find or access '${name}'\nSearched in:\n\t${tried.join('\n\t')} on the Ansible Controller.\nIf you are using a module and expect the file to exist on the remote, see the remote_src option`,
        at: task.at,
        hint: `looked for ${tried.join(', ')}`,
      });
    },
    read: async (file) => readClear(run.vault, file),
    template: async (file, options) => renderFile(making, file, options),
    secret: (value) => lookups.secret(value),
    warn: (message) => making.warnings.push(message),
  };
}

function renderFile(making: Making, file: string, options: TemplateOptions = {}): string {
  const { run, scope, lookups } = making;
  const text = readClear(run.vault, file).toString('utf8');
  const source = new Source(file, text);
  const origin: Origin = { at: (offset) => source.at(offset) };
  const compile: CompileOptions = { trimBlocks: true, keepTrailingNewline: true, ...options };
  const vars = new Map<Data, Data>([
    ['ansible_managed', 'Ansible managed'],
    ['template_host', hostname()],
    ['template_uid', userInfo().username],
    ['template_path', file],
    ['template_fullpath', file],
    ['template_run_date', new Date().toISOString()],
  ]);
  return run.jinja.compile(text, origin, compile).render(scope.with(vars, 'template'), lookups);
}
