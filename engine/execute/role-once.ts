import type { Task } from '../load/model.ts';
import type { HostRun, PlayRun } from './play-run.ts';

type Hosts = Map<string, Set<string>>;

/** Whether the task is of a role that the host has done with already, and that may not come twice. */
export function isOver({ completed }: PlayRun, { name }: HostRun, { context: { role }, handler }: Task): boolean {
  return !handler && role !== undefined && !role.repeats && completed.get(role.key)?.has(name) === true;
}

/** The host has done a task of a role: it was neither skipped nor was the host out of reach. */
export function noteBegun({ begun }: PlayRun, { name }: HostRun, { context: { role } }: Task): void {
  if (role !== undefined) add(begun, role.key, name);
}

/** The host is at the end of a role. One whose every task was skipped has not run. */
export function noteCompleted({ begun, completed }: PlayRun, { name }: HostRun, { context: { role } }: Task): void {
  if (role !== undefined && begun.get(role.key)?.has(name) === true) add(completed, role.key, name);
}

function add(hosts: Hosts, key: string, name: string): void {
  const known = hosts.get(key) ?? new Set();
  hosts.set(key, known.add(name));
}
