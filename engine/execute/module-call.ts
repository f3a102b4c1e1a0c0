import { shortName } from '../analyse/build.ts';
import { QplayError } from '../error.ts';
import { settings } from '../load/settings.ts';
import { checkArguments, whereOf } from '../module/args.ts';
import type { AnyModule, Observed } from '../module/contract.ts';
import { finish, type ModuleCall, type ModuleOutcome, runModule } from '../module/run.ts';
import type { Outcome } from '../report/event.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { OMIT } from '../vars/magic.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { causeOf } from './cause.ts';
import { controllerOf } from './controller.ts';
import { type Delegate, targetFor } from './delegate.ts';
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
  const module = await run.modules.load(task.action);
  const given = renderArguments(taskRun, scope, module);
  const checked = checkArguments(given, module, whereOf(task.args, task.at, { host: host.name }));
  if (checked.diagnostics.length > 0) throw new QplayError(checked.diagnostics);
  checked.secrets.forEach(lookups.secret);
  const warnings: string[] = checked.warnings.map((one) => one.message);
  const target = targetFor(taskRun, scope, delegate);
  const environment = environmentOf(taskRun, scope);
  const timeout = seconds(taskRun, scope);
  const call: ModuleCall = {
    module,
    args: checked.args,
    connection: run.connections.get(target.connect),
    ...(target.become && { become: target.become }),
    controller: controllerOf({ run, host: host.name, task, scope, lookups, check: taskRun.check, diff: taskRun.diff, warnings }),
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

function withoutOmit(value: Data): Data {
  if (Array.isArray(value)) return value.some(holdsOmit) ? value.filter((one) => one !== OMIT).map(withoutOmit) : value;
  if (isDict(value) && !('names' in value))
    return holdsOmit(value) ? new Map([...value].filter(([, one]) => one !== OMIT).map(([key, one]) => [key, withoutOmit(one)])) : value;
  return value;
}

const holdsOmit = (value: Data): boolean =>
  value === OMIT || (Array.isArray(value) && value.some(holdsOmit)) || (isDict(value) && !('names' in value) && [...value.values()].some(holdsOmit));

/** What `module_defaults` around a task say for a module, rendered. `called`: names of the module, its short one first. */
export function defaultsFor(taskRun: TaskRun, scope: LayeredScope, called: readonly string[]): Dict {
  const merged: Dict = new Map();
  const names = new Set([...called, `ansible.builtin.${called[0]}`]);
  for (const slot of taskRun.task.context.moduleDefaults) {
    const value = render(taskRun, slot, scope);
    if (!isDict(value)) continue;
    for (const [name, defaults] of value) if (names.has(String(name)) && isDict(defaults)) for (const [key, one] of defaults) merged.set(key, one);
  }
  return merged;
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
  if (!there) taskRun.effects.push((other) => other.addFacts(facts as Record<string, unknown>, inject));
}
