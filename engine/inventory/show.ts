import { didYouMean, inputError } from '../error.ts';
import { toText } from '../jinja/python/text.ts';
import { isUnsafe } from '../load/positions.ts';
import { type Data, type Dict, isDict, Tuple } from '../value.ts';
import { mergeDicts } from '../vars/merge.ts';
import { HostTexts, HostVars, isPlain } from './host-text.ts';
import type { GroupLayers, Inventory } from './inventory.ts';
import type { Group, Host } from './model.ts';
import { Late, type Shown, type ShownDict, UnsafeText } from './show-text.ts';

export interface ShowOptions {
  /** Variables at the groups and hosts that have them, rather than all of them at each host. */
  readonly export?: boolean;
  /** Folder whose group_vars and host_vars count for hosts. */
  readonly playbookDir?: string;
  /** The same for what is shown of groups, and of hosts on export: `--playbook-dir` itself. */
  readonly baseDir?: string | undefined;
  /** `-e`: they win, at every host. */
  readonly extraVars?: Dict | undefined;
}

/** Variables that only a run has a use for. */
const INTERNAL: ReadonlySet<Data> = new Set([
  'ansible_async_path',
  'ansible_collection_name',
  'ansible_config_file',
  'ansible_dependent_role_names',
  'ansible_diff_mode',
  'ansible_facts',
  'ansible_forks',
  'ansible_inventory_sources',
  'ansible_limit',
  'ansible_play_batch',
  'ansible_play_hosts',
  'ansible_play_hosts_all',
  'ansible_play_role_names',
  'ansible_playbook_python',
  'ansible_role_name',
  'ansible_role_names',
  'ansible_run_tags',
  'ansible_skip_tags',
  'ansible_verbosity',
  'ansible_version',
  'group_names',
  'groups',
  'hostvars',
  'inventory_dir',
  'inventory_file',
  'inventory_hostname',
  'inventory_hostname_short',
  'omit',
  'play_hosts',
  'playbook_dir',
  'role_name',
  'role_names',
  'role_path',
  'role_uuid',
]);

const NO_HOST = 'You must pass a single valid host to --host parameter';
const NO_GROUP = 'Pattern must be valid group name when using --graph';

/** `ansible-inventory --host`: the variables of one host, untemplated. */
export function hostVariables(inventory: Inventory, name: string, options: ShowOptions = {}): ShownDict {
  const host = inventory.host(name);
  if (!host) throw inputError('inventory', `There is no host "${name}".${didYouMean(name, inventory.hosts.keys())}`, { says: NO_HOST });
  return variablesOf(inventory, host, options);
}

function variablesOf(inventory: Inventory, host: Host, options: ShowOptions): ShownDict {
  const own = inventory.layersOfHost(host, options.export ? options.baseDir : options.playbookDir).map((layer) => layer.vars as Dict);
  if (options.extraVars && !options.export) own.push(options.extraVars);
  const ofGroups = options.export ? [] : inventory.layersOfGroups(host, options.playbookDir);
  const vars = inventory.merging
    ? merged([...ofGroups.map((layer) => layer.vars as Dict), ...own], true)
    : overlaid(ofGroups.length === 0 ? new Map() : new Map(groupPart(ofGroups)), own);
  for (const key of vars.keys()) if (INTERNAL.has(key)) vars.delete(key);
  return vars;
}

function variablesOfGroup(inventory: Inventory, group: Group, options: ShowOptions): ShownDict {
  const vars = merged(
    inventory.layersOfGroup(group, options.baseDir).map((layer) => layer.vars as Dict),
    inventory.merging,
  );
  if (group.priority !== 1) vars.set('ansible_group_priority', group.priority);
  return vars;
}

function merged(layers: readonly Dict[], merging: boolean): ShownDict {
  return merging ? new Map(marked(layers.reduce(mergeDicts, new Map()))) : overlaid(new Map(), layers);
}

function overlaid(vars: ShownDict, layers: readonly Dict[]): ShownDict {
  for (const layer of layers) for (const [key, value] of marked(layer)) vars.set(key, value);
  return vars;
}

const groupParts = new WeakMap<GroupLayers, ShownDict>();

/** What all hosts of the same groups have in common. */
function groupPart(layers: GroupLayers): ShownDict {
  const known = groupParts.get(layers);
  if (known) return known;
  const made = merged(
    layers.map((layer) => layer.vars as Dict),
    false,
  );
  groupParts.set(layers, made);
  return made;
}

const knownDicts = new WeakMap<Dict, ShownDict>();
const knownLists = new WeakMap<Data[], Shown[]>();

/** The same dict with marks on text that is `!unsafe`; itself when nothing in it is marked. Worked out once. */
function marked(dict: Dict): ShownDict {
  if (isPlain(dict)) return dict;
  let shown = knownDicts.get(dict);
  if (shown) return shown;
  shown = new Map<Data, Shown>();
  let same = true;
  for (const [key, value] of dict) {
    const one = mark(value, dict, key);
    same &&= one === value;
    shown.set(key, one);
  }
  if (same) shown = dict;
  knownDicts.set(dict, shown);
  return shown;
}

