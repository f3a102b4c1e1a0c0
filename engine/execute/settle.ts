import { isFailed, isRescuing } from './cursor.ts';
import { failedTask } from './failed-task.ts';
import { notify } from './handlers.ts';
import type { Done } from './perform.ts';
import { saysOnce } from './perform.ts';
import type { HostRun, PlayRun } from './play-run.ts';
import { markFailed, nextFor, reachable, takeBack } from './progress.ts';
import { noteBegun } from './role-once.ts';

/** What a task that has ended means for its host, and with `run_once` for the others. */
export function settle(playRun: PlayRun, { host, run, finished }: Done): void {
  const { outcome, notify: names = [] } = finished;
  if (outcome.status !== 'skipped' && outcome.status !== 'unreachable') noteBegun(playRun, host, run.task);
  const once = run.task.context.set.run_once !== undefined && safely(() => saysOnce(run));
  if (outcome.status === 'failed' && !outcome.ignored) fail(playRun, { host, run, finished }, once);
  else if (outcome.status === 'unreachable' && !outcome.ignored) {
    playRun.run.unreachable.add(host.name);
    playRun.removed.push(host.name);
  } else if (outcome.status === 'changed' || outcome.status === 'would-change' || outcome.status === 'unknown') notify(run, names);
  if (outcome.status === 'would-change' || outcome.status === 'unknown') run.run.clouded.add(host.name);
  if (once) for (const other of reachable(playRun)) if (other !== host) for (const change of run.effects) change(other.vars);
}

function fail(playRun: PlayRun, { host, run, finished }: Done, once: boolean): void {
  const rescuing = isRescuing(host.cursor);
  for (const one of once ? reachable(playRun) : [host]) markFailed(playRun, one);
  if (isFailed(host.cursor) && nextFor(playRun, host) === undefined) playRun.run.failed.add(host.name);
  if (!rescuing) return;
  takeBack(playRun, host);
  remember(host, { host, run, finished });
}

/** What rescue sections read. */
function remember({ vars }: HostRun, { run, finished }: Done): void {
  vars.set('ansible_failed_task', failedTask(run));
  vars.set('ansible_failed_result', finished.result);
}

function safely(ask: () => boolean): boolean {
  try {
    return ask();
  } catch {
    return false;
  }
}
