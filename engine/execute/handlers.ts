import { didYouMean, inputError } from '../error.ts';
import type { Task } from '../load/model.ts';
import type { Place } from './linear.ts';
import type { PlayRun } from './play-run.ts';
import { nameOf, render, type TaskRun, taskRun } from './task-run.ts';
import type { Flow, Walk } from './walk.ts';

/** Notes that a task which changed something asks for handlers. */
export function notify(walk: Walk, run: TaskRun): void {
  for (const slot of run.task.notify) {
    const value = render(run, slot);
    for (const name of Array.isArray(value) ? value : [value]) notifyOne(walk, run, String(name));
  }
}

function notifyOne(walk: Walk, run: TaskRun, name: string): void {
  const { playRun, host } = walk;
  const found = handlersNamed(playRun, walk, name);
  if (found.length === 0) {
    const known = playRun.handlers.map((one) => String(one.name?.value ?? ''));
    throw inputError('unknown-handler', `there is no handler "${name}".${didYouMean(name, known)}`, { at: run.task.at, host: host.name });
  }
  for (const handler of found) {
    if (host.notified.has(handler)) continue;
    host.notified.add(handler);
    run.run.emit({ type: 'handler.notified', host: host.name, handler: name, by: run.task.id });
  }
}

/** By name the last handler defined wins; a `listen` topic reaches all that listen to it. */
function handlersNamed(playRun: PlayRun, walk: Walk, name: string): Task[] {
  const listening = playRun.handlers.filter((one) => one.listen.some((topic) => topic.value === name));
  const named = playRun.handlers.filter((one) => namesOf(playRun, walk, one).includes(name)).at(-1);
  return named && !listening.includes(named) ? [...listening, named] : listening;
}

function namesOf(playRun: PlayRun, walk: Walk, handler: Task): string[] {
  if (handler.name === undefined) return [];
  const plain = typeof handler.name.value === 'string' && !playRun.run.jinja.isTemplate(handler.name.value);
  const name = plain ? String(handler.name.value) : nameOf(taskRun(playRun, walk.host, handler, []));
  const role = handler.context.role?.role.name;
  return role === undefined ? [name] : [name, `${role} : ${name}`];
}

export const handlerName = (run: TaskRun): string => nameOf(run);

/** Runs the handlers this host has been notified of, in the order they are defined, in step with other hosts. */
export async function runHandlers(walk: Walk, place: Place): Promise<Flow> {
  const { playRun, host } = walk;
  for (let index = 0; index < playRun.handlers.length; index++) {
    const handler = playRun.handlers[index] as Task;
    if (!host.notified.has(handler)) continue;
    host.notified.delete(handler);
    const flow = await walk.task(handler, [...place, index], []);
    if (flow !== 'next') return flow;
  }
  return 'next';
}

/** Whether handlers run although the host failed (`force_handlers`). */
export function forced(playRun: PlayRun): boolean {
  const slot = playRun.play.keywords.force_handlers;
  return playRun.run.options.forceHandlers === true || slot?.value === true;
}
