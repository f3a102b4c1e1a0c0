import { shortName } from '../analyse/build.ts';
import { QplayError } from '../error.ts';
import { type LookupContext, UNDEFINED } from '../jinja/api.ts';
import type { Layer, Slot, Task } from '../load/model.ts';
import { settings } from '../load/settings.ts';
import type { Result } from '../module/contract.ts';
import type { ModuleOutcome } from '../module/run.ts';
import type { Outcome, TaskInfo } from '../report/event.ts';
import { type Data, type Dict, toPlain } from '../value.ts';
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
  /** The keywords above, rendered. Throws where one of them makes no sense on this host. */
  readonly flags: () => Flags & { readonly ofItem?: NonNullable<TaskRun['ofItem']> };
  /** The same for one turn of a loop, where they depend on its item. */
  readonly ofItem?: (scope: LayeredScope) => Flags;
  /** What the task does to variables of hosts: of this one when all its turns are done, of the others when it is `run_once`. */
  readonly effects: ((host: HostVars) => unknown)[];
  /** Variables it has set by now, which only the task itself sees, above all others: one layer at most. */
  readonly fresh: Layer[];
  /** Calls whose probe was sent before their turn. */
  readonly ahead?: Ahead;
}

/** `check_mode`, `diff` and `no_log` as they hold for a task or an item. */
type Flags = Pick<TaskRun, 'check' | 'diff' | 'noLog'>;

/** What was sent ahead, by the scope it was evaluated with. */
export interface Ahead {
  take(scope: LayeredScope): Prepared | undefined;
  /** Told of every call of the task that has ended. */
  ended(outcome: ModuleOutcome): void;
}

/** A file of tasks or a role that one turn of a dynamic include names. */
export interface Inclusion {
  /** What its name and arguments are rendered with. */
  readonly scope: LayeredScope;
  /** Of the file, as rendered; empty for a role. */
  readonly name: string;
  /** Variables of the turn of the loop, and its label. */
  readonly turn?: ReadonlyMap<Data, Data>;
  readonly item?: string;
}

/** How one item, or a task without a loop, ended, and what is registered of it. */
export interface Finished {
  readonly outcome: Outcome;
  readonly result: Dict;
  /** What `debug` says. */
  readonly say?: string;
  /** Its values are shown without `-v`, too (`debug`, `assert`). */
  readonly verbose?: boolean;
  /** Handlers it asks for, where it changed something. */
  readonly notify?: readonly string[];
  /** What an include wants brought. */
  readonly brings?: readonly Inclusion[];
  readonly delegatedTo?: string;
  /** An item of its loop must not be shown. */
  readonly noLog?: boolean;
  /** It could not even be evaluated (`when`, arguments): Ansible then does no further item of its loop, and tells of no item. */
  readonly broken?: true;
  /** Of a loop that failed: whether each item that did is to be ignored. */
  readonly ignores?: boolean;
}

export function taskRun(playRun: PlayRun, host: HostRun, task: Task, frame: Frame): TaskRun {
  const { run } = playRun;
  const lookups = lookupsOf(run, task);
  const scope = taskScope(playRun, host.vars, task, frame, lookups, searchPath(task, run.playbookDir));
  const at = (where: LayeredScope): Flags => {
    const flag = (name: string, otherwise: boolean): boolean => {
      const slot = task.context.set[name];
      return slot ? truth(run.templar.slot(slot, where, lookups)) : otherwise;
    };
    return {
      check: flag('check_mode', run.options.mode !== 'run'),
      diff: flag('diff', run.options.diff),
      noLog: flag('no_log', settings().boolean('DEFAULT_NO_LOG') ?? false),
    };
  };
  const unset: Flags = { check: run.options.mode !== 'run', diff: run.options.diff, noLog: false };
  const flags = (): Flags & { readonly ofItem?: NonNullable<TaskRun['ofItem']> } => {
    try {
      return at(scope);
    } catch (error) {
      // they may depend on the item of the loop: then every turn has its own
      if (task.loop !== undefined && error instanceof QplayError && error.diagnostics[0]?.code === UNDEFINED) return { ...unset, ofItem: at };
      throw error;
    }
  };
  return { run, playRun, host, task, frame, lookups, scope, flags, ...unset, effects: [], fresh: [] };
}

/** Sets variables: the task and the further turns of its loop see them at once, the host has them when the task has ended well. */
export function effect(taskRun: TaskRun, change: (host: HostVars) => void, layer: Layer): void {
  const vars = new Map([...(taskRun.fresh[0]?.vars ?? []), ...layer.vars]);
  taskRun.fresh[0] = { ...layer, vars };
  taskRun.effects.push(change);
}

export const render = (taskRun: TaskRun, slot: Slot, scope: LayeredScope = taskRun.scope): Data => taskRun.run.templar.slot(slot, scope, taskRun.lookups);

export const truth = (value: Data): boolean => value === true || value === 1 || (typeof value === 'string' && /^(true|yes|on|1|y|t)$/i.test(value.trim()));

/** How Ansible calls a task that has no name. */
export function unnamed({ action, args }: Task): string {
  const role = /(^|\.)include_role$/.test(action) ? (args.get('name') ?? args.get('role')) : undefined;
  return role === undefined ? action : `${action} : ${String(role)}`;
}

/** The name of a task as this host reads it; the module when it has none. */
export function nameOf(taskRun: TaskRun): string {
  const { task } = taskRun;
  if (task.name === undefined || task.name.value === null || task.name.value === '') return unnamed(task);
  try {
    return String(render(taskRun, task.name));
  } catch {
    // a name may use what is not known yet (the item of a loop): then it is shown as written
    return String(task.name.value);
  }
}

/** A task as reporters know it. */
export function infoOf(task: Task, name: string, noLog: boolean, diff = false, withArguments = false): TaskInfo {
  // an include_role is never titled with the role around it
  const role = shortName(task.action) === 'include_role' ? undefined : task.context.role?.role.name;
  return {
    id: task.id,
    name,
    ...(role !== undefined && { role }),
    action: task.action,
    at: task.at,
    ...(withArguments && { args: toPlain(task.args) as Record<string, unknown> }),
    ...(task.handler && { handler: true as const }),
    ...(noLog && { noLog: true }),
    ...(diff && { diff: true as const }),
  };
}

/** What Ansible's text shows of a result, where the run was asked for it; of `no_log` only what Ansible lets out. */
export function valuesOf({ run, noLog }: TaskRun, { result, verbose }: Pick<Finished, 'result' | 'verbose'>): { values?: Result } {
  if (run.options.values !== true) return {};
  if (!noLog) return { values: { ...(toPlain(result) as Result), ...(verbose && { _ansible_verbose_always: true }) } };
  const kept = ['attempts', 'changed', 'retries'].filter((key) => result.has(key)).map((key) => [key, toPlain(result.get(key) as Data)]);
  return { values: { censored: CENSORED, ...Object.fromEntries(kept) } };
}

/** What stands in place of a result that `no_log` hides; Ansible's words. */
export const CENSORED = "the output has been hidden due to the fact that 'no_log: true' was specified for this result";
