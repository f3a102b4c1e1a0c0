import { type At, didYouMean, inputError, QplayError } from '../error.ts';
import { collectionRoots, redirectedModule } from '../load/collections.ts';
import { TASK_KEYWORDS } from '../load/keywords.ts';
import type { Context, UserModule } from '../load/model.ts';
import { keyPositionOf } from '../load/yaml.ts';
import { actionPlugin, collectionModule, userModule } from '../own/find.ts';
import { type Dict, isDict } from '../value.ts';
import type { Builder } from './build.ts';

const NO_MODULE = 'no module/action detected in task.';

/** The one key of a task that is its module. */
export function findAction(source: Dict, at: At | undefined, context: Context, builder: Builder): Found {
  const found: string[] = [];
  for (const name of source.keys()) {
    const key = String(name);
    if (TASK_KEYWORDS.has(key) || key.startsWith('with_')) continue;
    found.push(key);
  }
  for (const key of ['action', 'local_action']) if (source.has(key)) return oldAction(source, key, found, context, builder);
  const modules = found.filter((key) => moduleOf(key, context, builder) !== undefined);
  for (const key of found) if (!modules.includes(key)) reportUnknownKey(source, key, modules.length > 0, builder, found);
  if (modules.length > 1)
    throw inputError('two-modules', `a task has one module, and this has two: ${modules.join(' and ')}`, {
      says: `conflicting action statements: ${found.slice(0, 2).join(', ')}`,
      ...where(source, modules[1] as string),
    });
  const key = modules[0];
  if (key === undefined)
    throw found.length > 0 ? new QplayError([]) : inputError('no-module', 'this task names no module', { says: NO_MODULE, ...(at && { at }) });
  const named = moduleOf(key, context, builder) ?? { action: key };
  if (named.userModule?.plugin !== undefined) notePlugin(named.userModule, source, key, builder);
  else if (named.action === key && named.userModule === undefined) noteElsewhere(key, source, builder);
  return { ...named, holder: source, key };
}

/** What a task calls. */
interface Named {
  readonly action: string;
  readonly userModule?: UserModule;
}

interface Found extends Named {
  /** Where its arguments stand, and under which key. */
  readonly holder: Dict;
  readonly key: string;
}

/**
 * What a name means, in Ansible's order: for a short one a module of the collections around, a file of the user's, one of ours, and
 * where a collection on disk sends the name. A module of ours stands before that of a collection with the same full name.
 * `undefined`: there is no such module.
 */
function moduleOf(name: string, { set, role }: Context, builder: Builder): Named | undefined {
  const { modules, own } = builder;
  const here = (one: string): boolean => modules.resolve(one) !== undefined && modules.isElsewhere?.(one) !== true;
  const full = name.includes('.');
  const keyword = set.collections?.value ?? [];
  const collections = [...(role?.role.collection === undefined ? [] : [role.role.collection]), ...(Array.isArray(keyword) ? keyword : [keyword])];
  const names = full ? [name] : collections.map((one) => `${String(one)}.${name}`);
  let known: readonly string[] | undefined;
  const roots = (): readonly string[] => {
    known ??= collectionRoots(builder.playbookDir);
    return known;
  };
  const brought = (one: string): Named | undefined => {
    if (here(one)) return undefined;
    const plugin = actionPlugin(one, own, roots());
    const found = collectionModule(one, own, roots()) ?? (plugin === undefined ? undefined : withoutFile(one, plugin));
    return found && { action: name, userModule: { ...found, ...(plugin !== undefined && { plugin }) } };
  };
  for (const one of full ? [] : names) {
    const found = brought(one);
    if (found !== undefined) return found;
  }
  const plugin = full ? undefined : actionPlugin(name, own, []);
  if (plugin !== undefined) return { action: name, userModule: { ...withoutFile(name, plugin), plugin } };
  const users = full && !name.startsWith('ansible.legacy.') ? undefined : userModule(name, own, roots());
  if (users !== undefined) return { action: name, userModule: users };
  if (here(name)) return { action: name };
  for (const one of names) {
    const redirected = redirectedModule(one, roots());
    if (redirected !== undefined && here(redirected)) return { action: redirected };
    const found = (redirected === undefined ? undefined : brought(redirected)) ?? brought(one);
    if (found !== undefined) return found;
  }
  for (const one of full ? [] : (modules.elsewhere?.(name) ?? [])) {
    const found = brought(one);
    if (found !== undefined) return found;
  }
  return modules.resolve(name) === undefined ? undefined : { action: name };
}

