import type { LookupContext, Scope } from '../jinja/api.ts';
import type { Layer } from '../load/model.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { mergeDicts } from './merge.ts';
import { recursion, type Templar } from './templar.ts';

/**
 * The variables one task on one host sees: layers of rising precedence, read lazily. A value is rendered when it is first
 * asked for, with this very scope, and remembered for as long as the scope lives.
 */
export class LayeredScope implements Scope {
  readonly #layers: readonly Layer[];
  readonly #magic: (name: string, scope: LayeredScope) => Data | undefined;
  readonly #magicNames: readonly string[];
  readonly #templar: Templar;
  readonly context: LookupContext;
  readonly #known = new Map<string, Data | undefined>();
  readonly #path: string[] = [];

  /** `layers`: lowest precedence first. `magic` stands above them all. */
  constructor(
    layers: readonly Layer[],
    magic: (name: string, scope: LayeredScope) => Data | undefined,
    magicNames: readonly string[],
    templar: Templar,
    context: LookupContext,
  ) {
    this.#layers = layers;
    this.#magic = magic;
    this.#magicNames = magicNames;
    this.#templar = templar;
    this.context = context;
  }

  get(name: string): Data | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    const value = this.#find(name);
    this.#known.set(name, value);
    return value;
  }

  #find(name: string): Data | undefined {
    const magic = this.#magic(name, this);
    if (magic !== undefined) return magic;
    const layer = this.layerOf(name);
    if (layer === undefined) return undefined;
    const value = layer.vars.get(name) as Data;
    if (layer.final) return value;
    if (this.#path.includes(name)) throw recursion(name, this.#path.slice(this.#path.indexOf(name)));
    this.#path.push(name);
    try {
      return this.#templar.value(value, layer.vars as Dict, name, this, this.context);
    } finally {
      this.#path.pop();
    }
  }

  raw(name: string): Data | undefined {
    const magic = this.#magic(name, this);
    return magic !== undefined ? magic : (this.layerOf(name)?.vars.get(name) as Data | undefined);
  }

  /** The layer whose definition of a name holds; where dicts are joined, one made of all layers that have a part in it. */
  layerOf(name: string): Layer | undefined {
    return this.#templar.merging ? this.#joined(name) : this.#highest(name);
  }

  #joined(name: string): Layer | undefined {
    const layers = this.definitions(name);
    const top = layers.at(-1);
    let value = top?.vars.get(name);
    if (top === undefined || !isDict(value)) return top;
    for (const layer of layers.slice(0, -1).reverse()) {
      const lower = layer.vars.get(name);
      if (!isDict(lower)) break;
      value = mergeDicts(lower, value as Dict);
    }
    return { ...top, vars: new Map([[name, value as Data]]), ...(layers.every((layer) => layer.final) ? {} : { final: undefined }) } as Layer;
  }

  #highest(name: string): Layer | undefined {
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i] as Layer;
      if (layer.vars.has(name)) return layer;
    }
    return undefined;
  }

  /** Whether a name is a magic variable here, which stands above all layers. */
  isMagic(name: string): boolean {
    return this.#magic(name, this) !== undefined;
  }

  /** Every layer that defines a name, lowest precedence first. */
  definitions(name: string): readonly Layer[] {
    return this.#layers.filter((layer) => layer.vars.has(name));
  }

  *names(): Iterable<string> {
    const seen = new Set<string>(this.#magicNames);
    yield* this.#magicNames;
    for (const layer of this.#layers) {
      for (const name of layer.vars.keys()) {
        if (typeof name !== 'string' || seen.has(name)) continue;
        seen.add(name);
        yield name;
      }
    }
  }

  /** The same scope with further variables on top, whose values are final. */
  with(vars: ReadonlyMap<Data, Data>, level = 'loop'): LayeredScope {
    return this.under([{ level, from: level, vars, final: true }]);
  }

  /** The same scope with further layers on top. */
  under(layers: readonly Layer[]): LayeredScope {
    return new LayeredScope([...this.#layers, ...layers], this.#magic, this.#magicNames, this.#templar, this.context);
  }
}
