import { inputError } from '../error.ts';
import { settings } from '../load/settings.ts';
import type { Outcome } from '../report/event.ts';
import { render, type TaskRun } from './task-run.ts';

/** When the keyword wants the debugger; `never` hides the setting. */
const WHEN = ['always', 'on_failed', 'on_unreachable', 'on_skipped', 'never'] as const;

/** Whether a task that ended so is to be looked at by the person at the terminal. */
export function needsDebugger(run: TaskRun, outcome: Outcome): boolean {
  const slot = run.task.context.set.debugger;
  const wanted = slot === undefined ? undefined : String(render(run, slot) ?? '');
  if (wanted !== undefined && !(WHEN as readonly string[]).includes(wanted))
    throw inputError('keyword-value', `"debugger" must be one of ${WHEN.join(', ')}, and this is "${wanted}"`, { at: run.task.at });
  const failed = outcome.status === 'failed' && !(outcome.ignored && (settings().boolean('TASK_DEBUGGER_IGNORE_ERRORS') ?? true));
  const unreachable = outcome.status === 'unreachable';
  switch (wanted) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'on_failed':
      if (failed) return true;
      break;
    case 'on_unreachable':
      if (unreachable) return true;
      break;
    case 'on_skipped':
      if (outcome.status === 'skipped' || outcome.status === 'unknown') return true;
      break;
  }
  return (failed || unreachable) && (run.playRun.debugging || (settings().boolean('ENABLE_TASK_DEBUGGER') ?? false));
}
