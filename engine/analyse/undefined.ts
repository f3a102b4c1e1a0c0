import { dirname, join } from 'node:path';
import { type Diagnostic, didYouMean, QplayError } from '../error.ts';
import type { Jinja } from '../jinja/api.ts';
import type { Layer, Slot, Task } from '../load/model.ts';
import { isUnsafe, originOf } from '../load/yaml.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { shortName } from './build.ts';
import { definedBelow } from './defined.ts';

/**
 * Names that tasks use and nobody defines: no inventory, play, role, include, loop, register or set_fact, and no magic or
 * fact. Said only where it is sure: a name that some template tests or gives a default is left alone, and nothing is said
 * when variables may come from where they cannot be seen.
 */
export interface Known {
  readonly jinja: Jinja;
  readonly names: Set<string>;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Variables that modules bring as facts without the prefix. */
const BRINGS: Readonly<Record<string, readonly string[]>> = { package_facts: ['packages'], service_facts: ['services'] };

/** Actions whose variables cannot be seen in the playbook's text. */
const UNSEEN: ReadonlySet<string> = new Set(['include_vars', 'add_host']);

/**
 * Adds the names that tasks define when they run, those of files they may include too.
 * `false`: some may come from where they cannot be seen.
 */
export function collectDefined(tasks: readonly Task[], names: Set<string>, findRole: (name: string, task: Task) => string | undefined): boolean {
  let sure = true;
  for (const task of tasks) {
    const action = shortName(task.action);
    if (task.register !== undefined) names.add(task.register);
    for (const layer of task.context.vars) addAll(layer, names);
    const params = task.source.get('vars');
    if (isDict(params)) for (const key of params.keys()) names.add(String(key));
    for (const role of task.context.role?.chain ?? []) if (role.entryVars !== undefined) addAll(role.entryVars, names);
    if (task.context.role?.params) addAll(task.context.role.params, names);
    if (task.loop) addLoop(task, names);
    if (action === 'set_fact') for (const key of task.args.keys()) names.add(String(key));
    // a name that is a template may be any name
    if (action === 'set_fact' && [...task.args.keys()].some((key) => String(key).includes('{{'))) sure = false;
    for (const name of BRINGS[action] ?? []) names.add(name);
    if (UNSEEN.has(action)) sure = false;
    if (action === 'include_tasks')
      sure =
        foldersOf(task)
          .map((folder) => definedBelow(folder, names))
          .every(Boolean) && sure;
    if (action === 'include_role') sure = includedRole(task, names, findRole) && sure;
  }
  return sure;
}

/** Where a file of tasks may lie that is included when the run comes to it. */
function foldersOf(task: Task): string[] {
  const { dir } = task.context;
  const file = task.args.get('file') ?? task.args.get('_raw_params');
  const own = typeof file === 'string' && file.includes('/') ? [join(dir, dirname(file))] : [];
  return [dir, ...own];
}

function includedRole(task: Task, names: Set<string>, findRole: (name: string, task: Task) => string | undefined): boolean {
  const name = task.args.get('name') ?? task.args.get('role');
  const path = typeof name === 'string' ? findRole(name, task) : undefined;
  if (path === undefined) return false;
  return ['tasks', 'handlers', 'defaults', 'vars'].map((folder) => definedBelow(join(path, folder), names)).every(Boolean);
}

const addAll = (layer: Layer, names: Set<string>): void => {
  for (const key of layer.vars.keys()) names.add(String(key));
};

function addLoop(task: Task, names: Set<string>): void {
  const control = task.loop?.control;
  names.add(String(control?.get('loop_var') ?? 'item'));
  const index = control?.get('index_var');
  if (typeof index === 'string') names.add(index);
  for (const one of ['ansible_loop', 'ansible_loop_var', 'ansible_index_var']) names.add(one);
}

interface Use {
  readonly name: string;
  readonly text: string;
  readonly at: Task['at'];
}

/** Reports every name that is used and not known. */
export function reportUndefined(tasks: readonly Task[], layers: readonly Layer[], known: Known): void {
  const guarded = new Set<string>();
  const uses: Use[] = [];
  const visit = (text: string, kind: 'template' | 'expression', holder: Dict | Data[], key: Data, task: Task | undefined): void => {
    for (const word of text.matchAll(
      /([A-Za-z_]\w*)\s+is\s+(?:not\s+)?(?:defined|undefined)|([A-Za-z_]\w*)[\w.[\]'"]*\s*\|\s*(?:ansible\.builtin\.)?(?:d|default)\b/g,
    ))
      guarded.add((word[1] ?? word[2]) as string);
    if (!task) return;
    const origin = originOf(holder, key);
    for (const name of freeNames(known.jinja, text, kind)) {
      if (known.names.has(name) || /^(ansible|getent)_/.test(name)) continue;
      const offset = text.search(new RegExp(`\\b${name}\\b`));
      const at = origin?.at(Math.max(0, offset)) ?? task.at;
      uses.push({ name, text, at: { ...at, length: name.length } });
    }
  };
  for (const layer of layers)
    for (const [key, value] of layer.vars)
      visitValue(value, layer.vars as Dict, key, known.jinja, (text, holder, name) => visit(text, 'template', holder, name, undefined));
  for (const task of tasks) visitTask(task, known.jinja, visit);
  for (const use of uses) {
    if (guarded.has(use.name)) continue;
    known.report({
      kind: 'input',
      severity: 'error',
      code: 'undefined',
      message: `"${use.name}" is not defined anywhere.${didYouMean(use.name, known.names)}`,
      at: use.at,
    });
  }
}

/** None where the text is no valid template: that is told elsewhere. */
function freeNames(jinja: Jinja, text: string, kind: 'template' | 'expression'): Iterable<string> {
  try {
    return jinja.freeNames(text, kind);
  } catch (error) {
    if (error instanceof QplayError) return [];
    throw error;
  }
}

type Visit = (text: string, kind: 'template' | 'expression', holder: Dict | Data[], key: Data, task: Task | undefined) => void;

function visitTask(task: Task, jinja: Jinja, visit: Visit): void {
  const action = shortName(task.action);
  const conditions: readonly (Slot | undefined)[] = [...task.context.when, task.own.changed_when, task.own.failed_when, task.own.until];
  for (const one of conditions) if (one) visitCondition(one, visit, task);
  for (const [key, value] of task.args) {
    if (action === 'assert' && key === 'that') visitCondition({ value, holder: task.args, key: 'that' }, visit, task);
    else if (action !== 'validate_argument_spec' && !(action === 'debug' && key === 'var'))
      visitValue(value, task.args, key, jinja, (text, holder, name) => visit(text, 'template', holder, name, task));
  }
  if (task.loop)
    visitValue(task.loop.items.value, task.loop.items.holder, task.loop.items.key, jinja, (text, holder, name) => visit(text, 'template', holder, name, task));
}

function visitCondition(slot: Slot, visit: Visit, task: Task): void {
  if (Array.isArray(slot.value)) {
    const list = slot.value;
    list.forEach((value, key) => visitCondition({ value, holder: list, key }, visit, task));
  } else if (typeof slot.value === 'string') visit(slot.value, slot.value.includes('{{') ? 'template' : 'expression', slot.holder, slot.key, task);
}

function visitValue(value: Data, holder: Dict | Data[], key: Data, jinja: Jinja, found: (text: string, holder: Dict | Data[], key: Data) => void): void {
  if (typeof value === 'string') {
    if (jinja.isTemplate(value) && !isUnsafe(holder, key)) found(value, holder, key);
  } else if (Array.isArray(value)) value.forEach((one, index) => visitValue(one, value, index, jinja, found));
  else if (isDict(value)) for (const [name, one] of value) visitValue(one, value, name, jinja, found);
}
