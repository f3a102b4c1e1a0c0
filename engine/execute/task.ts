import { monotonicMs } from '../clock.ts';
import { type Diagnostic, inputError } from '../error.ts';
import { isUndefinedError } from '../jinja/errors.ts';
import { toText } from '../jinja/index.ts';
import type { Loop } from '../load/model.ts';
import type { Outcome } from '../report/event.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { OMIT } from '../vars/magic.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { attempt, trouble } from './attempt.ts';
import { isOwnAction } from './control/index.ts';
import { orderKeys, orderLoop } from './key-order.ts';
import { LoopAhead, maySendAhead } from './loop-ahead.ts';
import { registered } from './result.ts';
import { CENSORED, type Finished, render, type TaskRun, truth, valuesOf } from './task-run.ts';

/** Runs a task on its host with all items of its loop, registers the result, and says how it ended. */
export async function runTask(taskRun: TaskRun): Promise<Finished> {
  const { task } = taskRun;
  const finished = task.loop ? await runLoop(taskRun, task.loop) : await attempt(taskRun, taskRun.scope);
  const ignored = ignoring(taskRun, finished);
  // what a task that fails has set is not kept
  if (finished.outcome.status === 'failed') taskRun.effects.length = 0;
  // Ansible keeps what a module was called with in items of loops alone
  if (!task.loop) {
    finished.result.delete('invocation');
    orderKeys(finished.result, isOwnAction(task.action));
  }
  const { register } = task;
  if (register !== undefined) taskRun.effects.push((host) => host.set(register, finished.result));
  for (const change of taskRun.effects) change(taskRun.host.vars);
  return { ...finished, outcome: ignored };
}

function ignoring(taskRun: TaskRun, { outcome, ignores }: Finished): Outcome {
  if (outcome.status !== 'failed' && outcome.status !== 'unreachable') return outcome;
  return (ignores ?? isIgnored(taskRun, outcome, taskRun.scope)) ? { ...outcome, ignored: true } : outcome;
}

function isIgnored(taskRun: TaskRun, { status }: Outcome, scope: LayeredScope): boolean {
  const slot = taskRun.task.context.set[status === 'failed' ? 'ignore_errors' : 'ignore_unreachable'];
  return slot !== undefined && truth(render(taskRun, slot, scope));
}

/** The items of a loop as one list. Throws when the loop cannot be evaluated or is no list. */
export function loopItems(taskRun: TaskRun, loop: Loop): Data[] {
  const value = render(taskRun, loop.items);
  if (loop.lookup === undefined) {
    if (Array.isArray(value)) return [...value];
    throw inputError('loop', `"loop" needs a list, and this is ${describe(value)}`, {
      says: `Invalid data passed to 'loop', it requires a list, got this instead: ${toText(value)}. Hint: If you passed a list/dict of just one element, try adding wantlist=True to your lookup invocation or use q/query instead of lookup.`,
      at: taskRun.task.at,
      hint: isDict(value) ? 'a mapping is looped over with `loop: "{{ it | dict2items }}"`' : 'use `query()` in place of `lookup()` for a list',
    });
  }
  const terms = Array.isArray(value) ? [...value] : [value];
  const scope = taskRun.scope.with(
    new Map<Data, Data>([
      ['qplay_lookup', loop.lookup],
      ['qplay_terms', terms],
    ]),
  );
  const items = taskRun.run.jinja.compileExpression('query(qplay_lookup, *qplay_terms)').evaluate(scope, taskRun.lookups);
  return (Array.isArray(items) ? items : [items]).map(withoutTuples);
}

/** What a lookup gives as tuples the items of a loop have as lists. */
const withoutTuples = (value: Data): Data => (Array.isArray(value) ? [...value].map(withoutTuples) : value);

const describe = (value: Data): string =>
  value === null ? 'nothing' : isDict(value) ? 'a mapping' : typeof value === 'string' ? `the text "${value.slice(0, 60)}"` : String(value);

/** `loop_control`, rendered but for the label, which is rendered for each item. */
interface Control {
  readonly variable: string;
  readonly index: string | undefined;
  readonly pause: number;
  readonly extended: boolean;
  readonly allItems: boolean;
  readonly label: Data | undefined;
  readonly breakWhen: Data | undefined;
}

export function controlOf(taskRun: TaskRun, loop: Loop): Control {
  const { control } = loop;
  const value = (key: string): Data | undefined =>
    control?.has(key) ? taskRun.run.templar.value(control.get(key) as Data, control, key, taskRun.scope, taskRun.lookups) : undefined;
  return {
    variable: String(value('loop_var') ?? 'item'),
    index: control?.has('index_var') ? String(value('index_var')) : undefined,
    pause: Number(value('pause') ?? 0),
    extended: truth(value('extended') ?? false),
    allItems: truth(value('extended_allitems') ?? true),
    label: control?.get('label'),
    breakWhen: control?.get('break_when'),
  };
}

