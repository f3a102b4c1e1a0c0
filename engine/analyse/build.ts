import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type At, type Diagnostic, didYouMean, inputError, QplayError } from '../error.ts';
import { toText } from '../jinja/python/text.ts';
import { BLOCK_KEYWORDS } from '../load/keywords.ts';
import type { Block, Context, Loop, Node, Slot, Task } from '../load/model.ts';
import type { RoleFinder } from '../load/roles.ts';
import { pythonClass, unreadable } from '../load/said.ts';
import { type Decrypt, keyPositionOf, loadYamlFile, positionOf } from '../load/yaml.ts';
import type { OwnDirs } from '../own/dirs.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { findAction, reportUnknown, where } from './action.ts';
import { parseArguments } from './arguments.ts';
import { inherit, slot, slotOf, slots } from './context.ts';

/** What is known of modules while a tree is built: names only, nothing is loaded. */
export interface ModuleNames {
  /** The short name a module is known by, from any of its names; `undefined` when there is none. */
  resolve(name: string): string | undefined;
  names(): Iterable<string>;
  /** Whether it is a name that is known, but only to say that there is no such module here. */
  isElsewhere?(name: string): boolean;
  /** Full names that a short name may stand for which is of no module here. */
  elsewhere?(name: string): readonly string[];
}

/** What building a tree needs. Diagnostics are collected, so that all mistakes show at once. */
export interface Builder {
  readonly playbookDir: string;
  readonly roles: RoleFinder;
  readonly modules: ModuleNames;
  /** Where the user's own modules lie. */
  readonly own: OwnDirs;
  readonly vault: Decrypt | undefined;
  /** Renders the name of an imported file or role with what is known before the run: extra and play variables. */
  readonly early: (slot: Slot, context: Context) => Data;
  readonly report: (diagnostic: Diagnostic) => void;
  readonly nextId: () => number;
  /** Brings the tasks of a role in place of an `import_role`. */
  readonly importRole: (task: Task, builder: Builder) => Block;
  /** Files being imported, to see a file that imports itself. */
  readonly importing: readonly string[];
}

/** Names under which the engine's own actions are known, in the short form. */
export const shortName = (action: string): string => action.replace(/^ansible\.(builtin|legacy)\./, '');

/** Modules whose text stays text, `=` or not, but for the few options that they take out of it. */
const FREE_FORM: ReadonlySet<string> = new Set(['command', 'shell', 'raw', 'script']);

/** Modules that also take text without `=`. */
const TAKES_TEXT: ReadonlySet<string> = new Set([
  ...FREE_FORM,
  'include_vars',
  'include_tasks',
  'include_role',
  'import_tasks',
  'import_role',
  'import_playbook',
  'meta',
  'add_host',
  'group_by',
  'set_fact',
]);

/** Builds the tasks of a list; what is wrong is reported and left out. */
export function buildTasks(list: Data, context: Context, builder: Builder, handlers: boolean, file: string, at?: At, what = 'tasks'): Node[] {
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list)) {
    const found = isDict(list) ? 'a mapping' : 'no list';
    const hint = 'begin each task with a dash: `- name: ...`';
    builder.report({
      kind: 'input',
      severity: 'error',
      code: 'not-a-list',
      message: `tasks must be a list, and this is ${found}`,
      says:
        what === 'tasks'
          ? `A malformed block was encountered while loading tasks: ${toText(list)} should be a list or None but is ${pythonClass(list)}`
          : `A malformed block was encountered while loading ${what}. The ds (${toText(list)}) should be a list but was a ${pythonClass(list)}`,
      at: at ?? { file, line: 1, column: 1 },
      hint,
    });
    return [];
  }
  return list.flatMap((entry, index) => {
    try {
      return [buildNode(entry, positionOf(list, index), context, builder, handlers)];
    } catch (error) {
      if (!(error instanceof QplayError)) throw error;
      error.diagnostics.forEach(builder.report);
      return [];
    }
  });
}

function buildNode(entry: Data, at: At | undefined, context: Context, builder: Builder, handlers: boolean): Node {
  if (!isDict(entry))
    throw inputError('not-a-task', 'a task must be a mapping', {
      says: `A malformed block was encountered while loading a block. The ds (${toText([entry])}) should be a dict but was a <class 'list'>`,
      ...(at && { at }),
    });
  if (entry.has('block') || entry.has('rescue') || entry.has('always')) return buildBlock(entry, at, context, builder, handlers);
  const task = buildTask(entry, at, context, builder, handlers);
  const action = shortName(task.action);
  if (action === 'import_tasks' || action === 'include_tasks') checkIncludeOptions(task);
  if (action === 'import_tasks') return importTasks(task, builder, handlers);
  if (action === 'import_role') return builder.importRole(task, builder);
  return task;
}

