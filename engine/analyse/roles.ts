import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type At, inputError } from '../error.ts';
import { ROLE_KEYWORDS } from '../load/keywords.ts';
import type { Block, Context, Layer, Node, Role, RoleUse, Slot, Task } from '../load/model.ts';
import { allowsDuplicates, dependencies, roleFile, roleVars } from '../load/roles.ts';
import { keyPositionOf, positionOf } from '../load/yaml.ts';
import { type Data, type Dict, isDict, toPlain } from '../value.ts';
import { type Builder, buildTasks, loadTasks } from './build.ts';
import { inherit, slot } from './context.ts';
import { ownTask } from './own-task.ts';

/** What the roles of a play add up to while it is built. */
export interface PlayRoles {
  readonly uses: RoleUse[];
  /** Every use, of roles that are included too: `ansible_play_role_names` and its siblings. */
  readonly all: RoleUse[];
  readonly handlers: Task[];
  /** Of roles that `import_role` brings: they stand behind those of the play. */
  readonly imported: Task[];
  /** Keys of roles that need not come again: the same role with the same parameters. */
  readonly seen: Set<string>;
}

/** Which files of a role are used, and how (`tasks_from` and its siblings). */
export interface RoleParts {
  readonly tasks?: string;
  readonly vars?: string;
  readonly defaults?: string;
  readonly handlers?: string;
  readonly allowDuplicates?: boolean;
  /** `rolespec_validate`; default true. */
  readonly validate?: boolean;
}

const MAIN: RoleParts = {};

/** An entry of `roles:` or of a role's dependencies: its dependencies' blocks, then its own. */
export function buildRole(entry: Data, at: At | undefined, context: Context, builder: Builder, roles: PlayRoles): Block[] {
  const source: Dict = isDict(entry) ? entry : new Map<Data, Data>([['role', entry]]);
  const key = source.has('role') ? 'role' : 'name';
  const name = builder.early(slot(source, key), context);
  if (typeof name !== 'string' || name === '')
    throw inputError('no-role', 'a role needs a name', { says: 'role definitions must contain a role name', ...(at && { at }) });
  const role = builder.roles.load(name, keyPositionOf(source, key) ?? at, context.role?.role.path ?? builder.playbookDir, collectionsOf(context));
  const way = context.role ? 'dependency' : 'listed';
  return placeRole({ role, source, params: paramsOf(source, name), context, at, parts: MAIN, way }, builder, roles);
}

/** Collections whose roles need no prefix: that of the role around, and those of the keyword. */
export function collectionsOf({ role, set }: Context): string[] {
  const value = set.collections?.value ?? [];
  const named = (Array.isArray(value) ? value : [value]).map(String);
  return role?.role.collection === undefined ? named : [role.role.collection, ...named];
}

interface Placing {
  /** An entry of `roles`, of `dependencies`, or a task that includes or imports. */
  readonly way: 'listed' | 'dependency' | 'task';
  readonly role: Role;
  readonly source: Dict;
  readonly params: Layer | undefined;
  readonly context: Context;
  readonly at: At | undefined;
  readonly parts: RoleParts;
  /** Variables that a task hands to it: with others it is another use. */
  readonly given?: ReadonlyMap<Data, Data>;
}

