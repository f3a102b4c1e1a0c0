import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What a run did, in one form for both engines. */
export interface Trace {
  readonly steps: Step[];
  readonly recap: Record<string, Readonly<Record<(typeof COUNTS)[number], number>>>;
  /** `refused`: nothing was run. */
  exit: 'done' | 'failed' | 'unreachable' | 'refused' | string;
}

export type Step =
  | { readonly kind: 'PLAY' | 'NO HOSTS'; readonly name: string }
  | { readonly kind: 'INCLUDE'; readonly name: string; readonly hosts: readonly string[] }
  | { readonly kind: 'TASK' | 'HANDLER'; readonly name: string; readonly id: string | number; readonly results: Map<string, Ending> };

/**
 * For strategies in which hosts do not wait for each other: a step of its own for every host, at the time when its first result
 * comes, in place of one for all who do the task.
 */
export function alone(
  trace: Trace,
  open: Map<string, Map<string, Ending>>,
  step: Extract<Step, { id: unknown }>,
  host: string,
  ends: boolean,
): Map<string, Ending> {
  const key = `${host} ${step.id}`;
  const known = open.get(key);
  const results = known ?? new Map<string, Ending>();
  if (known === undefined) trace.steps.push({ ...step, results });
  if (ends) open.delete(key);
  else open.set(key, results);
  return results;
}

/** How a task ended on a host. */
export interface Ending {
  readonly items: string[];
  retries: number;
  /** `ok`, `changed`, `skipped`, `failed`, `failed, ignored`, `unreachable`, and what it said. */
  end: string;
}

export const COUNTS = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'] as const;

/** Values that no two runs have in common, by key. */
const VOLATILE: ReadonlySet<string> = new Set([
  'start', 'end', 'delta', 'started_at', 'ansible_job_id', 'results_file', 'ansible_async_watchdog_pid', 'pid',
  'atime', 'mtime', 'ctime', 'inode', 'ino', 'birthtime', 'dev', 'elapsed', 'tempdir', 'src',
]); // biome-ignore format: a table

/** Keys of a result that belong to Ansible's bookkeeping, not to what a task says. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['invocation', 'deprecations', 'warnings', 'exception', '_ansible_no_log']);

/** Words whose order is another in every process of Python's. */
const BOOLEANS = /Valid booleans include: (?:\\?'?\w+\\?'?, ){13}\\?'\w+\\?'/g;

/** A value with what differs in every run masked, and keys in order. */
export function settled(value: unknown, folder: string): unknown {
  if (typeof value === 'string') return value.replaceAll(folder, 'WORK').replaceAll(BOOLEANS, 'Valid booleans include: ~');
  if (Array.isArray(value)) return value.map((one) => settled(one, folder));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value)
    .filter(([key]) => !BOOKKEEPING.has(key) && !key.startsWith('_ansible'))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, VOLATILE.has(key) && one !== null && typeof one !== 'object' ? '~' : settled(one, folder)]));
}

/** What a result says in so many words: of tasks whose whole purpose is to say something. */
export function said(action: string, result: Readonly<Record<string, unknown>>, folder: string): string {
  const name = action.split('.').at(-1) as string;
  if (name !== 'debug' && name !== 'fail' && name !== 'assert') return '';
  if (name === 'assert' && result.msg === undefined) return '';
  const loop = ['ansible_loop_var', 'ansible_index_var'].flatMap((key) => [key, String(result[key] ?? key)]);
  const hidden = new Set([
    ...loop,
    'ansible_loop',
    'changed',
    'failed',
    'skipped',
    'skip_reason',
    'skipped_reason',
    'false_condition',
    'results',
    'failed_when_result',
    'attempts',
  ]);
  const shown = Object.fromEntries(Object.entries(result).filter(([key]) => !hidden.has(key)));
  if (typeof shown.msg === 'string') shown.msg = inOneLine(shown.msg);
  return Object.keys(shown).length === 0 ? '' : ` ${JSON.stringify(settled(name === 'assert' ? { msg: shown.msg } : shown, folder))}`;
}

/**
 * A difference that is meant: where Ansible puts the place of a mistake into the message (`The error appears to be in ...`, with
 * lines of the file), qplay's message is what is wrong, and the place stands beside it.
 */
function inOneLine(message: string): string {
  const [first = ''] = message.split(/\n\nThe error appears to (?:be|have been) in '/);
  const undefinedName = /^The task includes an option with an undefined variable\.\. .*?('[^']*' is undefined)$/s.exec(first);
  return undefinedName?.[1] ?? first;
}

/** A trace as text, the form that is stored and compared. */
export function traceText(trace: Trace, folder: string, compare: 'order' | 'hosts'): string {
  if (/^error/.test(trace.exit)) breakOff(trace);
  const steps = compare === 'hosts' ? byHost(trace.steps) : trace.steps.map(stepText);
  const recap = Object.keys(trace.recap)
    .sort()
    .map((host) => `RECAP ${host} ${COUNTS.map((key) => `${key}=${trace.recap[host]?.[key] ?? 0}`).join(' ')}`);
  return [...steps, ...recap, `EXIT ${trace.exit}`, ...filesIn(join(folder, 'out'), '')].join('\n').replaceAll(folder, 'WORK') + '\n';
}

/**
 * A run that a mistake ends: Ansible leaves with a code of its own, no recap and nothing said of the task. The mistake is told by
 * both, in their own ways.
 */
function breakOff(trace: Trace): void {
  const last = trace.steps.at(-1);
  if (last !== undefined && 'results' in last) last.results.clear();
  for (const host of Object.keys(trace.recap)) delete trace.recap[host];
  trace.exit = 'broken off';
}

function stepText(step: Step): string {
  if ('results' in step) {
    const hosts = [...step.results.keys()].sort();
    return [`${step.kind} [${step.name}]`, ...hosts.flatMap((host) => ending(host, step.results.get(host) as Ending))].join('\n');
  }
  return `${step.kind} [${step.name}]${'hosts' in step ? ` ${[...step.hosts].sort().join(' ')}` : ''}`;
}

const ending = (host: string, { items, retries, end }: Ending): string[] => [
  ...items.map((item) => `  ${host} (item ${item})`),
  `  ${host}: ${end}${retries > 0 ? `, after ${retries} retries` : ''}`,
];

function byHost(steps: readonly Step[]): string[] {
  const lines = new Map<string, string[]>();
  const plays: string[] = [];
  for (const step of steps) {
    if ('results' in step)
      for (const [host, result] of step.results) lines.set(host, [...(lines.get(host) ?? []), `${step.kind} [${step.name}]`, ...ending(host, result)]);
    else if (step.kind !== 'INCLUDE') plays.push(stepText(step));
  }
  return [...plays, ...[...lines.keys()].sort().flatMap((host) => [`HOST ${host}`, ...(lines.get(host) as string[])])];
}

/** Files, folders and links with mode, owner and content. */
function filesIn(folder: string, below: string): string[] {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((name) => {
      const path = join(folder, below, name);
      const state = lstatSync(path);
      const shown = `FILE ${join(below, name)} ${(state.mode & 0o7777).toString(8).padStart(4, '0')} ${state.uid}:${state.gid}`;
      if (state.isSymbolicLink()) return [`FILE ${join(below, name)} -> ${readlinkSync(path)}`];
      if (state.isDirectory()) return [`${shown} folder`, ...filesIn(folder, join(below, name))];
      return [`${shown} ${JSON.stringify(readFileSync(path, 'utf8'))}`];
    });
}
