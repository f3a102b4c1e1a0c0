import { EXIT, inputError } from '../error.ts';
import type { Event } from '../report/event.ts';
import type { Parsed } from './flags.ts';
import { resolvePlaybook } from './playbooks.ts';
import { interruptible, runOptions } from './run-options.ts';

/** One host, as playbooks/upgrade-look.yaml saw it. */
export interface SeenHost {
  readonly host: string;
  /** Name and image of what runs. */
  readonly containers: readonly (readonly [string, string])[];
  /** Clair and workers: what each unit runs. */
  readonly units: readonly { readonly unit: string; readonly part: string; readonly image: string }[];
  /** Clair's own PostgreSQL; empty where it is not here. */
  readonly clair_postgresql: { readonly image?: string; readonly version?: string };
  readonly free_mb: number;
  /** Fields of config.yaml, without their values. */
  readonly fields: readonly string[];
  readonly node: boolean;
}

/** The registry that runs. */
export interface Seen {
  readonly hosts: readonly SeenHost[];
  /** What an upgrade wrote of itself; empty when there was none. */
  readonly record: { readonly from?: string; readonly to?: string; readonly step?: string };
  readonly database: {
    readonly head?: string | null;
    readonly release?: string | null;
    readonly server?: string;
    readonly size_mb?: number;
    readonly manifestblob_mb?: number;
  };
  readonly database_why: string;
}

const OVER = ['', 'done', 'abandoned', 'restored'];

/** Whether an upgrade was cut off. */
export const unfinished = ({ record }: Seen): boolean => !OVER.includes(record.step ?? '');

/** Looks at the registry of the inventory; nothing is changed. Throws when there is none, or the run fails. */
export async function lookAt(parsed: Parsed): Promise<Seen> {
  const controller = new AbortController();
  const stop = interruptible(controller);
  const failures: Event[] = [];
  let seen: Seen | undefined;
  const emit = (event: Event): void => {
    if (event.type === 'stats') seen = (event.custom._run as { registry?: Seen } | undefined)?.registry;
    if (event.type === 'diagnostic') failures.push(event);
    if (event.type === 'task.end' && (event.outcome.status === 'unreachable' || event.outcome.status === 'failed') && event.outcome.ignored !== true)
      failures.push(event);
  };
  try {
    const options = await runOptions(
      { values: parsed.values, words: ['upgrade-look'] },
      [resolvePlaybook('upgrade-look')],
      { mode: 'run', forks: 50 },
      controller.signal,
    );
    const [{ run: execute }, { registry }] = await Promise.all([import('../execute/run.ts'), import('./registry.ts')]);
    const code = await execute({ ...options, emit }, registry);
    if (seen === undefined || code !== EXIT.done) await tell(failures);
  } finally {
    stop();
  }
  if (seen === undefined)
    throw inputError('upgrade-look', 'no registry could be looked at', { hint: 'name its inventory with -i; it has the groups db and quay' });
  return seen;
}

/** What went wrong, on standard error. */
async function tell(failures: readonly Event[]): Promise<void> {
  const { renderDiagnostics } = await import('../report/diagnostic.ts');
  for (const event of failures) {
    if (event.type === 'diagnostic') process.stderr.write(renderDiagnostics([event.diagnostic]));
    if (event.type === 'task.end' && 'error' in event.outcome) process.stderr.write(renderDiagnostics([event.outcome.error]));
  }
}

/** The tag of the Quay image a host runs; `undefined` when it runs none. */
export const runningOn = ({ containers }: SeenHost): string | undefined =>
  /:v?(\d+\.\d+\.\d+)/.exec(containers.find(([name]) => name === 'quay')?.[1] ?? '')?.[1];

/** The release that runs, or that an upgrade which was cut off came from. Throws where nodes run different ones. */
export function releaseOf(seen: Seen): string {
  if (unfinished(seen) && seen.record.from !== undefined) return seen.record.from;
  const nodes = seen.hosts.filter(({ node }) => node);
  const found = [...new Set(nodes.map(runningOn).filter((one) => one !== undefined))];
  if (found.length === 1) return found[0] as string;
  if (found.length === 0)
    throw inputError('upgrade-look', 'Quay runs on no node, so it cannot be told which release it is', { hint: 'start it first: systemctl start quay' });
  const each = nodes.map((one) => `${one.host} ${runningOn(one) ?? 'none'}`).join(', ');
  throw inputError('upgrade-look', `the nodes run different releases: ${each}`, { hint: 'qplay run upgrade -e upgrade_to=RELEASE brings them together' });
}