function buildBlock(source: Dict, at: At | undefined, context: Context, builder: Builder, handlers: boolean): Block {
  for (const key of source.keys()) {
    if (!BLOCK_KEYWORDS.has(String(key)))
      reportUnknown(
        'keyword',
        `"${String(key)}" is not a keyword of a block.${didYouMean(String(key), BLOCK_KEYWORDS)}`,
        source,
        String(key),
        builder,
        `'${String(key)}' is not a valid attribute for a Block`,
      );
  }
  const place = at ?? ({ file: '', line: 1, column: 1 } satisfies At);
  const inner = inherit(context, source, 'block');
  const part = (key: string): Node[] =>
    buildTasks((source.get(key) ?? []) as Data, inner, builder, handlers, place.file, keyPositionOf(source, key), key === 'block' ? 'a block' : `${key}.`);
  if (!source.has('block')) {
    const other = source.has('rescue') ? 'rescue' : 'always';
    throw inputError('no-block', `"${other}" stands without "block"`, { says: `'${other}' keyword cannot be used without 'block'`, ...where(source, other) });
  }
  return {
    kind: 'block',
    id: builder.nextId(),
    at: place,
    context: inner,
    name: typeof source.get('name') === 'string' ? (source.get('name') as string) : '',
    block: part('block'),
    rescue: part('rescue'),
    always: part('always'),
    roleUse: undefined,
  };
}

function buildTask(source: Dict, at: At | undefined, context: Context, builder: Builder, handler: boolean): Task {
  const { action, holder, key, userModule } = findAction(source, at, context, builder);
  const short = shortName(action);
  const { args, template } = readArguments(source, holder, key, short);
  const inner = inherit(context, source, 'task');
  const local = source.has('local_action');
  return {
    kind: 'task',
    outer: context,
    id: builder.nextId(),
    at: at ?? { file: '', line: 1, column: 1 },
    context: local ? { ...inner, set: { ...inner.set, delegate_to: slot(new Map([['delegate_to', 'localhost']]), 'delegate_to') } } : inner,
    // a redirected module is still called by the name that was written
    name: slotOf(source, 'name') ?? (action === key ? undefined : slot(new Map([['name', key]]), 'name')),
    source,
    action,
    ...(userModule && { userModule }),
    args,
    argsTemplate: template,
    loop: readLoop(source),
    notify: slots(source, 'notify'),
    listen: slots(source, 'listen'),
    register: registerName(source),
    own: ownKeywords(source),
    handler,
  };
}

const OWN = ['changed_when', 'failed_when', 'until', 'retries', 'delay', 'async', 'poll'];

function ownKeywords(source: Dict): Record<string, Slot> {
  const own: Record<string, Slot> = {};
  for (const key of OWN) if (source.has(key)) own[key] = slot(source, key);
  return own;
}

function registerName(source: Dict): string | undefined {
  const name = source.get('register');
  if (name === undefined || name === null) return undefined;
  if (typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name)) return name;
  throw inputError('register', `"${String(name)}" is not a name for a variable`, {
    says: `Invalid variable name in 'register' specified: '${String(name)}'`,
    ...where(source, 'register'),
  });
}

function readArguments(source: Dict, holder: Dict, key: string, short: string): { args: Dict; template: Slot | undefined } {
  const value = holder.get(key);
  const extra = source.get('args');
  const template = typeof extra === 'string' ? slot(source, 'args') : undefined;
  const base = isDict(extra) ? extra : new Map<Data, Data>();
  if (value === null || value === undefined) return { args: base, template };
  if (isDict(value)) return { args: base.size > 0 ? new Map([...base, ...value]) : value, template };
  if (typeof value === 'string' && /^\s*\{\{[\s\S]*\}\}\s*$/.test(value) && !TAKES_TEXT.has(short)) return { args: base, template: slot(holder, key) };
  if (typeof value === 'object')
    throw inputError('arguments', `the options of ${short} must be a mapping, or text of the form key=value`, {
      ...where(holder, key),
      hint: 'a dash makes a list: write the options without it',
    });
  const parsed = parseArguments(holder, key, FREE_FORM.has(short));
  if (!TAKES_TEXT.has(short)) refuseText(parsed, holder, key, short);
  if (!TAKES_TEXT.has(short) && parsed.has('_raw_params'))
    throw inputError('arguments', `"${String(parsed.get('_raw_params')).trim()}" is not of the form key=value, and ${short} takes nothing else`, {
      ...where(holder, key),
      hint: 'put quotes around a value with blanks, or write the arguments as a mapping',
    });
  return { args: base.size > 0 ? new Map([...base, ...parsed]) : parsed, template };
}

