import { ownTask } from '../analyse/own-task.ts';
import type { At } from '../error.ts';
import type { Block, Context, Node, RoleUse, Task } from '../load/model.ts';
import type { Data } from '../value.ts';
import type { PlayRun } from './play-run.ts';
import { isSelected } from './tags.ts';

type Choosing = Pick<PlayRun, 'run' | 'layers' | 'builder'>;

/**
 * The nodes that a run walks: without the tasks that tags pass over and the blocks they leave empty, with the end of every role
 * marked. Bare tasks are put into blocks, as Ansible has them, except within a block that somebody wrote.
 */
export function chosen(nodes: readonly Node[], choosing: Choosing): readonly Node[] {
  const found: Node[] = [];
  let bare: Task[] = [];
  const close = (): void => {
    if (bare.length > 0) found.push(groupOf(bare));
    bare = [];
  };
  for (const node of nodes) {
    if (node.kind === 'task') {
      if (isSelected(node, choosing)) bare.push(node);
      continue;
    }
    close();
    found.push(...chosenBlock(node, choosing));
  }
  close();
  return found;
}

function chosenBlock(block: Block, choosing: Choosing): readonly Node[] {
  if (block.group) {
    const inner = chosen(block.block, choosing);
    return block.roleUse === undefined ? inner : [...inner, endOfRole(block, block.roleUse, choosing)];
  }
  const part = (nodes: readonly Node[]): readonly Node[] =>
    nodes.flatMap((node) => (node.kind === 'block' ? chosenBlock(node, choosing) : isSelected(node, choosing) ? [node] : []));
  const parts = { block: part(block.block), rescue: part(block.rescue), always: part(block.always) };
  return parts.block.length + parts.rescue.length + parts.always.length === 0 ? [] : [{ ...block, ...parts }];
}

const groupOf = (tasks: readonly Task[]): Block => {
  const { id, at, outer } = tasks[0] as Task;
  return { kind: 'block', id, at, context: outer, name: '', block: tasks, rescue: [], always: [], roleUse: undefined };
};

const endOfRole = ({ at, context }: Block, role: RoleUse, { builder }: Choosing): Task =>
  implicitTask('role_complete', { ...context, role }, at, builder.nextId());

/** A meta task that stands in no file. */
export const implicitTask = (action: NonNullable<Task['implicit']>, context: Context, at: At, id: number): Task => ({
  ...ownTask('meta', new Map<Data, Data>([['name', 'meta']]), new Map<Data, Data>([['_raw_params', action]]), context, at, id),
  implicit: action,
});

/** Every task of a tree, in the order in which hosts come to them. */
export const inOrder = (nodes: readonly Node[]): Task[] =>
  nodes.flatMap((node) => (node.kind === 'task' ? [node] : inOrder([...node.block, ...node.rescue, ...node.always])));
