import { dumpYaml } from '../../jinja/python/yaml-dump.ts';
import type { Value } from '../../jinja/values.ts';
import type { Result } from '../../module/contract.ts';
import { fromPlain } from '../../value.ts';
import type { Outcome, TaskInfo } from '../event.ts';
import { pythonJson } from './json.ts';
import type { Look } from './look.ts';

const DEBUG_KEPT = new Set(['msg', 'exception', 'warnings', 'deprecations']);
const DEBUG_HIDDEN = ['changed', 'failed', 'skipped', 'invocation', 'skip_reason'];
/** What every result loses before it is shown: how it ended is said already. */
const SAID = new Set(['failed', 'skipped', 'exception', 'warnings', 'deprecations']);

/** The name of a module without its collection. */
export const bare = (action: string): string => action.replace(/^.*\./, '');

/** The values of a result as Ansible shows them: sorted, without what it keeps to itself. */
export function dump(values: Result, task: TaskInfo | undefined, outcome: Outcome, look: Look, always: boolean): string {
  const { verbosity, form, pretty } = look;
  const shown = kept(values, outcome, verbosity);
  if (bare(task?.action ?? '') === 'debug' && outcome.status !== 'unreachable') cleanDebug(shown, values);
  if (form === 'yaml') return yamlForm(shown, pretty !== false);
  return pythonJson(shown, pretty === true || verbosity > 2 || (always && pretty === undefined) ? 4 : undefined);
}

/** As YAML below the line; `pretty` leaves out what is said twice, and writes text of several lines as blocks. */
function yamlForm(shown: Record<string, unknown>, pretty: boolean): string {
  if (pretty) for (const key of ['stdout', 'stderr']) if (key in shown && `${key}_lines` in shown) shown[`${key}_lines`] = '<omitted>';
  const style = { indent: pretty ? 4 : 2, width: 80, sortKeys: true, flow: false, defaultStyle: '', explicitStart: false, explicitEnd: false, readable: true };
  return `\n${dumpYaml(fromPlain(shown) as Value, style).replace(/^(?=.)/gm, '    ')}`;
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
