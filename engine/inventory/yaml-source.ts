import { type At, type Diagnostic, didYouMean, inputError, QplayError } from '../error.ts';
import { keyPositionOf, positionOf } from '../load/positions.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { expandHosts } from './address.ts';
import type { Builder } from './builder.ts';
import type { Group } from './model.ts';

const SECTIONS = ['hosts', 'vars', 'children'] as const;

/** Reads a YAML inventory: groups with hosts, vars and children. All mistakes are collected in `diagnostics`. */
export class YamlReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #builder: Builder;

  constructor(builder: Builder) {
    this.#builder = builder;
  }

  read(root: Dict): void {
    for (const [name, data] of root) this.#group(name, data, root);
  }

  #group(name: Data, data: Data, holder: Dict): Group | undefined {
    const at = keyPositionOf(holder, name);
    if (typeof name !== 'string' || name === '') {
      this.#error(`The name of a group must be text, found ${String(name)}.`, at, 'Put it into quotes.');
      return undefined;
    }
    if (data !== null && !isDict(data)) {
      this.#warn(`"${name}" is left out: a group is a mapping with hosts, vars and children.`, at);
      return undefined;
    }
    const group = this.#builder.group(name, at);
    if (data) for (const [section, content] of data) this.#section(group, section, content, data);
    return group;
  }

  #section(group: Group, section: Data, content: Data, holder: Dict): void {
    const at = keyPositionOf(holder, section);
    if (!(SECTIONS as readonly Data[]).includes(section)) {
      this.#warn(
        `The key "${String(section)}" in the group "${group.name}" is left out; only hosts, vars and children have a meaning.${didYouMean(String(section), SECTIONS)}`,
        at,
      );
      return;
    }
    // one host or child may be written without a colon
    const entries = typeof content === 'string' && section !== 'vars' ? (new Map([[content, null]]) as Dict) : content;
    if (entries === null) return;
    if (!isDict(entries)) {
      this.#error(
        `"${String(section)}" of the group "${group.name}" must be a mapping, found ${Array.isArray(entries) ? 'a list' : 'a single value'}.`,
        positionOf(holder, section),
        'Write each entry as "name:" on a line of its own, without a dash.',
      );
      return;
    }
    if (section === 'vars') this.#vars(group, entries);
    else if (section === 'hosts') for (const [name, vars] of entries) this.#host(group, name, vars, entries);
    else for (const [name, data] of entries) this.#child(group, name, data, entries);
  }

  #vars(group: Group, vars: Dict): void {
    if (vars.size > 0) this.#builder.groupVars(group, vars);
  }

  #child(parent: Group, name: Data, data: Data, holder: Dict): void {
    const child = this.#group(name, data, holder);
    if (child) this.#attempt(keyPositionOf(holder, name), () => this.#builder.inventory.addChild(parent, child));
  }

  #host(group: Group, name: Data, vars: Data, holder: Dict): void {
    const at = keyPositionOf(holder, name);
    if (typeof name !== 'string') {
      this.#error(`The name of a host must be text, found ${String(name)}.`, at, 'Put it into quotes.');
      return;
    }
    if (vars !== null && vars !== '' && !isDict(vars)) {
      this.#error(`The variables of the host "${name}" must be a mapping.`, positionOf(holder, name) ?? at);
      return;
    }
    this.#attempt(at, () => {
      const { hosts, port } = expandHosts(name);
      for (const host of hosts) this.#builder.host(host, group, port, isDict(vars) ? vars : undefined);
    });
  }

  #attempt(at: At | undefined, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof QplayError)) throw error;
      this.diagnostics.push(...error.diagnostics.map((one) => (one.at || !at ? one : { ...one, at })));
    }
  }

  #error(message: string, at: At | undefined, hint?: string): void {
    this.diagnostics.push(...inputError('inventory', message, { ...(at ? { at } : {}), ...(hint === undefined ? {} : { hint }) }).diagnostics);
  }

  #warn(message: string, at: At | undefined): void {
    this.diagnostics.push({ kind: 'input', severity: 'warning', code: 'inventory', message, ...(at ? { at } : {}) });
  }
}
