import { type At, inputError, QplayError } from '../error.ts';
import type { Jinja, LookupContext } from '../jinja/api.ts';
import { toText } from '../jinja/python/text.ts';
import { keyPositionOf } from '../load/positions.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { LayeredScope } from '../vars/scope.ts';
import type { Templar } from '../vars/templar.ts';
import type { Builder } from './builder.ts';
import { type Inventory, LEVEL } from './inventory.ts';
import type { Host } from './model.ts';

/** Names under which the configuration of `constructed` may ask for it. */
export const CONSTRUCTED: ReadonlySet<Data> = new Set(['constructed', 'ansible.builtin.constructed']);

/** What `constructed` evaluates expressions with. */
export interface Evaluating {
  readonly jinja: Jinja;
  readonly templar: Templar;
  readonly lookups: LookupContext;
  /** `-e`, for `use_extra_vars`. */
  readonly extraVars: Dict;
}

/**
 * Ansible's inventory plugin `constructed`: variables (`compose`) and groups (`groups`, `keyed_groups`) made of what the
 * sources before have said of each host.
 * @throws QplayError `inventory` for an expression that cannot be evaluated, when `strict` says so
 */
export function construct(config: Dict, builder: Builder, evaluating: Evaluating): void {
  new Construction(config, builder, evaluating).run();
}

class Construction {
  readonly #config: Dict;
  readonly #builder: Builder;
  readonly #inventory: Inventory;
  readonly #evaluating: Evaluating;
  readonly #strict: boolean;

  constructor(config: Dict, builder: Builder, evaluating: Evaluating) {
    this.#config = config;
    this.#builder = builder;
    this.#inventory = builder.inventory;
    this.#evaluating = evaluating;
    this.#strict = isYes(config.get('strict'));
  }

  run(): void {
    for (const host of [...this.#inventory.hosts.values()]) {
      this.#compose(host, this.#scope(host));
      const scope = this.#scope(host);
      this.#groups(host, scope);
      this.#keyedGroups(host, scope);
    }
  }

  /** What the sources so far say of a host; nothing of the files beside them unless `use_vars_plugins` is set. */
  #scope(host: Host): LayeredScope {
    const magic = new Map<Data, Data>([
      ['inventory_hostname', host.name],
      ['inventory_hostname_short', host.name.split('.')[0] ?? host.name],
      ['group_names', [...this.#inventory.groupNames(host.name)]],
      ...(host.file === undefined
        ? []
        : ([
            ['inventory_file', host.file],
            ['inventory_dir', host.dir ?? null],
          ] as [Data, Data][])),
    ]);
    const extra = isYes(this.#config.get('use_extra_vars')) ? [{ level: 'extra vars', from: '-e', vars: this.#evaluating.extraVars }] : [];
    const layers = [
      ...this.#inventory.layersSoFar(host, isYes(this.#config.get('use_vars_plugins'))),
      { level: LEVEL.hostInventory, from: 'magic', vars: magic, final: true as const },
      ...extra,
    ];
    return new LayeredScope(layers, () => undefined, [], this.#evaluating.templar, this.#evaluating.lookups);
  }

  #compose(host: Host, scope: LayeredScope): void {
    const compose = this.#config.get('compose');
    if (!isDict(compose)) return;
    const vars: Dict = new Map();
    for (const [name, expression] of compose) {
      const value = this.#attempt(`Could not set ${String(name)} for host ${host.name}`, compose, name, () => this.#value(expression, scope));
      if (value !== undefined) vars.set(name, value);
    }
    this.#builder.host(host.name, undefined, undefined, vars);
  }

  #groups(host: Host, scope: LayeredScope): void {
    const groups = this.#config.get('groups');
    if (!isDict(groups)) return;
    for (const [name, condition] of groups) {
      const group = safe(String(name));
      const holds = this.#attempt(`Could not add host ${host.name} to group ${group}`, groups, name, () =>
        this.#render(`{% if ${toText(condition)} %} True {% else %} False {% endif %}`, scope),
      );
      if (holds !== undefined && isYes(holds)) this.#builder.host(host.name, this.#builder.group(group));
    }
  }

  #keyedGroups(host: Host, scope: LayeredScope): void {
    const list = this.#config.get('keyed_groups');
    if (!Array.isArray(list)) return;
    for (const keyed of list) {
      if (!isDict(keyed))
        throw inputError('inventory', `An entry of keyed_groups must be a mapping, and this is ${toText(keyed)}.`, this.#where('keyed_groups'));
      this.#keyedGroup(host, keyed, scope);
    }
  }

  #keyedGroup(host: Host, keyed: Dict, scope: LayeredScope): void {
    const written = keyed.get('key') ?? null;
    const key = this.#attempt(`Could not generate group for host ${host.name} from ${toText(written)} entry`, keyed, 'key', () => this.#value(written, scope));
    if (key === undefined) return;
    const otherwise = keyed.get('default_value') ?? null;
    if (otherwise !== null && (keyed.get('trailing_separator') ?? null) !== null)
      throw inputError(
        'inventory',
        'default_value and trailing_separator cannot be given together in keyed_groups.',
        at(keyPositionOf(keyed, 'default_value')),
      );
    if (isEmpty(key) && !(key === '' && otherwise !== null)) {
      if (this.#strict && !Array.isArray(key) && !isDict(key))
        throw inputError(
          'inventory',
          `No key or key resulted empty for ${toText(written)} in host ${host.name}, invalid entry`,
          at(keyPositionOf(keyed, 'key')),
        );
      return;
    }
    const parent = this.#parent(keyed, scope);
    if (parent === undefined) return;
    const prefix = toText(keyed.get('prefix') ?? '');
    const separator = toText(keyed.get('separator') ?? '_');
    const leading = prefix === '' && !isYes(this.#config.get('leading_separator') ?? true) ? '' : separator;
    for (const name of namesOf(key, keyed, separator)) this.#join(host, safe(`${prefix}${leading}${name}`), parent);
  }

  /** Name of the group above; empty for none, `undefined` when it cannot be told. */
  #parent(keyed: Dict, scope: LayeredScope): string | undefined {
    const written = keyed.get('parent_group') ?? null;
    if (written === null || written === '') return '';
    const name = this.#attempt(`Could not generate parent group ${toText(written)}`, keyed, 'parent_group', () => this.#render(toText(written), scope));
    if (name === undefined) return undefined;
    if (typeof name === 'string') return safe(name);
    throw inputError('inventory', `parent_group must give text, and ${toText(written)} gives ${toText(name)}.`, at(keyPositionOf(keyed, 'parent_group')));
  }

  #join(host: Host, name: string, parent: string): void {
    const group = this.#builder.group(name);
    this.#builder.host(host.name, group);
    if (parent !== '') this.#inventory.addChild(this.#builder.group(parent), group);
  }

