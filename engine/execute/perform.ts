import pLimit from 'p-limit';
import { shortName } from '../analyse/build.ts';
import { monotonicMs } from '../clock.ts';
import { type Diagnostic, QplayError } from '../error.ts';
import type { Task } from '../load/model.ts';
import { settings } from '../load/settings.ts';
import type { Outcome } from '../report/event.ts';
import { isOwnAction } from './control/index.ts';
import { isRescuing, type Next } from './cursor.ts';
import { moduleOf } from './module-of.ts';
import { needsDebugger } from './needs-debugger.ts';
import type { HostRun, PlayRun } from './play-run.ts';
import { registered } from './result.ts';
import type { RunState } from './run-state.ts';
import { censored, runTask } from './task.ts';
import { type Finished, infoOf, nameOf, render, type TaskRun, taskRun, truth, valuesOf } from './task-run.ts';

/** Hosts that do one task together. */
export interface Group {
  readonly hosts: readonly string[];
  readonly task: Task;
  /** Reporters know of it. */
  announced?: true;
  /** `throttle`: lets so many hosts work at a time. */
  limit?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A task that a host has done, and what is to be made of that. */
export interface Done {
  readonly host: HostRun;
  readonly run: TaskRun;
  readonly finished: Finished;
}

/** Does the task on the host and tells of it. What comes of it for the play is for the strategy to settle. */
export async function perform(playRun: PlayRun, host: HostRun, next: Pick<Next, 'task' | 'frame'>, group: Group): Promise<Done | undefined> {
  const { task, frame } = next;
  let run = taskRun(playRun, host, task, frame);
  try {
    run = { ...run, ...run.flags() };
    return await looked(playRun, { host, run, finished: await throttled(run, group, () => performHere(run, group)) }, group);
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    if (error.diagnostics.some((one) => one.code === 'debugger')) throw error;
    if (error.diagnostics.some((one) => one.kind === 'interrupted')) return undefined;
    return { host, run, finished: mistaken(run, group, error) };
  }
}

/** Lets the person at the terminal look at how a task ended, change it and run it again, where the task or a setting says so. */
async function looked(playRun: PlayRun, done: Done, group: Group): Promise<Done> {
  if (done.finished.brings !== undefined || !needsDebugger(done.run, done.finished.outcome)) return done;
  return atTerminal(playRun.run, async () => {
    let now = done;
    while (needsDebugger(now.run, now.finished.outcome)) {
      const { Debugger } = await import('./debugger.ts');
      const next = await new Debugger(now).ask();
      if (next === 'go on') break;
      if (next === 'quit') throw new QplayError({ kind: 'interrupted', severity: 'error', code: 'debugger', message: 'User interrupted execution' });
      playRun.run.tally.takeBack(now.host.name, now.finished.outcome, now.finished.result.get('changed') === true);
      now = { ...now, run: next, finished: await performHere(next, group) };
    }
    return now;
  });
}

/** One person, one question at a time. */
const turns = new WeakMap<RunState, Promise<unknown>>();

function atTerminal<T>(run: RunState, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(run) ?? Promise.resolve()).then(work);
  turns.set(run, turn);
  return turn;
}

async function performHere(run: TaskRun, group: Group): Promise<Finished> {
  const { task, host } = run;
  announce(run, group);
  run.run.emit({ type: 'host.start', task: task.id, host: host.name });
  const started = monotonicMs();
  const finished = await runTask(run);
  const outcome = rescued(host, finished.outcome);
  // what an include brings is told, and counted, when it is there
  if (finished.brings === undefined || outcome.status === 'failed') tell(run, { ...finished, outcome }, monotonicMs() - started);
  return { ...finished, outcome };
}

/** Counts an ending and tells reporters of it. */
export function tell(run: TaskRun, finished: Finished, ms: number): void {
  const { host, task } = run;
  const noLog = run.noLog || finished.noLog === true;
  run.run.tally.add(host.name, finished.outcome, finished.result.get('changed') === true);
  run.run.emit({
    type: 'task.end',
    task: task.id,
    host: host.name,
    outcome: noLog ? censored(finished.outcome) : finished.outcome,
    ms,
    ...(finished.delegatedTo !== undefined && { delegatedTo: finished.delegatedTo }),
    ...(finished.say !== undefined && !noLog && { say: finished.say }),
    ...(noLog && !run.noLog && { noLog: true as const }),
    ...valuesOf({ ...run, noLog }, finished),
  });
}

/** A keyword of the task could not be made sense of on this host (`run_once: "{{ nobody }}"`): the task has failed there. */
export function mistaken(run: TaskRun, group: Group, error: QplayError): Finished {
  const { host, task } = run;
  const [first, ...rest] = error.diagnostics;
  for (const diagnostic of rest) run.run.emit({ type: 'diagnostic', diagnostic });
  const diagnostic = { at: task.at, ...(first as Diagnostic), kind: 'task' as const, host: host.name };
  const outcome = rescued(host, { status: 'failed', error: diagnostic, result: { msg: diagnostic.message } });
  const finished: Finished = { outcome, result: registered(outcome) };
  announce(run, group);
  tell(run, finished, 0);
  return finished;
}

const rescued = (host: HostRun, outcome: Outcome): Outcome =>
  outcome.status === 'failed' && !outcome.ignored && isRescuing(host.cursor) ? { ...outcome, rescued: true } : outcome;

/** Tells reporters of a task when the first host of a group begins it. */
export function announce(run: TaskRun, group: Group): void {
  if (group.announced) return;
  group.announced = true;
  run.run.emit({
    type: 'task.start',
    task: infoOf(run.task, nameOf(run), run.noLog, run.diff, run.run.options.values === true && settings().boolean('DISPLAY_ARGS_TO_STDOUT') === true),
    hosts: group.hosts,
  });
}

/** At most `--forks` hosts work at a time, and of one task at most `throttle`. */
function throttled<T>(run: TaskRun, group: Group, work: () => Promise<T>): Promise<T> {
  const slot = run.task.context.set.throttle;
  const most = slot === undefined ? 0 : Number(render(run, slot));
  if (!(most > 0)) return run.run.forks(work);
  group.limit ??= pLimit(most);
  return group.limit(() => run.run.forks(work));
}

/** Whether one host does the task for all: the keyword says so, or the module is of that kind (`pause`, `add_host`). */
export async function runsOnce(run: TaskRun): Promise<boolean> {
  return saysOnce(run) || shortName(run.task.action) === 'add_host' || (!isOwnAction(run.task.action) && isOnce(run));
}

/** `run_once`. */
export function saysOnce(run: TaskRun): boolean {
  const slot = run.task.context.set.run_once;
  return slot !== undefined && truth(render(run, slot));
}

async function isOnce({ run, task }: TaskRun): Promise<boolean> {
  const module = await moduleOf(run, task);
  return module.kind === 'action' && module.once === true;
}
