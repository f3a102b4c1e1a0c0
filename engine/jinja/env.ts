import type { BlockChain, Run } from './compile-statement.ts';
import { withoutTuples } from './python/sequence.ts';
import { NativeText, Undefined, type Value } from './values.ts';

/** What a name holds that its scope sets later. */
export const UNSET = new Undefined({ hint: 'not set yet' });

/** What belongs to one template as a whole while it runs. */
export interface Top {
  /** Its outermost scope: what its blocks see. */
  readonly env: Env;
  /** Bodies of each block, the child's first. */
  readonly blocks: BlockChain;
  /** What `{% extends %}` named; outputs of the child are dropped from there on. */
  parent: Run | undefined;
}

/** Local names of a template, one layer a scope. */
export class Env {
  readonly parent: Env | undefined;
  readonly top: Top;
  // few names a scope: a search through two lists is cheaper than a Map an iteration
  #names: string[] | undefined;
  #values: (Value | NativeText)[] | undefined;
  /** Names of the playbook whose copies are kept here, when the template changes its values. */
  loads: ReadonlySet<string> | undefined;
  private copied: Set<string> | undefined;
  /** Names of the playbook are out of sight (a file imported without context). */
  readonly isolated: boolean;

  constructor(parent?: Env, isolated = parent?.isolated ?? false, top: Top | 'new' = parent?.top ?? 'new') {
    this.parent = parent;
    this.isolated = isolated;
    this.top = top === 'new' ? { env: this, blocks: new Map(), parent: undefined } : top;
  }

  /** The outermost scope of another template, which sees what this one holds. */
  outermost(): Env {
    return new Env(
      this.#seen('new', (value) => (value instanceof NativeText ? value : withoutTuples(value))),
      this.isolated,
      'new',
    );
  }

  /** What a block of this template sees when it is put here: what is set, not what will be. */
  forBlock(): Env {
    return new Env(this.#seen(this.top));
  }

  /** All that is set here and further out, as one scope. */
  #seen(top: Top | 'new', as = (value: Value | NativeText): Value | NativeText => value): Env {
    const seen = new Env(undefined, this.isolated, top);
    const chain: Env[] = [];
    for (let env: Env | undefined = this; env !== undefined; env = env.parent) chain.unshift(env);
    for (const env of chain) {
      for (const [name, value] of env.#bound()) seen.set(name, as(value));
    }
    return seen;
  }

  /** Keeps a copy of a playbook's value in the scope that reads it first. */
  keepCopy(name: string, value: Value): void {
    let keeper: Env = this;
    for (let env: Env | undefined = this; env !== undefined; env = env.parent) {
      keeper = env;
      if (env.loads?.has(name)) break;
    }
    keeper.set(name, value);
    keeper.copied ??= new Set();
    keeper.copied.add(name);
  }

  /** Value of a local name as it is kept: text that must stay text is marked. */
  held(name: string): Value | NativeText | undefined {
    for (let env: Env | undefined = this; env !== undefined; env = env.parent) {
      const names = env.#names;
      if (names === undefined) continue;
      const index = names.indexOf(name);
      if (index >= 0) return (env.#values as (Value | NativeText)[])[index];
    }
    return undefined;
  }

  lookup(name: string): Value | undefined {
    const value = this.held(name);
    return value instanceof NativeText ? value.text : value;
  }

  set(name: string, value: Value | NativeText): void {
    const names = this.#names;
    if (names === undefined) {
      this.#names = [name];
      this.#values = [value];
      return;
    }
    const index = names.indexOf(name);
    (this.#values as (Value | NativeText)[])[index < 0 ? names.push(name) - 1 : index] = value;
  }

  /** What this very scope has bound. */
  own(): Map<string, Value> {
    return new Map(this.#bound().map(([name, value]) => [name, value instanceof NativeText ? value.text : value]));
  }

  #bound(): [string, Value | NativeText][] {
    const all = (this.#names ?? []).map((name, index): [string, Value | NativeText] => [name, (this.#values as (Value | NativeText)[])[index] as Value]);
    return all.filter(([name, value]) => value !== UNSET && !this.copied?.has(name));
  }
}
