import { type ArgsOf, defineModule, type Observed, type Plan } from '../../engine/module/contract.ts';
import { sectionOf, sections } from '../sections.ts';
import { impossible, premature } from '../system/lib.ts';
import { aclQuery, DEFAULTS, type Grant, isImplicit, PRIVS, statements } from './privs.ts';
import { login, psql, question, silence } from './psql.ts';
import { ident, literal } from './sql.ts';

const options = {
  login_db: { type: 'str', required: true, aliases: ['db', 'database'], description: 'Database to connect to.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the roles have the privileges.' },
  privs: { type: 'str', aliases: ['priv'], description: 'Privileges, with commas between: `SELECT,INSERT` or `ALL`.' },
  type: {
    type: 'str',
    default: 'table',
    choices: [
      'database',
      'default_privs',
      'foreign_data_wrapper',
      'foreign_server',
      'function',
      'group',
      'language',
      'table',
      'tablespace',
      'schema',
      'sequence',
      'type',
      'procedure',
      'parameter',
    ],
    description: 'Kind of object. `group` is for membership in roles, `default_privs` for objects made later.',
  },
  objs: {
    type: 'str',
    aliases: ['obj'],
    description: 'Objects, with commas between; `ALL_IN_SCHEMA`, or `ALL_DEFAULT` with `default_privs`. The database itself when absent.',
  },
  schema: { type: 'str', description: 'Schema of the objects; `public` when absent, none with `not-specified`.' },
  roles: { type: 'str', required: true, aliases: ['role'], description: 'Roles, with commas between; `PUBLIC` is everybody.' },
  fail_on_role: { type: 'bool', default: true, description: 'Fail when a role does not exist; it is left out otherwise.' },
  session_role: { type: 'str', description: 'Role to take after connecting.' },
  target_roles: { type: 'str', description: 'With `default_privs`: roles whose later objects are meant.' },
  grant_option: { type: 'bool', aliases: ['admin_option'], description: 'Whether the roles may grant it on. Left as it is when absent.' },
  trust_input: { type: 'bool', default: true, description: 'Taken for compatibility: names are always quoted.' },
  ...login,
  login_password: { ...login.login_password, aliases: ['password'] },
} as const;

type Args = ArgsOf<typeof options>;

const IN = 'podman exec postgresql psql -q -d quaydb -c';
const MADE = `for r in qp_reader qp_boss; do ${IN} "CREATE ROLE $r" 2>/dev/null || :; done; ${IN} 'CREATE TABLE IF NOT EXISTS qp_books (id int)'`;

