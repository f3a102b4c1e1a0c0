import type { Event, Outcome, TaskInfo } from './event.ts';

/** One host at work. */
export interface Working {
  readonly host: string;
  readonly task: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Last line the task printed, or what it waits for. */
  readonly note: string;
}

/** What the live part of the screen shows: a function of the events so far. */
export class Live {
  readonly #tasks = new Map<number, TaskInfo>();
  readonly #working = new Map<string, Working>();
  #play = '';
  #playSteps = 0;
  #playDone = 0;
  #before = 0;
  #total = 0;
  #hosts = 0;
  #failed = new Set<string>();
  #changed = 0;
  readonly started = Date.now();

  on(event: Event): void {
    switch (event.type) {
      case 'run.start':
        this.#total = event.steps;
        this.#hosts = event.hosts;
        break;
      case 'play.start':
        this.#before += this.#playSteps;
        this.#play = event.name;
        this.#playSteps = event.steps;
        this.#playDone = 0;
        break;
      case 'task.start':
        this.#tasks.set(event.task.id, event.task);
        break;
      case 'host.start':
        this.#working.set(event.host, { host: event.host, task: this.#tasks.get(event.task)?.name ?? '', since: event.time, note: '' });
        break;
      case 'task.output':
        this.#note(event.host, lastLine(event.text));
        break;
      case 'task.retry':
        this.#note(event.host, `attempt ${event.attempt}, ${event.left} left`);
        break;
      case 'item.end':
        this.#note(event.host, event.item);
        break;
      case 'task.end':
        this.#end(event.host, event.outcome);
    }
  }

  #note(host: string, note: string): void {
    const working = this.#working.get(host);
    if (working && note !== '') this.#working.set(host, { ...working, note });
  }

  #end(host: string, outcome: Outcome): void {
    this.#working.delete(host);
    this.#playDone++;
    if (outcome.status === 'changed' || outcome.status === 'would-change') this.#changed++;
    if ((outcome.status === 'failed' && !outcome.ignored && !outcome.rescued) || outcome.status === 'unreachable') this.#failed.add(host);
  }

  /** Hosts at work, longest first. */
  working(): readonly Working[] {
    return [...this.#working.values()].sort((a, b) => a.since - b.since);
  }

  get progress(): {
    readonly done: number;
    readonly total: number;
    readonly hosts: number;
    readonly failed: number;
    readonly changed: number;
    readonly play: string;
  } {
    const done = this.#before + Math.min(this.#playDone, this.#playSteps);
    return { done, total: Math.max(this.#total, done), hosts: this.#hosts, failed: this.#failed.size, changed: this.#changed, play: this.#play };
  }
}

/** The last line of text that says something, without control characters. */
function lastLine(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? '')
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/[\u0000-\u001f]/g, ' ')
    .trim();
}
