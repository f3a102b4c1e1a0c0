import type { Connection, ConnectOptions } from '../connect/connection.ts';
import { connect } from '../connect/index.ts';
import { inputError } from '../error.ts';
import type { Data } from '../value.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { CONNECTION_LEVEL, CONNECTION_NAMES, connectionVars } from './connection-vars.ts';
import { hostScope } from './play-run.ts';
import type { ConnectionPool } from './run-state.ts';
import { type Target, targetOf } from './target.ts';
import { render, type TaskRun } from './task-run.ts';

/** The host a task is delegated to. */
export interface Delegate {
  readonly name: string;
}

export function delegateOf(taskRun: TaskRun, scope: LayeredScope): Delegate | undefined {
  const slot = taskRun.task.context.set.delegate_to;
  if (slot === undefined || slot.value === null) return undefined;
  const name = render(taskRun, slot, scope);
  if (typeof name !== 'string' || name === '') throw inputError('delegate', `"delegate_to" must name a host`, { at: taskRun.task.at });
  return name.startsWith('__omit_place_holder__') ? undefined : { name };
}

/**
 * What arguments see: `ansible_host` and its like, where the inventory does not say them for the task's own host, are those of the
 * host delegated to.
 */
export function scopeFor({ run, task, host, lookups }: TaskRun, scope: LayeredScope, delegate: Delegate | undefined): LayeredScope {
  if (delegate === undefined || delegate.name === host.name) return scope;
  const other = run.host(delegate.name);
  const there = hostScope(run, other, lookups);
  const unsaid = connectionVars(other, task, run.options).vars;
  const vars = new Map<Data, Data>();
  for (const names of CONNECTION_NAMES) {
    const said = names.map((name) => there.get(name)).find((value) => value !== undefined);
    const value = said ?? unsaid.get(names[0] as string);
    for (const name of names) if (value !== undefined && (scope.layerOf(name)?.level ?? CONNECTION_LEVEL) === CONNECTION_LEVEL) vars.set(name, value);
  }
  return scope.with(vars, 'delegated');
}

/** Where a task runs: its own host, or the one it is delegated to with that host's connection variables. */
export function targetFor(taskRun: TaskRun, scope: LayeredScope, delegate: Delegate | undefined): Target {
  const { run, task, host, lookups } = taskRun;
  const targetScope = scopeOfTarget(taskRun, scope, delegate);
  return targetOf(delegate?.name ?? host.name, task.context, scope, targetScope, run.options, run.templar, lookups);
}

/** Variables of the host that a task runs on. */
export function scopeOfTarget({ run, host, lookups }: TaskRun, scope: LayeredScope, delegate: Delegate | undefined): LayeredScope {
  return delegate && delegate.name !== host.name ? hostScope(run, run.host(delegate.name), lookups) : scope;
}

/** One connection a host and way of reaching it, for the whole run. */
export function connectionPool(): ConnectionPool {
  const open = new Map<string, Connection>();
  return {
    get(options: ConnectOptions): Connection {
      const key = JSON.stringify(options);
      const known = open.get(key);
      if (known) return known;
      const made = connect(options);
      open.set(key, made);
      return made;
    },
    async closeAll() {
      await Promise.allSettled([...open.values()].map((one) => one.close()));
      open.clear();
    },
  };
}
