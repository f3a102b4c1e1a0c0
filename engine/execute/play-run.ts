import type { Builder } from '../analyse/build.ts';
import type { PlayRoles } from '../analyse/roles.ts';
import type { LookupContext } from '../jinja/api.ts';
import type { LazyDict } from '../jinja/values.ts';
import type { Layer, Play, RoleUse, Task } from '../load/model.ts';
import type { HostVars } from '../vars/host-vars.ts';
import { MAGIC_NAMES, type MagicSource, magic, OwnVars } from '../vars/magic.ts';
import { LayeredScope } from '../vars/scope.ts';
import type { Steps } from './linear.ts';
import type { RunState } from './run-state.ts';

/** One host in one play. */
export interface HostRun {
  readonly vars: HostVars;
  readonly name: string;
  /** Handlers waiting for the next flush. */
  readonly notified: Set<Task>;
  /** `running`, or why it does nothing more in this play. */
  state: 'running' | 'failed' | 'unreachable' | 'ended';
  /** Roles whose `end_role` was met. */
  readonly endedRoles: Set<RoleUse>;
}

/** What lasts for one play, over one batch of its hosts. */
export interface PlayRun {
  readonly run: RunState;
  readonly play: Play;
  readonly roles: PlayRoles;
  readonly builder: Builder;
  readonly name: string;
  /** All hosts of the play, over all batches. */
  readonly all: readonly string[];
  readonly hosts: ReadonlyMap<string, HostRun>;
  readonly steps: Steps;
  /** Play variables, prompts and vars_files, lowest first. */
  readonly layers: readonly Layer[];
  /** In the order they run; grows by roles that are included. */
  readonly handlers: Task[];
  /** Set by `meta: end_play` and its like. */
  over: boolean;
  /** No further batch of hosts is begun. */
  lastBatch: boolean;
  /** A host failed a task that says `any_errors_fatal`. */
  fatal: boolean;
}

/** Variables handed to what an include brings (`include params`), outermost first. */
export type Frame = readonly Layer[];

/** The variables one task of one host sees. */
export function taskScope(
  playRun: PlayRun,
  host: HostVars,
  task: Task | undefined,
  frame: Frame,
  context: LookupContext,
  searchPath: readonly string[],
): LayeredScope {
  const { run } = playRun;
  const use = task?.context.role;
  const roles = playRun.roles.uses.map((one) => one.role);
  const chain = use?.chain ?? [];
  const layers: Layer[] = [
    ...roles.map((role) => role.defaults),
    ...chain.map((role) => role.defaults),
    ...host.inventory,
    host.factLayer,
    ...playRun.layers,
    ...roles.map((role) => role.vars),
    ...chain.map((role) => role.vars),
    ...(task?.context.vars ?? []),
    host.includedLayer,
    host.setLayer,
    ...(use?.params ? [use.params] : []),
    ...frame,
    run.extra,
  ];
  return new LayeredScope(layers, magic(magicSource(run, host, playRun, use, searchPath)), MAGIC_NAMES, run.templar, context);
}

/** What `hostvars[host]` sees: no play, role or task. */
export function hostScope(run: RunState, host: HostVars, context: LookupContext): LayeredScope {
  const layers: Layer[] = [...host.inventory, host.factLayer, host.includedLayer, host.setLayer, run.extra];
  return new LayeredScope(layers, magic(magicSource(run, host, undefined, undefined, [])), MAGIC_NAMES, run.templar, context);
}

function magicSource(run: RunState, host: HostVars, playRun: PlayRun | undefined, role: RoleUse | undefined, searchPath: readonly string[]): MagicSource {
  const { options, inventory } = run;
  return {
    host: host.name,
    groupNames: (name) => inventory.groupNames(name),
    groups: () => inventory.groupsDict(),
    hostVars: (name): LazyDict | undefined => (inventory.knows(name) ? new OwnVars(hostScope(run, run.host(name), run.lookups)) : undefined),
    hostNames: () => inventory.hostNames(),
    facts: host.facts,
    check: options.mode !== 'run',
    diff: options.diff,
    verbosity: options.verbosity,
    forks: options.forks,
    playbookDir: run.playbookDir,
    inventoryDir: inventory.dirOf(host.name) ?? inventory.dir,
    inventoryFile: inventory.fileOf(host.name) ?? inventory.file,
    inventorySources: options.inventories,
    limit: options.limit,
    tags: options.tags.length > 0 ? options.tags : ['all'],
    skipTags: options.skipTags,
    play: playRun && playFacts(playRun),
    role,
    searchPath,
  };
}

function playFacts(playRun: PlayRun): NonNullable<MagicSource['play']> {
  const alive = (names: readonly string[]): readonly string[] => names.filter((name) => !playRun.run.gone.has(name) && !lost(playRun.hosts.get(name)));
  return {
    name: playRun.name,
    hosts: () => alive(playRun.all),
    batch: () => alive([...playRun.hosts.keys()]),
    all: () => playRun.all,
    roleNames: () => [...new Set(playRun.roles.uses.map((use) => use.role.name))],
  };
}

const lost = (host: HostRun | undefined): boolean => host?.state === 'failed' || host?.state === 'unreachable';
