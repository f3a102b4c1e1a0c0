import { dirname } from 'node:path';
import { buildTasks, findTaskFile, loadTasks, shortName } from '../analyse/build.ts';
import { checkTree } from '../analyse/check.ts';
import { inherit } from '../analyse/context.ts';
import { flatten, includingRole, placeRole, roleOfTask } from '../analyse/roles.ts';
import { type Diagnostic, diagnosticsOf, QplayError } from '../error.ts';
import type { Block, Context, Layer, Node, Task } from '../load/model.ts';
import { placeText } from '../report/ansible/place.ts';
import { type Data, isDict, toPlain } from '../value.ts';
import { chosen, inOrder } from './chosen.ts';
import { inserted } from './cursor.ts';
import { wake } from './handlers.ts';
import { type Done, tell } from './perform.ts';
import type { HostRun, PlayRun } from './play-run.ts';
import { markFailed } from './progress.ts';
import { registered } from './result.ts';
import { type Finished, type Inclusion, infoOf, nameOf, type TaskRun, truth } from './task-run.ts';

/** One file of tasks or role, and the hosts that include it alike. */
interface Included {
  readonly key: string;
  readonly inclusion: Inclusion;
  readonly runs: TaskRun[];
  /** Why it cannot be found. */
  readonly error?: unknown;
}

/**
 * Brings what hosts have included: hosts that named the same file with the same variables walk the same tree, each other file
 * has one of its own, in the order in which hosts named them. Returns the tasks that came, in order.
 */
export function bringAll(playRun: PlayRun, done: readonly Done[]): Task[] {
  const brought = new Map<HostRun, Block[]>();
  const broken = new Set<HostRun>();
  const tasks: Task[] = [];
  for (const included of together(playRun, done)) {
    const hosts = included.runs.map(({ host }) => host);
    try {
      const block = bring(playRun, included);
      announceIncluded(playRun, included, block);
      for (const host of hosts) brought.set(host, [...(brought.get(host) ?? []), block]);
      tasks.push(...inOrder([block]));
    } catch (error) {
      included.runs.forEach((run, index) => tellBroken(run, error, index === 0));
      for (const host of hosts) broken.add(host);
    }
  }
  for (const host of broken) {
    playRun.run.failed.add(host.name);
    markFailed(playRun, host);
  }
  for (const [host, blocks] of brought) for (const block of blocks.toReversed()) host.cursor = inserted(host.cursor, block);
  return tasks;
}

function together(playRun: PlayRun, done: readonly Done[]): Included[] {
  const found: Included[] = [];
  for (const { run, finished } of done)
    for (const inclusion of finished.brings ?? []) {
      const one = identified(playRun, run, inclusion);
      // a host that includes the same thing twice does it twice
      const same = found.find(({ key, runs }) => key === one.key && !runs.includes(run));
      if (same) same.runs.push(run);
      else found.push({ ...one, inclusion, runs: [run] });
    }
  return found;
}

function identified({ run: { playbookDir } }: PlayRun, run: TaskRun, { name, scope, turn, item }: Inclusion): Pick<Included, 'key' | 'error'> {
  const { task } = run;
  const label = task.loop?.control?.has('label') === true ? item : undefined;
  const vars = JSON.stringify([turn === undefined ? {} : toPlain(new Map(turn)), label]);
  try {
    if (name !== '') return { key: `${findTaskFile(name, task, playbookDir)} ${vars}` };
    const words = [...task.args.keys()].filter((one) => one !== 'apply').map((key) => [key, render(run, String(key), scope)] as const);
    return { key: `${JSON.stringify(toPlain(new Map(words)))} ${vars}` };
  } catch (error) {
    return { key: `${name} ${vars}`, error };
  }
}

const render = (run: TaskRun, key: string, scope: TaskRun['scope']): Data =>
  run.run.templar.value(run.task.args.get(key) as Data, run.task.args, key, scope, run.lookups);

/** The tree of an include: built, checked and filtered by tags. */
function bring(playRun: PlayRun, { inclusion, runs, error }: Included): Block {
  if (error !== undefined) throw error;
  const run = runs[0] as TaskRun;
  const { task, frame } = run;
  const params = task.source.get('vars');
  const brought: Layer[] = [
    ...(task.handler ? frame : []),
    ...(isDict(params) ? [{ level: 'include params', from: task.action, vars: params }] : []),
    ...(inclusion.turn ? [{ level: 'loop', from: `loop of ${task.action}`, vars: inclusion.turn, final: true as const }] : []),
  ];
  const known = playRun.handlers.length;
  const nodes = shortName(task.action) === 'include_role' ? bringRole(run, inclusion) : bringTasks(run, inclusion);
  const handed = task.handler ? brought : [...frame, ...brought];
  for (const handler of playRun.handlers.slice(known)) playRun.handed.set(handler, handed);
  const block = task.handler ? flatten(nodes) : chosen(nodes, playRun);
  if (task.handler) for (const one of runs) for (const handler of block) wake(playRun, one.host, handler as Task);
  return { kind: 'block', id: task.id, at: task.at, context: task.outer, name: '', block, rescue: [], always: [], roleUse: undefined, group: true, brought };
}

