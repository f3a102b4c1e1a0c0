import type { LookupContext } from '../jinja/api.ts';
import type { Slot, Task } from '../load/model.ts';
import type { ModuleOutcome } from '../module/run.ts';
import type { Outcome } from '../report/event.ts';
import type { Data, Dict } from '../value.ts';
import type { HostVars } from '../vars/host-vars.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { lookupsOf, searchPath } from './lookups.ts';
import type { Prepared } from './module-call.ts';
import { type Frame, type HostRun, type PlayRun, taskScope } from './play-run.ts';
import type { RunState } from './run-state.ts';

/** One task on one host (all items of its loop). */
export interface TaskRun {
  readonly run: RunState;
  readonly playRun: PlayRun;
  readonly host: HostRun;
  readonly task: Task;
  readonly frame: Frame;
  readonly lookups: LookupContext;
  readonly scope: LayeredScope;
  readonly check: boolean;
  readonly diff: boolean;
  readonly noLog: boolean;
  /** What the task does to variables of hosts; done at once for this host, and for the others when it is `run_once`. */
  readonly effects: ((host: HostVars) => void)[];
  /** Calls whose probe was sent before their turn. */
  readonly ahead?: Ahead;
}

/** What was sent ahead, by the scope it was evaluated with. */
export interface Ahead {
  take(scope: LayeredScope): Prepared | undefined;
  /** Told of every call of the task that has ended. */
  ended(outcome: ModuleOutcome): void;
}

/** How one item, or a task without a loop, ended, and what is registered of it. */
export interface Finished {
  readonly outcome: Outcome;
  readonly result: Dict;
  /** What `debug` says. */
  readonly say?: string;
  readonly delegatedTo?: string;
}

export function taskRun(playRun: PlayRun, host: HostRun, task: Task, frame: Frame): TaskRun {
  const { run } = playRun;
  const lookups = lookupsOf(run, task);
  const scope = taskScope(playRun, host.vars, task, frame, lookups, searchPath(task, run.playbookDir));
  const flag = (name: string, otherwise: boolean): boolean => {
    const slot = task.context.set[name];
    return slot ? truth(run.templar.slot(slot, scope, lookups)) : otherwise;
  };
  return {
    run,
    playRun,
    host,
    task,
    frame,
    lookups,
    scope,
    check: flag('check_mode', run.options.mode !== 'run'),
    diff: flag('diff', run.options.diff),
    noLog: flag('no_log', false),
    effects: [],
  };
}

/** Does something to the variables of the host, and remembers it for `run_once`. */
export function effect(taskRun: TaskRun, change: (host: HostVars) => void): void {
  change(taskRun.host.vars);
  taskRun.effects.push(change);
}

export const render = (taskRun: TaskRun, slot: Slot, scope: LayeredScope = taskRun.scope): Data => taskRun.run.templar.slot(slot, scope, taskRun.lookups);

export const truth = (value: Data): boolean => value === true || value === 1 || (typeof value === 'string' && /^(true|yes|on|1|y|t)$/i.test(value.trim()));

/** The name of a task as this host reads it; the module when it has none. */
export function nameOf(taskRun: TaskRun): string {
  const { task } = taskRun;
  if (task.name === undefined) return task.action;
  try {
    return String(render(taskRun, task.name));
  } catch {
    // a name may use what is not known yet (the item of a loop): then it is shown as written
    return String(task.name.value);
  }
}
