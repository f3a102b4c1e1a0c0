import { inputError, QplayError } from '../error.ts';
import { toText } from '../jinja/python/text.ts';
import { keyPositionOf, positionOf } from '../load/positions.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { LayeredScope } from '../vars/scope.ts';
import type { Builder } from './builder.ts';
import type { Evaluating } from './constructed.ts';
import { LEVEL } from './inventory.ts';

/** Names under which a configuration may ask for it. */
export const GENERATOR: ReadonlySet<Data> = new Set(['generator', 'ansible.builtin.generator']);

/** How many hosts one configuration may make: layers multiply. */
const MOST = 1_000_000;

/**
 * Ansible's inventory plugin `generator`: a host for every combination of the values in `layers`, named by the template
 * `hosts.name`, in groups named by the templates of `hosts.parents`, which have parents and `vars` of their own.
 * @throws QplayError `inventory` for a configuration without these, and for templates that fail
 */
export function generate(config: Dict, builder: Builder, evaluating: Evaluating): void {
  const layers = required(config, 'layers');
  const hosts = required(config, 'hosts');
  const axes = [...layers].map(([name, values]) => ({ name, values: listOf(values, layers, name) }));
  const total = axes.reduce((product, { values }) => product * values.length, 1);
  if (total > MOST) throw inputError('inventory', `These layers make ${total} hosts, and ${MOST} is the most.`, place(keyPositionOf(config, 'layers')));
  for (const chosen of combinations(axes)) new Member(chosen, builder, evaluating).host(hosts);
}

/** One combination of the layers' values. */
class Member {
  readonly #scope: LayeredScope;
  readonly #builder: Builder;
  readonly #evaluating: Evaluating;

  constructor(chosen: Dict, builder: Builder, evaluating: Evaluating) {
    this.#builder = builder;
    this.#evaluating = evaluating;
    this.#scope = new LayeredScope([{ level: LEVEL.hostInventory, from: 'layers', vars: chosen }], () => undefined, [], evaluating.templar, evaluating.lookups);
  }

  host(hosts: Dict): void {
    const name = this.#name(hosts);
    this.#builder.host(name, this.#builder.inventory.addGroup('ungrouped'));
    for (const parent of parentsOf(hosts)) {
      const group = this.#group(parent);
      this.#builder.host(name, group);
    }
  }

  #group(parent: Dict): ReturnType<Builder['group']> {
    const group = this.#builder.group(this.#name(parent), keyPositionOf(parent, 'name'));
    const vars = parent.get('vars');
    if (isDict(vars)) this.#builder.groupVars(group, new Map([...vars].map(([key, text]) => [key, this.#render(text, vars, key)])));
    for (const above of parentsOf(parent)) this.#builder.inventory.addChild(this.#group(above), group);
    return group;
  }

  #name(holder: Dict): string {
    const written = holder.get('name');
    if (typeof written !== 'string') throw inputError('inventory', 'Hosts and parents of "generator" need a "name".', place(firstKey(holder)));
    return toText(this.#render(written, holder, 'name'));
  }

  #render(text: Data, holder: Dict, key: Data): Data {
    const { jinja, lookups } = this.#evaluating;
    if (typeof text !== 'string' || !jinja.isTemplate(text)) return text;
    try {
      return jinja.compile(text).render(this.#scope, lookups);
    } catch (error) {
      if (!(error instanceof QplayError)) throw error;
      throw inputError('inventory', `${String(key)} cannot be made: ${error.message}`, place(positionOf(holder, key)));
    }
  }
}

function* combinations(axes: readonly { name: Data; values: readonly Data[] }[], chosen: Dict = new Map()): Generator<Dict> {
  const [axis, ...rest] = axes;
  if (!axis) yield chosen;
  else for (const one of axis.values) yield* combinations(rest, new Map([...chosen, [axis.name, one]]));
}

function required(config: Dict, key: string): Dict {
  const found = config.get(key);
  if (isDict(found)) return found;
  throw inputError('inventory', `"generator" needs a mapping "${key}".`, place(keyPositionOf(config, key) ?? firstKey(config)));
}

function listOf(values: Data, holder: Dict, name: Data): readonly Data[] {
  if (Array.isArray(values)) return values;
  throw inputError('inventory', `The layer "${String(name)}" must be a list of values.`, place(positionOf(holder, name)));
}

function parentsOf(holder: Dict): readonly Dict[] {
  const parents = holder.get('parents') ?? [];
  if (Array.isArray(parents) && parents.every(isDict)) return parents;
  throw inputError('inventory', '"parents" must be a list of mappings with "name".', place(keyPositionOf(holder, 'parents')));
}

const firstKey = (holder: Dict): ReturnType<typeof keyPositionOf> => keyPositionOf(holder, [...holder.keys()][0] ?? null);
const place = (at: ReturnType<typeof keyPositionOf>): { at?: NonNullable<ReturnType<typeof keyPositionOf>> } => (at ? { at } : {});