function bringTasks(run: TaskRun, { name }: Inclusion): readonly Node[] {
  const { task, playRun } = run;
  const file = findTaskFile(name, task, run.run.playbookDir);
  const context: Context = { ...applied(run), dir: dirname(file) };
  return collecting(run, (report) =>
    buildTasks(loadTasks(file, { vault: run.run.vault, report }), context, { ...playRun.builder, report }, task.handler, file),
  );
}

function bringRole(run: TaskRun, { scope, turn }: Inclusion): readonly Node[] {
  const { task, playRun, lookups } = run;
  const { role, parts } = roleOfTask(task, (one) => run.run.templar.slot(one, scope, lookups), playRun.builder);
  const isPublic = task.args.has('public') && truth(render(run, 'public', scope));
  const handlers: Task[] = [];
  const params = task.source.get('vars');
  const given = new Map<Data, Data>([...(isDict(params) ? params : []), ...(turn ?? [])]);
  const nodes = collecting(run, (report) =>
    placeRole(
      { role, source: new Map(), params: undefined, context: applied(run), at: task.at, parts: { allowDuplicates: true, ...parts }, way: 'task', given },
      { ...playRun.builder, report },
      { ...playRun.roles, handlers, imported: handlers, uses: isPublic ? playRun.roles.uses : [] },
    ),
  );
  playRun.handlers.push(...handlers);
  return nodes;
}

/** Tasks of an include inherit from what surrounds it and from `apply`, not from the include itself. */
function applied({ task }: TaskRun): Context {
  const apply = task.args.get('apply');
  const outer: Context = { ...task.outer, role: includingRole(task) };
  return isDict(apply) ? inherit(outer, apply, 'apply') : outer;
}

/** Builds and checks a tree; all mistakes in it become one error. */
function collecting(run: TaskRun, make: (report: (diagnostic: Diagnostic) => void) => readonly Node[]): readonly Node[] {
  const found: Diagnostic[] = [];
  const nodes = make((one) => found.push(one));
  if (run.run.options.lateMistakes !== true) checkTree(nodes, { jinja: run.run.jinja, report: (one) => found.push(one) });
  for (const diagnostic of found) if (diagnostic.severity === 'warning') run.run.emit({ type: 'diagnostic', diagnostic });
  const errors = found.filter((one) => one.severity === 'error');
  if (errors.length > 0) throw new QplayError(errors);
  return nodes;
}

function announceIncluded({ run: { tally, emit, playbookDir } }: PlayRun, { inclusion, runs }: Included, block: Block): void {
  const first = runs[0] as TaskRun;
  const file =
    inclusion.name === ''
      ? String(render(first, first.task.args.has('name') ? 'name' : 'role', inclusion.scope))
      : findTaskFile(inclusion.name, first.task, playbookDir);
  const label = inclusion.item === undefined ? {} : { item: first.noLog ? '(censored due to no_log)' : inclusion.item };
  for (const { host } of runs) tally.add(host.name, { status: 'ok', result: {} });
  emit({ type: 'include', task: block.id, info: infoOf(first.task, nameOf(first), first.noLog), hosts: runs.map(({ host }) => host.name), file, ...label });
}

/** What Ansible's result says of an include that cannot be had; it says so on stderr, too. */
function reasonOf({ run, task }: TaskRun, failure: Diagnostic): Record<string, unknown> {
  run.emit({ type: 'diagnostic', diagnostic: failure });
  const file = failure.code === 'missing-file';
  const name = String(task.args.get('file') ?? task.args.get('_raw_params') ?? '');
  const place = file || failure.at === undefined ? '' : `\n\n${placeText(failure.at)}`;
  return { ...(file && { include: name }), reason: `${failure.says ?? failure.message}${place}` };
}

/** What is included is not there or cannot be used: the include has failed, and no `ignore_errors` helps. */
function tellBroken(run: TaskRun, error: unknown, all: boolean): void {
  const [first, ...rest] = diagnosticsOf(error);
  if (all) for (const diagnostic of rest) run.run.emit({ type: 'diagnostic', diagnostic });
  const failure: Diagnostic = { at: run.task.at, ...(first as Diagnostic), host: run.host.name };
  const outcome: Finished['outcome'] = {
    status: 'failed',
    error: failure,
    result: run.run.options.lateMistakes === true ? reasonOf(run, failure) : { msg: failure.message },
  };
  const result = registered(outcome);
  if ('reason' in outcome.result) result.delete('msg');
  tell(run, { outcome, result }, 0);
}
