import { hasProbe, type ModuleOutcome, startProbe } from '../module/run.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { allHold } from './attempt.ts';
import { isOwnAction } from './control/index.ts';
import { delegateOf } from './delegate.ts';
import { type Prepared, prepareCall } from './module-call.ts';
import { moduleOf } from './module-of.ts';
import type { Ahead, TaskRun } from './task-run.ts';

/** One item of a loop, with the variables it sees. */
export interface Turn {
  readonly scope: LayeredScope;
}

/** How many probes may be under way, and how fast that grows while nothing changes. */
const FIRST = 8;
const GROWTH = 4;
const MOST = 100;

/**
 * Probes of a loop's items, written ahead of their turn, so that a converged loop costs a few round trips and not one an
 * item. A probe only looks, and what it saw holds as long as no item changed anything: after a change (or a failure, or new
 * facts) everything ahead is forgotten, and later items are evaluated and probed anew, as if nothing had been sent.
 */
export class LoopAhead<T extends Turn> implements Ahead {
  readonly #taskRun: TaskRun;
  readonly #make: (position: number) => T;
  readonly #count: number;
  readonly #turns = new Map<number, T>();
  readonly #sent = new Map<LayeredScope, Prepared>();
  #window = FIRST;

  /** `make` gives the turn of a position, with a scope of its own each time it is asked. */
  constructor(taskRun: TaskRun, count: number, make: (position: number) => T) {
    this.#taskRun = taskRun;
    this.#count = count;
    this.#make = make;
  }

  /** The turn of an item whose time has come. */
  async turn(position: number): Promise<T> {
    if (!this.#turns.has(position)) await this.#send(position);
    const turn = this.#turns.get(position) ?? this.#make(position);
    this.#turns.delete(position);
    return turn;
  }

  take(scope: LayeredScope): Prepared | undefined {
    const sent = this.#sent.get(scope);
    this.#sent.delete(scope);
    return sent;
  }

  ended(outcome: ModuleOutcome): void {
    if (!mayHaveChanged(outcome)) return;
    this.#turns.clear();
    this.#sent.clear();
    this.#window = 1;
  }

  async #send(from: number): Promise<void> {
    const end = Math.min(from + this.#window, this.#count);
    // after a change this item goes alone; when it changes nothing, the next ones are sent ahead again
    const alone = this.#window === 1;
    this.#window = Math.min(this.#window * GROWTH, MOST);
    const ready: { readonly scope: LayeredScope; readonly prepared: Prepared }[] = [];
    for (let position = from; position < end; position++) {
      const turn = this.#make(position);
      this.#turns.set(position, turn);
      if (alone) return;
      const prepared = await this.#prepare(turn.scope);
      if (prepared !== undefined) ready.push({ scope: turn.scope, prepared });
    }
    // all in one turn of the event loop, so that they leave in one write
    for (const { scope, prepared } of ready) {
      const seen = startProbe(prepared.call);
      seen.catch(() => {}); // it is told when its turn comes, which may be never
      this.#sent.set(scope, { ...prepared, seen });
    }
  }

  /** The call of an item; `undefined` when it has none, or what is wrong with it is to be said at its turn. */
  async #prepare(scope: LayeredScope): Promise<Prepared | undefined> {
    try {
      return allHold(this.#taskRun, scope) ? await prepareCall(this.#taskRun, scope, delegateOf(this.#taskRun, scope)) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Whether a loop's probes may be sent ahead: a module that looks first, and nothing that depends on when an item runs. */
export async function maySendAhead(taskRun: TaskRun, count: number, pause: number): Promise<boolean> {
  const { task, run } = taskRun;
  const { until, retries } = task.own;
  if (count < 2 || pause > 0 || until !== undefined || retries !== undefined || task.context.set.timeout !== undefined) return false;
  if (isOwnAction(task.action) || taskRun.ofItem !== undefined || task.own.async !== undefined) return false;
  return hasProbe(await moduleOf(run, task));
}

/** Whether the host, or what is known of it, may be another after this. */
function mayHaveChanged(outcome: ModuleOutcome): boolean {
  if (outcome.status === 'changed' || outcome.status === 'failed' || outcome.status === 'unreachable') return true;
  return 'ansible_facts' in outcome.result;
}
