import type { Diagnostic } from '../../error.ts';
import { checkArguments } from '../../module/args.ts';
import { optionsFromSpec } from '../../module/spec.ts';
import { type Data, type Dict, isDict, toPlain } from '../../value.ts';
import { argumentErrors } from './argument-errors.ts';
import { argument, type Control, ok } from './types.ts';

/** The check of a role's variables against its `meta/argument_specs.yml`. */
export const validateArgumentSpec: Control = (call) => {
  const { taskRun, scope } = call;
  const { task, host } = taskRun;
  const spec = argument(call, 'argument_spec');
  const entry: Dict = new Map<Data, Data>([['options', isDict(spec) ? spec : new Map()]]);
  const { options, rules } = optionsFromSpec(entry);
  const given: Dict = new Map();
  const provided = argument(call, 'provided_arguments');
  for (const name of Object.keys(options)) {
    const value = isDict(provided) && provided.has(name) ? (provided.get(name) as Data) : scope.get(name);
    if (value !== undefined) given.set(name, value);
  }
  const name = `role ${task.context.role?.role.name ?? ''}`.trim();
  const { diagnostics, secrets } = checkArguments(given, { name, options, ...(rules && { rules }) }, { at: task.at, host: host.name });
  secrets.forEach(taskRun.lookups.secret);
  const about = toPlain(argument(call, 'validate_args_context') ?? new Map());
  const written = (one: string): boolean => {
    const raw = isDict(provided) && provided.has(one) ? undefined : scope.raw(one);
    return raw === undefined || !taskRun.run.templar.holdsTemplate(raw);
  };
  const errors = argumentErrors(isDict(spec) ? spec : new Map(), new Map([...given, ...(isDict(provided) ? provided : [])]), written);
  if (errors.length === 0) return ok({ msg: 'The arg spec validation passed', validate_args_context: about });
  // the place and the hint are ours, what is registered is Ansible's
  const own: Diagnostic = { kind: 'task', severity: 'error', code: 'arguments', message: errors.join('; '), at: task.at, host: host.name };
  const [first = own, ...rest] = diagnostics;
  for (const diagnostic of rest) taskRun.run.emit({ type: 'diagnostic', diagnostic });
  const result = {
    msg: `Validation of arguments failed:\n${errors.join('\n')}`,
    argument_errors: errors,
    argument_spec_data: toPlain(entry.get('options') ?? null),
    validate_args_context: about,
  };
  return { outcome: { status: 'failed', error: { ...first, kind: 'task' }, result } };
};
