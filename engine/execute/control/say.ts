import { didYouMean, inputError } from '../../error.ts';
import { toText } from '../../jinja/index.ts';
import { originOf } from '../../load/yaml.ts';
import { type Data, toPlain } from '../../value.ts';
import { isTrue } from '../target.ts';
import { argument, type Control, type ControlCall, type Controlled, ok } from './types.ts';

/** `debug`: shows a message or a variable. */
export const debug: Control = (call) => {
  const { taskRun } = call;
  const { args } = taskRun.task;
  checkDebug(taskRun);
  const verbosity = Number(argument(call, 'verbosity') ?? 0);
  if (taskRun.run.options.verbosity < verbosity)
    return { outcome: { status: 'skipped', why: `shown from verbosity ${verbosity} on`, result: { skipped_reason: 'Verbosity threshold not met.' } } };
  if (args.has('var')) return debugVar(call, args.get('var') as Data);
  const given = argument(call, 'msg', '_raw_params');
  const message = given === undefined ? 'Hello world!' : given;
  return { ...ok({ msg: toPlain(message) }), say: shown(message), verbose: true };
};

const OF_DEBUG = ['msg', 'var', 'verbosity', '_raw_params'];

function checkDebug({ task }: ControlCall['taskRun']): void {
  const unknown = [...task.args.keys()].map(String).find((key) => !OF_DEBUG.includes(key));
  if (unknown !== undefined)
    throw inputError('unknown-option', `debug has no option "${unknown}".${didYouMean(unknown, OF_DEBUG.slice(0, 3))}`, {
      says: `Unsupported parameters for (debug) module: ${unknown}. Supported parameters include: msg, var, verbosity.`,
      at: task.at,
    });
  if (task.args.has('msg') && task.args.has('var')) throw inputError('arguments', 'parameters are mutually exclusive: msg|var', { at: task.at });
}

function debugVar(call: ControlCall, written: Data): Controlled {
  const { taskRun, scope } = call;
  const { run, lookups, task } = taskRun;
  const name = typeof written === 'string' ? String(run.templar.value(written, task.args, 'var', scope, lookups)) : undefined;
  if (name === undefined) return { ...ok({ var: toPlain(written) }), say: shown(written), verbose: true };
  try {
    const value = run.jinja.compile(`{{ ${name} }}`, originOf(task.args, 'var')).evaluate(scope, lookups);
    return { ...ok({ [name]: toPlain(value) }), say: `${name}: ${shown(value)}`, verbose: true };
  } catch (error) {
    if (!(error as Error).message.includes('undefined') && !(error as Error).message.includes('not defined')) throw error;
    return { ...ok({ [name]: 'VARIABLE IS NOT DEFINED!' }), say: `${name}: VARIABLE IS NOT DEFINED!`, verbose: true };
  }
}

const shown = (value: Data): string =>
  value !== null && typeof value === 'object' ? JSON.stringify(toPlain(value), (_key, one) => (typeof one === 'bigint' ? String(one) : one), 2) : toText(value);

/** `fail`: fails with a message. */
export const fail: Control = (call) => {
  const given = argument(call, 'msg', '_raw_params') ?? 'Failed as requested from task';
  const message = toText(given);
  return {
    outcome: { status: 'failed', error: { kind: 'task', severity: 'error', code: 'fail', message, at: call.taskRun.task.at }, result: { msg: toPlain(given) } },
  };
};

/** `assert`: every condition of `that` must hold. */
export const assert: Control = (call) => {
  const { taskRun, scope } = call;
  const { args } = taskRun.task;
  const that = args.get('that');
  if (that === undefined || that === null) throw inputError('missing-option', 'assert needs "that"', { at: taskRun.task.at });
  const list = Array.isArray(that) ? that : [that];
  const { run, lookups } = taskRun;
  const verbose = !isTrue(argument(call, 'quiet'));
  checkMessages(call);
  for (const [index, condition] of list.entries()) {
    const holder = Array.isArray(that) ? that : args;
    const key = Array.isArray(that) ? index : 'that';
    if (run.templar.condition(condition, holder, key, scope, lookups)) continue;
    const message = argument(call, 'fail_msg', 'msg');
    const text = message === undefined ? 'Assertion failed' : Array.isArray(message) ? message.map(toText).join('\n') : toText(message);
    const at = originOf(holder, key)?.at(0) ?? taskRun.task.at;
    const result = { msg: toPlain(message ?? 'Assertion failed'), assertion: toPlain(condition), evaluated_to: false };
    return {
      outcome: {
        status: 'failed',
        error: { kind: 'task', severity: 'error', code: 'assert', message: text, at, cause: `this does not hold: ${toText(condition)}` },
        result,
      },
      verbose,
    };
  }
  const success = argument(call, 'success_msg') ?? 'All assertions passed';
  return { ...ok({ msg: toPlain(success) }), ...(verbose && args.has('success_msg') && { say: shown(success) }), verbose };
};

/** Messages are text or lists of text. */
function checkMessages(call: ControlCall): void {
  for (const names of [['fail_msg', 'msg'], ['success_msg']]) {
    const value = argument(call, ...names);
    if (value === undefined || value === null || typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'))) continue;
    throw inputError('option-type', `${names.join(' or ')} of assert must be text or a list of texts, and this is ${shown(value)}`, {
      at: call.taskRun.task.at,
    });
  }
}
