import { resolve } from 'node:path';
import type { Builder } from '../analyse/build.ts';
import type { PlayRoles } from '../analyse/roles.ts';
import type { LookupContext } from '../jinja/api.ts';
import type { LazyDict } from '../jinja/values.ts';
import type { Layer, Play, Role, RoleUse, Task } from '../load/model.ts';
import type { Data } from '../value.ts';
import type { HostVars } from '../vars/host-vars.ts';
import { MAGIC_NAMES, type MagicSource, magic, OwnVars } from '../vars/magic.ts';
import { LayeredScope } from '../vars/scope.ts';
import { connectionVars } from './connection-vars.ts';
import type { Cursor } from './cursor.ts';
import type { RunState } from './run-state.ts';
import type { VarsFiles } from './vars-files.ts';

/** One host in one play. */
export interface HostRun {
  readonly vars: HostVars;
  readonly name: string;
  /** Where it stands. */
  cursor: Cursor;
  /** Names of handlers and topics that wait for the next flush. */
  readonly notifications: Set<string>;
}

/** What lasts for one play, over one batch of its hosts. */
export interface PlayRun {
  readonly run: RunState;
  readonly play: Play;
  readonly roles: PlayRoles;
  readonly builder: Builder;
  readonly name: string;
  /** The strategy `debug`: the debugger comes for every task that fails. */
  readonly debugging: boolean;
  /** All hosts of the play, over all batches. */
  readonly all: readonly string[];
  readonly hosts: ReadonlyMap<string, HostRun>;
  /** Play variables, prompts and vars_files, lowest first. */
  readonly layers: readonly Layer[];
  /** Those of `vars_files` that depend on the host. */
  readonly lateFiles?: NonNullable<VarsFiles['ofHost']>;
  /** In the order they run; grows by roles that are included. */
  readonly handlers: Task[];
  /** What includes hand to the handlers that came with them. */
  readonly handed: Map<Task, Frame>;
  /** Hosts that a handler will run on with their next flush. */
  readonly notified: Map<Task, Set<string>>;
  /** Hosts that are not among `ansible_play_hosts` any more; one that is there twice must come back twice. */
  readonly removed: string[];
  /** Hosts that have done a task of a role, and those that have done with it, by its use. */
  readonly begun: Map<string, Set<string>>;
  readonly completed: Map<string, Set<string>>;
  /** No further batch of hosts is begun. */
  lastBatch: boolean;
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
    ...(task === undefined ? [] : [connectionVars(host, task, run.options)]),
    ...roles.map((role) => role.defaults),
    ...chain.map((role) => role.defaults),
    ...host.inventory,
    host.factLayer,
    ...playRun.layers,
    ...lateFiles(playRun, host, context),
    ...roles.map((role) => role.vars),
    ...chain.flatMap((role, index) => entryAndFile(role, index === chain.length - 1)),
    ...ownVars(task?.context.vars ?? [], frame, run.templar.merging),
    host.includedLayer,
    host.setLayer,
    ...(use?.params ? [use.params] : []),
    ...frame,
    run.extra,
  ];
  const source = magicSource(run, host, playRun, use, searchPath);
  const environment = (scope: LayeredScope): Data => (task?.context.environment ?? []).map((slot) => run.templar.slot(slot, scope, context));
  return new LayeredScope(layers, magic({ ...source, environment }), MAGIC_NAMES, run.templar, context);
}

/** `vars` of an entry stand over the files of its role for the role itself, and below them for those it depends on. */
function entryAndFile({ vars, entryVars }: Role, own: boolean): readonly Layer[] {
  if (entryVars === undefined) return [vars];
  return own ? [vars, entryVars] : [entryVars, vars];
}

/** Variables of blocks, includes and their task hide one another even where dicts of levels are joined. */
function ownVars(layers: readonly Layer[], frame: Frame, merging: boolean): readonly Layer[] {
  const last = layers.at(-1);
  if (!merging || last === undefined) return layers;
  const vars = new Map(layers.flatMap((layer) => [...layer.vars]));
  for (const layer of frame)
    if (layer.level === 'include params') for (const name of layer.vars.keys()) if (!last.vars.has(name) || last.level !== 'task vars') vars.delete(name);
  return [{ ...last, vars }];
}

function lateFiles({ lateFiles, layers, run }: PlayRun, host: HostVars, context: LookupContext): Layer[] {
  if (lateFiles === undefined) return [];
  const magicOf = magic(magicSource(run, host, undefined, undefined, []));
  return lateFiles((more) => new LayeredScope([...host.inventory, host.factLayer, ...layers, ...more, run.extra], magicOf, MAGIC_NAMES, run.templar, context));
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
    hostNames: () => [...inventory.hosts.keys()],
    facts: host.facts,
    check: options.mode !== 'run',
    diff: options.diff,
    verbosity: options.verbosity,
    forks: options.forks,
    playbookDir: run.playbookDir,
    inventoryDir: inventory.dirOf(host.name) ?? inventory.dir,
    inventoryFile: inventory.fileOf(host.name) ?? inventory.file,
    inventorySources: options.inventories.map((one) => (one.includes(',') ? one : resolve(one))),
    limit: options.limit,
    tags: options.tags.length > 0 ? options.tags : ['all'],
    skipTags: options.skipTags,
    play: playRun && playFacts(playRun),
    role,
    searchPath,
  };
}

const namesOf = (uses: readonly RoleUse[]): string[] => [...new Set(uses.map((use) => use.role.name))];

function playFacts(playRun: PlayRun): NonNullable<MagicSource['play']> {
  const alive = (names: readonly string[]): readonly string[] => names.filter((name) => !playRun.removed.includes(name));
  return {
    name: playRun.name,
    hosts: () => alive(playRun.all),
    batch: () => alive([...playRun.hosts.keys()]),
    all: () => playRun.all,
    roleNames: () => playRun.roles.all.filter((use) => !use.isDependency).map((use) => use.role.name),
    dependencyNames: () => namesOf(playRun.roles.all.filter((use) => use.isDependency)),
  };
}
