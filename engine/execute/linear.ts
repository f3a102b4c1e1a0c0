import type { Task } from '../load/model.ts';

/** Where a host stands in a play: one number a level of nesting. Compared level by level. */
export type Place = readonly number[];

/** Hosts that do one task together. */
export interface Group {
  readonly hosts: readonly string[];
  /** `run_once`: what the first host makes of the task, for all. */
  once?: Promise<unknown>;
}

interface Waiting {
  readonly place: Place;
  readonly task: Task | undefined;
  readonly go: (group: Group | undefined) => void;
}

/**
 * Keeps the hosts of a batch in step: a host that reaches a task waits until every other host waits or has left, then
 * those at the earliest place go together. With `free` nobody waits.
 */
export class Steps {
  readonly #order: readonly string[];
  readonly #active: Set<string>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #free: boolean;
  readonly #freeGroups = new Map<string, Group>();
  readonly #between: () => boolean;
  #stopped = false;

  /** `between` is called when all hosts have finished a task; `false` stops the batch. */
  constructor(hosts: readonly string[], free: boolean, between: () => boolean) {
    this.#order = hosts;
    this.#active = new Set(hosts);
    this.#free = free;
    this.#between = between;
  }

  /** Resolves with the hosts to do the task with, or `undefined` when the batch has been stopped. */
  arrive(host: string, place: Place, task: Task | undefined): Promise<Group | undefined> {
    if (this.#stopped) return Promise.resolve(undefined);
    if (this.#free) return Promise.resolve(this.#freely(host, place));
    return new Promise((go) => {
      this.#waiting.set(host, { place, task, go });
      this.#next();
    });
  }

  /** The host does nothing more in this batch. */
  leave(host: string): void {
    if (!this.#active.delete(host)) return;
    this.#waiting.delete(host);
    if (this.#free) this.#stopped ||= !this.#between();
    else this.#next();
  }

  #freely(host: string, place: Place): Group {
    const key = place.join('.');
    const group = this.#freeGroups.get(key) ?? { hosts: [host] };
    this.#freeGroups.set(key, group);
    return group;
  }

  #next(): void {
    if (this.#active.size === 0 || this.#waiting.size < this.#active.size) return;
    if (!this.#between()) {
      this.#stopped = true;
      const all = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const one of all) one.go(undefined);
      return;
    }
    const first = [...this.#waiting.values()].reduce((least, one) => (before(one.place, least.place) ? one : least));
    const hosts = this.#order.filter((host) => same(this.#waiting.get(host), first));
    const group: Group = { hosts };
    const going = hosts.map((host) => this.#waiting.get(host) as Waiting);
    for (const host of hosts) this.#waiting.delete(host);
    // not before the host that came last waits too: then they go in the order of the inventory, and the first one does what is done once
    queueMicrotask(() => {
      for (const one of going) one.go(group);
    });
  }
}

const same = (one: Waiting | undefined, first: Waiting): boolean =>
  one !== undefined && one.task === first.task && !before(one.place, first.place) && !before(first.place, one.place);

function before(a: Place, b: Place): boolean {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const left = a[i] ?? -1;
    const right = b[i] ?? -1;
    if (left !== right) return left < right;
  }
  return false;
}
