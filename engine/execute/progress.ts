import { failed, type Next, nextOf } from './cursor.ts';
import type { HostRun, PlayRun } from './play-run.ts';

/** Hosts of the batch that can be talked to, in order. */
export const reachable = ({ run, hosts }: PlayRun): HostRun[] => [...hosts.values()].filter(({ name }) => !run.unreachable.has(name));

/** What the host does next; `undefined` when it has done its part of the play. */
export function nextFor({ notified }: PlayRun, host: HostRun): Next | undefined {
  return nextOf(host.cursor, {
    notified: (handler) => notified.get(handler)?.has(host.name) === true,
    nothingToFlush: () => host.notifications.size === 0 && [...notified.values()].every((hosts) => hosts.size === 0),
  });
}

/** The host has failed where it stands. */
export function markFailed({ removed }: PlayRun, host: HostRun): void {
  host.cursor = failed(host.cursor);
  removed.push(host.name);
}

/** It is among `ansible_play_hosts` again: a rescue section follows. */
export function takeBack({ removed }: PlayRun, { name }: HostRun): void {
  const index = removed.indexOf(name);
  if (index >= 0) removed.splice(index, 1);
}
