import pLimit from 'p-limit';
import type { Task } from '../load/model.ts';
import { bringAll } from './include.ts';
import { runMeta } from './meta.ts';
import { type Group, perform } from './perform.ts';
import type { HostRun, PlayRun } from './play-run.ts';
import { nextFor } from './progress.ts';
import { isOver } from './role-once.ts';
import { settle } from './settle.ts';

/** The strategies `free` and `host_pinned`: no host waits for another. With `pinned` only so many hosts begin as are allowed forks. */
export async function runFree(playRun: PlayRun, pinned: boolean): Promise<void> {
  const limit = pLimit(pinned ? Math.max(1, playRun.run.options.forks) : Number.POSITIVE_INFINITY);
  const groups = new Map<Task, Group>();
  await Promise.all([...playRun.hosts.values()].map((host) => limit(() => runHost(playRun, host, groups))));
}

async function runHost(playRun: PlayRun, host: HostRun, groups: Map<Task, Group>): Promise<void> {
  const { run, hosts } = playRun;
  while (!run.options.signal.aborted && !run.unreachable.has(host.name)) {
    const next = nextFor(playRun, host);
    if (next === undefined) return;
    const { task } = next;
    host.cursor = next.after;
    if (isOver(playRun, host, task)) continue;
    if (/^(ansible\.(builtin|legacy)\.)?meta$/.test(task.action)) {
      await runMeta(playRun, [host], next);
      continue;
    }
    if (task.handler) playRun.notified.get(task)?.delete(host.name);
    const group = groups.get(task) ?? { task, hosts: [...hosts.keys()] };
    groups.set(task, group);
    const done = await perform(playRun, host, next, group);
    if (done === undefined) return;
    settle(playRun, done);
    bringAll(playRun, [done]);
  }
}