  #value = (expression: Data, scope: LayeredScope): Data => this.#render(`{{${toText(expression)}}}`, scope);

  #render(text: string, scope: LayeredScope): Data {
    const { jinja, lookups } = this.#evaluating;
    return jinja.isTemplate(text) ? jinja.compile(text).evaluate(scope, lookups) : text;
  }

  /** `undefined` for what cannot be evaluated, unless `strict` makes it a mistake. */
  #attempt(what: string, holder: Dict, key: Data, work: () => Data): Data | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof QplayError)) throw error;
      if (!this.#strict) return undefined;
      throw inputError('inventory', `${what}: ${error.message}`, { ...at(keyPositionOf(holder, key)), hint: 'Without "strict: true" it is passed over.' });
    }
  }

  #where(key: string): { at?: At } {
    return at(keyPositionOf(this.#config, key));
  }
}

/** Names of groups out of a value: text, a list of it, or a dict whose entries become one name each. */
function namesOf(key: Data, keyed: Dict, separator: string): string[] {
  const otherwise = keyed.get('default_value') ?? null;
  const named = (value: Data): string => toText(value === '' && otherwise !== null ? otherwise : value);
  if (typeof key === 'string') return [named(key)];
  if (Array.isArray(key)) return key.map(named);
  if (!isDict(key))
    throw inputError(
      'inventory',
      `A key of keyed_groups must give text, a list or a mapping, and ${toText(keyed.get('key') ?? null)} gives ${toText(key)}.`,
      at(keyPositionOf(keyed, 'key')),
    );
  const bare = keyed.get('trailing_separator') === false && otherwise === null;
  return [...key].map(([name, value]) => (value === '' && bare ? toText(name) : `${toText(name)}${separator}${named(value)}`));
}

/** A name that templates can use: what is not a letter, digit or `_` becomes `_`. */
const safe = (name: string): string => name.replace(/^[^\p{L}_]|[^\p{L}\p{N}_]/gu, '_');

const at = (place: At | undefined): { at?: At } => (place ? { at: place } : {});
const isYes = (value: Data | undefined): boolean =>
  value === true || value === 1 || (typeof value === 'string' && /^\s*(?:yes|on|1|true|t|y)\s*$/i.test(value));
const isEmpty = (value: Data): boolean =>
  value === null || value === false || value === '' || value === 0 || (Array.isArray(value) && value.length === 0) || (isDict(value) && value.size === 0);
