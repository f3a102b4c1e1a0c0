import { didYouMean } from '../error.ts';
import { LazyDict } from '../jinja/values.ts';
import type { RoleUse } from '../load/model.ts';
import { type Data, type Dict, fromPlain } from '../value.ts';
import { ANSIBLE_VERSION } from '../version.ts';
import type { LayeredScope } from './scope.ts';

/** Process-wide: what `default(omit)` leaves behind, recognised when arguments are put together. */
export const OMIT = `__omit_place_holder__${Math.random().toString(36).slice(2)}${Date.now().toString(36)}`;

/** What magic variables of one host in one play are made of. All read when asked for. */
export interface MagicSource {
  readonly host: string;
  groupNames(host: string): readonly string[];
  groups(): Dict;
  /** Variables of any host, without those of a task. */
  hostVars(host: string): LazyDict | undefined;
  hostNames(): readonly string[];
  readonly facts: Dict;
  readonly check: boolean;
  readonly diff: boolean;
  readonly verbosity: number;
  readonly forks: number;
  readonly playbookDir: string;
  readonly inventoryDir: string | null;
  readonly inventoryFile: string | null;
  readonly inventorySources: readonly string[];
  readonly limit: string | undefined;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly play:
    | {
        readonly name: string;
        hosts(): readonly string[];
        batch(): readonly string[];
        all(): readonly string[];
        /** Roles that stand in the play or were included, and those they depend on. */
        roleNames(): readonly string[];
        dependencyNames(): readonly string[];
      }
    | undefined;
  readonly role: RoleUse | undefined;
  readonly searchPath: readonly string[];
  /** The keyword of the task and of what is around it, outermost first. */
  environment?(scope: LayeredScope): Data;
}

type Maker = (source: MagicSource, scope: LayeredScope) => Data | undefined;

const list = (values: readonly string[]): Data => [...values];

const MAGIC: Readonly<Record<string, Maker>> = {
  inventory_hostname: (s) => s.host,
  inventory_hostname_short: (s) => s.host.split('.')[0] ?? s.host,
  group_names: (s) => list(s.groupNames(s.host)),
  groups: (s) => s.groups(),
  hostvars: (s) => new AllHostVars(s),
  omit: () => OMIT,
  environment: (s, scope) => s.environment?.(scope),
  vars: (_, scope) => new OwnVars(scope),
  ansible_facts: (s) => s.facts,
  ansible_check_mode: (s) => s.check,
  ansible_diff_mode: (s) => s.diff,
  ansible_verbosity: (s) => s.verbosity,
  ansible_forks: (s) => s.forks,
  ansible_version: () => VERSION,
  ansible_playbook_python: () => process.execPath,
  ansible_config_file: () => null,
  playbook_dir: (s) => s.playbookDir,
  inventory_dir: (s) => s.inventoryDir,
  inventory_file: (s) => s.inventoryFile,
  ansible_inventory_sources: (s) => list(s.inventorySources),
  ansible_limit: (s) => s.limit,
  ansible_run_tags: (s) => list(s.tags),
  ansible_skip_tags: (s) => list(s.skipTags),
  ansible_search_path: (s) => list(s.searchPath),
  ansible_play_name: (s) => s.play?.name,
  ansible_play_hosts: (s) => s.play && list(s.play.hosts()),
  play_hosts: (s) => s.play && list(s.play.batch()),
  ansible_play_batch: (s) => s.play && list(s.play.batch()),
  ansible_play_hosts_all: (s) => s.play && list(s.play.all()),
  ansible_play_role_names: (s) => s.play && list(s.play.roleNames()),
  role_names: (s) => s.play && list(s.play.roleNames()),
  ansible_role_names: (s) => s.play && list([...new Set([...s.play.dependencyNames(), ...s.play.roleNames()])]),
  ansible_dependent_role_names: (s) => s.play && list(s.play.dependencyNames()),
  role_name: (s) => s.role?.role.shortName,
  ansible_collection_name: (s) => s.role?.role.collection,
  ansible_role_name: (s) => s.role?.role.name,
  role_path: (s) => s.role?.role.path,
  ansible_parent_role_names: (s) => (s.role && s.role.parents.length > 0 ? list(s.role.parents.map((role) => role.name)) : undefined),
  ansible_parent_role_paths: (s) => (s.role && s.role.parents.length > 0 ? list(s.role.parents.map((role) => role.path)) : undefined),
};

/** The language we speak: roles ask for it with `ansible_version.full is version(...)`. */
const VERSION = fromPlain({ full: ANSIBLE_VERSION, major: 2, minor: 18, revision: 0, string: ANSIBLE_VERSION });

export const MAGIC_NAMES: readonly string[] = Object.keys(MAGIC);

export const magic =
  (source: MagicSource) =>
  (name: string, scope: LayeredScope): Data | undefined =>
    Object.hasOwn(MAGIC, name) ? (MAGIC[name] as Maker)(source, scope) : undefined;

/** Names that mean this machine: `hostvars` has a localhost even where the inventory has none. */
const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

class AllHostVars extends LazyDict {
  readonly #source: MagicSource;
  constructor(source: MagicSource) {
    super();
    this.#source = source;
  }
  get(key: Data): Data | undefined {
    return typeof key === 'string' ? this.#source.hostVars(key) : undefined;
  }
  has(key: Data): boolean {
    return this.get(key) !== undefined;
  }
  names(): Data[] {
    const names = this.#source.hostNames();
    return names.some((name) => LOCAL.has(name)) ? [...names] : [...names, 'localhost'];
  }
  override missing(key: Data): string {
    return `"hostvars['${String(key)}']" is undefined${hinted(didYouMean(String(key), this.#source.hostNames()))}`;
  }
}

const hinted = (hint: string): string => (hint === '' ? '' : `.${hint}`);

const NOT_THERE: ReadonlySet<string> = new Set(['vars', 'hostvars']);

/** The variables of a scope as a dict: `vars`, and a member of `hostvars`. */
export class OwnVars extends LazyDict {
  readonly #scope: LayeredScope;
  constructor(scope: LayeredScope) {
    super();
    this.#scope = scope;
  }
  get(key: Data): Data | undefined {
    return typeof key === 'string' && !NOT_THERE.has(key) ? this.#scope.get(key) : undefined;
  }
  has(key: Data): boolean {
    return this.get(key) !== undefined;
  }
  names(): Data[] {
    return [...this.#scope.names()].filter((name) => !NOT_THERE.has(name));
  }
}
