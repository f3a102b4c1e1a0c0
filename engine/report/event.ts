import type { At, Diagnostic } from '../error.ts';
import type { Diff, Result } from '../module/contract.ts';

/** How a task ended on one host. Never a bag of keys: exactly one status. */
export type Outcome =
  | { readonly status: 'ok'; readonly result: Result; readonly warnings?: readonly string[] }
  | { readonly status: 'changed'; readonly result: Result; readonly diff: readonly Diff[]; readonly proven: boolean; readonly warnings?: readonly string[] }
  | { readonly status: 'would-change'; readonly result: Result; readonly diff: readonly Diff[]; readonly warnings?: readonly string[] }
  /** Check mode met something that only a real run can know. */
  | { readonly status: 'unknown'; readonly why: string; readonly result: Result }
  | { readonly status: 'skipped'; readonly why: string; readonly result: Result }
  /** `ignored`: the playbook says to go on (`ignore_errors`, `ignore_unreachable`); `rescued`: a rescue section follows. */
  | { readonly status: 'failed'; readonly error: Diagnostic; readonly result: Result; readonly ignored?: boolean; readonly rescued?: boolean }
  | { readonly status: 'unreachable'; readonly error: Diagnostic; readonly ignored?: boolean };

/** A task as reporters know it. One id for each task of the play tree; a handler and each include gets ids of its own. */
export interface TaskInfo {
  readonly id: number;
  readonly name: string;
  /** Role the task belongs to. */
  readonly role?: string;
  /** Module name as written. */
  readonly action: string;
  readonly at: At;
  /** Arguments as they were written; only where the run was asked for values. */
  readonly args?: Readonly<Record<string, unknown>>;
  readonly handler?: true;
  readonly noLog?: boolean;
  /** Differences are to be shown. */
  readonly diff?: true;
}

export interface Counts {
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
  /** Would change, and cannot be known: check and plan only. */
  readonly wouldChange: number;
  readonly unknown: number;
}

/**
 * Everything that happens in a run. Reporters are driven by these alone, and the journal stores them, so this is a file
 * format: `v` rises when a field changes its meaning; new events and fields may come at any time. Secrets are masked
 * before an event is emitted.
 */
export type Event = { readonly v: 1 /** Milliseconds since the epoch. */; readonly time: number } & (
  | {
      readonly type: 'run.start';
      readonly run: string;
      readonly mode: 'run' | 'check' | 'plan';
      readonly playbooks: readonly string[] /** How many each of them has. */;
      readonly plays?: readonly number[];
      readonly hosts: number /** Steps known beforehand, over all hosts; for progress. */;
      readonly steps: number;
    }
  | {
      readonly type: 'play.start';
      readonly name: string;
      readonly hosts: readonly string[];
      readonly at: At /** Host-steps known beforehand in this play. */;
      readonly steps: number;
      readonly strategy?: string;
    }
  | { readonly type: 'host.connected'; readonly host: string; readonly ms: number }
  /** First host begins this task. */
  | { readonly type: 'task.start'; readonly task: TaskInfo; readonly hosts: readonly string[] }
  /** One host begins it. */
  | { readonly type: 'host.start'; readonly task: number; readonly host: string }
  | { readonly type: 'task.output'; readonly task: number; readonly host: string; readonly stream: 'out' | 'err'; readonly text: string }
  /** `attempt` of `until`/`retries`. */
  | { readonly type: 'task.retry'; readonly task: number; readonly host: string; readonly attempt: number; readonly left: number; readonly result: Result }
  /** A look at an `async` task that is waited for: not over yet, or how it ended. */
  | {
      readonly type: 'task.async';
      readonly task: number;
      readonly host: string;
      readonly job: string;
      readonly phase: 'poll' | 'ok' | 'failed';
      readonly finished: 0 | 1;
    }
  | {
      readonly type: 'item.end';
      readonly task: number;
      readonly host: string;
      readonly item: string;
      readonly outcome: Outcome;
      readonly ms: number;
      readonly delegatedTo?: string;
      /** As at `task.end`. */
      readonly values?: Result;
    }
  | {
      readonly type: 'task.end';
      readonly task: number;
      readonly host: string;
      readonly outcome: Outcome;
      readonly ms: number /** Set when the task ran on another host. */;
      readonly delegatedTo?: string /** `debug`: what to show. */;
      readonly say?: string;
      /** What `register` stores, where the run was asked for it (`RunOptions.values`). */
      readonly values?: Result;
      /** An item of its loop must not be shown, so neither is this. */
      readonly noLog?: true;
    }
  /** An include brings a file to these hosts; `item` is the label of the turn of its loop. */
  | {
      readonly type: 'include';
      readonly task: number;
      readonly info: TaskInfo;
      readonly hosts: readonly string[];
      readonly file: string;
      readonly item?: string;
    }
  /** A `meta` task that the playbook writes, on one host. */
  | { readonly type: 'meta'; readonly task: TaskInfo; readonly host: string; readonly skipped: boolean }
  | { readonly type: 'handler.notified'; readonly host: string; readonly handler: string; readonly by: number }
  | { readonly type: 'no-hosts'; readonly pattern: string; readonly at?: At /** Of the play. */; readonly name?: string }
  /** A playbook is done, and another one follows; counts so far. */
  | { readonly type: 'playbook.end'; readonly counts: Readonly<Record<string, Counts>> }
  /** Text that was asked for in place of a run (`--list-tasks`). */
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic }
  /** `steps` over all hosts was wrong by this much (dynamic includes, skipped blocks). */
  | { readonly type: 'steps.more'; readonly count: number }
  | { readonly type: 'stats'; readonly custom: Readonly<Record<string, unknown>> }
  | {
      readonly type: 'run.end';
      readonly counts: Readonly<Record<string, Counts>>;
      readonly ms: number;
      readonly exit: number /** Command that goes on from here, when something failed. */;
      readonly next?: string;
      readonly pendingHandlers?: readonly { readonly host: string; readonly handler: string }[];
    }
);

/** An event without the fields that the emitter adds. */
export type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'v' | 'time'> : never) : never;

/** Shows events. Only reporters print. */
export interface Reporter {
  on(event: Event): void;
  /** Writes what is held back and gives the terminal back as it was. */
  close(): Promise<void>;
}