/** Blocks of one use of a role with its dependencies. Whether a role that has run is done again is seen by host, in the run. */
export function placeRole(placing: Placing, builder: Builder, roles: PlayRoles): Block[] {
  const { role, source, params, context, parts } = placing;
  if (role.collection === undefined) builder.own.add(role.path);
  const { allowDuplicates: _, validate: __, ...files } = parts;
  const key = `${placing.way === 'task' ? 'by a task ' : ''}${role.name} ${role.path} ${JSON.stringify(toPlain(new Map([...source].filter(([name]) => name !== 'role' && name !== 'name'))))} ${JSON.stringify(files)} ${JSON.stringify(toPlain(new Map(placing.given)))}`;
  const again = roles.seen.has(key);
  const repeats = parts.allowDuplicates ?? allowsDuplicates(role);
  // a role that depends on itself
  if (again && !repeats && context.role?.inside.includes(role.path)) return [];
  roles.seen.add(key);
  const own = withParts(role, parts, builder);
  const draft: RoleUse = {
    role: own,
    params: inheritedParams(context.role?.params, params),
    parents: parentsOf(placing),
    isDependency: placing.way === 'dependency',
    key,
    repeats,
    chain: [...(context.role?.chain ?? []), withEntryVars(own, source)],
    inside: [...(context.role?.inside ?? []), role.path],
  };
  const inherited = inherit(context, source, `role ${role.name}`, { role: draft, dir: join(role.path, 'tasks') });
  const inner: Context = { ...inherited, vars: context.vars };
  const before = dependencies(role).flatMap((one) => buildRole(one.entry, one.at, inner, builder, roles));
  const use: RoleUse = {
    ...draft,
    chain: [...(context.role?.chain ?? []), ...before.flatMap((block) => (block.roleUse ? [block.roleUse.role] : [])), withEntryVars(own, source)],
  };
  const placed: Context = { ...inner, role: use };
  roles.uses.push(use);
  roles.all.push(use);
  addHandlers(use, placed, parts, builder, roles);
  return [...before, roleBlock(placing, use, placed, builder)];
}

/** Params of a role reach those it depends on and those it includes. */
function inheritedParams(above: Layer | undefined, own: Layer | undefined): Layer | undefined {
  if (!above || !own) return own ?? above;
  return { ...own, vars: new Map([...above.vars, ...own.vars]) };
}

function parentsOf({ way, context: { role } }: Placing): readonly Role[] {
  if (!role) return [];
  return way === 'task' ? [role.role, ...role.parents] : role.parents;
}

function roleBlock(placing: Placing, use: RoleUse, context: Context, builder: Builder): Block {
  const { role, parts } = placing;
  const file = tasksFile(role, parts, placing.at);
  const at = placing.at ?? { file: file ?? role.path, line: 1, column: 1 };
  const tasks = file === undefined ? [] : buildTasks(loadTasks(file, builder), { ...context, dir: dirname(file) }, builder, false, file);
  return {
    kind: 'block',
    id: builder.nextId(),
    at,
    context,
    name: role.name,
    block: [...argumentCheck(role, parts, context, builder, at), ...tasks],
    rescue: [],
    always: [],
    roleUse: use,
    group: true,
  };
}

function tasksFile(role: Role, parts: RoleParts, at: At | undefined): string | undefined {
  if (parts.tasks === undefined) return role.tasksFile;
  const file = roleFile(role.path, 'tasks', parts.tasks);
  // as in Ansible, a role without the folder has nothing to do
  if (file !== undefined || !existsSync(join(role.path, 'tasks'))) return file;
  throw inputError('missing-file', `role "${role.name}" has no tasks file "${parts.tasks}"`, {
    says: `Could not find specified file in role: tasks/${parts.tasks}`,
    ...(at && { at }),
    hint: `looked in ${join(role.path, 'tasks')}`,
  });
}

function withEntryVars(role: Role, source: Dict): Role {
  const vars = source.get('vars');
  return isDict(vars) && vars.size > 0 ? { ...role, entryVars: { level: `role ${role.name} vars`, from: `role ${role.name}`, vars } } : role;
}

function withParts(role: Role, parts: RoleParts, builder: Builder): Role {
  const vars = parts.vars === undefined ? role.vars : roleVars(role, 'vars', parts.vars, builder.vault);
  const defaults = parts.defaults === undefined ? role.defaults : roleVars(role, 'defaults', parts.defaults, builder.vault);
  if (vars === undefined || defaults === undefined)
    throw inputError('missing-file', `role "${role.name}" has no such file of ${vars === undefined ? 'vars' : 'defaults'}`, {
      says: `Could not find specified file in role: ${vars === undefined ? `vars/${parts.vars}` : `defaults/${parts.defaults}`}`,
    });
  return vars === role.vars && defaults === role.defaults ? role : { ...role, vars, defaults };
}

function addHandlers(use: RoleUse, context: Context, parts: RoleParts, builder: Builder, roles: PlayRoles): void {
  const file = parts.handlers === undefined ? use.role.handlersFile : roleFile(use.role.path, 'handlers', parts.handlers);
  if (file === undefined) return;
  const inner: Context = { ...context, dir: dirname(file) };
  roles.handlers.push(...flatten(buildTasks(loadTasks(file, builder), inner, builder, true, file)));
}

