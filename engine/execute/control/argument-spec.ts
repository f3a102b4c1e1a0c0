import { QplayError } from '../../error.ts';
import { checkArguments } from '../../module/args.ts';
import { optionsFromSpec } from '../../module/spec.ts';
import { type Data, type Dict, isDict } from '../../value.ts';
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
  if (diagnostics.length > 0) throw new QplayError(diagnostics);
  return ok({ msg: 'The arg spec validation passed', validate_args_context: { name: task.context.role?.role.name ?? '', type: 'role' } });
};
