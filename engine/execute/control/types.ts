import type { Outcome } from '../../report/event.ts';
import type { Data } from '../../value.ts';
import { OMIT } from '../../vars/magic.ts';
import type { LayeredScope } from '../../vars/scope.ts';
import type { Delegate } from '../delegate.ts';
import { withoutOmit } from '../omit.ts';
import type { Inclusion, TaskRun } from '../task-run.ts';

/** One call of an action of the engine itself. */
export interface ControlCall {
  readonly taskRun: TaskRun;
  readonly scope: LayeredScope;
  readonly delegate: Delegate | undefined;
}

export interface Controlled {
  readonly outcome: Outcome;
  readonly say?: string;
  /** Its values are shown without `-v`, too. */
  readonly verbose?: boolean;
  readonly brings?: readonly Inclusion[];
}

export type Control = (call: ControlCall) => Controlled | Promise<Controlled>;

export const ok = (result: Record<string, unknown> = {}): Controlled => ({ outcome: { status: 'ok', result } });

/** An argument with its templates rendered; `undefined` when it was not given. */
export function argument({ taskRun, scope }: ControlCall, ...names: readonly string[]): Data | undefined {
  const { task, run, lookups } = taskRun;
  const name = names.find((one) => task.args.has(one));
  const value = name === undefined ? undefined : run.templar.value(task.args.get(name) as Data, task.args, name, scope, lookups);
  return value === OMIT || value === undefined ? undefined : withoutOmit(value);
}