function markedList(list: Data[]): Shown[] {
  let shown = knownLists.get(list);
  if (shown) return shown;
  shown = list.map((value, index) => mark(value, list, index));
  if (shown.every((one, index) => one === list[index])) shown = list;
  knownLists.set(list, shown);
  return shown;
}

function mark(value: Data, holder: Dict | Data[], key: Data): Shown {
  if (typeof value === 'string') return isUnsafe(holder, key) ? new UnsafeText(value) : value;
  if (Array.isArray(value)) return markedList(value);
  return isDict(value) ? marked(value) : value;
}

/** `ansible-inventory --list`: groups with their hosts and children, and `_meta.hostvars`. Within `--limit`. */
export function listInventory(inventory: Inventory, options: ShowOptions = {}): ShownDict {
  const result: ShownDict = new Map();
  const available = inventory.select('all');
  const within = new Set(available);
  const seen = new Set<Group>();
  const visit = (group: Group): void => {
    seen.add(group);
    const entry: ShownDict = new Map();
    const hosts = group.name === 'all' ? [] : [...group.hosts].map((host) => host.name).filter((name) => within.has(name));
    if (hosts.length > 0) entry.set('hosts', hosts);
    if (group.children.length > 0)
      entry.set(
        'children',
        group.children.map((child) => child.name),
      );
    const vars = options.export ? variablesOfGroup(inventory, group, options) : undefined;
    if (vars && vars.size > 0) entry.set('vars', vars);
    if (entry.size > 0) result.set(group.name, entry);
    for (const child of group.children) if (!seen.has(child)) visit(child);
  };
  visit(inventory.addGroup('all'));
  const hostvars: ShownDict = new Map();
  const texts = new HostTexts(inventory, options, (host) => variablesOf(inventory, host, options));
  for (const name of available) hostvars.set(name, new HostVars(texts, inventory.host(name) as Host));
  result.set('_meta', new Map([['hostvars', hostvars]]));
  return result;
}

/** `ansible-inventory --list --yaml`: an inventory in YAML, variables where a host is named first. Within `--limit`. */
export function nestedInventory(inventory: Inventory, options: ShowOptions = {}): ShownDict {
  const within = new Set(inventory.select('all'));
  const [groups, hosts] = [new Set<Group>(), new Set<Host>()];
  const visit = (group: Group): [string, ShownDict][] => {
    const children: ShownDict = new Map();
    for (const child of group.children) {
      const entries: [string, ShownDict][] = groups.has(child) ? [[child.name, new Map()]] : visit(child);
      for (const [name, entry] of entries) children.set(name, entry);
      groups.add(child);
    }
    const members: ShownDict = new Map();
    for (const host of group.name === 'all' ? [] : group.hosts) {
      if (!within.has(host.name)) continue;
      members.set(host.name, hosts.has(host) ? new Map() : variablesOf(inventory, host, options));
      hosts.add(host);
    }
    const vars: ShownDict = options.export ? variablesOfGroup(inventory, group, options) : new Map();
    const parts: [string, ShownDict][] = [
      ['children', children],
      ['hosts', members],
      ['vars', vars],
    ];
    const entry: ShownDict = new Map(parts.filter(([, part]) => part.size > 0));
    return entry.size > 0 ? [[group.name, entry]] : [];
  };
  return new Map(visit(inventory.addGroup('all')));
}

/** `ansible-inventory --graph`: the tree of groups and hosts below a group. */
export function graphInventory(inventory: Inventory, from = 'all', options: ShowOptions & { readonly vars?: boolean } = {}): string {
  const start = inventory.groups.get(from);
  if (!start) throw inputError('inventory', `There is no group "${from}".${didYouMean(from, inventory.groups.keys())}`, { says: NO_GROUP });
  const lines: string[] = [];
  const say = (text: string, depth: number): void => void lines.push(depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`);
  const sayVars = (vars: ShownDict, depth: number): void => {
    for (const key of [...vars.keys()].map(String).sort()) say(`{${key} = ${shownText(vars.get(key) ?? null)}}`, depth);
  };
  const visit = (group: Group, depth: number): void => {
    say(`@${group.name}:`, depth);
    for (const child of group.children) visit(child, depth + 1);
    if (group.name !== 'all')
      for (const host of group.hosts) {
        say(host.name, depth + 1);
        if (options.vars) sayVars(variablesOf(inventory, host, options), depth + 2);
      }
    if (options.vars) sayVars(variablesOfGroup(inventory, group, options), depth + 1);
  };
  visit(start, 0);
  return lines.join('\n');
}

/** A value as Python shows it. */
function shownText(value: Shown): string {
  const bare = (one: Shown): Data => {
    if (one instanceof UnsafeText) return one.text;
    if (one instanceof Late) return bare(one.make());
    if (Array.isArray(one)) return one instanceof Tuple ? Tuple.from(one, bare) : one.map(bare);
    return one instanceof Map ? new Map([...one].map(([key, member]) => [key, bare(member)] as [Data, Data])) : one;
  };
  return toText(bare(value));
}
