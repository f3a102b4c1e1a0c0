import { didYouMean, inputError } from '../error.ts';
import type { Task } from '../load/model.ts';
import { settings } from '../load/settings.ts';
import { flushing } from './cursor.ts';
import type { HostRun, PlayRun } from './play-run.ts';
import { nameOf, type TaskRun, taskRun } from './task-run.ts';

/** Notes that a task which changed something asks for handlers. While handlers run, what they notify runs in the same flush. */
export function notify(run: TaskRun, names: readonly string[]): void {
  const { playRun, host, task } = run;
  for (const name of names) {
    const found = handlersNamed(playRun, host, name);
    if (found.length === 0) {
      const known = playRun.handlers.map((one) => String(one.name?.value ?? ''));
      const says = `The requested handler '${name}' was not found in either the main handlers list nor in the listening handlers list`;
      if (settings().boolean('ERROR_ON_MISSING_HANDLER') === false) {
        const message = `there is no handler "${name}"`;
        run.run.emit({ type: 'diagnostic', diagnostic: { kind: 'input', severity: 'warning', code: 'unknown-handler', message, says, at: task.at } });
        continue;
      }
      throw inputError('unknown-handler', `there is no handler "${name}".${didYouMean(name, known)}`, {
        says,
        at: task.at,
        host: host.name,
      });
    }
    run.run.emit({ type: 'handler.notified', host: host.name, handler: name, by: task.id });
    if (host.cursor.flush === undefined) host.notifications.add(name);
    else for (const handler of found) wake(playRun, host, handler);
  }
}

/** The host runs, before anything else, the handlers it was notified of until now. */
export function flush(playRun: PlayRun, host: HostRun): void {
  for (const name of host.notifications) for (const handler of handlersNamed(playRun, host, name)) wake(playRun, host, handler);
  host.notifications.clear();
  host.cursor = flushing(
    host.cursor,
    playRun.handlers.map((task) => ({ task, frame: playRun.handed.get(task) ?? [] })),
  );
}

/** The host will run the handler with this flush. */
export function wake({ notified }: PlayRun, host: HostRun, handler: Task): void {
  const hosts = notified.get(handler) ?? new Set();
  notified.set(handler, hosts.add(host.name));
}

/**
 * By name a handler of the list that was read last wins, within a list the first one. A `listen` topic reaches all that listen to
 * it, of those with one name one by the same rule.
 */
function handlersNamed(playRun: PlayRun, host: HostRun, name: string): Task[] {
  const last = lists(playRun.handlers).toReversed().flat();
  const named = last.find((one) => namesOf(playRun, host, one).includes(name));
  const listening = last.filter((one) => one.listen.some((topic) => topicsOf(one, String(topic.value)).includes(name)));
  const heard = new Set<string>();
  const once = listening.filter(({ name: written }) => {
    const key = written === undefined ? undefined : String(written.value);
    return key === undefined || key === '' || (!heard.has(key) && heard.add(key) !== undefined);
  });
  return [...new Set([...(named ? [named] : []), ...once])];
}

/** Handlers by the list they were read with: those of a play, of a role, of an import. */
function lists(handlers: readonly Task[]): Task[][] {
  const found: Task[][] = [];
  for (const handler of handlers) {
    const list = found.at(-1);
    if (list?.[0]?.outer === handler.outer) list.push(handler);
    else found.push([handler]);
  }
  return found;
}

/** A handler of a role is also known with the role's name before it. */
const inRole = ({ context: { role } }: Task, name: string): string[] => (role === undefined ? [name] : [name, `${role.role.name} : ${name}`]);

const topicsOf = inRole;

function namesOf(playRun: PlayRun, host: HostRun, handler: Task): string[] {
  if (handler.name === undefined) return [];
  const { value } = handler.name;
  const plain = typeof value === 'string' && !playRun.run.jinja.isTemplate(value);
  return inRole(handler, plain ? value : nameOf(taskRun(playRun, host, handler, playRun.handed.get(handler) ?? [])));
}
