import type { Slot } from '../load/model.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { tagsOf } from './tags.ts';
import { nameOf, render, type TaskRun } from './task-run.ts';

/**
 * `ansible_failed_task`: what a rescue section may ask of the task that failed. Arguments and keywords are rendered, but for a task
 * with a loop, whose turns each have their own.
 */
export function failedTask(run: TaskRun): Dict {
  const { task, playRun } = run;
  const { context, own, loop } = task;
  const { set } = context;
  const value = (slot: Slot | undefined): Data => (slot === undefined ? null : loop ? slot.value : safely(run, slot));
  const conditions = (slot: Slot | undefined): Data => (slot === undefined ? [] : Array.isArray(slot.value) ? slot.value : [slot.value]);
  const args = new Map([...task.args].map(([key, one]): [Data, Data] => [key, value({ value: one, holder: task.args, key: String(key) })]));
  const vars = task.source.get('vars');
  return new Map<Data, Data>([
    ['name', task.name === undefined ? '' : nameOf(run)],
    ['action', task.action],
    ['args', args],
    ['changed_when', conditions(own.changed_when)],
    ['delegate_to', value(set.delegate_to)],
    ['failed_when', conditions(own.failed_when)],
    ['ignore_errors', value(set.ignore_errors)],
    ['loop', loop === undefined ? null : safely(run, loop.items)],
    ['loop_with', loop?.lookup ?? null],
    ['notify', task.notify.length === 0 ? null : task.notify.map((slot) => slot.value)],
    ['register', task.register ?? null],
    ['run_once', value(set.run_once)],
    ['tags', [...tagsOf(context.tags, playRun)].reverse()],
    ['until', conditions(own.until)],
    ['vars', isDict(vars) ? vars : new Map()],
    ['when', context.when.map((slot) => slot.value).reverse()],
  ]);
}

/** As written where it cannot be rendered: that may be why the task failed. */
function safely(run: TaskRun, slot: Slot): Data {
  try {
    return render(run, slot);
  } catch {
    return slot.value;
  }
}
