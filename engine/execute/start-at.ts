import { shortName } from '../analyse/build.ts';
import { tasksOf } from '../analyse/check.ts';
import { didYouMean, inputError } from '../error.ts';
import type { Task } from '../load/model.ts';
import type { ReadyPlay } from './play.ts';
import type { RunState } from './run-state.ts';

/** Passes over every task that stands before the one named (`--start-at-task`; `*` and `?` as in a shell). */
export function startAt(run: RunState, plays: readonly ReadyPlay[], name: string): void {
  const pattern = new RegExp(
    `^${name
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  const all = plays.flatMap(({ play }) => tasksOf([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks]));
  const first = all.findIndex((task) => namesOf(task).some((one) => one === name || pattern.test(one)));
  if (first < 0)
    throw inputError('start-at-task', `there is no task "${name}".${didYouMean(name, all.flatMap(namesOf))}`, { hint: '`--list-tasks` lists them' });
  for (const task of all.slice(0, first)) if (!/^(setup|gather_facts)$/.test(shortName(task.action))) run.passedOver.add(task.id);
}

function namesOf(task: Task): string[] {
  if (task.name === undefined) return [task.action];
  const name = String(task.name.value);
  const role = task.context.role?.role.name;
  return role === undefined ? [name] : [name, `${role} : ${name}`];
}
