import type { Task } from '../load/model.ts';

/** The tasks of a play in the order in which hosts that keep in step do them. */
export class TaskOrder {
  readonly #tasks: Task[];
  #next = 0;

  constructor(tasks: readonly Task[]) {
    this.#tasks = [...tasks];
  }

  /** The first of these tasks from here on; from the beginning when none is left (hosts that were brought back). */
  pick(wanted: ReadonlySet<Task>): Task {
    for (let round = 0; round < 2; round++) {
      while (this.#next < this.#tasks.length) {
        const task = this.#tasks[this.#next++] as Task;
        if (wanted.has(task)) return task;
      }
      this.#next = 0;
    }
    throw new Error('a host is at a task that is not in the play');
  }

  /** Tasks that come next: handlers to flush, what an include brings. */
  insert(tasks: readonly Task[]): void {
    this.#tasks.splice(this.#next, 0, ...tasks);
  }
}
