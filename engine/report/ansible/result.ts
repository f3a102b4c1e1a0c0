import type { Result } from '../../module/contract.ts';
import type { Outcome, TaskInfo } from '../event.ts';
import { pythonJson } from './json.ts';

const DEBUG_KEPT = new Set(['msg', 'exception', 'warnings', 'deprecations']);
const DEBUG_HIDDEN = ['changed', 'failed', 'skipped', 'invocation', 'skip_reason'];
/** What every result loses before it is shown: how it ended is said already. */
const SAID = new Set(['failed', 'skipped', 'exception', 'warnings', 'deprecations']);

/** The name of a module without its collection. */
export const bare = (action: string): string => action.replace(/^.*\./, '');

/** The values of a result as Ansible shows them: sorted, without what it keeps to itself. */
export function dump(values: Result, task: TaskInfo | undefined, outcome: Outcome, verbosity: number, indent: number | undefined): string {
  const shown = kept(values, outcome, verbosity);
  if (bare(task?.action ?? '') === 'debug' && outcome.status !== 'unreachable') cleanDebug(shown, values);
  return pythonJson(shown, verbosity > 2 ? 4 : indent);
}

/** A result without what Ansible keeps to itself. */
export function kept(values: Result, outcome: Outcome, verbosity: number): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (SAID.has(key) || key.startsWith('_ansible_') || (verbosity < 3 && (key === 'diff' || key === 'invocation'))) continue;
    shown[key] = value;
  }
  if (outcome.status === 'unreachable') Object.assign(shown, { unreachable: true, msg: `Failed to connect to the host via ssh: ${String(shown.msg ?? '')}` });
  return shown;
}

/** `debug` says its message, or its variable, and nothing else. */
function cleanDebug(shown: Record<string, unknown>, values: Result): void {
  if ('msg' in values) {
    for (const key of Object.keys(shown)) if (!DEBUG_KEPT.has(key)) delete shown[key];
  } else for (const key of DEBUG_HIDDEN) delete shown[key];
}
