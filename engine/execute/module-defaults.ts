import { inputError } from '../error.ts';
import { actionsOfGroup } from '../load/action-groups.ts';
import { collectionRoots } from '../load/collections.ts';
import { keyPositionOf } from '../load/yaml.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { render, type TaskRun } from './task-run.ts';

const GROUP = 'group/';

/**
 * What `module_defaults` around a task say for a module, rendered. What stands nearest replaces what stands further out as a whole;
 * groups of modules come below that. `called`: names of the module, its short one first.
 * @throws QplayError `keyword-value` for a group that is not there
 */
export function defaultsFor(taskRun: TaskRun, scope: LayeredScope, called: readonly string[]): Dict {
  const names = new Set([...called, `ansible.builtin.${called[0]}`, `ansible.legacy.${called[0]}`]);
  const ofGroups = new Map<string, Dict>();
  let own: Dict = new Map();
  for (const slot of taskRun.task.context.moduleDefaults) {
    const value = render(taskRun, slot, scope);
    if (!isDict(value)) continue;
    for (const [key, defaults] of value) {
      const name = String(key);
      if (names.has(name)) own = isDict(defaults) ? defaults : new Map();
      else if (name.startsWith(GROUP) && holds(taskRun, name.slice(GROUP.length), names, slot.value))
        ofGroups.set(name, isDict(defaults) ? defaults : new Map());
    }
  }
  return new Map([...[...ofGroups.values()].flatMap((one) => [...one]), ...own]);
}

function holds({ run, task }: TaskRun, group: string, names: ReadonlySet<string>, written: Data): boolean {
  const actions = actionsOfGroup(group, collectionRoots(run.playbookDir));
  if (actions !== undefined) return [...names].some((one) => actions.has(one));
  const at = (isDict(written) && keyPositionOf(written, GROUP + group)) || task.at;
  throw inputError('keyword-value', `module_defaults knows no group "${group}"`, {
    at,
    hint: 'a group is named by its collection, whose meta/runtime.yml must be on disk: group/NAMESPACE.COLLECTION.GROUP',
  });
}
