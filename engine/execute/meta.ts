import { didYouMean, inputError } from '../error.ts';
import { attempt } from './attempt.ts';
import { ended, forgiven, type Next } from './cursor.ts';
import { targetFor } from './delegate.ts';
import { flush } from './handlers.ts';
import type { HostRun, PlayRun } from './play-run.ts';
import { nextFor, reachable } from './progress.ts';
import { noteCompleted } from './role-once.ts';
import { infoOf, nameOf, type TaskRun, taskRun } from './task-run.ts';

type Action = (run: TaskRun) => Promise<void> | void;

const ACTIONS: Readonly<Record<string, Action>> = {
  noop: () => {},
  flush_handlers: ({ playRun, host }) => flush(playRun, host),
  end_host: ({ playRun, host }) => endHost(playRun, host),
  end_play: ({ playRun }) => {
    for (const host of reachable(playRun)) endHost(playRun, host);
    playRun.lastBatch = true;
  },
  end_batch: ({ playRun }) => {
    for (const host of reachable(playRun)) endHost(playRun, host);
  },
  end_role: ({ playRun, host }) => endRole(playRun, host),
  clear_facts: ({ playRun }) => {
    for (const host of playRun.hosts.values()) host.vars.clearFacts();
  },
  clear_host_errors: ({ run, playRun }) => {
    for (const host of playRun.hosts.values()) {
      run.failed.delete(host.name);
      run.unreachable.delete(host.name);
      host.cursor = forgiven(host.cursor);
    }
  },
  refresh_inventory: ({ run }) => run.refreshInventory(),
  reset_connection: (run) => run.run.connections.get(targetFor(run, run.scope, undefined).connect).reset(),
};

/** Actions that one host does for all. */
const ONCE: ReadonlySet<string> = new Set(['clear_facts', 'clear_host_errors', 'end_play', 'end_batch', 'refresh_inventory']);

function endHost({ removed }: PlayRun, host: HostRun): void {
  host.cursor = ended(host.cursor);
  removed.push(host.name);
}

/** Passes over what is left of the role. */
function endRole(playRun: PlayRun, host: HostRun): void {
  for (;;) {
    const next = nextFor(playRun, host);
    if (next === undefined || next.task.implicit === 'role_complete') return;
    host.cursor = next.after;
  }
}

/** A `meta` task of hosts that do it together: something about the flow of the run itself. */
export async function runMeta(playRun: PlayRun, hosts: readonly HostRun[], { task, frame }: Pick<Next, 'task' | 'frame'>): Promise<void> {
  const name = String(task.args.get('_raw_params') ?? '').trim();
  if (task.implicit === 'role_complete') {
    for (const host of hosts) noteCompleted(playRun, host, task);
    return;
  }
  const action = ACTIONS[name];
  if (action === undefined)
    throw inputError('unknown-meta', `there is no meta action "${name}".${didYouMean(name, Object.keys(ACTIONS))}`, {
      says: `invalid meta action requested: ${name}`,
      at: task.at,
    });
  for (const host of ONCE.has(name) ? hosts.slice(0, 1) : hosts) {
    const run = taskRun(playRun, host, task, frame);
    const goes = await holds(run);
    if (task.implicit === undefined) run.run.emit({ type: 'meta', task: infoOf(task, nameOf(run), false), host: host.name, skipped: !goes });
    if (goes) await action(run);
  }
}

async function holds(run: TaskRun): Promise<boolean> {
  const { task } = run;
  // nobody asks for its condition
  if (task.args.get('_raw_params') === 'noop') return true;
  const verdict = await attempt({ ...run, task: { ...task, action: 'debug', args: new Map([['msg', '']]), notify: [], own: {} } }, run.scope);
  if (verdict.outcome.status === 'failed') throw inputError('meta', verdict.outcome.error.message, { at: task.at });
  return verdict.outcome.status === 'ok';
}

export const META_ACTIONS: readonly string[] = Object.keys(ACTIONS);
