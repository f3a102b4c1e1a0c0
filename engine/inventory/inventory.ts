import { type At, type Diagnostic, inputError } from '../error.ts';
import type { Layer } from '../load/model.ts';
import { type Data, type Dict, toPlain } from '../value.ts';
import { Group, Host, inOrder } from './model.ts';
import { type Order, ordered } from './order.ts';
import { evaluate, type Matched, type PatternWorld, readLimit, splitPattern } from './pattern.ts';
import type { VarsFiles } from './vars-files.ts';

/** Names that mean this machine even when no source names them. */
export const LOCALHOST: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/** Names of precedence levels, as Ansible's documentation has them. */
export const LEVEL = {
  groupInventory: 'inventory file or script group vars',
  allInventoryFiles: 'inventory group_vars/all',
  allPlaybookFiles: 'playbook group_vars/all',
  groupInventoryFiles: 'inventory group_vars/*',
  groupPlaybookFiles: 'playbook group_vars/*',
  hostInventory: 'inventory file or script host vars',
  hostInventoryFiles: 'inventory host_vars/*',
  hostPlaybookFiles: 'playbook host_vars/*',
} as const;

export interface SelectOptions {
  /** Where the pattern stands, for warnings. */
  readonly at?: At | undefined;
  /** Hosts outside `--limit` count too. */
  readonly ignoreLimit?: boolean;
  readonly order?: Order;
}

/** Hosts and groups of a run, and the variables that go with them. */
export class Inventory implements PatternWorld {
  readonly hosts = new Map<string, Host>();
  readonly groups = new Map<string, Group>();
  /** Sources as the user gave them, paths made absolute. */
  readonly sources: readonly string[];
  /** Whether dicts of several levels are joined (`hash_behaviour = merge`). */
  readonly merging: boolean;
  readonly #files: VarsFiles;
  readonly #report: (diagnostic: Diagnostic) => void;
  readonly #all: Group;
  readonly #ungrouped: Group;
  #implicit: Host | undefined;
  #limit: ReadonlySet<string> | undefined;
  // what follows is worked out when asked for, and forgotten when hosts or groups change
  readonly #matches = new Map<string, Matched>();
  readonly #groupHosts = new Map<Group, readonly Host[]>();
  readonly #groupsByMembership = new Map<string, readonly Group[]>();
  #groupsDict: Dict | undefined;
  /** Layers of hosts, and of groups by membership, for the folder of a playbook they were asked for last. */
  readonly #layers = new Map<string, readonly Layer[]>();
  readonly #groupLayers = new Map<string, GroupLayers>();
  #layersFor: string | undefined;
  /** What the run has added: done again when the sources are read again. */
  readonly #added: ((inventory: Inventory) => void)[] = [];
  /** Nothing is remembered yet. */
  #fresh = true;

