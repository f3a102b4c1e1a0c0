import { type ArgsOf, defineModule, type Observed, type Plan, type Result } from '../../engine/module/contract.ts';
import { impossible } from '../system/lib.ts';
import { answer, login, psql, question, silence } from './psql.ts';
import { literal } from './sql.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the setting.' },
  value: { type: 'str', description: 'Its value; `default` goes back to what it is without postgresql.auto.conf.' },
  reset: { type: 'bool', default: false, description: 'Take it out of postgresql.auto.conf.' },
  login_db: { type: 'str', default: 'postgres', aliases: ['db'], description: 'Database to connect to.' },
  session_role: { type: 'str', description: 'Role to take after connecting.' },
  trust_input: { type: 'bool', default: true, description: 'Taken for compatibility: values are always quoted.' },
  ...login,
} as const;

type Args = ArgsOf<typeof options>;

interface Setting {
  readonly version: number;
  readonly setting: string;
  readonly unit: string | null;
  readonly context: string;
  readonly boot: string;
  readonly pretty: string;
}

export default defineModule({
  name: 'postgresql_set',
  fqcn: ['community.postgresql.postgresql_set'],
  summary: 'Keeps a setting of a PostgreSQL server.',
  notes: [
    'By ALTER SYSTEM, which writes postgresql.auto.conf; the server reads it again at once.',
    'A setting that a restart is needed for (`restart_required`) is compared with what the server runs with, so it is changed in every run until the restart.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_set_module.html; ALTER SYSTEM of PostgreSQL',
  options,
  rules: { mutuallyExclusive: [['value', 'reset']] },
  returns: {
    name: 'The setting.',
    prev_val_pretty: 'Its value before, as SHOW prints it.',
    value_pretty: 'Its value now.',
    value: '`value` and `unit` as pg_settings has them, memory in bytes.',
    context: 'When it can be changed, such as `sighup` or `postmaster`.',
    restart_required: 'Whether the server must be restarted for it.',
    queries: 'The SQL.',
  },
  examples: [
    {
      title: 'Memory of a sort',
      args: { name: 'work_mem', value: '8mb', container: 'postgresql' },
      given: "podman exec postgresql psql -qc 'ALTER SYSTEM RESET work_mem' -c 'SELECT pg_reload_conf()' >/dev/null; sleep 1",
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'A list',
      args: { name: 'search_path', value: 'app, public', container: 'postgresql' },
      given: "podman exec postgresql psql -qc 'ALTER SYSTEM RESET search_path' -c 'SELECT pg_reload_conf()' >/dev/null; sleep 1",
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'As it was',
      args: { name: 'log_min_duration_statement', reset: true, container: 'postgresql' },
      given: "podman exec postgresql psql -qc \"ALTER SYSTEM SET log_min_duration_statement = '5s'\" -c 'SELECT pg_reload_conf()' >/dev/null; sleep 1",
      needs: ['podman', 'postgresql'],
    },
  ],
  probe: (args) =>
    question(
      args,
      args.login_db,
      `SELECT json_build_object('version', current_setting('server_version_num')::int, 'setting', setting, 'unit', unit, 'context', context,
 'boot', coalesce(boot_val, ''), 'pretty', current_setting(name)) FROM pg_settings WHERE lower(name) = lower(${literal(args.name)});`,
    ),
  plan,
});

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const silent = silence(args, seen);
  if (silent !== undefined) return silent;
  const { name } = args;
  const wanted = args.value === undefined ? undefined : asServer(args.value);
  const wrong = mistake(args);
  if (wrong !== undefined) return impossible(wrong);
  const found = answer<Setting>(seen);
  if (found === undefined)
    return impossible(
      `No such parameter: ${name}. Please check its spelling or presence in your PostgreSQL version (https://www.postgresql.org/docs/current/runtime-config.html)`,
    );
  if (found.context === 'internal')
    return impossible(`${name}: cannot be changed (internal context). See https://www.postgresql.org/docs/current/runtime-config-preset.html`);
  const current = isList(found.version, name) ? unquoted(found.pretty) : found.pretty;
  const restart = found.context === 'postmaster';
  const now: Result = { name, context: found.context, value: rawOf(found), restart_required: restart };
  // the server took the statement; with a restart to come it still runs with the old value
  if (before !== undefined) return { is: 'right', result: restart ? now : { ...now, value_pretty: current } };
  const result = { ...now, prev_val_pretty: current, value_pretty: current, queries: [] };
  const goal = wanted === undefined || wanted === 'default' ? found.boot : wanted;
  if (same(goal, wanted === undefined || wanted === 'default' ? found.setting : current, found)) return { is: 'right', result };
  const query = statement(args, wanted, found.version);
  const role = args.session_role === undefined ? '' : `SET ROLE ${literal(args.session_role)};\n`;
  // the postmaster has to have seen the signal before the next connection
  const reload = restart ? '' : '\nSELECT pg_reload_conf();\nSELECT pg_sleep(0.3);';
  return {
    is: 'wrong',
    diff: [{ label: name, before: { value: current }, after: { value: wanted ?? 'reset' } }],
    apply: psql(args, args.login_db, `${role}${query};${reload}`),
    result: { ...result, value_pretty: wanted ?? current, queries: [query] },
  };
}

