import { didYouMean, inputError } from '../error.ts';
import { dumpJson } from '../jinja/python/json.ts';
import { toText } from '../jinja/python/text.ts';
import { type Data, type Dict, Float, isDict, VaultText } from '../value.ts';
import type { Inventory } from './inventory.ts';
import type { Group, Host } from './model.ts';

export interface ShowOptions {
  /** Variables at the groups and hosts that have them, rather than all of them at each host. */
  readonly export?: boolean;
  readonly playbookDir?: string;
}

/** JSON as it is printed. */
export type Shown = null | boolean | number | bigint | Float | string | readonly Shown[] | { readonly [key: string]: Shown };

/** Variables that only a run has a use for. */
const INTERNAL = new Set([
  'ansible_facts',
  'inventory_dir',
  'inventory_file',
  'inventory_hostname',
  'inventory_hostname_short',
  'groups',
  'group_names',
  'hostvars',
  'omit',
  'playbook_dir',
]);

/** `ansible-inventory --host`: the variables of one host, untemplated. */
export function hostVariables(inventory: Inventory, name: string, options: ShowOptions = {}): Record<string, Shown> {
  const host = inventory.host(name);
  if (!host) throw inputError('inventory', `There is no host "${name}".${didYouMean(name, inventory.hosts.keys())}`);
  return shownDict(variablesOf(inventory, host, options));
}

function variablesOf(inventory: Inventory, host: Host, options: ShowOptions): Dict {
  const merged: Dict = new Map();
  const layers = inventory.groupVarsInOrder(host.name, options.playbookDir);
  for (const { level, vars } of layers) if (!options.export || level.includes('host')) for (const [key, value] of vars) merged.set(key, value);
  for (const key of INTERNAL) merged.delete(key);
  merged.delete('ansible_group_priority');
  return merged;
}

function variablesOfGroup(inventory: Inventory, group: Group, options: ShowOptions): Dict {
  const merged: Dict = new Map();
  for (const { vars } of inventory.layersOfGroup(group, options.playbookDir)) for (const [key, value] of vars) merged.set(key, value);
  merged.delete('ansible_group_priority');
  if (group.priority !== 1) merged.set('ansible_group_priority', group.priority);
  return merged;
}

/** `ansible-inventory --list`: groups with their hosts and children, and `_meta.hostvars`. Within `--limit`. */
export function listInventory(inventory: Inventory, options: ShowOptions = {}): Record<string, Shown> {
  const result: Record<string, Shown> = {};
  const available = inventory.select('all');
  const within = new Set(available);
  const visit = (group: Group): void => {
    const entry: Record<string, Shown> = {};
    const hosts = group.name === 'all' ? [] : [...group.hosts].map((host) => host.name).filter((name) => within.has(name));
    if (hosts.length > 0) entry.hosts = hosts;
    if (group.children.length > 0) entry.children = group.children.map((child) => child.name);
    const vars = options.export ? shownDict(variablesOfGroup(inventory, group, options)) : {};
    if (Object.keys(vars).length > 0) entry.vars = vars;
    if (Object.keys(entry).length > 0) result[group.name] = entry;
    for (const child of group.children) if (!Object.hasOwn(result, child.name)) visit(child);
  };
  visit(inventory.addGroup('all'));
  const hostvars: Record<string, Shown> = {};
  for (const name of available) {
    const vars = hostVariables(inventory, name, options);
    if (Object.keys(vars).length > 0) hostvars[name] = vars;
  }
  result._meta = { hostvars };
  return result;
}

/** `ansible-inventory --graph`: the tree of groups and hosts below a group. */
export function graphInventory(inventory: Inventory, from = 'all', options: ShowOptions & { readonly vars?: boolean } = {}): string {
  const start = inventory.groups.get(from);
  if (!start) throw inputError('inventory', `There is no group "${from}".${didYouMean(from, inventory.groups.keys())}`);
  const lines: string[] = [];
  const say = (text: string, depth: number): void => void lines.push(depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`);
  const sayVars = (vars: Dict, depth: number): void => {
    if (options.vars) for (const key of [...vars.keys()].map(String).sort()) say(`{${key} = ${toText(vars.get(key) ?? null)}}`, depth);
  };
  const visit = (group: Group, depth: number): void => {
    say(`@${group.name}:`, depth);
    for (const child of group.children) visit(child, depth + 1);
    if (group.name !== 'all')
      for (const host of group.hosts) {
        say(host.name, depth + 1);
        sayVars(variablesOf(inventory, host, options), depth + 2);
      }
    sayVars(variablesOfGroup(inventory, group, options), depth + 1);
  };
  visit(start, 0);
  return lines.join('\n');
}

/** JSON with sorted keys and four blanks, as `ansible-inventory` prints it: `1.0` stays a float, long integers stay exact. */
export function inventoryText(value: Shown, indent = ''): string {
  const inner = `${indent}    `;
  const block = (open: string, items: readonly string[], close: string): string =>
    items.length === 0 ? open + close : `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
  if (Array.isArray(value))
    return block(
      '[',
      value.map((one: Shown) => inventoryText(one, inner)),
      ']',
    );
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null || value instanceof Float) return dumpJson(value as Data);
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return block(
    '{',
    pairs.map(([key, one]) => `${JSON.stringify(key)}: ${inventoryText(one, inner)}`),
    '}',
  );
}

function shownDict(dict: Dict): Record<string, Shown> {
  return Object.fromEntries([...dict].map(([key, value]) => [keyText(key), shown(value)]));
}

const keyText = (key: Data): string => (key === null || typeof key === 'boolean' ? JSON.stringify(key) : toText(key));

function shown(value: Data): Shown {
  if (value instanceof VaultText) return { __ansible_vault: value.envelope };
  if (isDict(value)) return shownDict(value);
  if (Array.isArray(value)) return Array.from(value, shown);
  return value;
}