  constructor(sources: readonly string[], files: VarsFiles, report: (diagnostic: Diagnostic) => void, merging = false) {
    this.sources = sources;
    this.merging = merging;
    this.#files = files;
    this.#report = report;
    this.#all = this.addGroup('all');
    this.#ungrouped = this.addGroup('ungrouped');
    this.addChild(this.#all, this.#ungrouped);
  }

  // --- asking ---

  /** Whether a name is a host, the implicit localhost included. */
  knows(name: string): boolean {
    return this.hosts.has(name) || LOCALHOST.has(name);
  }

  /** A host by name. A localhost that no source names is made when asked for: it is reached without a connection. */
  host(name: string): Host | undefined {
    const host = this.hosts.get(name);
    if (host || !LOCALHOST.has(name)) return host;
    if (!this.#implicit) {
      // as in Ansible, a local name that a source has stands for all of them
      const named = [...LOCALHOST].map((one) => this.hosts.get(one)).find((one) => one !== undefined);
      if (named) return named;
      this.#implicit = new Host(name, undefined, undefined, true);
      this.#implicit.layers.push({ level: LEVEL.hostInventory, from: 'implicit localhost', vars: new Map<Data, Data>([['ansible_connection', 'local']]) });
    }
    return this.#implicit;
  }

  /** Names of all hosts, in the order of the inventory. */
  hostNames(): readonly string[] {
    return this.hostsOf(this.#all).map((host) => host.name);
  }

  /** `group_names` of a host: its groups and those above them but `all`, sorted. */
  groupNames(name: string): readonly string[] {
    const host = this.host(name);
    return host
      ? this.groupsOf(host)
          .filter((group) => group !== this.#all)
          .map((group) => group.name)
          .sort()
      : [];
  }

  /** The magic variable `groups`: names of groups to names of hosts. Not to be changed. */
  groupsDict(): Dict {
    this.#fresh = false;
    this.#groupsDict ??= new Map<Data, Data>([...this.groups.values()].map((group) => [group.name, this.hostsOf(group).map((host) => host.name)]));
    return this.#groupsDict;
  }

  /** File that named the host first; without a name, the first source that is a file. */
  fileOf(name?: string): string | null {
    return (name === undefined ? undefined : this.hosts.get(name)?.file) ?? (name === undefined ? (this.#first()?.file ?? null) : null);
  }

  /** Folder of that file. */
  dirOf(name?: string): string | null {
    return (name === undefined ? undefined : this.hosts.get(name)?.dir) ?? (name === undefined ? (this.#first()?.dir ?? null) : null);
  }

  get file(): string | null {
    return this.fileOf();
  }

  get dir(): string | null {
    return this.dirOf();
  }

  #first(): Host | undefined {
    return this.hosts.values().next().value;
  }

  /** Hosts of a group and of all groups below it, each once. */
  hostsOf(group: Group): readonly Host[] {
    this.#fresh = false;
    let hosts = this.#groupHosts.get(group);
    if (!hosts) {
      const found = new Set(group.hosts);
      for (const below of group.descendants()) for (const host of below.hosts) found.add(host);
      hosts = [...found];
      this.#groupHosts.set(group, hosts);
    }
    return hosts;
  }

  /** Groups of a host and all groups above them, in the order their variables apply. */
  groupsOf(host: Host): readonly Group[] {
    this.#fresh = false;
    const membership = membershipOf(host);
    let groups = this.#groupsByMembership.get(membership);
    if (!groups) {
      const found = new Set<Group>();
      for (const group of host.groups) {
        found.add(group);
        for (const above of group.ancestors()) found.add(above);
      }
      groups = inOrder(found);
      this.#groupsByMembership.set(membership, groups);
    }
    return groups;
  }

  // --- variables ---

  /**
   * Variables the inventory and the files beside it and beside the playbook have for a host, lowest precedence first.
   * Each layer is one file or one entry; the maps are those that were read, so `positionOf` knows every value.
   * @param playbookDir folder of the playbook, for its group_vars and host_vars
   */
  groupVarsInOrder(name: string, playbookDir?: string): readonly Layer[] {
    this.#rememberFor(playbookDir);
    let layers = this.#layers.get(name);
    if (!layers) {
      const host = this.host(name);
      layers = host ? [...this.layersOfGroups(host, playbookDir), ...this.layersOfHost(host, playbookDir)] : [];
      this.#layers.set(name, layers);
    }
    return layers;
  }

  /** What the groups of a host say of it, lowest precedence first: one and the same list for hosts of the same groups. */
  layersOfGroups(host: Host, playbookDir?: string): GroupLayers {
    this.#rememberFor(playbookDir);
    const membership = membershipOf(host);
    let layers = this.#groupLayers.get(membership);
    if (!layers) {
      const files = this.#files;
      const groups = this.groupsOf(host).filter((group) => group !== this.#all);
      const names = groups.map((group) => group.name);
      const beside = files.isInventoryFolder(playbookDir) ? undefined : playbookDir;
      layers = [
        ...this.#all.layers,
        ...groups.flatMap((group) => group.layers),
        ...files.ofInventory('group_vars', ['all'], LEVEL.allInventoryFiles),
        ...files.ofPlaybook(beside, 'group_vars', ['all'], LEVEL.allPlaybookFiles),
        ...files.ofInventory('group_vars', names, LEVEL.groupInventoryFiles),
        ...files.ofPlaybook(beside, 'group_vars', names, LEVEL.groupPlaybookFiles),
      ];
      this.#groupLayers.set(membership, layers);
    }
    return layers;
  }

  #rememberFor(playbookDir: string | undefined): void {
    this.#fresh = false;
    if (this.#layersFor === playbookDir) return;
    this.#layers.clear();
    this.#groupLayers.clear();
    this.#layersFor = playbookDir;
  }

  /**
   * Variables of a host while sources are still being read: groups are below `all` only where a source says so.
   * @param files those of group_vars and host_vars, too
   */
  layersSoFar(host: Host, files: boolean): Layer[] {
    const groups = this.groupsOf(host);
    const names = groups.map((group) => group.name);
    return [
      ...groups.flatMap((group) => group.layers),
      ...(files ? this.#files.ofInventory('group_vars', names, LEVEL.groupInventoryFiles) : []),
      ...host.layers,
      ...(files ? this.#files.ofInventory('host_vars', [host.name], LEVEL.hostInventoryFiles) : []),
    ];
  }

  /** Variables of a host alone: its own in the sources, and files named after it. */
  layersOfHost(host: Host, playbookDir?: string): Layer[] {
    const beside = this.#files.isInventoryFolder(playbookDir) ? undefined : playbookDir;
    return [
      ...host.layers,
      ...this.#files.ofInventory('host_vars', [host.name], LEVEL.hostInventoryFiles),
      ...this.#files.ofPlaybook(beside, 'host_vars', [host.name], LEVEL.hostPlaybookFiles),
    ];
  }

  /** Variables of a group: its own in the sources, and files named after it. */
  layersOfGroup(group: Group, playbookDir?: string): Layer[] {
    const beside = this.#files.isInventoryFolder(playbookDir) ? undefined : playbookDir;
    return [
      ...group.layers,
      ...this.#files.ofInventory('group_vars', [group.name], LEVEL.groupInventoryFiles),
      ...this.#files.ofPlaybook(beside, 'group_vars', [group.name], LEVEL.groupPlaybookFiles),
    ];
  }

  // --- patterns ---

  /**
   * Names of the hosts that a pattern means, within `--limit`. A part that matches nothing is a warning.
   * @throws QplayError `pattern` for a subscript or regular expression that is none
   */
  select(pattern: string | readonly string[], options: SelectOptions = {}): string[] {
    const patterns = splitPattern(pattern);
    const hosts = evaluate(patterns, this, (diagnostic) => this.#report(options.at && !diagnostic.at ? { ...diagnostic, at: options.at } : diagnostic));
    const limit = options.ignoreLimit ? undefined : this.#limit;
    const names = hosts.map((host) => host.name).filter((name) => limit === undefined || limit.has(name));
    return ordered(names, options.order ?? 'inventory');
  }

  /**
   * From now on only hosts that the pattern means are selected (`--limit`; `@file` reads patterns from a file).
   * @param mayBeEmpty no host at all is no mistake
   * @throws QplayError `limit` when it means no host at all
   */
  limitTo(limit: string, mayBeEmpty = false): void {
    const hosts = evaluate(readLimit(limit), this, this.#report);
    if (hosts.length === 0 && !mayBeEmpty)
      throw inputError('limit', `--limit ${limit} matches no host of the inventory.`, {
        says: 'Specified inventory, host pattern and/or --limit leaves us with no hosts to target.',
        hint: `See what there is: qplay inventory --graph${this.sources.map((one) => ` -i ${one}`).join('')}`,
      });
    this.#limit = new Set(hosts.map((host) => host.name));
  }

  /** What one pattern matched before; see `pattern.ts`. */
  remembered(pattern: string): Matched | undefined {
    return this.#matches.get(pattern);
  }

  remember(pattern: string, matched: Matched): void {
    this.#fresh = false;
    this.#matches.set(pattern, matched);
  }

  // --- building ---

  /** The group of that name, made when there is none. */
  addGroup(name: string): Group {
    let group = this.groups.get(name);
    if (!group) {
      group = new Group(name);
      this.groups.set(name, group);
      this.#changed();
    }
    return group;
  }

  /** The host of that name, made when there is none, as a member of the group. */
  addHost(name: string, group?: Group, from: { file?: string; dir?: string } = {}): { host: Host; isNew: boolean } {
    const known = this.hosts.get(name);
    const host = known ?? new Host(name, from.file, from.dir);
    if (!known) this.hosts.set(name, host);
    if (group && !group.hosts.has(host)) {
      group.hosts.add(host);
      host.groups.add(group);
    }
    this.#changed();
    return { host, isNew: !known };
  }

  /**
   * Puts a group below another.
   * @throws QplayError `inventory` for a circle; without a place
   */
  addChild(parent: Group, child: Group): void {
    if (parent.children.includes(child)) return;
    if (parent === child) throw inputError('inventory', `The group "${parent.name}" cannot be its own child.`);
    if (parent.ancestors().has(child))
      throw inputError('inventory', `The group "${child.name}" cannot be a child of "${parent.name}", which is below it already.`);
    parent.children.push(child);
    child.parents.push(parent);
    deepen(child, parent.depth + 1);
    this.#changed();
  }

  /** What holds when all is read: every group is below `all`, and hosts without a group of their own are in `ungrouped`. */
  settle(): void {
    for (const group of this.groups.values()) if (group !== this.#all && group.parents.length === 0) this.addChild(this.#all, group);
    for (const host of this.hosts.values()) {
      let own = false;
      for (const group of host.groups) own ||= group !== this.#all && group !== this.#ungrouped;
      if (own && host.groups.delete(this.#ungrouped)) this.#ungrouped.hosts.delete(host);
      else if (!own && !host.groups.has(this.#ungrouped)) {
        host.groups.add(this.#ungrouped);
        this.#ungrouped.hosts.add(host);
      }
    }
    this.#changed();
  }

  /**
   * `add_host`: a host for the rest of the run.
   * @returns whether anything is new
   */
  addDynamicHost(name: string, groups: readonly string[], vars: Dict): boolean {
    this.#added.push((other) => other.addDynamicHost(name, groups, vars));
    const { host, isNew } = this.addHost(name, this.hosts.has(name) ? undefined : this.#all);
    let changed = isNew;
    const old = new Map(host.layers.flatMap((layer) => [...layer.vars]));
    if ([...vars].some(([key, value]) => !old.has(key) || JSON.stringify(toPlain(old.get(key) as Data)) !== JSON.stringify(toPlain(value)))) {
      host.layers.push({ level: LEVEL.hostInventory, from: 'add_host', vars });
      changed = true;
    }
    for (const group of groups) {
      changed = !this.groups.has(group) || changed;
      changed = this.#join(host, this.addGroup(group)) || changed;
    }
    this.settle();
    return changed;
  }

  /** `group_by`: makes a host a member of a group, which is made when there is none. */
  addToGroup(name: string, groupName: string, parents: readonly string[] = []): boolean {
    const host = this.host(name);
    if (!host) return false;
    this.#added.push((other) => other.addToGroup(name, groupName, parents));
    const isNew = !this.groups.has(groupName);
    const group = this.addGroup(groupName);
    for (const parent of parents) this.addChild(this.addGroup(parent), group);
    const joined = this.#join(host, group);
    this.settle();
    return isNew || joined;
  }

  /** Gives another inventory what `add_host` and `group_by` have given this one. */
  addTo(other: Inventory): void {
    for (const add of this.#added) add(other);
  }

  #join(host: Host, group: Group): boolean {
    if (group.hosts.has(host)) return false;
    group.hosts.add(host);
    host.groups.add(group);
    return true;
  }

  #changed(): void {
    if (this.#fresh) return;
    this.#fresh = true;
    this.#matches.clear();
    this.#groupHosts.clear();
    this.#groupsByMembership.clear();
    this.#layers.clear();
    this.#groupLayers.clear();
    this.#groupsDict = undefined;
  }
}

/** What the groups of a host say. */
export type GroupLayers = readonly Layer[];

function membershipOf(host: Host): string {
  let text = '';
  for (const group of host.groups) text += `${group.name}\n`;
  return text;
}

function deepen(group: Group, depth: number): void {
  if (depth <= group.depth) return;
  group.depth = depth;
  for (const child of group.children) deepen(child, depth + 1);
}
