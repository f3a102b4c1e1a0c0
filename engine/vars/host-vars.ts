import type { Layer } from '../load/model.ts';
import { type Data, type Dict, fromPlain } from '../value.ts';

/** What a run learns of a host, and what the inventory says of it. One for each host, for the whole run. */
export class HostVars {
  readonly name: string;
  /** `ansible_facts`: names without the prefix. */
  readonly facts: Dict = new Map();
  readonly #injected: Dict = new Map();
  readonly #included: Dict = new Map();
  readonly #set: Dict = new Map();
  readonly #inventory: () => readonly Layer[];
  /** Layers that grow during the run; the maps inside are the live ones. */
  readonly factLayer: Layer;
  readonly includedLayer: Layer;
  readonly setLayer: Layer;

  /** @param inventory what the inventory, group_vars and host_vars say of the host at the moment, lowest precedence first */
  constructor(name: string, inventory: () => readonly Layer[]) {
    this.name = name;
    this.#inventory = inventory;
    this.factLayer = { level: 'host facts', from: 'facts', vars: this.#injected, final: true };
    this.includedLayer = { level: 'include_vars', from: 'include_vars', vars: this.#included };
    this.setLayer = { level: 'set_facts and registered variables', from: 'set_fact or register', vars: this.#set, final: true };
  }

  /** All that is known as facts, by the names that modules return: what a cache keeps. */
  readonly #kept: Dict = new Map();
  #keep: ((facts: Dict) => void) | undefined;

  /**
   * Takes the facts of an earlier run, and from now on tells of every change.
   *
   * @param keep is told of all facts whenever some are new; of none when they are forgotten
   */
  keepFacts(earlier: Dict | undefined, inject: boolean, keep: (facts: Dict) => void): void {
    for (const [name, value] of earlier ?? []) this.#take(String(name), value, inject);
    this.#keep = keep;
  }

  /** Whether its facts were gathered, in this run or, with a cache, in an earlier one. */
  get gathered(): boolean {
    return this.facts.get('_ansible_facts_gathered') === true;
  }

  /** Inventory, group_vars and host_vars, lowest precedence first. */
  get inventory(): readonly Layer[] {
    return this.#inventory();
  }

  /** Facts as modules return them: a variable of the same name, and without `ansible_` under `ansible_facts`. */
  addFacts(facts: Readonly<Record<string, unknown>>, inject = true): void {
    for (const [key, value] of Object.entries(facts)) this.#take(key, fromPlain(value), inject);
    this.#keep?.(this.#kept);
  }

  #take(key: string, value: Data, inject: boolean): void {
    this.#kept.set(key, value);
    this.facts.set(key.startsWith('ansible_') && key !== 'ansible_local' ? key.slice('ansible_'.length) : key, value);
    if (inject && !key.startsWith('_ansible_')) this.#injected.set(key, value);
  }

  clearFacts(): void {
    this.facts.clear();
    this.#injected.clear();
    this.#kept.clear();
    this.#keep?.(this.#kept);
  }

  set(name: string, value: Data): void {
    this.#set.set(name, value);
  }

  /** `set_fact` with `cacheable`: a fact as well, of lower precedence. */
  setCacheable(name: string, value: Data): void {
    this.#set.set(name, value);
    this.facts.set(name, value);
    this.#injected.set(name, value);
    this.#kept.set(name, value);
    this.#keep?.(this.#kept);
  }

  /** `include_vars`: values may still hold templates. */
  include(vars: Dict): void {
    for (const [name, value] of vars) this.#included.set(name, value);
  }
}
