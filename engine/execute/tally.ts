import type { Counts, Outcome } from '../report/event.ts';

/** Under which `set_stats` keeps what is of no host; Ansible's name. */
export const ALL_HOSTS = '_run';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const zero = (): Mutable<Counts> => ({ ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, wouldChange: 0, unknown: 0 });

function countsOf(outcome: Outcome, changed: boolean): (keyof Counts)[] {
  switch (outcome.status) {
    case 'changed':
      return ['ok', 'changed'];
    case 'would-change':
      return ['ok', 'wouldChange'];
    case 'failed':
      if (outcome.ignored) return changed || outcome.result.changed === true ? ['ok', 'ignored', 'changed'] : ['ok', 'ignored'];
      return [outcome.rescued ? 'rescued' : 'failed'];
    case 'unreachable':
      return outcome.ignored ? ['ok', 'ignored'] : ['unreachable'];
    default:
      return [outcome.status];
  }
}

/** Counts a host for the recap, as Ansible counts: a changed task is an ok one too. */
export class Tally {
  readonly #counts = new Map<string, Mutable<Counts>>();
  /** What `set_stats` collects: by host, and of the run. */
  readonly custom: Record<string, Record<string, unknown>> = {};

  customOf(host: string): Record<string, unknown> {
    this.custom[host] ??= {};
    return this.custom[host];
  }

  /** `changed`: what a failure had changed before it failed. */
  add(host: string, outcome: Outcome, changed = false): void {
    const counts = this.#of(host);
    for (const key of countsOf(outcome, changed)) counts[key]++;
  }

  /** What `add` counted is done again. */
  takeBack(host: string, outcome: Outcome, changed = false): void {
    const counts = this.#of(host);
    for (const key of countsOf(outcome, changed)) counts[key]--;
  }

  #of(host: string): Mutable<Counts> {
    const known = this.#counts.get(host);
    if (known) return known;
    const fresh = zero();
    this.#counts.set(host, fresh);
    return fresh;
  }

  counts(): Readonly<Record<string, Counts>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  some(key: keyof Counts): boolean {
    return [...this.#counts.values()].some((counts) => counts[key] > 0);
  }
}
