import type { Answer, PlayServer } from '../oracle/play-server.ts';
import { type Case, inFolder } from './case.ts';
import { alone, COUNTS, type Ending, type Step, said, type Trace, traceText } from './trace.ts';

/** The case as ansible-core runs it. */
export function byAnsible(one: Case, server: PlayServer): Promise<string> {
  return inFolder(one, async (folder) => {
    const env = Object.keys(one.env).length > 0 ? { env: one.env } : {};
    const answer = await server.run({ argv: one.argv, cwd: folder, ...env });
    return traceText(traceOf(answer, folder, one.compare), folder, one.compare);
  });
}

interface Told {
  readonly action: string;
  readonly result: Readonly<Record<string, unknown>>;
  readonly ignored?: boolean;
  readonly label?: unknown;
}

/** What the callback was told, as a trace. */
export function traceOf(answer: Answer, folder: string, compare: Case['compare'] = 'order'): Trace {
  const trace: Trace = { steps: [], recap: {}, exit: exitOf(answer) };
  const open = new Map<string, Map<string, Ending>>();
  const own = new Map<string, Map<string, Ending>>();
  const steps = new Map<string, Extract<Step, { id: unknown }>>();
  for (const event of answer.events) {
    const [kind, first, second, third] = event as [string, string, string, Told];
    if (kind === 'play') trace.steps.push({ kind: 'PLAY', name: first });
    else if (kind === 'no-hosts') trace.steps.push({ kind: 'NO HOSTS', name: '' });
    else if (kind === 'include') trace.steps.push({ kind: 'INCLUDE', name: first, hosts: event[2] as string[] });
    else if (kind === 'task' || kind === 'handler') {
      // a meta task is told of once for each host
      const last = trace.steps.at(-1);
      if (last !== undefined && 'results' in last && last.id === second && kind === 'task') continue;
      const results = new Map<string, Ending>();
      open.set(second, results);
      const step = { kind: kind === 'task' ? ('TASK' as const) : ('HANDLER' as const), name: first.trim(), id: second, results };
      steps.set(second, step);
      trace.steps.push(step);
    } else if (kind === 'stats') Object.assign(trace.recap, recapOf(event[1] as Record<string, Record<string, number>>));
    else if (third !== undefined && (kind === 'failed' || !isBrought(third))) {
      const step = steps.get(second);
      const ends = kind !== 'retry' && !kind.startsWith('item-');
      const results = compare === 'hosts' && step !== undefined ? alone(trace, own, step, first, ends) : open.get(second);
      note(results, kind, first, third, folder);
    }
  }
  return trace;
}

/** The include itself, which its INCLUDE step tells. */
const isBrought = ({ result, action }: Told): boolean =>
  /include_(tasks|role)$/.test(action) && ('include' in result || 'include_args' in result || bringing(result));

const bringing = ({ results }: Told['result']): boolean => Array.isArray(results) && results.some((one) => 'include' in one || 'include_args' in one);

function note(results: Map<string, Ending> | undefined, kind: string, host: string, told: Told, folder: string): void {
  if (results === undefined) return;
  const ending = results.get(host) ?? { items: [], retries: 0, end: '' };
  results.set(host, ending);
  const { action, result } = told;
  if (kind === 'retry') ending.retries++;
  else if (kind.startsWith('item-')) {
    const label = typeof told.label === 'string' ? told.label : JSON.stringify(told.label);
    ending.items.push(`${label}: ${statusOf(kind.slice(5), result)}${said(action, result, folder)}`);
  } else ending.end = `${statusOf(kind, result)}${told.ignored ? ', ignored' : ''}${said(action, result, folder)}`;
}

const statusOf = (kind: string, result: Told['result']): string => (kind === 'ok' && result.changed === true ? 'changed' : kind);

const recapOf = (stats: Record<string, Record<string, number>>): Trace['recap'] =>
  Object.fromEntries(
    Object.entries(stats).map(([host, counts]) => [
      host,
      Object.fromEntries(COUNTS.map((key) => [key, counts[key === 'failed' ? 'failures' : key] ?? 0])) as Trace['recap'][string],
    ]),
  );

function exitOf({ exit, events }: Answer): Trace['exit'] {
  if (!events.some(([kind]) => kind === 'play') && exit !== 0) return 'refused';
  return { 0: 'done', 2: 'failed', 4: 'unreachable' }[exit] ?? `error ${exit}`;
}
