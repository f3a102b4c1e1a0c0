import type { Body, Expr, Statement, Target } from './ast.ts';
import { walk } from './free-names.ts';

/**
 * Which names a scope of a template binds, found out before it runs. Jinja decides by this what a name means: one that the scope
 * sets somewhere, and that nothing read before, is undefined until it is set, whatever the playbook calls by that name.
 */
export class Symbols {
  readonly #parent: Symbols | undefined;
  readonly #known = new Set<string>();
  readonly #stored = new Set<string>();
  /** Names that are undefined when the scope begins. */
  readonly unset = new Set<string>();
  /** Names of the playbook that the scope is the outermost to read. */
  readonly loads = new Set<string>();

  constructor(parent?: Symbols) {
    this.#parent = parent;
  }

  /** Names that have their value when the scope begins: loop variables, parameters. */
  declare(names: Iterable<string>): this {
    for (const name of names) {
      this.#known.add(name);
      this.#stored.add(name);
    }
    return this;
  }

  read(expr: Expr | readonly Expr[]): this {
    walk(expr, (node) => {
      if (node.kind === 'name') this.#load(node.name);
    });
    return this;
  }

  body(body: Body): this {
    for (const statement of body) this.#statement(statement);
    return this;
  }

  protected knows(name: string): boolean {
    return this.#known.has(name) || this.#parentKnows(name);
  }

  #parentKnows(name: string): boolean {
    const parent = this.#parent;
    return parent === undefined ? false : parent.knows(name);
  }

  #load(name: string): void {
    if (this.knows(name)) return;
    this.#known.add(name);
    this.loads.add(name);
  }

  #store(name: string): void {
    this.#stored.add(name);
    if (this.#known.has(name)) return;
    this.#known.add(name);
    if (!this.#parentKnows(name)) this.unset.add(name);
  }

  #target(target: Target): void {
    if (target.kind === 'name') this.#store(target.name);
    else if (target.kind === 'namespace') this.#load(target.name);
    else for (const one of target.targets) this.#target(one);
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case 'output':
        this.read(statement.value);
        break;
      case 'if':
        this.#branches(statement);
        break;
      case 'for':
        this.read(statement.of);
        break;
      case 'set':
        this.read(statement.value).#target(statement.target);
        break;
      case 'set-block':
        this.#target(statement.target);
        break;
      case 'with':
        for (const one of statement.targets) this.read(one.value);
        break;
      case 'macro':
        this.#store(statement.name);
        break;
      case 'call-block':
        this.read(statement.call);
        break;
      case 'filter-block':
        this.read(statement.filter);
        break;
      case 'import':
        this.read(statement.template).#store(statement.target);
        break;
      case 'from':
        this.read(statement.template);
        for (const one of statement.names) this.#store(one.alias);
        break;
      case 'extends':
      case 'include':
        this.read(statement.template);
        break;
      default:
    }
  }

  /** What only a branch sets keeps its outer meaning where the branch is not taken. */
  #branches(statement: Extract<Statement, { kind: 'if' }>): void {
    const [first, ...others] = statement.branches;
    if (first === undefined) return;
    this.read(first.test);
    const before = new Set(this.#stored);
    const branches = [this.#copy().body(first.body)];
    const later = this.#copy();
    for (const { test, body } of others) later.read(test).#merge([later.#copy().body(body)], later.#stored);
    branches.push(later, this.#copy().body(statement.otherwise));
    this.#merge(branches, before);
  }

  #merge(branches: readonly Symbols[], before: ReadonlySet<string>): void {
    for (const branch of branches) {
      for (const name of branch.#known) this.#known.add(name);
      for (const name of branch.#stored) this.#stored.add(name);
      for (const name of branch.loads) this.loads.add(name);
      for (const name of branch.unset) (before.has(name) ? this.unset : this.loads).add(name);
    }
  }

  #copy(): Symbols {
    const copy = new Symbols(this.#parent);
    for (const name of this.#known) copy.#known.add(name);
    for (const name of this.#stored) copy.#stored.add(name);
    for (const name of this.unset) copy.unset.add(name);
    for (const name of this.loads) copy.loads.add(name);
    return copy;
  }
}

/** Names that a target binds. */
export function boundNames(target: Target): string[] {
  if (target.kind === 'name') return [target.name];
  return target.kind === 'members' ? target.targets.flatMap(boundNames) : [];
}
