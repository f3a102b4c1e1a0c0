import { shortName } from '../analyse/build.ts';
import { QplayError } from '../error.ts';
import { settings } from '../load/settings.ts';
import { checkArguments, whereOf } from '../module/args.ts';
import type { AnyModule, Observed } from '../module/contract.ts';
import { finish, type ModuleCall, type ModuleOutcome, runModule } from '../module/run.ts';
import type { Outcome } from '../report/event.ts';
import { type Dict, isDict } from '../value.ts';
import { OMIT } from '../vars/magic.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { causeOf } from './cause.ts';
import { controllerOf } from './controller.ts';
import { type Delegate, scopeFor, scopeOfTarget, targetFor } from './delegate.ts';
import { lineOf } from './line.ts';
import { defaultsFor } from './module-defaults.ts';
import { moduleOf } from './module-of.ts';
import { withoutOmit } from './omit.ts';
import { THROWN } from './said.ts';
import { render, type TaskRun } from './task-run.ts';

/** A call that is ready to be made. */
export interface Prepared {
  readonly call: ModuleCall;
  /** Grows while the module runs. */
  readonly warnings: readonly string[];
  /** What its probe saw, where that was sent ahead. */
  readonly seen?: Promise<Observed>;
}

/** Arguments, connection, module: one call. */
export async function callModule(taskRun: TaskRun, scope: LayeredScope, delegate: Delegate | undefined): Promise<Outcome> {
  const { call, warnings, seen } = taskRun.ahead?.take(scope) ?? (await prepareCall(taskRun, scope, delegate));
  const outcome = seen === undefined ? await runModule(call) : await finish(call, seen);
  taskRun.ahead?.ended(outcome);
  const placed = worded(placedAt(timed(outcome, call), taskRun), taskRun);
  takeFacts(taskRun, placed, delegate);
  return withWarnings(placed, warnings);
}

/** A mistake that the module met before it looked at the host, in the words of Ansible where these are asked for. */
function worded(outcome: Outcome, { run }: TaskRun): Outcome {
  if (run.options.lateMistakes !== true || outcome.status !== 'failed' || outcome.error.says === undefined || 'msg' in outcome.result) return outcome;
  const thrown = THROWN[outcome.error.code];
  return { ...outcome, result: { ...outcome.result, msg: outcome.error.says, ...(thrown !== undefined && { exception: thrown }) } };
}

/** What Ansible registers of a task whose `timeout` was up. */
function timed(outcome: ModuleOutcome, { module, timeout }: ModuleCall): ModuleOutcome {
  if (outcome.status !== 'failed' || outcome.error.code !== 'timeout' || timeout === undefined) return outcome;
  const msg = `The ${module.name} action failed to execute in the expected time frame (${timeout}) and was terminated`;
  return { ...outcome, result: { changed: false, ...outcome.result, msg, timedout: { period: timeout } } };
}

/** What a module warned of, with the outcomes that have room for it. */
export const withWarnings = (outcome: Outcome, warnings: readonly string[]): Outcome =>
  warnings.length > 0 && (outcome.status === 'ok' || outcome.status === 'changed' || outcome.status === 'would-change') ? { ...outcome, warnings } : outcome;

/** Renders and checks the arguments, and finds the way to the host. Nothing is sent. */
export async function prepareCall(taskRun: TaskRun, scope: LayeredScope, delegate: Delegate | undefined): Promise<Prepared> {
  const { run, task, host, lookups } = taskRun;
  const module = await moduleOf(run, task);
  const given = renderArguments(taskRun, scopeFor(taskRun, scope, delegate), module);
  const checked = checkArguments(given, module, whereOf(task.args, task.at, { host: host.name }));
  if (checked.diagnostics.length > 0) throw new QplayError(checked.diagnostics);
  checked.secrets.forEach(lookups.secret);
  const warnings: string[] = checked.warnings.map((one) => one.message);
  const target = targetFor(taskRun, scope, delegate);
  const environment = environmentOf(taskRun, scope);
  const timeout = seconds(taskRun, scope);
  const line = () => lineOf({ taskRun, scope, delegate, target, environment, timeout });
  const call: ModuleCall = {
    module,
    args: checked.args,
    connection: run.connections.get(target.connect),
    ...(target.become && { become: target.become }),
    controller: controllerOf({ run, host: host.name, task, scope, lookups, ...flagsOf(taskRun), python: pythonOf(taskRun, scope, delegate), warnings, line }),
    check: taskRun.check,
    signal: run.options.signal,
    onOutput: (stream, text) => {
      if (!taskRun.noLog) run.emit({ type: 'task.output', task: task.id, host: host.name, stream, text });
    },
    ...(environment && { environment }),
    ...(timeout !== undefined && { timeout }),
  };
  return { call, warnings };
}

