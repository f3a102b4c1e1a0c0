import run from '../../engine/cli/run.ts';
import { EXIT, QplayError } from '../../engine/error.ts';
import type { Event, Outcome, TaskInfo } from '../../engine/report/event.ts';
import { type Case, inFolder } from './case.ts';
import { alone, type Ending, type Step, said, type Trace, traceText } from './trace.ts';

/** The case as qplay runs it, in this process. */
export function byQplay(one: Case): Promise<string> {
  return inFolder(one, async (folder) => {
    const { exit, events } = await playHere(one, folder);
    return traceText(traceOf(exit, events, folder, one.compare), folder, one.compare);
  });
}

interface Ran {
  readonly exit: number;
  readonly events: readonly Event[];
}

/** Runs the command line in this process, with its working folder and environment, and reads the events it writes. */
export async function playHere(one: Pick<Case, 'argv' | 'env'>, folder: string): Promise<Ran> {
  const before = { folder: process.cwd(), env: process.env, write: process.stdout.write };
  let text = '';
  process.chdir(folder);
  process.env = { ...process.env, ...one.env };
  process.stdout.write = ((chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  }) as typeof process.stdout.write;
  try {
    const exit = await run('run', [...one.argv, '--json']).catch((error: unknown) => {
      if (error instanceof QplayError) return error.exitCode;
      throw error;
    });
    return { exit, events: lines(text) };
  } finally {
    process.stdout.write = before.write;
    process.env = before.env;
    process.chdir(before.folder);
  }
}

const lines = (text: string): Event[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event);

/** Events as a trace. */
export function traceOf(exit: number, events: readonly Event[], folder: string, compare: Case['compare'] = 'order'): Trace {
  const trace: Trace = { steps: [], recap: {}, exit: exitOf(exit, events) };
  const open = new Map<number, { readonly action: string; readonly results: Map<string, Ending> }>();
  const own = new Map<string, Map<string, Ending>>();
  const steps = new Map<number, Extract<Step, { id: unknown }>>();
  for (const event of events) {
    if (event.type === 'play.start') trace.steps.push({ kind: 'PLAY', name: event.name });
    else if (event.type === 'no-hosts') trace.steps.push({ kind: 'PLAY', name: event.name ?? event.pattern }, { kind: 'NO HOSTS', name: '' });
    else if (event.type === 'meta') meta(trace, event);
    else if (event.type === 'include') trace.steps.push({ kind: 'INCLUDE', name: event.file.split('/').at(-1) as string, hosts: event.hosts });
    else if (event.type === 'task.start') {
      const { task } = event;
      // a task that other hosts do right after the first ones is one step: Ansible's events do not tell it from a meta task
      const last = trace.steps.at(-1);
      if (last !== undefined && 'results' in last && last.id === task.id && !task.handler) continue;
      const results = new Map<string, Ending>();
      open.set(task.id, { action: task.action, results });
      const name = titleOf(task);
      const step = { kind: task.handler ? ('HANDLER' as const) : ('TASK' as const), name, id: task.id, results };
      steps.set(task.id, step);
      trace.steps.push(step);
    } else if (event.type === 'run.end') Object.assign(trace.recap, recapOf(event.counts));
    else if (event.type === 'task.end' || event.type === 'item.end' || event.type === 'task.retry') {
      const task = open.get(event.task);
      const step = steps.get(event.task);
      if (task === undefined || step === undefined) continue;
      const results = compare === 'hosts' ? alone(trace, own, step, event.host, event.type === 'task.end') : task.results;
      note({ ...task, results }, event, folder);
    }
  }
  return trace;
}

const titleOf = ({ role, name }: TaskInfo): string => (role === undefined ? name : `${role} : ${name}`).trim();

/** A meta task, which hosts do one after the other, is one step. */
function meta(trace: Trace, { task, host, skipped }: Extract<Event, { type: 'meta' }>): void {
  const name = titleOf(task);
  let last = trace.steps.at(-1);
  if (last === undefined || !('results' in last) || last.id !== task.id) {
    last = { kind: task.handler ? 'HANDLER' : 'TASK', name, id: task.id, results: new Map() };
    trace.steps.push(last);
  }
  if (skipped && 'results' in last) last.results.set(host, { items: [], retries: 0, end: 'skipped' });
}

function note({ action, results }: { readonly action: string; readonly results: Map<string, Ending> }, event: Event & { host: string }, folder: string): void {
  const ending = results.get(event.host) ?? { items: [], retries: 0, end: '' };
  results.set(event.host, ending);
  if (event.type === 'task.retry') ending.retries++;
  else if (event.type === 'item.end') ending.items.push(`${event.item}: ${outcomeText(action, event.outcome, folder, false)}`);
  else if (event.type === 'task.end') ending.end = outcomeText(action, event.outcome, folder, true);
}

/** Names of Ansible's for our own: what check mode cannot know, Ansible skips. */
const STATUS: Readonly<Record<string, string>> = { 'would-change': 'changed', unknown: 'skipped' };

function outcomeText(action: string, outcome: Outcome, folder: string, whole: boolean): string {
  const ignored = whole && outcome.status === 'failed' && outcome.ignored ? ', ignored' : '';
  return `${STATUS[outcome.status] ?? outcome.status}${ignored}${'result' in outcome ? said(action, outcome.result, folder) : ''}`;
}

function recapOf(counts: Extract<Event, { type: 'run.end' }>['counts']): Trace['recap'] {
  return Object.fromEntries(
    Object.entries(counts).map(([host, one]) => [host, { ...one, changed: one.changed + one.wouldChange, skipped: one.skipped + one.unknown }]),
  );
}

function exitOf(exit: number, events: readonly Event[]): Trace['exit'] {
  if (exit === EXIT.input && !events.some((one) => one.type === 'play.start')) return 'refused';
  return { [EXIT.done]: 'done', [EXIT.failed]: 'failed', [EXIT.unreachable]: 'unreachable' }[exit] ?? `error ${exit}`;
}
