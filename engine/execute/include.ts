import { dirname } from 'node:path';
import { buildTasks, findTaskFile, loadTasks, shortName } from '../analyse/build.ts';
import { checkTree } from '../analyse/check.ts';
import { inherit } from '../analyse/context.ts';
import { placeRole, roleOfTask } from '../analyse/roles.ts';
import { type Diagnostic, diagnosticsOf, inputError, QplayError } from '../error.ts';
import type { Context, Layer, Loop, Node, Task } from '../load/model.ts';
import { type Data, isDict } from '../value.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { attempt } from './attempt.ts';
import { registered } from './result.ts';
import { controlOf, labelOf, loopItems, turn } from './task.ts';
import { type Finished, infoOf, nameOf, type TaskRun, truth } from './task-run.ts';

/** What one turn of an include brings: nodes, and variables for them alone. */
export interface Brought {
  readonly nodes: readonly Node[];
  readonly layers: readonly Layer[];
  /** The file of tasks, or the name of the role. */
  readonly file: string;
}

/** Trees built by includes, so that hosts that include the same file walk the same tree and keep in step. */
const built = new WeakMap<Task, Map<string, readonly Node[]>>();

/**
 * The nodes an `include_tasks` or `include_role` brings for this host, one entry for each turn of its loop; or how the
 * include itself ended when it brings nothing (skipped, failed).
 */
export async function includeNodes(run: TaskRun, report: (finished: Finished, started: number) => void): Promise<Brought[] | Finished> {
  const started = performance.now();
  try {
    const turns = turnsOf(run);
    const brought: Brought[] = [];
    let skipped: Finished | undefined;
    for (const { scope, layer, item } of turns) {
      const verdict = await attempt({ ...run, task: { ...run.task, action: 'debug', args: new Map([['msg', '']]), own: {} } }, scope);
      if (verdict.outcome.status !== 'ok') {
        skipped = verdict;
        if (verdict.outcome.status !== 'skipped') break;
        continue;
      }
      const one = bring(run, scope, layer);
      brought.push(one);
      tellOf(run, one.file, item);
    }
    if (skipped && (brought.length === 0 || skipped.outcome.status !== 'skipped')) {
      report(skipped, started);
      return skipped;
    }
    return brought;
  } catch (error) {
    const failed = failure(run, error);
    report(failed, started);
    return failed;
  }
}

function failure(run: TaskRun, error: unknown): Finished {
  const [first, ...rest] = diagnosticsOf(error);
  rest.forEach((diagnostic) => run.run.emit({ type: 'diagnostic', diagnostic }));
  const outcome = {
    status: 'failed' as const,
    error: { at: run.task.at, ...(first as Diagnostic), host: run.host.name },
    result: { msg: first?.message ?? '' },
  };
  return { outcome, result: registered(outcome) };
}

function tellOf(run: TaskRun, file: string, item: string | undefined): void {
  const { task, host } = run;
  const label = item === undefined ? {} : { item: run.noLog ? '(censored due to no_log)' : item };
  run.run.emit({ type: 'include', task: task.id, info: infoOf(task, nameOf(run), run.noLog), hosts: [host.name], file, ...label });
}

interface Turn {
  readonly scope: LayeredScope;
  readonly layer: Layer | undefined;
  /** Label of the item, where there is a loop. */
  readonly item?: string;
}

function turnsOf(run: TaskRun): Turn[] {
  const { task } = run;
  if (!task.loop) return [{ scope: run.scope, layer: undefined }];
  const control = controlOf(run, task.loop);
  const items = loopItems(run, task.loop);
  return items.map((_, position) => {
    const vars = turn(control, items, position);
    const scope = run.scope.with(vars);
    const item = labelOf(run, task.loop as Loop, control, scope, vars);
    return { scope, layer: { level: 'loop', from: `loop of ${task.action}`, vars, final: true }, item };
  });
}

function bring(run: TaskRun, scope: LayeredScope, layer: Layer | undefined): Brought {
  const { task } = run;
  const params = task.source.get('vars');
  const layers: Layer[] = [...(isDict(params) ? [{ level: 'include params', from: task.action, vars: params }] : []), ...(layer ? [layer] : [])];
  return shortName(task.action) === 'include_role' ? { ...bringRole(run, scope), layers } : { ...bringTasks(run, scope), layers };
}

function bringTasks(run: TaskRun, scope: LayeredScope): Pick<Brought, 'nodes' | 'file'> {
  const { task, playRun, lookups } = run;
  const key = task.args.has('file') ? 'file' : '_raw_params';
  const name = task.args.has(key) ? run.run.templar.value(task.args.get(key) as Data, task.args, key, scope, lookups) : undefined;
  if (typeof name !== 'string' || name === '') throw inputError('no-file', `${task.action} needs the name of a file`, { at: task.at });
  const file = findTaskFile(name, task, run.run.playbookDir);
  const nodes = once(task, file, () => {
    const context: Context = { ...applied(run), dir: dirname(file) };
    return collecting(run, (report) =>
      buildTasks(loadTasks(file, { vault: run.run.vault, report }), context, { ...playRun.builder, report }, task.handler, file),
    );
  });
  return { nodes, file };
}

function bringRole(run: TaskRun, scope: LayeredScope): Pick<Brought, 'nodes' | 'file'> {
  const { task, playRun, lookups } = run;
  const { role, parts } = roleOfTask(task, (one) => run.run.templar.slot(one, scope, lookups), playRun.builder);
  const isPublic = task.args.has('public') && truth(run.run.templar.value(task.args.get('public') as Data, task.args, 'public', scope, lookups));
  const nodes = once(task, `${role.path} ${JSON.stringify(parts)}`, () =>
    collecting(run, (report) => {
      const uses = isPublic ? playRun.roles.uses : [];
      const before = playRun.roles.handlers.length;
      const blocks = placeRole(
        { role, source: new Map(), params: undefined, context: applied(run), at: task.at, parts: { allowDuplicates: true, ...parts } },
        { ...playRun.builder, report },
        { ...playRun.roles, uses },
      );
      playRun.handlers.unshift(...playRun.roles.handlers.slice(before));
      return blocks;
    }),
  );
  return { nodes, file: role.name };
}

/** Tasks of an include inherit from what surrounds it and from `apply`, not from the include itself. */
function applied(run: TaskRun): Context {
  const { task } = run;
  const apply = task.args.get('apply');
  const outer: Context = { ...task.outer, role: task.context.role };
  return isDict(apply) ? inherit(outer, apply, 'apply') : outer;
}

function once(task: Task, key: string, make: () => readonly Node[]): readonly Node[] {
  const trees = built.get(task) ?? new Map<string, readonly Node[]>();
  built.set(task, trees);
  const known = trees.get(key);
  if (known) return known;
  const made = make();
  trees.set(key, made);
  return made;
}

/** Builds and checks a tree; all mistakes in it become one error. */
function collecting(run: TaskRun, make: (report: (diagnostic: Diagnostic) => void) => readonly Node[]): readonly Node[] {
  const found: Diagnostic[] = [];
  const nodes = make((one) => found.push(one));
  checkTree(nodes, { jinja: run.run.jinja, report: (one) => found.push(one) });
  for (const diagnostic of found) if (diagnostic.severity === 'warning') run.run.emit({ type: 'diagnostic', diagnostic });
  const errors = found.filter((one) => one.severity === 'error');
  if (errors.length > 0) throw new QplayError(errors);
  return nodes;
}
