import type { ModuleNames } from '../analyse/build.ts';
import type { Connection, ConnectOptions } from '../connect/connection.ts';
import type { Inventory } from '../inventory/index.ts';
import type { Jinja, LookupContext } from '../jinja/api.ts';
import type { Layer } from '../load/model.ts';
import type { Decrypt } from '../load/yaml.ts';
import type { AnyModule } from '../module/contract.ts';
import type { HostVars } from '../vars/host-vars.ts';
import type { Templar } from '../vars/templar.ts';
import type { Emit } from './emit.ts';
import type { Jobs } from './jobs.ts';
import type { RunOptions } from './options.ts';
import type { Secrets } from './secrets.ts';
import type { Tally } from './tally.ts';

/** Modules by name; loaded when first used. */
export interface ModuleRegistry extends ModuleNames {
  load(name: string): Promise<AnyModule>;
}

/** What lasts for a whole run. */
export interface RunState {
  readonly options: RunOptions;
  readonly modules: ModuleRegistry;
  /** Another one after `meta: refresh_inventory`. */
  readonly inventory: Inventory;
  /** Reads the sources of the inventory again. */
  refreshInventory(): void;
  readonly jinja: Jinja;
  readonly templar: Templar;
  readonly secrets: Secrets;
  readonly vault: Decrypt;
  /** `-e`. */
  readonly extra: Layer;
  readonly emit: Emit;
  /** Lookups where no task is at hand. */
  readonly lookups: LookupContext;
  readonly tally: Tally;
  readonly connections: ConnectionPool;
  /** What `async` tasks began. */
  readonly jobs: Jobs;
  /** Lets at most `--forks` hosts work at a time. */
  readonly forks: <T>(work: () => Promise<T>) => Promise<T>;
  /** Folder of the playbook that the current play stands in; of the first playbook before that. */
  playbookDir: string;
  host(name: string): HostVars;
  /** Tasks that stand before `--start-at-task`. */
  readonly passedOver: Set<number>;
  /** Hosts that failed in the last batch: out of every further play. */
  readonly failed: Set<string>;
  /** Hosts that were unreachable, and those of them that no `clear_host_errors` can bring back for more than a play. */
  readonly unreachable: Set<string>;
  readonly lost: Set<string>;
  /** How the last batch ended: the exit code of the run. */
  verdict: 'done' | 'failed' | 'unreachable';
  /** Whether hosts of this run would change or could not be known (check mode): later failures may be owed to that. */
  readonly clouded: Set<string>;
}

export interface ConnectionPool {
  get(options: ConnectOptions): Connection;
  closeAll(): Promise<void>;
}
