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

  /** Inventory, group_vars and host_vars, lowest precedence first. */
  get inventory(): readonly Layer[] {
    return this.#inventory();
  }

  /** Facts as modules return them: a variable of the same name, and without `ansible_` under `ansible_facts`. */
  addFacts(facts: Readonly<Record<string, unknown>>, inject = true): void {
    for (const [key, value] of Object.entries(facts)) {
      const data = fromPlain(value);
      this.facts.set(key.startsWith('ansible_') ? key.slice('ansible_'.length) : key, data);
      if (inject) this.#injected.set(key, data);
    }
  }

  /** Remembers what the run knows of the host by now; what is given back brings that back. */
  remember(): () => void {
    const live = [this.facts, this.#injected, this.#included, this.#set];
    const copies = live.map((map) => new Map(map));
    return () =>
      live.forEach((map, index) => {
        map.clear();
        for (const [name, value] of copies[index] as Dict) map.set(name, value);
      });
  }

  clearFacts(): void {
    this.facts.clear();
    this.#injected.clear();
  }

  set(name: string, value: Data): void {
    this.#set.set(name, value);
  }

  /** `set_fact` with `cacheable`: a fact as well, of lower precedence. */
  setCacheable(name: string, value: Data): void {
    this.#set.set(name, value);
    this.facts.set(name, value);
    this.#injected.set(name, value);
  }

  /** `include_vars`: values may still hold templates. */
  include(vars: Dict): void {
    for (const [name, value] of vars) this.#included.set(name, value);
  }
}