/** `debug: msg=two words`: the second word belongs to nothing. */
function refuseText(parsed: Dict, holder: Dict, key: string, module: string): void {
  const text = parsed.get('_raw_params');
  if (text === undefined || text === '') return;
  throw inputError('arguments', `"${String(text)}" is no option of ${module}: options are written key=value.`, {
    says: `this task '${module}' has extra params, which is only allowed in the following modules: ${[...TAKES_TEXT].sort().join(', ')}`,
    ...where(holder, key),
    hint: 'A value with blanks needs quotes, or the options a mapping of their own.',
  });
}

function readLoop(source: Dict): Loop | undefined {
  const control = source.get('loop_control');
  const found = [...source.keys()].map(String).filter((key) => key === 'loop' || key.startsWith('with_'));
  if (found.length === 0) return undefined;
  if (found.length > 1)
    throw inputError('two-loops', `a task has one loop, and this has two: ${found.join(' and ')}`, {
      says: `duplicate loop in task: ${String(found[1]).replace(/^with_/, '')}`,
      ...where(source, found[1] as string),
    });
  const key = found[0] as string;
  return { items: slot(source, key), lookup: key === 'loop' ? undefined : key.slice('with_'.length), control: isDict(control) ? control : undefined };
}

const INCLUDE_OPTIONS: readonly string[] = ['file', '_raw_params', 'apply'];

function checkIncludeOptions(task: Task): void {
  const wrong = [...task.args.keys()]
    .map(String)
    .find((key) => !INCLUDE_OPTIONS.includes(key) || (key === 'apply' && shortName(task.action) === 'import_tasks'));
  if (wrong === undefined) return;
  throw inputError('unknown-option', `${task.action} has no option "${wrong}".`, {
    says: `Invalid options for ${task.action}: ${wrong}`,
    at: keyPositionOf(task.args, wrong) ?? task.at,
    hint: wrong === 'apply' ? 'What import_tasks says holds for its tasks anyway.' : 'Variables for what is included stand under "vars:" beside it.',
  });
}

function importTasks(task: Task, builder: Builder, handlers: boolean): Block {
  const name = fileArgument(task, builder);
  const file = findTaskFile(name, task, builder.playbookDir);
  if (builder.importing.includes(file)) throw inputError('import-loop', `${file} imports itself`, { at: task.at });
  const context: Context = { ...task.context, dir: dirname(file) };
  const inner: Builder = { ...builder, importing: [...builder.importing, file] };
  const block = buildTasks(loadTasks(file, builder), context, inner, handlers, file);
  return { kind: 'block', id: task.id, at: task.at, context, name: '', block, rescue: [], always: [], roleUse: undefined, group: true };
}

/** The tasks of a file as they were written; what the loader warns of is reported. */
export function loadTasks(file: string, { vault, report }: Pick<Builder, 'vault' | 'report'>): Data {
  const { value, warnings } = loadYamlFile(file, { vault });
  warnings.forEach(report);
  return value;
}

function fileArgument(task: Task, builder: Builder): string {
  const key = task.args.has('file') ? 'file' : '_raw_params';
  const value = task.args.has(key) ? early(task, key, builder) : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw inputError('no-file', `${task.action} needs the name of a file`, { says: `No file specified for ${task.action}`, at: task.at });
}

function early(task: Task, key: string, builder: Builder): Data {
  try {
    return builder.early(slot(task.args, key), task.context);
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    const hint = 'An import is read before the run, when only -e and variables of the play are known; an include is read when its turn comes.';
    throw new QplayError(error.diagnostics.map((one) => (one.code === 'undefined' ? { ...one, hint } : one)));
  }
}

const missingTasks = (task: Task, tried: readonly string[]): string =>
  shortName(task.action) === 'import_tasks' ? unreadable(tried[0] as string) : `Could not find or access '${tried[0]}' on the Ansible Controller.`;

/** The file of an import or include: beside the task file, in the role's `tasks/`, beside the playbook. */
export function findTaskFile(name: string, task: Task, playbookDir: string): string {
  const role = task.context.role?.role.path;
  const kind = task.handler ? 'handlers' : 'tasks';
  const folders = [task.context.dir, ...(role ? [join(role, kind), role] : []), dirname(task.at.file), playbookDir];
  const tried = [...new Set(folders.map((folder) => resolve(folder, name)))];
  const file = tried.find((path) => existsSync(path) && statSync(path).isFile());
  if (file !== undefined) return file;
  const at = positionOf(task.args, task.args.has('file') ? 'file' : '_raw_params') ?? task.at;
  throw inputError('missing-file', `there is no file "${name}"`, { says: missingTasks(task, tried), at, hint: `looked for ${tried.join(', ')}` });
}
