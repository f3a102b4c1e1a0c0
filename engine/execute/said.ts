import { existsSync } from 'node:fs';
import { shortName } from '../analyse/build.ts';
import type { At, Diagnostic } from '../error.ts';
import type { Slot, Task } from '../load/model.ts';
import { positionOf } from '../load/yaml.ts';
import { placeText } from '../report/ansible/place.ts';

/** What a task was at when it failed: one of its conditions, or its loop; else its arguments. */
export interface Doing {
  readonly condition?: Slot | undefined;
  readonly loop?: boolean | undefined;
}

/** How a failure that the engine finds reads in a result of Ansible's: its sentence, and the place of the task behind it. */
export function saidOf(diagnostic: Diagnostic, task: Task, { condition, loop }: Doing): string {
  const { says = diagnostic.message, code } = diagnostic;
  if (condition !== undefined) {
    const at = positionOf(condition.holder, condition.key as string) ?? task.at;
    return `The conditional check '${String(condition.value)}' failed. The error was: ${conditionError(String(condition.value), code, says)}${placed(at)}`;
  }
  if (code === 'undefined') return loop === true ? says : `The task includes an option with an undefined variable.. ${says}${placed(task.at)}`;
  if (code === 'keyword-value') return `${says}. ${placed(task.at)}`;
  if (code === 'missing-option' || code === 'unknown-option') return requiredBy(task) ?? says;
  return says;
}

const conditionError = (condition: string, code: string, says: string): string =>
  code === 'undefined' ? `error while evaluating conditional (${condition}): ${says}` : says;

/** What a command line makes has no place. */
const placed = (at: At): string => (existsSync(at.file) ? `\n\n${placeText(at)}` : '');

/** What some actions say of their arguments before a module looks at them. */
function requiredBy({ action, args }: Task): string | undefined {
  const [source, dest] = [args.has('src'), args.has('dest')];
  switch (shortName(action)) {
    case 'copy':
      if (!source && !args.has('content')) return 'src (or content) is required';
      return dest ? undefined : 'dest is required';
    case 'template':
    case 'fetch':
      return source && dest ? undefined : 'src and dest are required';
    case 'unarchive':
      return source && dest ? undefined : 'src (or content) and dest are required';
    default:
      return undefined;
  }
}

/** The last line of the traceback that Ansible's own actions leave in their results. */
export const THROWN: Readonly<Record<string, string>> = {
  'set-fact': 'NoneType: None',
  'missing-file': 'If you are using a module and expect the file to exist on the remote, see the remote_src option',
};
