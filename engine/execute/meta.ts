import { didYouMean, inputError } from '../error.ts';
import type { Task } from '../load/model.ts';
import { attempt } from './attempt.ts';
import { targetFor } from './delegate.ts';
import type { Place } from './linear.ts';
import type { Frame } from './play-run.ts';
import { infoOf, nameOf, type TaskRun, taskRun } from './task-run.ts';
import type { Flow, Walk } from './walk.ts';

type Action = (walk: Walk, run: TaskRun, place: Place) => Promise<Flow> | Flow;

const ACTIONS: Readonly<Record<string, Action>> = {
  noop: () => 'next',
  flush_handlers: (walk, _, place) => walk.handlers(place),
  end_host: (walk) => {
    walk.host.state = 'ended';
    return 'over';
  },
  end_play: (walk) => {
    walk.playRun.over = true;
    walk.playRun.lastBatch = true;
    return 'over';
  },
  end_batch: (walk) => {
    walk.playRun.over = true;
    return 'over';
  },
  end_role: (walk, run) => {
    if (run.task.context.role) walk.host.endedRoles.add(run.task.context.role);
    return 'next';
  },
  clear_facts: (walk) => {
    walk.host.vars.clearFacts();
    return 'next';
  },
  clear_host_errors: (walk) => {
    walk.playRun.run.gone.clear();
    return 'next';
  },
  refresh_inventory: (_, run) => {
    run.lookups.warn('meta: refresh_inventory is not done: the inventory stays as it was read');
    return 'next';
  },
  reset_connection: async (_, run): Promise<Flow> => {
    await run.run.connections.get(targetFor(run, run.scope, undefined).connect).reset();
    return 'next';
  },
};

/** A `meta` task: something about the flow of the run itself. */
export async function runMeta(walk: Walk, task: Task, place: Place, frame: Frame): Promise<Flow> {
  const run = taskRun(walk.playRun, walk.host, task, frame);
  const name = String(task.args.get('_raw_params') ?? '').trim();
  const action = ACTIONS[name];
  if (action === undefined) throw inputError('unknown-meta', `there is no meta action "${name}".${didYouMean(name, Object.keys(ACTIONS))}`, { at: task.at });
  const verdict = await attempt({ ...run, task: { ...task, action: 'debug', args: new Map([['msg', '']]), own: {} } }, run.scope);
  if (verdict.outcome.status === 'failed') throw inputError('meta', verdict.outcome.error.message, { at: task.at });
  const goes = verdict.outcome.status === 'ok';
  run.run.emit({ type: 'meta', task: infoOf(task, nameOf(run), false), host: walk.host.name, skipped: !goes });
  return goes ? action(walk, run, place) : 'next';
}

export const META_ACTIONS: readonly string[] = Object.keys(ACTIONS);