/** What an action plugin stands for that has no module of its name. */
const withoutFile = (name: string, file: string): UserModule => ({ name, file, collection: undefined, collectionRoots: [], utils: [] });

/** An action plugin in Python, too, harms only where its task is reached. */
function notePlugin({ name, plugin }: UserModule, source: Dict, key: string, builder: Builder): void {
  builder.report({
    kind: 'input',
    severity: 'warning',
    code: 'unsupported-plugin',
    message: `${name} is an action plugin in Python (${plugin}), and qplay runs none: this task fails on a host where its "when" lets it run`,
    ...where(source, key),
  });
}

/** A module that qplay lacks harms only where its task is reached. */
function noteElsewhere(action: string, source: Dict, builder: Builder): void {
  if (!builder.modules.isElsewhere?.(action)) return;
  builder.report({
    kind: 'input',
    severity: 'warning',
    code: 'unsupported-module',
    message: `qplay does not have the module ${action}: this task fails on a host where its "when" lets it run`,
    ...where(source, action),
  });
}

/** `action: module k=v`, `action: {module: name, ...}`, and `local_action` likewise. */
function oldAction(source: Dict, key: string, others: readonly string[], context: Context, builder: Builder): Found {
  for (const other of others) reportUnknownKey(source, other, true, builder, [key, other]);
  const value = source.get(key);
  if (isDict(value)) {
    const action = value.get('module');
    if (typeof action !== 'string') throw inputError('no-module', `"${key}" needs "module"`, { says: NO_MODULE, ...where(source, key) });
    const rest: Dict = new Map([...value].filter(([name]) => name !== 'module'));
    return { ...known(action, source, key, context, builder), holder: new Map([[action, rest]]), key: action };
  }
  if (typeof value !== 'string') throw inputError('no-module', `"${key}" must name a module`, { says: NO_MODULE, ...where(source, key) });
  const [action = '', ...rest] = value.split(/(?<=^\S+)\s+/);
  return { ...known(action, source, key, context, builder), holder: new Map([[action, rest.join(' ')]]), key: action };
}

function known(action: string, source: Dict, key: string, context: Context, builder: Builder): Named {
  const named = moduleOf(action, context, builder);
  if (named === undefined) throw inputError('unknown-module', unknownModule(action, builder), { says: unresolved(action), ...where(source, key) });
  return named;
}

const unresolved = (name: string): string =>
  `couldn't resolve module/action '${name}'. This often indicates a misspelling, missing collection, or incorrect module path.`;

const unknownModule = (name: string, builder: Builder): string => `there is no module "${name}".${didYouMean(name, builder.modules.names())}`;

function reportUnknownKey(source: Dict, key: string, hasModule: boolean, builder: Builder, all: readonly string[]): void {
  const says = all.length > 1 ? `conflicting action statements: ${all[0]}, ${all[1]}` : unresolved(key);
  if (hasModule) reportUnknown('keyword', `"${key}" is not a keyword of a task.${didYouMean(key, TASK_KEYWORDS)}`, source, key, builder, says);
  else
    reportUnknown(
      'module',
      `there is no module or keyword "${key}".${didYouMean(key, [...builder.modules.names(), ...TASK_KEYWORDS])}`,
      source,
      key,
      builder,
      says,
    );
}

/** A key that is neither a module nor a keyword. */
export function reportUnknown(what: 'keyword' | 'module', message: string, source: Dict, key: string, builder: Builder, says: string): void {
  builder.report({
    kind: 'input',
    severity: 'error',
    code: `unknown-${what}`,
    message,
    says,
    ...where(source, key),
    ...(what === 'module' && {
      hint: /(^|\.)import_playbook$/.test(key) ? 'a playbook is imported beside plays, not among tasks' : '`qplay doc` lists the modules',
    }),
  });
}

/** Where a key stands, for a diagnostic. */
export const where = (holder: Dict, key: string): { at?: At } => {
  const at = keyPositionOf(holder, key);
  return at ? { at } : {};
};
