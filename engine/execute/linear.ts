import { QplayError } from '../error.ts';
import type { Task } from '../load/model.ts';
import type { Next } from './cursor.ts';
import { bringAll } from './include.ts';
import { runMeta } from './meta.ts';
import { announce, type Done, type Group, mistaken, perform, runsOnce } from './perform.ts';
import type { HostRun, PlayRun } from './play-run.ts';
import { markFailed, nextFor, reachable } from './progress.ts';
import { isOver } from './role-once.ts';
import { settle } from './settle.ts';
import { wanted } from './step.ts';
import type { TaskOrder } from './task-order.ts';
import { truth as isTrue, render, type TaskRun, taskRun } from './task-run.ts';

interface Waiting {
  readonly host: HostRun;
  readonly next: Next;
}

/**
 * The strategy `linear`: hosts at the earliest task do it together, and all others wait. Resolves to whether more hosts failed
 * than `max_fail_percentage` lets; then the play ends as soon as every host has failed, and goes on for those that rescue it.
 */
export async function runLinear(playRun: PlayRun, order: TaskOrder, mostFailed: number | undefined): Promise<boolean> {
  const { run } = playRun;
  let tooMany = false;
  while (!run.options.signal.aborted) {
    const hosts = reachable(playRun);
    const step = await takeStep(playRun, order, hosts);
    if (step === 'end') break;
    if (step === 'passed over') continue;
    const { done, fatal, told } = step;
    const bad = done.filter(({ finished: { outcome } }) => outcome.status === 'failed');
    if (fatal && done.some(({ finished: { outcome } }) => outcome.status === 'failed' || outcome.status === 'unreachable')) failOthers(playRun, hosts, bad);
    if (told && mostFailed !== undefined && run.failed.size / playRun.hosts.size > mostFailed / 100) {
      failOthers(playRun, hosts, bad);
      tooMany = true;
    }
    if (tooMany && run.failed.size >= hosts.length) break;
  }
  return tooMany;
}

interface Step {
  readonly done: readonly Done[];
  /** One failure is a failure of all. */
  readonly fatal: boolean;
  /** Some host had something to do: only then are failed hosts counted. */
  readonly told: boolean;
}

/** The next task, on all hosts that stand at it. */
async function takeStep(playRun: PlayRun, order: TaskOrder, hosts: readonly HostRun[]): Promise<Step | 'end' | 'passed over'> {
  const waiting = hosts.flatMap((host): Waiting[] => {
    const next = nextFor(playRun, host);
    return next === undefined ? [] : [{ host, next }];
  });
  if (waiting.length === 0) return 'end';
  const task = order.pick(new Set(waiting.map(({ next }) => next.task)));
  const here = waiting.filter(({ next }) => next.task === task);
  for (const { host, next } of here) host.cursor = next.after;
  const going = here.filter(({ host }) => !isOver(playRun, host, task));
  if (going.length === 0) return { done: [], fatal: false, told: false };
  const placed = (going[0] as Waiting).next;
  if (isMeta(task)) {
    if (flushes(task)) order.insert(playRun.handlers);
    await runMeta(playRun, hostsOf(going), placed);
    return { done: [], fatal: false, told: true };
  }
  if (!(await wanted(playRun.run, task))) return 'passed over';
  const together = await doTogether(playRun, hostsOf(going), placed);
  order.insert(bringAll(playRun, together.done));
  return { ...together, told: together.done.length > 0 };
}

const hostsOf = (going: readonly Waiting[]): HostRun[] => going.map(({ host }) => host);

const isMeta = (task: Task): boolean => /^(ansible\.(builtin|legacy)\.)?meta$/.test(task.action);

const flushes = (task: Task): boolean => task.args.get('_raw_params') === 'flush_handlers';

/** Every host that has not failed by itself fails, too. */
function failOthers(playRun: PlayRun, hosts: readonly HostRun[], failed: readonly Done[]): void {
  const own = new Set(failed.map(({ host }) => host));
  for (const host of hosts)
    if (!own.has(host)) {
      playRun.run.failed.add(host.name);
      markFailed(playRun, host);
    }
}

async function doTogether(playRun: PlayRun, hosts: readonly HostRun[], next: Next): Promise<Omit<Step, 'told'>> {
  const { task } = next;
  const group: Group = { task, hosts: hosts.map(({ name }) => name) };
  const first = taskRun(playRun, hosts[0] as HostRun, task, next.frame);
  const once = await asksOnce(first, group);
  if (once instanceof QplayError) return { done: hosts.map((host) => settled(playRun, failedAt(playRun, host, next, group, once))), fatal: false };
  const doing = once ? hosts.slice(0, 1) : hosts;
  if (task.handler) for (const { name } of once ? [...playRun.hosts.values()] : doing) playRun.notified.get(task)?.delete(name);
  const done = (await Promise.all(doing.map((host) => perform(playRun, host, next, group)))).filter((one) => one !== undefined);
  for (const one of done) settle(playRun, one);
  return { done, fatal: (once || says(first, 'any_errors_fatal')) && !says(first, 'ignore_errors') };
}

async function asksOnce(first: TaskRun, group: Group): Promise<boolean | QplayError> {
  try {
    return await runsOnce(first);
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    announce(first, group);
    return error;
  }
}

function failedAt(playRun: PlayRun, host: HostRun, { task, frame }: Next, group: Group, error: QplayError): Done {
  const run = taskRun(playRun, host, task, frame);
  return { host, run, finished: mistaken(run, group, error) };
}

function settled(playRun: PlayRun, done: Done): Done {
  settle(playRun, done);
  return done;
}

/** A keyword that Ansible reads before its templates are rendered: any text means yes, but for that of a play. */
function says(run: TaskRun, keyword: string): boolean {
  const slot = run.task.context.set[keyword];
  if (slot === undefined) return false;
  if (slot.holder === run.playRun.play.source) return isTrue(render(run, slot));
  return typeof slot.value === 'string' ? slot.value !== '' : isTrue(slot.value);
}
