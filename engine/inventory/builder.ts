import { dirname } from 'node:path';
import type { At, Diagnostic } from '../error.ts';
import { integer } from '../load/plain.ts';
import { placesOf, positionOf, rememberPlaces } from '../load/positions.ts';
import { settings } from '../load/settings.ts';
import { type Data, type Dict, Float } from '../value.ts';
import { type Inventory, LEVEL } from './inventory.ts';
import type { Group } from './model.ts';

const PRIORITY = 'ansible_group_priority';
const SAFE_GROUP = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** Fills an inventory from one source: what all formats have in common. */
export class Builder {
  readonly inventory: Inventory;
  readonly #file: string;
  readonly #dir: string;
  readonly #report: (diagnostic: Diagnostic) => void;

  constructor(inventory: Inventory, file: string, report: (diagnostic: Diagnostic) => void) {
    this.inventory = inventory;
    this.#file = file;
    this.#dir = dirname(file);
    this.#report = report;
  }

  /** A group of that name; a name that cannot be used in a template as it is gets a warning, as in Ansible. */
  group(name: string, at?: At): Group {
    if (SAFE_GROUP.test(name)) return this.inventory.addGroup(name);
    const manner = settings().text('TRANSFORM_INVALID_GROUP_CHARS') ?? 'never';
    const replaces = manner === 'always' || manner === 'silently';
    if (!this.inventory.groups.has(name) && manner !== 'ignore' && manner !== 'silently') this.#strange(name, replaces, at);
    return this.inventory.addGroup(replaces ? safe(name) : name);
  }

  #strange(name: string, replaced: boolean, at: At | undefined): void {
    this.#report({
      kind: 'input',
      severity: 'warning',
      code: 'group-name',
      message: `The group name "${name}" has characters that Ansible warns of; letters, digits and "_" are safe.`,
      says: `Invalid characters were found in group names ${replaced ? 'and automatically replaced' : 'but not replaced'}, use -vvvv to see details`,
      ...(at ? { at } : {}),
    });
  }

  /** Variables of a group. `ansible_group_priority` among them is a property of the group, and no variable. */
  groupVars(group: Group, vars: Dict): void {
    const priority = vars.get(PRIORITY);
    if (priority !== undefined) this.priority(group, priority, positionOf(vars, PRIORITY));
    const own = priority === undefined ? vars : without(vars, PRIORITY);
    group.layers.push({ level: LEVEL.groupInventory, from: this.#file, vars: own });
  }

  /** `ansible_group_priority`. */
  priority(group: Group, value: Data, at?: At): void {
    const number = typeof value === 'string' ? integer(value) : value instanceof Float ? Math.trunc(value.value) : value;
    if (typeof number === 'number') group.priority = Math.trunc(number);
    else
      this.#report({
        kind: 'input',
        severity: 'error',
        code: 'inventory',
        message: `ansible_group_priority of the group "${group.name}" must be an integer.`,
        ...(at ? { at } : {}),
      });
  }

  /** A host as member of a group. The port counts only where the host is named first. */
  host(name: string, group: Group | undefined, port?: number, vars?: Dict): void {
    const { host, isNew } = this.inventory.addHost(name, group, { file: this.#file, dir: this.#dir });
    const layer = (dict: Dict): void => void host.layers.push({ level: LEVEL.hostInventory, from: this.#file, vars: dict });
    if (isNew && port !== undefined) layer(new Map<Data, Data>([['ansible_port', port]]));
    if (vars && vars.size > 0) layer(vars);
  }
}

const safe = (name: string): string => name.replace(/^[\p{N}]|[^\p{L}\p{N}_]/gu, '_');

function without(vars: Dict, key: string): Dict {
  const rest: Dict = new Map([...vars].filter(([name]) => name !== key));
  const places = placesOf(vars);
  if (places) rememberPlaces(rest, places);
  return rest;
}
