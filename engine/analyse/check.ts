import { type At, type Diagnostic, didYouMean, QplayError } from '../error.ts';
import type { Jinja } from '../jinja/api.ts';
import type { Context, Node, Slot, Task } from '../load/model.ts';
import { isUnsafe, originOf } from '../load/yaml.ts';
import { checkOptionNames, checkWritten, whereOf } from '../module/args.ts';
import type { AnyModule } from '../module/contract.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { shortName } from './build.ts';
import { checkTaskWords } from './written.ts';

export interface Checking {
  readonly jinja: Jinja;
  readonly report: (diagnostic: Diagnostic) => void;
  /** Modules by the name a task uses, where they are loaded; without them options are not looked at. */
  readonly modules?: ReadonlyMap<string, AnyModule>;
}

/** Finds what is wrong with tasks before any of them runs: template syntax, unknown filters and options. */
export function checkTree(nodes: readonly Node[], checking: Checking): void {
  for (const node of nodes) {
    if (node.kind === 'task') checkTask(node, checking);
    else {
      checkVars(node.context, checking);
      for (const part of [node.block, node.rescue, node.always]) checkTree(part, checking);
    }
  }
}

/** All tasks below, in order. */
export const tasksOf = (nodes: readonly Node[]): Task[] =>
  nodes.flatMap((node) => (node.kind === 'task' ? [node] : tasksOf([...node.block, ...node.rescue, ...node.always])));

function checkTask(task: Task, checking: Checking): void {
  const expressions: readonly (Slot | undefined)[] = [...task.context.when, task.own.changed_when, task.own.failed_when, task.own.until];
  for (const one of expressions) if (one) checkConditions(one, checking, task.at);
  for (const one of [...(task.name ? [task.name] : []), ...Object.values(task.context.set), ...task.context.environment])
    checkTemplates(one.value, one.holder, one.key, checking, task.at);
  if (task.loop) checkTemplates(task.loop.items.value, task.loop.items.holder, task.loop.items.key, checking, task.at);
  checkTaskWords(task, checking);
  checkArguments(task, checking);
  checkVars(task.context, checking);
}

function checkArguments(task: Task, checking: Checking): void {
  const action = shortName(task.action);
  for (const [key, value] of task.args) {
    if (action === 'assert' && key === 'that') checkConditions({ value, holder: task.args, key: 'that' }, checking, task.at);
    else if (!(action === 'debug' && key === 'var') && action !== 'validate_argument_spec') checkTemplates(value, task.args, key, checking, task.at);
  }
  const module = task.userModule === undefined ? checking.modules?.get(task.action) : undefined;
  if (module === undefined) return;
  const keys = [...task.args.keys()].map((key) => (key === '_raw_params' && module.freeForm ? module.freeForm : String(key)));
  const complete = task.argsTemplate === undefined && task.context.moduleDefaults.length === 0;
  const where = whereOf(task.args, task.at);
  checkOptionNames(keys, module, where, { missing: complete }).forEach(checking.report);
  checkWritten(task.args, module, where, (value) => isWritten(value, checking.jinja)).forEach(checking.report);
}

/** Whether a value is what it says: no template is in it. */
function isWritten(value: Data, jinja: Jinja): boolean {
  if (typeof value === 'string') return !jinja.isTemplate(value);
  if (Array.isArray(value)) return value.every((one) => isWritten(one, jinja));
  return !isDict(value) || [...value.values()].every((one) => isWritten(one, jinja));
}

const seen = new WeakSet<object>();

function checkVars(context: Context, checking: Checking): void {
  for (const layer of context.vars) {
    if (seen.has(layer.vars)) continue;
    seen.add(layer.vars);
    for (const [key, value] of layer.vars) checkTemplates(value, layer.vars as Dict, key, checking, undefined);
  }
}

function checkConditions(slot: Slot, checking: Checking, at: At): void {
  if (Array.isArray(slot.value)) {
    const list = slot.value;
    list.forEach((value, key) => checkConditions({ value, holder: list, key }, checking, at));
  } else if (typeof slot.value === 'string' && slot.value !== '') {
    const text = slot.value;
    guarded(checking, at, () => checking.jinja.compileExpression(text, originOf(slot.holder, slot.key)));
  }
}

/** Compiles every template in a value. */
export function checkTemplates(value: Data, holder: Dict | Data[], key: Data, checking: Checking, at: At | undefined): void {
  if (typeof value === 'string') {
    if (checking.jinja.isTemplate(value) && !isUnsafe(holder, key)) guarded(checking, at, () => checking.jinja.compile(value, originOf(holder, key)));
  } else if (Array.isArray(value)) value.forEach((one, index) => checkTemplates(one, value, index, checking, at));
  else if (isDict(value)) for (const [name, one] of value) checkTemplates(one, value, name, checking, at);
}

function guarded(checking: Checking, at: At | undefined, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    for (const one of error.diagnostics) checking.report(one.at || !at ? one : { ...one, at });
  }
}

/** Handlers that are notified by a plain name and do not exist. */
export function checkNotified(tasks: readonly Task[], handlers: readonly Task[], jinja: Jinja, report: (diagnostic: Diagnostic) => void): void {
  const names = new Set<string>();
  let templated = false;
  for (const handler of handlers) {
    const name = handler.name?.value;
    if (typeof name === 'string' && !jinja.isTemplate(name)) {
      names.add(name);
      const role = handler.context.role?.role.name;
      if (role !== undefined) names.add(`${role} : ${name}`);
    } else templated = true;
    for (const topic of handler.listen) names.add(String(topic.value));
  }
  // a role that is included while the play runs, or a templated handler name, may still bring it
  if (templated || tasks.some((task) => shortName(task.action) === 'include_role' || (shortName(task.action) === 'include_tasks' && task.handler))) return;
  for (const task of [...tasks, ...handlers]) {
    for (const { value, holder, key } of task.notify) {
      if (typeof value !== 'string' || jinja.isTemplate(value) || names.has(value)) continue;
      const at = originOf(holder, key)?.at(0) ?? task.at;
      report({ kind: 'input', severity: 'error', code: 'unknown-handler', message: `there is no handler "${value}".${didYouMean(value, names)}`, at });
    }
  }
}
