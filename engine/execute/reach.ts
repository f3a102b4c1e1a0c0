import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Builder, buildTasks, findTaskFile, loadTasks, shortName } from '../analyse/build.ts';
import { tasksOf } from '../analyse/check.ts';
import { importRole, includingRole, type PlayRoles, placeRole, roleOfTask } from '../analyse/roles.ts';
import { type Diagnostic, QplayError } from '../error.ts';
import type { Context, Node, Task } from '../load/model.ts';
import type { ReadyPlay } from './play.ts';
import type { RunState } from './run-state.ts';

/** Tasks that an include may bring while the play runs. */
export interface Reached {
  readonly nodes: readonly Node[];
  /** Whether it surely comes: its name is written out, and neither a condition nor a loop stands before it. */
  readonly sure: boolean;
  /** What was wrong when it was built. */
  readonly found: readonly Diagnostic[];
}

/**
 * All that includes of a play may bring, through the whole tree of its roles: files and roles whose names are written out, and
 * for names with templates every file that could be meant. Nothing of the play is changed.
 */
export function reachedBy(run: RunState, ready: ReadyPlay): Reached[] {
  const { play } = ready;
  const reached: Reached[] = [];
  const known = new Set<string>();
  const follow = (nodes: readonly Node[], sure: boolean): void => {
    for (const task of tasksOf(nodes)) {
      const plain = sure && task.context.when.length === 0 && task.loop === undefined;
      for (const one of broughtBy(run, ready, task)) {
        const certain = plain && one.written;
        if (known.has(`${one.key} ${certain}`)) continue;
        known.add(`${one.key} ${certain}`);
        const built = collecting(one.build);
        reached.push({ ...built, sure: certain });
        follow(built.nodes, certain);
      }
    }
  };
  follow([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks, ...play.handlers], true);
  return reached;
}

interface Bringing {
  readonly key: string;
  /** Whether the name has no template in it. */
  readonly written: boolean;
  readonly build: (report: Builder['report']) => readonly Node[];
}

function broughtBy(run: RunState, ready: ReadyPlay, task: Task): Bringing[] {
  const action = shortName(task.action);
  if (action === 'include_role') return roleOf(run, ready, task);
  if (action !== 'include_tasks') return [];
  const name = task.args.get('file') ?? task.args.get('_raw_params');
  if (typeof name !== 'string' || name === '') return [];
  const written = !run.jinja.isTemplate(name);
  return filesOf(name, written, task, ready.builder.playbookDir).map((file) => ({
    key: `${file} ${task.context.role?.role.path ?? ''}`,
    written,
    build: (report) => {
      const context: Context = { ...task.outer, role: includingRole(task), dir: dirname(file) };
      return buildTasks(loadTasks(file, { vault: run.vault, report }), context, apart(ready, report).builder, task.handler, file);
    },
  }));
}

/** A builder whose roles are nobody's: what it makes is only looked at. */
function apart({ builder }: ReadyPlay, report: Builder['report']): { builder: Builder; roles: PlayRoles } {
  const roles: PlayRoles = { uses: [], all: [], handlers: [], imported: [] };
  return { roles, builder: { ...builder, own: builder.own.apart(), report, importing: [], importRole: (task, inner) => importRole(task, inner, roles) } };
}

function roleOf(run: RunState, ready: ReadyPlay, task: Task): Bringing[] {
  const given = ['name', 'role', 'tasks_from'].map((key) => task.args.get(key)).filter((one) => one !== undefined);
  const written = given.every((one) => typeof one === 'string' && !run.jinja.isTemplate(one));
  if (!written) return [];
  return [
    {
      key: given.join(' '),
      written,
      build: (report) => {
        const { builder, roles } = apart(ready, report);
        const { role, parts } = roleOfTask(task, (slot) => slot.value, builder);
        const context: Context = { ...task.outer, role: includingRole(task) };
        const blocks = placeRole(
          { role, source: new Map(), params: undefined, context, at: task.at, parts: { ...parts, allowDuplicates: true }, way: 'task' },
          builder,
          roles,
        );
        return [...blocks, ...roles.handlers];
      },
    },
  ];
}

/** Files that a name may mean. One that is not there may still be made by the play. */
function filesOf(name: string, written: boolean, task: Task, playbookDir: string): string[] {
  if (written) {
    try {
      return [findTaskFile(name, task, playbookDir)];
    } catch (error) {
      if (error instanceof QplayError) return [];
      throw error;
    }
  }
  const folder = resolve(task.context.dir, dirname(name));
  if (folder.includes('{') || !existsSync(folder) || !statSync(folder).isDirectory()) return [];
  const parts = basename(name).split(/\{[{%].*?[}%]\}/s);
  const pattern = new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
  return readdirSync(folder)
    .filter((file) => pattern.test(file) && /\.(ya?ml|json)$/.test(file) && file !== basename(task.at.file))
    .map((file) => join(folder, file));
}

function collecting(build: (report: Builder['report']) => readonly Node[]): Omit<Reached, 'sure'> {
  const found: Diagnostic[] = [];
  try {
    return { nodes: build((one) => found.push(one)), found };
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    return { nodes: [], found: [...found, ...error.diagnostics] };
  }
}
