import { shortName } from '../analyse/build.ts';
import { type Diagnostic, diagnosticsOf, inputError, QplayError } from '../error.ts';
import { isUndefinedError } from '../jinja/errors.ts';
import type { Slot } from '../load/model.ts';
import type { Outcome } from '../report/event.ts';
import { type Data, type Dict, toPlain } from '../value.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { runAsync, waitOf } from './async.ts';
import { causeOf } from './cause.ts';
import { controls, isOwnAction } from './control/index.ts';
import { type Delegate, delegateOf, scopeFor } from './delegate.ts';
import { callModule } from './module-call.ts';
import { defaultsFor } from './module-defaults.ts';
import { registered } from './result.ts';
import { saidOf, THROWN } from './said.ts';
import { sleep } from './sleep.ts';
import { type Finished, render, type TaskRun } from './task-run.ts';

/** One item of a task, or a task without a loop: when, arguments, module, until, changed_when and failed_when. */
export async function attempt(taskRun: TaskRun, scope: LayeredScope): Promise<Finished> {
  try {
    for (const condition of taskRun.task.context.when) {
      try {
        if (!holds(taskRun, condition, scope)) return skipped(condition);
      } catch (error) {
        return { ...trouble(taskRun, error, condition), broken: true };
      }
    }
    const delegate = delegateOf(taskRun, scope);
    const notify = notified(taskRun, scope);
    const finished = { ...(await untilDone(taskRun, scope, delegate)), notify };
    return delegate ? { ...finished, delegatedTo: delegate.name } : finished;
  } catch (error) {
    return { ...trouble(taskRun, error), ...(isUndefinedError(error) && { broken: true }) };
  }
}

/** Handlers and topics that the task names for this item. */
function notified(taskRun: TaskRun, scope: LayeredScope): string[] {
  return taskRun.task.notify.flatMap((slot) => {
    const value = render(taskRun, slot, scope);
    return (Array.isArray(value) ? value : [value]).map(String);
  });
}

const holds = ({ run, lookups }: TaskRun, condition: Slot, scope: LayeredScope): boolean => run.templar.test(condition, scope, lookups);

/** Whether all conditions of `when` hold. */
export const allHold = (taskRun: TaskRun, scope: LayeredScope): boolean => taskRun.task.context.when.every((condition) => holds(taskRun, condition, scope));

function skipped(condition: Slot): Finished {
  const text = String(condition.value);
  const outcome: Outcome = {
    status: 'skipped',
    why: 'Conditional result was False',
    result: { false_condition: toPlain(condition.value), skip_reason: 'Conditional result was False' },
  };
  return { outcome: { ...outcome, why: `"${text}" is false` }, result: registered(outcome) };
}

/** What Ansible registers of a condition that reads what is not defined. */
const untold = (condition: string, why: string): string =>
  `The conditional check '${condition}' failed. The error was: error while evaluating conditional (${condition}): ${why}`;

function messageOf({ run, task }: TaskRun, diagnostic: Diagnostic, condition: Slot | undefined, loop: boolean): string {
  if (run.options.lateMistakes === true) return saidOf(diagnostic, task, { condition, loop });
  return condition !== undefined && diagnostic.code === 'undefined'
    ? untold(String(condition.value), diagnostic.message)
    : (diagnostic.says ?? diagnostic.message);
}

/** Whatever was thrown, as the failure of the task; in a check, not knowing something is no failure. */
export function trouble(taskRun: TaskRun, error: unknown, condition?: Slot, loop = false): Finished {
  const { run, host, task } = taskRun;
  const [first] = diagnosticsOf(error);
  const diagnostic: Diagnostic = { at: task.at, ...(first as Diagnostic), host: host.name };
  if (diagnostic.kind === 'interrupted') throw error;
  if (taskRun.check && run.clouded.has(host.name) && error instanceof QplayError && diagnostic.code === 'undefined') {
    const why = `${diagnostic.message}, which only a real run can tell`;
    // what belongs to the engine changes no host: nothing to plan for
    const outcome: Outcome = { status: isOwnAction(task.action) ? 'skipped' : 'unknown', why, result: {} };
    return { outcome, result: registered(outcome) };
  }
  if (diagnostic.kind === 'unreachable') {
    const outcome: Outcome = { status: 'unreachable', error: diagnostic };
    return { outcome, result: registered(outcome) };
  }
  const failed: Outcome = {
    status: 'failed',
    error: diagnostic.kind === 'input' ? { ...diagnostic, kind: 'task' } : diagnostic,
    result: { msg: messageOf(taskRun, diagnostic, condition, loop) },
  };
  const result = registered(failed);
  const thrown = run.options.lateMistakes === true ? THROWN[diagnostic.code] : undefined;
  if (thrown !== undefined) result.set('exception', thrown);
  // the arguments of the task could not be made: Ansible has no module's result then
  if (run.options.lateMistakes === true && ENGINES.has(diagnostic.code)) result.delete('changed');
  return { outcome: failed, result };
}

