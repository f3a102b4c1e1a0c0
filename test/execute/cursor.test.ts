import { expect, test } from 'vitest';
import { type Asked, type Cursor, cursorAt, failed, finalOf, isFailed, isRescuing, nextOf } from '../../engine/execute/cursor.ts';
import { TaskOrder } from '../../engine/execute/task-order.ts';
import type { Block, Node, Task } from '../../engine/load/model.ts';

// only what the cursor reads of a node
const task = (action: string): Task => ({ kind: 'task', action }) as Task;
const block = (parts: Partial<Record<'block' | 'rescue' | 'always', Node[]>>): Block =>
  ({ kind: 'block', block: [], rescue: [], always: [], ...parts }) as unknown as Block;
const idle: Asked = { notified: () => false, nothingToFlush: () => true };

/** Actions in order; those whose name begins with `fail` fail. */
function walked(nodes: readonly Node[]): { actions: string[]; end: Cursor } {
  let cursor = cursorAt(nodes);
  const actions: string[] = [];
  for (let next = nextOf(cursor, idle); next !== undefined; next = nextOf(cursor, idle)) {
    actions.push(next.task.action);
    cursor = next.task.action.startsWith('fail') ? failed(next.after) : next.after;
  }
  return { actions, end: finalOf(cursor) };
}

test('a rescue section takes the failure back, and always comes after it', () => {
  const { actions, end } = walked([block({ block: [task('fail'), task('never')], rescue: [task('r')], always: [task('a')] }), task('after')]);
  expect(actions).toEqual(['fail', 'r', 'a', 'after']);
  expect(isFailed(end)).toBe(false);
});

test('without a rescue section always comes, and the rest of the play does not', () => {
  const { actions, end } = walked([block({ block: [task('fail')], always: [task('a')] }), task('after')]);
  expect(actions).toEqual(['fail', 'a']);
  expect(isFailed(end)).toBe(true);
});

test('a failure in a rescue section is one of the block around', () => {
  const inner = block({ block: [task('fail 1')], rescue: [task('fail 2')], always: [task('a')] });
  const { actions, end } = walked([block({ block: [inner, task('never')], rescue: [task('r')] }), task('after')]);
  expect(actions).toEqual(['fail 1', 'fail 2', 'a', 'r', 'after']);
  expect(isFailed(end)).toBe(false);
});

test('a host that is made to fail twice for one task leaves only the innermost block', () => {
  const first = nextOf(cursorAt([block({ block: [block({ block: [task('t')] })], rescue: [task('r')] })]), idle);
  const cursor = failed(failed(first?.after as Cursor));
  expect(isRescuing(cursor)).toBe(true);
  expect(nextOf(cursor, idle)?.task.action).toBe('r');
});

test('hosts go on with the earliest task, and from the beginning when there is none', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(task) as [Task, Task, Task];
  const order = new TaskOrder([a, b]);
  expect(order.pick(new Set([b, a]))).toBe(a);
  order.insert([c]);
  expect(order.pick(new Set([b, c]))).toBe(c);
  expect(order.pick(new Set([b]))).toBe(b);
  expect(order.pick(new Set([a]))).toBe(a);
});
