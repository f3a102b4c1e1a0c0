import type { At } from '../error.ts';
import type { Context, Task } from '../load/model.ts';
import type { Dict } from '../value.ts';
import { slot, slots } from './context.ts';

/** A task that stands in no file: the gathering of facts, the check of a role's arguments. `source` gives its name and tags. */
export function ownTask(action: string, source: Dict, args: Dict, context: Context, at: At, id: number): Task {
  return {
    kind: 'task',
    id,
    at,
    outer: context,
    context: { ...context, tags: [...context.tags, ...slots(source, 'tags')] },
    name: slot(source, 'name'),
    source,
    action,
    args,
    argsTemplate: undefined,
    loop: undefined,
    notify: [],
    listen: [],
    register: undefined,
    own: {},
    handler: false,
  };
}
