import type { ChildProcess } from 'node:child_process';
import type { Counts, Event, Outcome, TaskInfo } from '../../../engine/report/event.ts';
import { type Ended, ended, INSTALL, INVENTORY, start } from './lab.ts';

/** QPLAY_MAIN: another build, while somebody else builds. */
const PROGRAM = ['lab/lab', 'ctl', process.execPath, process.env.QPLAY_MAIN ?? 'dist/engine/cli/main.js'];

/** qplay on the control node of the lab. */
export const qplay = (...words: readonly string[]): Promise<Ended> => ended(start([...PROGRAM, ...words]));

type EventOf<T extends Event['type']> = Extract<Event, { readonly type: T }>;

/** A run told by its events. */
export interface Told extends Ended {
  readonly events: readonly Event[];
  of<T extends Event['type']>(type: T): readonly EventOf<T>[];
  /** `host role : task: message`, with cause and hint, of each task that failed and was not rescued. */
  readonly failures: readonly string[];
  readonly counts: Readonly<Record<string, Counts>>;
}

export interface Watched {
  readonly child: ChildProcess;
  readonly done: Promise<Told>;
}

/** Starts qplay with `--json` and hands each event on as it comes. */
export function watch(words: readonly string[], on: (event: Event, child: ChildProcess) => void = () => undefined): Watched {
  const child = start([...PROGRAM, ...words, '--json']);
  const events: Event[] = [];
  let rest = '';
  child.stdout?.on('data', (part: Buffer) => {
    const lines = (rest + part.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = JSON.parse(line) as Event;
      events.push(event);
      on(event, child);
    }
  });
  return { child, done: ended(child).then((end) => told(end, events)) };
}

export const tell = (...words: readonly string[]): Promise<Told> => watch(words).done;

/** The installation on the lab's hosts. */
export const install = (...words: readonly string[]): Promise<Told> => tell('run', INSTALL, '-i', INVENTORY, ...words);

function told(end: Ended, events: readonly Event[]): Told {
  const of = <T extends Event['type']>(type: T) => events.filter((event): event is EventOf<T> => event.type === type);
  const tasks = new Map(of('task.start').map(({ task }) => [task.id, task]));
  return {
    ...end,
    events,
    of,
    failures: of('task.end').flatMap(({ host, task, outcome }) => failure(host, tasks.get(task), outcome)),
    counts: of('run.end').at(-1)?.counts ?? {},
  };
}

function failure(host: string, task: TaskInfo | undefined, outcome: Outcome): string[] {
  if ((outcome.status !== 'failed' && outcome.status !== 'unreachable') || outcome.ignored || ('rescued' in outcome && outcome.rescued)) return [];
  const { message, cause, hint } = outcome.error;
  const name = task?.role === undefined ? task?.name : `${task.role} : ${task.name}`;
  return [`${host} ${name}: ${[message, cause, hint].filter((part) => part !== undefined && part !== '').join(' | ')}`];
}

/** Fails with what went wrong unless the run ended as it should. */
export function mustEnd(run: Told, code: number): Told {
  if (run.code === code) return run;
  const said = run.of('diagnostic').map(({ diagnostic }) => diagnostic.message);
  throw new Error(`qplay ended with ${run.code}, not ${code}:\n${[...run.failures, ...said, run.err].join('\n')}`);
}

/** What the tasks of a run changed, as `host role : task`. */
export function changes(run: Told): string[] {
  const tasks = new Map(run.of('task.start').map(({ task }) => [task.id, task]));
  return run.of('task.end').flatMap(({ host, task, outcome }) => {
    const info = tasks.get(task);
    return outcome.status === 'changed' ? [`${host} ${info?.role ?? ''} : ${info?.name}`] : [];
  });
}