function mistake({ name, value, reset }: Args): string | undefined {
  if (!/^[a-z_]\w*(?:\.[a-z_]\w*)*$/i.test(name)) return `"${name}" cannot be the name of a setting`;
  if (name === 'shared_preload_libraries' && value === '')
    return 'Due to a PostgreSQL bug in resetting shared_preload_libraries with ALTER SYSTEM SET, setting it as an empty string is not supported by the module to avoid crashes. Use the `value: default` or `reset: true` argument instead.';
  return value === undefined && !reset ? `${name}: at least one of value or reset param must be specified` : undefined;
}

/** PostgreSQL wants its units as they are written, and Ansible takes 8mb for 8MB; True and False stem from YAML. */
function asServer(value: string): string {
  if (value === 'True' || value === 'False') return value === 'True' ? 'on' : 'off';
  return /^\d+(?:mb|gb|tb|b)$/.test(value) ? value.toUpperCase() : value;
}

const LISTS = ['local_preload_libraries', 'search_path', 'session_preload_libraries', 'shared_preload_libraries', 'temp_tablespaces'];
const isList = (version: number, name: string): boolean => LISTS.includes(name) || (version >= 140000 && name === 'unix_socket_directories');
const unquoted = (value: string): string =>
  value
    .split(',')
    .map((one) => one.replace(/^[" ]+|[" ]+$/g, ''))
    .join(', ');

/** A value with commas is a list of values, but for the kinds that are one text. */
function statement(args: Args, value: string | undefined, version: number): string {
  if (value === undefined) return `ALTER SYSTEM RESET ${args.name}`;
  if (value === 'default') return `ALTER SYSTEM SET ${args.name} = DEFAULT`;
  const one = !value.includes(',') || /_(?:command|prefix)$/.test(args.name) || (version < 140000 && args.name === 'unix_socket_directories');
  const members = one
    ? literal(value)
    : value
        .split(',')
        .map((member) => literal(member.trim()))
        .join(',');
  return `ALTER SYSTEM SET ${args.name} = ${members}`;
}

const MEMORY: Readonly<Record<string, number>> = { B: 1, kB: 1024, '8kB': 8192, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };
const TIME: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A number with a unit in bytes or milliseconds; without one it is in the unit of the setting. */
function measured(text: string, unit: string | null): number | undefined {
  const [, number, given = ''] = /^\s*(-?\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const word = given === '' ? (unit ?? '') : given;
  const table = MEMORY[word] !== undefined ? MEMORY : TIME;
  // -1 has a meaning of its own, and no unit
  return word === '' || Number(number) < 0 ? Number(number) : table[word] === undefined ? undefined : Number(number) * (table[word] as number);
}

const BOOLEANS: Readonly<Record<string, string>> = { on: 'on', true: 'on', yes: 'on', '1': 'on', off: 'off', false: 'off', no: 'off', '0': 'off' };

function same(wanted: string, current: string, { unit, setting }: Setting): boolean {
  if (wanted === current) return true;
  if (setting === 'on' || setting === 'off') return BOOLEANS[wanted.toLowerCase()] === setting;
  const [a, b] = [measured(wanted, unit), measured(current, unit)];
  if (a !== undefined && b !== undefined) return a === b;
  return unquoted(wanted) === unquoted(current);
}

/** As Ansible returns it: memory in bytes. */
function rawOf({ setting, unit }: Setting): Result {
  const factor = unit === 'kB' ? 1024 : unit === 'MB' ? 1024 ** 2 : undefined;
  if (factor === undefined) return { value: setting, unit };
  return { value: Number(setting) > 0 ? Number(setting) * factor : setting, unit: 'b' };
}