/** Handlers out of imports and blocks, in order. */
export const flatten = (nodes: readonly Node[]): Task[] =>
  nodes.flatMap((node) => (node.kind === 'task' ? [node] : flatten([...node.block, ...node.rescue, ...node.always])));

/** The check of `meta/argument_specs.yml`, which Ansible puts before the tasks of a role. */
function argumentCheck(role: Role, parts: RoleParts, context: Context, builder: Builder, at: At): Task[] {
  const entry = (parts.tasks ?? 'main').replace(/\.(ya?ml|json)$/, '');
  const spec = role.specs.get(entry);
  if (spec === undefined || parts.validate === false) return [];
  const about = spec.get('short_description');
  const source: Dict = new Map<Data, Data>([
    ['name', `Validating arguments against arg spec '${entry}'${typeof about === 'string' ? ` - ${about}` : ''}`],
    ['tags', 'always'],
  ]);
  const args: Dict = new Map<Data, Data>([
    ['argument_spec', spec.get('options') ?? new Map()],
    [
      'validate_args_context',
      new Map<Data, Data>([
        ['type', 'role'],
        ['name', role.shortName],
        ['argument_spec_name', entry],
        ['path', role.path],
      ]),
    ],
  ]);
  return [ownTask('validate_argument_spec', source, args, context, at, builder.nextId())];
}

function paramsOf(source: Dict, name: string): Layer | undefined {
  const vars = new Map([...source].filter(([key]) => !ROLE_KEYWORDS.has(String(key)) && key !== 'name'));
  return vars.size > 0 ? { level: 'role params', from: `role ${name}`, vars: own(source, vars) } : undefined;
}

/** Keeps the container's identity, and so its positions, when nothing had to be left out. */
const own = (source: Dict, vars: Dict): Dict => (vars.size === source.size ? source : vars);

/** An `import_role` task in the tree: what stands there in its place. */
export function importRole(task: Task, builder: Builder, roles: PlayRoles): Block {
  const { role, parts } = roleOfTask(task, (one) => builder.early(one, task.context), builder);
  const vars = task.source.get('vars');
  const given = isDict(vars) ? vars : undefined;
  const blocks = placeRole(
    {
      role,
      source: new Map(),
      params: undefined,
      context: task.context,
      at: task.at,
      parts: { allowDuplicates: true, ...parts },
      way: 'task',
      ...(given && { given }),
    },
    builder,
    { ...roles, handlers: roles.imported },
  );
  return { kind: 'block', id: task.id, at: task.at, context: task.context, name: '', block: blocks, rescue: [], always: [], roleUse: undefined, group: true };
}

/** The role and the parts of it that an `import_role` or `include_role` names. */
export function roleOfTask(task: Task, render: (slot: Slot) => Data, builder: Pick<Builder, 'roles' | 'playbookDir'>): { role: Role; parts: RoleParts } {
  const text = (key: string): string | undefined => {
    const value = task.args.has(key) ? render(slot(task.args, key)) : undefined;
    return value === undefined || value === null ? undefined : String(value);
  };
  const name = text('name') ?? text('role');
  if (name === undefined || name === '')
    throw inputError('no-role', `${task.action} needs "name"`, { says: `'name' is a required field for ${task.action}.`, at: task.at });
  const at = positionOf(task.args, task.args.has('name') ? 'name' : 'role') ?? task.at;
  const role = builder.roles.load(name, at, task.context.role?.role.path ?? builder.playbookDir, collectionsOf(task.context));
  const [tasks, vars, defaults, handlers] = ['tasks_from', 'vars_from', 'defaults_from', 'handlers_from'].map(text);
  const allow = task.args.get('allow_duplicates');
  const validate = task.args.get('rolespec_validate');
  return {
    role,
    parts: {
      ...(tasks !== undefined && { tasks }),
      ...(vars !== undefined && { vars }),
      ...(defaults !== undefined && { defaults }),
      ...(handlers !== undefined && { handlers }),
      ...(typeof allow === 'boolean' && { allowDuplicates: allow }),
      ...(typeof validate === 'boolean' && { validate }),
    },
  };
}
