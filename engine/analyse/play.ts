import { dirname } from 'node:path';
import { QplayError } from '../error.ts';
import type { Block, Context, Node, Play, Slot } from '../load/model.ts';
import type { RawPlay } from '../load/playbook.ts';
import { keyPositionOf, positionOf } from '../load/yaml.ts';
import type { Data } from '../value.ts';
import { type Builder, buildTasks } from './build.ts';
import { emptyContext, inherit, slot } from './context.ts';
import { buildRole, flatten, importRole, type PlayRoles } from './roles.ts';

/** Builds the tree of a play: roles, imports and blocks resolved, every task with its inherited keywords. */
export function buildPlay(raw: RawPlay, builder: Omit<Builder, 'importRole' | 'importing'>): { play: Play; roles: PlayRoles; builder: Builder } {
  const roles: PlayRoles = { uses: [], all: [], handlers: [], imported: [] };
  const full: Builder = { ...builder, importing: [], importRole: (task, inner) => importRole(task, inner, roles) };
  const { source, file } = raw;
  const base = raw.imports.reduce<Context>((context, entry) => inherit(context, entry, 'import'), emptyContext(dirname(file)));
  // variables of the play and its imports are a level of their own, below role vars: not part of the context of its blocks
  const context: Context = withCollection({ ...inherit(base, source, 'play'), vars: [] }, raw.collection);
  const section = (key: string): Node[] => buildTasks((source.get(key) ?? []) as Data, context, full, false, file, keyPositionOf(source, key));
  // in the order in which Ansible reads them: it decides whose handler of a name is the last one
  const listed: PlayRoles = { ...roles, uses: [], all: [] };
  const roleBlocks = buildRoles(source.get('roles') ?? [], context, full, listed);
  // before the roles that their tasks import
  roles.uses.unshift(...listed.uses);
  roles.all.unshift(...listed.all);
  const preTasks = section('pre_tasks');
  const postTasks = section('post_tasks');
  const tasks = section('tasks');
  const own = flatten(buildTasks((source.get('handlers') ?? []) as Data, context, full, true, file, keyPositionOf(source, 'handlers')));
  const at = [...source.keys()].length > 0 ? positionOf(source, [...source.keys()][0] as string) : undefined;
  const play: Play = {
    at: at ?? { file, line: 1, column: 1 },
    source,
    name: source.has('name') ? slot(source, 'name') : undefined,
    hosts: slot(source, 'hosts'),
    file,
    dir: dirname(file),
    context,
    preTasks,
    roles: roleBlocks,
    tasks,
    postTasks,
    handlers: [...roles.handlers, ...own, ...roles.imported],
    keywords: keywordSlots(source),
    roleUses: roles.uses,
  };
  return { play, roles, builder: full };
}

/** A playbook of a collection finds the roles of that collection without a prefix. */
function withCollection(context: Context, collection: string | undefined): Context {
  if (collection === undefined) return context;
  const named = context.set.collections?.value ?? [];
  const all: Data[] = [collection, ...(Array.isArray(named) ? named : [named])];
  return { ...context, set: { ...context.set, collections: slot(new Map<Data, Data>([['collections', all]]), 'collections') } };
}

function buildRoles(list: Data, context: Context, builder: Builder, roles: PlayRoles): Block[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry, index) => {
    try {
      return buildRole(entry, positionOf(list, index), context, builder, roles);
    } catch (error) {
      if (!(error instanceof QplayError)) throw error;
      error.diagnostics.forEach(builder.report);
      return [];
    }
  });
}

function keywordSlots(source: ReadonlyMap<Data, Data>): Record<string, Slot> {
  const found: Record<string, Slot> = {};
  for (const key of source.keys()) if (typeof key === 'string') found[key] = slot(source as Map<Data, Data>, key);
  return found;
}
