import type { Event } from '../report/event.ts';

/** Everything the command line may ask of a run; names follow ansible-playbook's flags. */
export interface RunOptions {
  /** Paths of playbooks, already resolved. */
  readonly playbooks: readonly string[];
  readonly mode: 'run' | 'check' | 'plan';
  readonly inventories: readonly string[];
  readonly limit?: string;
  /** `-e` values in order: `k=v` text, JSON or YAML text, or `@file`. */
  readonly extraVars: readonly string[];
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly forks: number;
  readonly diff: boolean;
  readonly verbosity: number;
  readonly user?: string;
  readonly connection?: string;
  readonly privateKey?: string;
  readonly timeout?: number;
  readonly sshCommonArgs?: string;
  /** Folders with modules of the user, before all others (`--module-path`). */
  readonly modulePath?: readonly string[];
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly becomeMethod?: string;
  readonly becomePassword?: string;
  readonly connectionPassword?: string;
  /** `label@source`, source a file, an executable or `prompt`. */
  readonly vaultIds: readonly string[];
  readonly startAtTask?: string;
  readonly forceHandlers?: boolean;
  readonly flushCache?: boolean;
  readonly list?: 'tasks' | 'tags' | 'hosts';
  readonly syntaxCheck?: boolean;
  /** Ask before each task (`--step`). */
  readonly step?: boolean;
  /** `--limit` may leave plays without hosts, as with Ansible; else it is a mistake when it leaves none at all. */
  readonly limitMayMiss?: boolean;
  /** Mistakes that Ansible meets only where a task runs are met there, in its words, and not before the run. */
  readonly lateMistakes?: boolean;
  /** An inventory without hosts needs no word: localhost is all that is meant. */
  readonly quietLocalhost?: boolean;
  /** Whether events carry what `register` would store, as Ansible's text shows it. */
  readonly values?: boolean;
  /** The playbooks as the command line names them, for listings; their paths when absent. */
  readonly named?: readonly string[];
  readonly emit: (event: Event) => void;
  /** Asks the person at the terminal; rejects when there is none. */
  readonly ask: (prompt: string, secret: boolean) => Promise<string>;
  readonly signal: AbortSignal;
}
