import { inputError } from '../../error.ts';
import { type Control, ok } from './types.ts';

/** `include_tasks` and `include_role` themselves bring nothing: what they name is loaded once all hosts have said what they want. */
export const include: Control = ({ taskRun, scope }) => {
  const { task, run, lookups } = taskRun;
  const key = ['file', '_raw_params'].find((one) => task.args.has(one));
  const given = key === undefined ? undefined : run.templar.value(task.args.get(key) as string, task.args, key, scope, lookups);
  if (/(^|\.)include_role$/.test(task.action)) return { ...ok({ include_args: {} }), brings: [{ scope, name: '' }] };
  if (typeof given !== 'string' || given === '') throw inputError('no-file', `${task.action} needs the name of a file`, { at: task.at });
  return { ...ok({ include: given, include_args: {} }), brings: [{ scope, name: given }] };
};