const flagsOf = ({ check, diff, noLog }: TaskRun): Pick<TaskRun, 'check' | 'diff' | 'noLog'> => ({ check, diff, noLog });

/** The Python that a module of the user's is run by, where somebody says so. */
function pythonOf(taskRun: TaskRun, scope: LayeredScope, delegate: Delegate | undefined): string | undefined {
  if (taskRun.task.userModule === undefined) return undefined;
  const value = scopeOfTarget(taskRun, scope, delegate).get('ansible_python_interpreter');
  return value === undefined || value === null || value === '' ? settings().text('INTERPRETER_PYTHON') : String(value);
}

/** The arguments with every template rendered, defaults of `module_defaults` below them, and `omit` taken out. */
export function renderArguments(taskRun: TaskRun, scope: LayeredScope, module?: AnyModule): Dict {
  const { task, run, lookups } = taskRun;
  const given: Dict = new Map();
  for (const [key, value] of module ? defaultsFor(taskRun, scope, [module.name, ...module.fqcn]) : []) given.set(key, value);
  if (task.argsTemplate) {
    const extra = render(taskRun, task.argsTemplate, scope);
    if (isDict(extra)) for (const [key, value] of extra) given.set(key, value);
  }
  for (const [key, value] of task.args) {
    const rendered = run.templar.value(value, task.args, key, scope, lookups);
    given.set(key === '_raw_params' && module?.freeForm ? module.freeForm : key, rendered);
  }
  for (const [key, value] of given) {
    if (value === OMIT) given.delete(key);
    else given.set(key, withoutOmit(value));
  }
  return given;
}

function environmentOf(taskRun: TaskRun, scope: LayeredScope): Record<string, string> | undefined {
  const { environment } = taskRun.task.context;
  if (environment.length === 0) return undefined;
  const merged: Record<string, string> = {};
  for (const slot of environment) {
    const value = render(taskRun, slot, scope);
    if (isDict(value)) for (const [key, one] of value) if (one !== OMIT) merged[String(key)] = one === null ? '' : String(one);
  }
  return merged;
}

function seconds(taskRun: TaskRun, scope: LayeredScope): number | undefined {
  const slot = taskRun.task.context.set.timeout;
  const value = slot === undefined ? (settings().integer('TASK_TIMEOUT') ?? 0) : Number(render(taskRun, slot, scope));
  return value > 0 ? value : undefined;
}

/** An outcome with the place of the task in what went wrong. */
export function placedAt(outcome: Outcome, { task, host }: TaskRun): Outcome {
  if (outcome.status !== 'failed' && outcome.status !== 'unreachable') return outcome;
  const cause = outcome.status === 'failed' && outcome.error.cause === undefined ? causeOf(outcome.result) : {};
  return { ...outcome, error: { at: task.at, ...outcome.error, ...cause, host: host.name } };
}

/** Facts in a result become facts of the host, or of the one delegated to with `delegate_facts`. */
export function takeFacts(taskRun: TaskRun, outcome: Outcome, delegate: Delegate | undefined): void {
  if (outcome.status === 'unreachable') return;
  const found = outcome.result.ansible_facts;
  if (typeof found !== 'object' || found === null) return;
  const facts = shortName(taskRun.task.action) === 'gather_facts' ? { ...found, _ansible_facts_gathered: true } : found;
  const there = delegate && taskRun.task.context.set.delegate_facts?.value === true;
  const owner = there ? taskRun.run.host(delegate.name) : taskRun.host.vars;
  const inject = settings().boolean('INJECT_FACTS_AS_VARS') ?? true;
  owner.addFacts(facts as Record<string, unknown>, inject);
  // later turns of a loop and conditions after the module read them: this host has them at once
  if (!there) taskRun.effects.push((other) => other !== owner && other.addFacts(facts as Record<string, unknown>, inject));
}
