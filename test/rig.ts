import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { registry } from '../engine/cli/registry.ts';
import type { Diagnostic } from '../engine/error.ts';
import type { RunOptions } from '../engine/execute/options.ts';
import { run } from '../engine/execute/run.ts';
import { renderDiagnostic } from '../engine/report/diagnostic.ts';
import type { Event, Outcome } from '../engine/report/event.ts';
import { styleFor } from '../engine/report/style.ts';

/** What a run of files said and did. */
export interface Ran {
  readonly exit: number;
  readonly events: readonly Event[];
  readonly diagnostics: readonly Diagnostic[];
  /** Diagnostics as a person sees them, with the folder's name taken out. */
  readonly text: string;
  /** `host task: status`, in the order they ended. */
  readonly ends: readonly string[];
  /** What debug tasks said, in order. */
  readonly said: readonly string[];
  outcome(task: string, host?: string): Outcome;
  readonly folder: string;
}

/** Hosts that are this machine under several names. */
export const LOCAL = (...names: readonly string[]): string => `[all]\n${names.join('\n')}\n[all:vars]\nansible_connection=local\n`;

/** Writes files into a new folder and runs `play.yaml` there, in this process, as the command line would. */
export async function runFiles(
  files: Readonly<Record<string, string>>,
  options: Partial<RunOptions> | ((folder: string) => Partial<RunOptions>) = {},
): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'qplay-test-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const events: Event[] = [];
  const exit = await run(
    {
      playbooks: [join(folder, 'play.yaml')],
      mode: 'run',
      inventories: files.hosts === undefined ? [] : [join(folder, 'hosts')],
      extraVars: [],
      tags: [],
      skipTags: [],
      forks: 10,
      diff: false,
      verbosity: 0,
      vaultIds: [],
      ask: async () => '',
      signal: new AbortController().signal,
      ...(typeof options === 'function' ? options(folder) : options),
      emit: (event) => events.push(event),
    },
    registry,
  );
  return summary(exit, events, folder);
}

function summary(exit: number, events: readonly Event[], folder: string): Ran {
  const names = new Map<number, string>();
  const ends: string[] = [];
  const said: string[] = [];
  const outcomes = new Map<string, Outcome>();
  for (const event of events) {
    if (event.type === 'task.start') names.set(event.task.id, event.task.role === undefined ? event.task.name : `${event.task.role} : ${event.task.name}`);
    if (event.type !== 'task.end') continue;
    const name = names.get(event.task) ?? '';
    ends.push(`${event.host} ${name}: ${event.outcome.status}`);
    outcomes.set(`${event.host} ${name}`, event.outcome);
    if (event.say !== undefined) said.push(event.say);
  }
  const diagnostics = [...events.flatMap((event) => (event.type === 'diagnostic' ? [event.diagnostic] : []))];
  const failed = [...outcomes.values()].flatMap((one) => (one.status === 'failed' || one.status === 'unreachable' ? [one.error] : []));
  return {
    exit,
    events,
    diagnostics,
    text: [...diagnostics, ...failed].map((one) => renderDiagnostic(one, styleFor(false)).replaceAll(`${folder}/`, '')).join('\n'),
    ends,
    said,
    outcome: (task, host = 'localhost') => {
      const found = outcomes.get(`${host} ${task}`);
      if (found === undefined) throw new Error(`no outcome of "${task}" on ${host}; there are: ${[...outcomes.keys()].join(', ')}`);
      return found;
    },
    folder,
  };
}

/** Removes the folder of a run. */
export const cleanUp = (ran: Ran): void => rmSync(ran.folder, { recursive: true, force: true });

/** `runFiles` for a test file: the folders of each test are removed after it. */
export function player(): typeof runFiles {
  const made: Ran[] = [];
  afterEach(() => {
    made.splice(0).forEach(cleanUp);
  });
  return async (...args) => {
    const ran = await runFiles(...args);
    made.push(ran);
    return ran;
  };
}