export default defineModule({
  name: 'postgresql_privs',
  fqcn: ['community.postgresql.postgresql_privs'],
  summary: 'Grants and revokes privileges in PostgreSQL.',
  notes: ['To find out what would change, the statements are run in a transaction that is rolled back.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_privs_module.html',
  options,
  returns: { queries: 'The SQL.' },
  examples: [
    {
      title: 'Read a table',
      args: { login_db: 'quaydb', privs: 'SELECT,INSERT', objs: 'qp_books', roles: 'qp_reader', grant_option: true, container: 'postgresql' },
      given: `${MADE}; ${IN} 'REVOKE ALL ON qp_books FROM qp_reader'`,
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Tables that are made later',
      args: { login_db: 'quaydb', privs: 'SELECT', type: 'default_privs', objs: 'TABLES', roles: 'qp_reader', container: 'postgresql' },
      given: `${MADE}; ${IN} 'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM qp_reader'`,
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Be of a group',
      args: { login_db: 'quaydb', type: 'group', objs: 'qp_readers', roles: 'qp_reader', container: 'postgresql' },
      given: `${MADE}; ${IN} 'CREATE ROLE qp_readers' 2>/dev/null; ${IN} 'REVOKE qp_readers FROM qp_reader'`,
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Connect to a database, and make schemas there',
      args: { login_db: 'quaydb', type: 'database', objs: 'quaydb', privs: 'CONNECT,CREATE', roles: 'qp_reader', container: 'postgresql' },
      given: `${MADE}; ${IN} 'REVOKE CONNECT, CREATE ON DATABASE quaydb FROM qp_reader'`,
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'No longer write',
      args: { login_db: 'quaydb', state: 'absent', privs: 'INSERT', objs: 'ALL_IN_SCHEMA', roles: 'qp_reader', container: 'postgresql' },
      given: `${MADE}; ${IN} 'GRANT SELECT, INSERT ON qp_books TO qp_reader'`,
      needs: ['podman', 'postgresql'],
    },
  ],
  probe: (args) => question(args, args.login_db, program(args, false)),
  plan,
});

const split = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
const QUALIFIED = ['table', 'sequence', 'function', 'procedure', 'type', 'default_privs'];

function grantOf(args: Args): Grant {
  const { type } = args;
  const wholeSchema = args.objs === 'ALL_IN_SCHEMA';
  const named = type === 'database' && args.objs === undefined ? [args.login_db] : split(args.objs);
  const kinds = args.objs === 'ALL_DEFAULT' ? Object.keys(DEFAULTS).filter((one) => one !== 'SCHEMAS') : named.map((one) => one.toUpperCase());
  const schema = args.schema ?? (QUALIFIED.includes(type) ? 'public' : undefined);
  return {
    state: args.state,
    type,
    privs: [...new Set(split(args.privs).map((one) => one.toUpperCase()))].sort(),
    objs: type === 'default_privs' ? kinds : type === 'function' || type === 'procedure' ? named.map((one) => one.replaceAll(':', ',')) : named,
    wholeSchema,
    // Ansible takes no schema for the default privileges of schemas
    schema: schema === 'not-specified' || (type === 'default_privs' && kinds.includes('SCHEMAS')) ? undefined : schema,
    roles: split(args.roles),
    targetRoles: split(args.target_roles),
    grantOption: args.grant_option,
  };
}

function mistake(args: Args, grant: Grant): string | undefined {
  if (grant.type === 'group') return grant.privs.length > 0 ? 'Argument "privs" is not allowed for type "group".' : undefined;
  if (grant.privs.length === 0) return `Argument "privs" is required for type "${grant.type}".`;
  if (args.objs === undefined && grant.type !== 'database') return `Argument "objs" is required for type "${grant.type}".`;
  if (grant.wholeSchema && !['table', 'sequence', 'function', 'procedure'].includes(grant.type)) return `ALL_IN_SCHEMA is not for type "${grant.type}".`;
  const unknown = grant.privs.filter((one) => !PRIVS.includes(one));
  if (unknown.length > 0) return `Invalid privileges specified: ${unknown.join(', ')}`;
  if (grant.type !== 'default_privs') return undefined;
  const odd = grant.objs.filter((one) => DEFAULTS[one] === undefined);
  if (odd.length > 0) return `Invalid Object set specified: ${odd.join(', ')}`;
  const wrong = grant.objs.filter((one) => !grant.privs.every((priv) => DEFAULTS[one]?.includes(priv)));
  return wrong.length > 0 ? `Invalid priv specified for ${wrong.join(', ')}: ${grant.privs.join(', ')}` : undefined;
}

/** The statements, role by role where a role may be missing. */
function changes(args: Args, grant: Grant): string {
  if (args.fail_on_role) return statements(grant, grant.roles).join('\n');
  return grant.roles
    .map((role, i) => {
      const run = statements(grant, [role]).join('\n');
      if (isImplicit(role)) return run;
      return `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(role)}) AS qp_role${i} \\gset\n\\if :qp_role${i}\n${run}\n\\endif`;
    })
    .join('\n');
}

/** Looks at what is granted, runs the statements and looks again; takes all back unless it is to stay. */
function program(args: Args, stay: boolean): string {
  const grant = grantOf(args);
  if (mistake(args, grant) !== undefined) return 'SELECT 1;';
  const look = `SELECT 'qp-acl ' || coalesce(json_agg(acl)::text, '[]') FROM (${aclQuery(grant)}) found;`;
  const role = args.session_role === undefined ? '' : `SET ROLE ${ident(args.session_role)};\n`;
  return `\\echo qp-there\n${role}BEGIN;\n${look}\n${changes(args, grant)}\n${look}\n${stay ? 'COMMIT' : 'ROLLBACK'};`;
}

function plan(args: Args, seen: Observed): Plan {
  const grant = grantOf(args);
  const wrong = mistake(args, grant);
  if (wrong !== undefined) return impossible(wrong);
  const { code, text } = sectionOf(sections(seen.stdout), 'answer');
  const refused = code === 0 || !text.includes('qp-there') ? undefined : /ERROR: +(.*)/.exec(text)?.[1];
  if (refused !== undefined)
    return /does not exist/.test(refused)
      ? premature(`PostgreSQL refuses: ${refused}`, 'Make it before: postgresql_user makes roles; fail_on_role: false leaves missing ones out')
      : impossible(`PostgreSQL refuses: ${refused}`);
  const silent = silence(args, seen);
  if (silent !== undefined) return silent;
  const [before = [], after = []] = text
    .split('\n')
    .filter((line) => line.startsWith('qp-acl '))
    .map((line) => (JSON.parse(line.slice(7).trim()) as (string | null)[]).map((one) => one ?? ''));
  const result = { queries: [statements(grant, grant.roles).join('\n')] };
  if (before.join('\n') === after.join('\n')) return { is: 'right', result };
  const shown = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
  return {
    is: 'wrong',
    diff: [{ label: `privileges in ${args.login_db}`, before: shown(before), after: shown(after) }],
    apply: psql(args, args.login_db, program(args, true)),
    result,
  };
}