const ENGINES: ReadonlySet<string> = new Set([
  'undefined',
  'jinja',
  'unknown-filter',
  'unknown-test',
  'unknown-lookup',
  'loop',
  'keyword-value',
  'unsupported',
]);

async function untilDone(taskRun: TaskRun, scope: LayeredScope, delegate: Delegate | undefined): Promise<Finished> {
  const { task, run, lookups, host } = taskRun;
  const { until, retries, delay } = task.own;
  if (until === undefined && retries === undefined) return once(taskRun, scope, delegate);
  const most = retries === undefined ? 3 : Math.max(0, number(taskRun, retries, scope));
  // without a second attempt nobody asks for the condition
  if (most === 0) return once(taskRun, scope, delegate);
  const pause = delay === undefined ? 5 : Math.max(0, number(taskRun, delay, scope));
  for (let attempts = 1; ; attempts++) {
    const finished = await once(taskRun, scope, delegate, attempts);
    finished.result.set('attempts', attempts);
    if (finished.outcome.status === 'unreachable' || finished.outcome.status === 'unknown' || finished.outcome.status === 'skipped') return finished;
    const seen = withResult(taskRun, scope, finished.result);
    const done = until === undefined ? finished.outcome.status !== 'failed' : conditions(until).every((one) => run.templar.test(one, seen, lookups));
    if (done) return finished;
    if (attempts > most || run.options.signal.aborted) return exhausted(finished, attempts);
    run.emit({
      type: 'task.retry',
      task: task.id,
      host: host.name,
      attempt: attempts,
      left: most - attempts + 1,
      result: taskRun.noLog ? {} : (toPlain(finished.result) as Record<string, unknown>),
    });
    await sleep(pause * 1000, run.options.signal);
  }
}

function number(taskRun: TaskRun, slot: Slot, scope: LayeredScope): number {
  const value = render(taskRun, slot, scope);
  const found = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isFinite(found)) return found;
  throw inputError('keyword-value', `"${String(slot.key)}" must be a number, and this is "${String(value)}"`, {
    says: `the field '${String(slot.key)}' has an invalid value ('${String(value)}'), and could not be converted to ${slot.key === 'delay' ? 'float' : 'int'}.`,
    at: taskRun.task.at,
  });
}

function exhausted(finished: Finished, attempts: number): Finished {
  // the first one is no retry
  finished.result.set('attempts', attempts - 1);
  if (finished.outcome.status === 'failed') return finished;
  // as in Ansible, failed_when has the last word on the ending, though not on what is registered
  if (finished.result.has('failed_when_result')) {
    finished.result.set('failed', true);
    return finished;
  }
  const error: Diagnostic = {
    kind: 'task',
    severity: 'error',
    code: 'retries',
    message: `the condition of "until" was still false after ${attempts} attempts`,
  };
  const outcome: Outcome = { status: 'failed', error, result: toPlain(finished.result) as Record<string, unknown> };
  return { ...finished, outcome, result: registered(outcome) };
}

/** `attempts`: how often it was done with this one, where it may be done again. */
async function once(taskRun: TaskRun, scope: LayeredScope, delegate: Delegate | undefined, attempts?: number): Promise<Finished> {
  const { task } = taskRun;
  const wait = waitOf(taskRun, scope);
  const control = wait === undefined ? controls[shortName(task.action)] : undefined;
  const raw = control
    ? await control({ taskRun: withDefaults(taskRun, scope), scope: scopeFor(taskRun, scope, delegate), delegate })
    : { outcome: wait === undefined ? await callModule(taskRun, scope, delegate) : await runAsync(taskRun, scope, delegate, wait) };
  const result = registered(raw.outcome);
  if (attempts !== undefined) result.set('attempts', attempts);
  // a number, as what Ansible starts on the host prints it
  if (wait?.poll === 0 && result.get('failed') === false && result.get('finished') === 0) result.set('failed', 0);
  return judged(taskRun, scope, { ...raw, result });
}

/** The task of an action of the engine with the arguments that `module_defaults` add to its own. */
function withDefaults(taskRun: TaskRun, scope: LayeredScope): TaskRun {
  const { task } = taskRun;
  if (task.context.moduleDefaults.length === 0) return taskRun;
  const defaults = [...defaultsFor(taskRun, scope, [shortName(task.action)])].filter(([key]) => !task.args.has(key));
  return defaults.length === 0 ? taskRun : { ...taskRun, task: { ...task, args: new Map([...defaults, ...task.args]) } };
}