/** The variables of one turn of a loop. */
export function turn(control: Control, items: readonly Data[], position: number): Map<Data, Data> {
  const vars = new Map<Data, Data>([
    [control.variable, items[position] as Data],
    ['ansible_loop_var', control.variable],
  ]);
  if (control.index !== undefined) {
    vars.set(control.index, position);
    vars.set('ansible_index_var', control.index);
  }
  if (control.extended) vars.set('ansible_loop', extended(control, items, position));
  return vars;
}

function extended(control: Control, items: readonly Data[], position: number): Dict {
  const last = items.length - 1;
  const dict = new Map<Data, Data>([
    ['index', position + 1],
    ['index0', position],
    ['first', position === 0],
    ['last', position === last],
    ['length', items.length],
    ['revindex', items.length - position],
    ['revindex0', last - position],
  ]);
  if (control.allItems) dict.set('allitems', [...items]);
  if (position > 0) dict.set('previtem', items[position - 1] as Data);
  if (position < last) dict.set('nextitem', items[position + 1] as Data);
  return dict;
}

async function runLoop(taskRun: TaskRun, loop: Loop): Promise<Finished> {
  const evaluated = await attemptItems(taskRun, loop);
  if (!Array.isArray(evaluated)) return evaluated;
  const control = controlOf(taskRun, loop);
  const done: Finished[] = [];
  let noLog = false;
  let ignores: boolean | undefined;
  const { register } = taskRun.task;
  // a turn sees what the one before it has registered
  const seen: Dict = new Map();
  const turnAt = (position: number) => {
    const vars = turn(control, evaluated, position);
    return { vars, scope: taskRun.scope.under(taskRun.fresh).with(new Map([...seen, ...vars])) };
  };
  const ahead = (await maySendAhead(taskRun, evaluated.length, control.pause)) ? new LoopAhead(taskRun, evaluated.length, turnAt) : undefined;
  for (let position = 0; position < evaluated.length; position++) {
    if (position > 0 && control.pause > 0) await new Promise((next) => setTimeout(next, control.pause * 1000));
    const started = monotonicMs();
    const { vars, scope } = ahead ? await ahead.turn(position) : turnAt(position);
    const here = { ...taskRun, ...taskRun.ofItem?.(scope), ...(ahead && { ahead }) };
    const finished = await attempt(here, scope);
    if (finished.broken && finished.outcome.status === 'failed') return finished;
    orderKeys(finished.result, isOwnAction(taskRun.task.action));
    for (const key of [control.variable, control.index]) if (key !== undefined) finished.result.set(key, vars.get(key) as Data);
    finished.result.set('ansible_loop_var', control.variable);
    if (control.index !== undefined) finished.result.set('ansible_index_var', control.index);
    if (register !== undefined) seen.set(register, finished.result);
    // its label and the end of the loop see what the turn has left
    const after = register === undefined && taskRun.fresh.length === 0 ? scope : turnAt(position).scope;
    const label = labelOf(taskRun, loop, control, after, vars);
    if (finished.brings === undefined) {
      done.push(finished);
      emitItem(here, label, finished, monotonicMs() - started);
      noLog ||= here.noLog;
      if (finished.outcome.status === 'failed' || finished.outcome.status === 'unreachable')
        ignores = ignores !== false && isIgnored(here, finished.outcome, scope);
    } else done.push({ ...finished, brings: finished.brings.map((one) => ({ ...one, turn: vars, item: label })) });
    if (taskRun.run.options.signal.aborted) break;
    if (control.breakWhen !== undefined && breaks(taskRun, loop, control.breakWhen, after)) break;
  }
  return { ...together(done), noLog, ...(ignores !== undefined && { ignores }) };
}

function breaks(taskRun: TaskRun, loop: Loop, condition: Data, scope: LayeredScope): boolean {
  return (Array.isArray(condition) ? condition : [condition]).every((one) =>
    taskRun.run.templar.condition(one, loop.control as Dict, 'break_when', scope, taskRun.lookups),
  );
}

/** A loop over something undefined is skipped when `when` is false without an item, as Ansible does; any other mistake in it is one at once. */
async function attemptItems(taskRun: TaskRun, loop: Loop): Promise<Data[] | Finished> {
  try {
    return loopItems(taskRun, loop).filter((item) => item !== OMIT);
  } catch (error) {
    if (isUndefinedError(error)) {
      const without = await attempt({ ...taskRun, task: { ...taskRun.task, action: 'fail', loop: undefined, own: {}, args: new Map() } }, taskRun.scope);
      if (without.outcome.status === 'skipped') return without;
    }
    return trouble(taskRun, error, undefined, true);
  }
}

