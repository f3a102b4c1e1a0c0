import { inputError } from '../../error.ts';
import { type Data, type Dict, isDict, toPlain } from '../../value.ts';
import { OMIT } from '../../vars/magic.ts';
import { withoutOmit } from '../omit.ts';
import { ALL_HOSTS } from '../tally.ts';
import { isTrue } from '../target.ts';
import { effect } from '../task-run.ts';
import { argument, type Control, ok } from './types.ts';

/** `set_fact`: variables for the rest of the run. Keys may be templates. */
export const setFact: Control = ({ taskRun, scope, delegate }) => {
  const { run, task, lookups } = taskRun;
  const facts: Dict = new Map();
  let cacheable = false;
  for (const [key, value] of task.args) {
    const name = String(run.templar.text(String(key), undefined, scope, lookups));
    const rendered = run.templar.value(value, task.args, key, scope, lookups);
    if (rendered === OMIT) continue;
    if (name === 'cacheable') cacheable = isTrue(rendered);
    else if (/^[A-Za-z_]\w*$/.test(name)) facts.set(name, booleans(withoutOmit(rendered)));
    else
      throw inputError('set-fact', `"${name}" is not a name for a variable`, {
        says: `The variable name '${name}' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.`,
        at: task.at,
      });
  }
  if (facts.size === 0)
    throw inputError('set-fact', 'set_fact needs at least one variable to set', {
      says: 'No key/value pairs provided, at least one is required for this action to succeed',
      at: task.at,
    });
  const there = delegate && task.context.set.delegate_facts?.value === true;
  const store = (set: (name: string, value: Data) => void): void => facts.forEach((value, name) => set(String(name), value));
  if (there) store((name, value) => run.host(delegate.name).set(name, value));
  else
    effect(taskRun, (host) => store((name, value) => (cacheable ? host.setCacheable(name, value) : host.set(name, value))), {
      level: 'set_facts and registered variables',
      from: 'set_fact',
      vars: facts,
      final: true,
    });
  return ok({ ansible_facts: toPlain(facts) });
};

/** Text that is a YAML boolean becomes one, as set_fact has always done. */
const booleans = (value: Data): Data => (typeof value === 'string' && /^(true|false|yes|no)$/i.test(value) ? /^(true|yes)$/i.test(value) : value);

/** `set_stats`: values for the end of the run. */
export const setStats: Control = (call) => {
  const { taskRun } = call;
  const data = argument(call, 'data');
  if (!isDict(data)) throw inputError('missing-option', 'set_stats needs "data", a mapping', { at: taskRun.task.at });
  const aggregate = isTrue(argument(call, 'aggregate') ?? true);
  const perHost = isTrue(argument(call, 'per_host') ?? false);
  const custom = taskRun.run.tally.customOf(perHost ? taskRun.host.name : ALL_HOSTS);
  for (const [key, value] of data) {
    const old = custom[String(key)];
    const fresh = toPlain(value);
    custom[String(key)] = aggregate && typeof old === 'number' && typeof fresh === 'number' ? old + fresh : fresh;
  }
  return ok({ ansible_stats: { data: toPlain(data), aggregate, per_host: perHost } });
};

/** `group_by`: puts the host into a group named by what it is. */
export const groupBy: Control = (call) => {
  const { taskRun } = call;
  const key = argument(call, 'key', '_raw_params');
  if (typeof key !== 'string' || key === '') throw inputError('missing-option', 'group_by needs "key"', { at: taskRun.task.at });
  const group = key.replaceAll(' ', '-');
  const given = argument(call, 'parents') ?? ['all'];
  const parents = (Array.isArray(given) ? given : [given]).map((one) => String(one).replaceAll(' ', '-'));
  const changed = taskRun.run.inventory.addToGroup(taskRun.host.name, group, parents);
  return { outcome: { ...(changed ? { status: 'changed', diff: [], proven: true } : { status: 'ok' }), result: { add_group: group, parent_groups: parents } } };
};

/** `add_host`: a host that the inventory does not have. */
export const addHost: Control = (call) => {
  const { taskRun, scope } = call;
  const { run, task, lookups } = taskRun;
  const name = argument(call, 'name', 'hostname', 'host');
  if (typeof name !== 'string' || name === '') throw inputError('missing-option', 'add_host needs "name"', { at: task.at });
  const groups = argument(call, 'groups', 'groupname', 'group') ?? [];
  const list = (Array.isArray(groups) ? groups : String(groups).split(',')).map((one) => String(one).trim()).filter((one) => one !== '');
  const special = new Set(['name', 'hostname', 'host', 'groups', 'groupname', 'group']);
  const vars: Dict = new Map();
  for (const [key, value] of task.args) if (!special.has(String(key))) vars.set(key, run.templar.value(value, task.args, key, scope, lookups));
  const changed = run.inventory.addDynamicHost(name, list, vars);
  return {
    outcome: {
      ...(changed ? { status: 'changed', diff: [], proven: true } : { status: 'ok' }),
      result: { add_host: { host_name: name, groups: list, host_vars: toPlain(vars) } },
    },
  };
};
