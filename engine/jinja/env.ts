import type { BlockChain, Run } from './compile-statement.ts';
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
  #vars: Map<string, Value | NativeText> | undefined;
  /** Names of the playbook are out of sight (a file imported without context). */
  readonly isolated: boolean;

  /** `outermost`: of another template, which sees what `parent` holds. */
  constructor(parent?: Env, isolated = parent?.isolated ?? false, outermost = false) {
    this.parent = parent;
    this.isolated = isolated;
    this.top = parent === undefined || outermost ? { env: this, blocks: new Map(), parent: undefined } : parent.top;
  }

  /** Value of a local name as it is kept: text that must stay text is marked. */
  held(name: string): Value | NativeText | undefined {
    for (let env: Env | undefined = this; env !== undefined; env = env.parent) {
      const value = env.#vars?.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  lookup(name: string): Value | undefined {
    const value = this.held(name);
    return value instanceof NativeText ? value.text : value;
  }

  set(name: string, value: Value | NativeText): void {
    this.#vars ??= new Map();
    this.#vars.set(name, value);
  }

  /** What this very scope has bound. */
  own(): Map<string, Value> {
    return new Map(Array.from(this.#vars ?? [], ([name, value]) => [name, value instanceof NativeText ? value.text : value]));
  }
}