/** The label of a turn as it is shown: Python's `str` of it, as Ansible's texts have it. */
export function labelOf(taskRun: TaskRun, loop: Loop, control: Control, scope: LayeredScope, vars: Map<Data, Data>): string {
  const value =
    control.label === undefined
      ? (vars.get(control.variable) as Data)
      : safely(() => taskRun.run.templar.value(control.label as Data, loop.control as Dict, 'label', scope, taskRun.lookups));
  return toText(value);
}

function safely(work: () => Data): Data {
  try {
    return work();
  } catch (error) {
    return `(label: ${(error as Error).message})`;
  }
}

function emitItem(taskRun: TaskRun, label: string, finished: Finished, ms: number): void {
  const { run, task, host, noLog } = taskRun;
  run.emit({
    type: 'item.end',
    task: task.id,
    host: host.name,
    // Ansible has thrown the item away by then
    item: noLog ? 'None' : label,
    outcome: noLog ? censored(finished.outcome) : finished.outcome,
    ms,
    ...(finished.delegatedTo !== undefined && { delegatedTo: finished.delegatedTo }),
    ...valuesOf(taskRun, finished),
  });
}

/** What may be shown of an outcome whose task says `no_log`. */
export function censored(outcome: Outcome): Outcome {
  const result = { censored: CENSORED };
  switch (outcome.status) {
    case 'unreachable':
      return outcome;
    case 'failed':
      return {
        ...outcome,
        result,
        error: {
          ...withoutCause(outcome.error),
          message: 'the task failed; its output is hidden by no_log',
          hint: 'run it once without no_log, where that is safe, to see why',
        },
      };
    case 'changed':
    case 'would-change':
      return { ...outcome, result, diff: [] };
    default:
      return { ...outcome, result };
  }
}

const withoutCause = ({ cause: _, ...rest }: Diagnostic): Diagnostic => rest;

/** The outcome of a loop out of those of its items. */
function together(done: readonly Finished[]): Finished {
  const results = done.map((one) => one.result);
  if (done.length === 0) {
    const outcome: Outcome = {
      status: 'skipped',
      why: 'the loop has no items',
      result: { skipped_reason: 'No items in the list', results: [], changed: false },
    };
    const result = registered(outcome);
    result.delete('skip_reason');
    return { outcome, result };
  }
  const statuses = done.map((one) => one.outcome.status);
  const bad = done.find((one) => one.outcome.status === 'unreachable') ?? done.find((one) => one.outcome.status === 'failed');
  const outcome = bad ? failedLoop(bad.outcome) : loopOutcome(done, statuses);
  const result = registered(outcome);
  // one that failed_when lets off after its last attempt is registered as failed all the same
  const failed = results.some((one) => one.get('failed') === true);
  // Ansible says of a loop only what holds
  if (failed) result.set('failed', true);
  else if (outcome.status !== 'failed') result.delete('failed');
  if (outcome.status === 'skipped') result.delete('skip_reason');
  else result.set('skipped', false);
  result.set('results', results);
  result.set(
    'changed',
    results.some((one) => one.get('changed') === true),
  );
  result.set('msg', bad || failed ? 'One or more items failed' : statuses.every((one) => one === 'skipped') ? 'All items skipped' : 'All items completed');
  orderLoop(result);
  const say = done
    .map((one) => one.say)
    .filter((one) => one !== undefined)
    .join('\n');
  const brings = done.flatMap((one) => one.brings ?? []);
  const notify = done.flatMap((one) => one.notify ?? []);
  return {
    outcome,
    result,
    notify,
    ...(say !== '' && { say }),
    ...(brings.length > 0 && { brings }),
    ...(done[0]?.delegatedTo !== undefined && { delegatedTo: done[0].delegatedTo }),
  };
}

function failedLoop(outcome: Outcome): Outcome {
  return outcome.status === 'failed' ? { ...outcome, result: { msg: 'One or more items failed' } } : outcome;
}

function loopOutcome(done: readonly Finished[], statuses: readonly string[]): Outcome {
  const result = { msg: done.some((one) => one.result.get('failed') === true) ? 'One or more items failed' : 'All items completed' };
  const diff = done.flatMap((one) => ('diff' in one.outcome ? one.outcome.diff : []));
  const warnings = done.flatMap((one) => ('warnings' in one.outcome ? (one.outcome.warnings ?? []) : []));
  if (statuses.includes('changed')) {
    const proven = done.every((one) => one.outcome.status !== 'changed' || one.outcome.proven);
    return { status: 'changed', result, diff, proven, warnings };
  }
  const unknown = done.map((one) => one.outcome).find((one) => one.status === 'unknown');
  if (unknown) return { ...unknown, result };
  if (statuses.includes('would-change')) return { status: 'would-change', result, diff, warnings };
  if (statuses.every((one) => one === 'skipped')) return { status: 'skipped', why: 'All items skipped', result: { msg: 'All items skipped' } };
  return { status: 'ok', result, warnings };
}