/** `changed_when` and `failed_when` have the last word. */
function judged(taskRun: TaskRun, scope: LayeredScope, finished: Finished): Finished {
  const { task, run, lookups } = taskRun;
  const { outcome, result } = finished;
  const { changed_when: changedWhen, failed_when: failedWhen } = task.own;
  if (outcome.status === 'unknown' && changedWhen?.value === false) {
    // what it would print stays unknown, but the plan need not fear a change
    run.clouded.add(taskRun.host.name);
    return { ...finished, outcome: { status: 'skipped', why: 'it only looks (changed_when: false), and a check does not run it', result: outcome.result } };
  }
  if ((changedWhen === undefined && failedWhen === undefined) || !['ok', 'changed', 'would-change', 'failed'].includes(outcome.status)) return finished;
  const holds = (slot: Slot): boolean => {
    const seen = withResult(taskRun, scope, result);
    return conditions(slot).some((one) => run.templar.test(one, seen, lookups));
  };
  let verdict = outcome;
  let asked = changedWhen;
  try {
    if (changedWhen !== undefined) {
      const changed = all(changedWhen, holds);
      verdict = rechanged(verdict, changed);
      result.set('changed', changed);
    }
    asked = failedWhen;
    if (failedWhen !== undefined) {
      const failed = all(failedWhen, holds);
      result.set('failed_when_result', failed);
      verdict = refailed(taskRun, verdict, failed, failedWhen);
    }
  } catch (error) {
    return unjudged(taskRun, { ...finished, outcome: verdict }, error, asked as Slot);
  }
  const merged = registered(verdict);
  if (result.has('failed_when_result')) merged.set('failed_when_result', result.get('failed_when_result') as Data);
  return { ...finished, outcome: verdict, result: merged };
}

/** A condition after the module could not be evaluated: the task has failed with what the module said. */
function unjudged(taskRun: TaskRun, finished: Finished, error: unknown, asked: Slot): Finished {
  const failure = trouble(taskRun, error, asked);
  if (failure.outcome.status !== 'failed' || finished.outcome.status === 'unreachable') return failure;
  const { result } = finished.outcome;
  const said = { ...result, [`${String(asked.key)}_result`]: failure.outcome.result.msg };
  const outcome: Outcome = { ...failure.outcome, result: finished.outcome.status === 'changed' ? { ...said, changed: true } : said };
  return { ...finished, outcome, result: registered(outcome) };
}

/** A list of conditions must hold as a whole. */
const all = (slot: Slot, holds: (slot: Slot) => boolean): boolean => conditions(slot).every(holds);

function conditions(slot: Slot): Slot[] {
  const { value } = slot;
  return Array.isArray(value) ? value.map((one, key) => ({ value: one, holder: value, key })) : [slot];
}

function rechanged(outcome: Outcome, changed: boolean): Outcome {
  if (outcome.status === 'unreachable') return outcome;
  // what failed may yet be let off by failed_when, and is a change or none then
  if (outcome.status === 'failed') return { ...outcome, result: { ...outcome.result, changed } };
  if (changed) return outcome.status === 'ok' ? { status: 'changed', result: without(outcome.result), diff: [], proven: false } : outcome;
  if (outcome.status === 'changed' || outcome.status === 'would-change') return { status: 'ok', result: without(outcome.result) };
  return outcome;
}

function refailed(taskRun: TaskRun, outcome: Outcome, failed: boolean, slot: Slot): Outcome {
  if (outcome.status === 'unreachable') return outcome;
  if (!failed)
    return outcome.status === 'failed'
      ? {
          status: outcome.result.changed === true ? 'changed' : 'ok',
          result: { msg: outcome.error.message, ...without(outcome.result) },
          diff: [],
          proven: false,
        }
      : outcome;
  if (outcome.status === 'failed') return outcome;
  const written = Array.isArray(slot.value) ? slot.value.map(String).join(' and ') : String(slot.value);
  const error: Diagnostic = {
    kind: 'task',
    severity: 'error',
    code: 'failed-when',
    message: `failed_when holds: ${written}`,
    at: taskRun.task.at,
    ...causeOf(outcome.result),
  };
  return { status: 'failed', error, result: outcome.status === 'changed' ? { ...outcome.result, changed: true } : outcome.result };
}

const without = ({ changed: _, failed: __, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> => rest;

/** The scope with what the task has set and the result under its registered name, as conditions after the module see it. */
function withResult(taskRun: TaskRun, scope: LayeredScope, result: Dict): LayeredScope {
  const known = taskRun.fresh.length > 0 ? scope.under(taskRun.fresh) : scope;
  return taskRun.task.register === undefined ? known : known.with(new Map<Data, Data>([[taskRun.task.register, result]]), 'register');
}
