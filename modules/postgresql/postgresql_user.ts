import { randomBytes } from 'node:crypto';
import { type ArgsOf, defineModule, type Observed, type Plan } from '../../engine/module/contract.ts';
import { answer, login, psql, question, silence } from './psql.ts';
import { isVerifier, verifier, verifies } from './scram.ts';
import { ident, literal } from './sql.ts';

const options = {
  name: { type: 'str', required: true, aliases: ['user'], description: 'Name of the role.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the role is there.' },
  password: {
    type: 'str',
    secret: true,
    description: 'Password, or what PostgreSQL keeps of one. The server gets a SCRAM verifier made on the control node, never the password.',
  },
  encrypted: { type: 'bool', default: true, description: 'Taken for compatibility: a password is kept as a verifier always.' },
  trust_input: { type: 'bool', default: true, description: 'Taken for compatibility: names are always quoted.' },
  no_password_changes: { type: 'bool', default: false, description: 'Sets the password only when the role is made.' },
  role_attr_flags: {
    type: 'str',
    default: '',
    description:
      'Attributes, separated by commas: `SUPERUSER`, `CREATEROLE`, `CREATEDB`, `INHERIT`, `LOGIN`, `REPLICATION`, `BYPASSRLS`, each also with `NO` before it.',
  },
  conn_limit: { type: 'int', description: 'Number of connections; -1 is without limit.' },
  expires: { type: 'str', description: 'When the password ends, such as `2027-01-31`; `infinity` is never.' },
  comment: { type: 'str', description: 'Comment; empty text removes it.' },
  configuration: { type: 'dict', description: 'Settings of the role, such as `statement_timeout`.' },
  login_db: { type: 'str', default: 'postgres', aliases: ['db'], description: 'Database to connect to.' },
  ...login,
} as const;

type Args = ArgsOf<typeof options>;

interface Role {
  readonly attributes: Readonly<Record<string, boolean>>;
  readonly password: string | null;
  readonly readable: boolean;
  readonly conn_limit: number;
  readonly expires: string | null;
  readonly expires_same: boolean;
  readonly comment: string;
  readonly config: readonly string[];
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  SUPERUSER: 'rolsuper',
  CREATEROLE: 'rolcreaterole',
  CREATEDB: 'rolcreatedb',
  INHERIT: 'rolinherit',
  LOGIN: 'rolcanlogin',
  REPLICATION: 'rolreplication',
  BYPASSRLS: 'rolbypassrls',
};

/** Only a superuser may read pg_authid; psql's \if keeps the question whole for others. */
function query(args: Args): string {
  const attributes = Object.entries(ATTRIBUTES).map(([flag, column]) => `'${flag}', r.${column}`);
  const same = args.expires === undefined ? 'true' : `coalesce(r.rolvaliduntil, 'infinity') = ${literal(args.expires)}::timestamptz`;
  const select = (password: string, readable: boolean) => `SELECT json_build_object('attributes', json_build_object(${attributes.join(', ')}),
 'password', ${password}, 'readable', ${readable}, 'conn_limit', r.rolconnlimit, 'expires', r.rolvaliduntil::text, 'expires_same', ${same},
 'comment', coalesce(shobj_description(r.oid, 'pg_authid'), ''), 'config', coalesce(r.rolconfig, '{}'))
 FROM pg_roles r WHERE r.rolname = ${literal(args.name)};`;
  return `SELECT has_table_privilege('pg_authid', 'SELECT') AS readable \\gset
\\if :readable
${select('(SELECT a.rolpassword FROM pg_authid a WHERE a.oid = r.oid)', true)}
\\else
${select('NULL', false)}
\\endif`;
}

interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly sql: string;
  /** The same without what should not be shown. */
  readonly shown?: string;
}

const flagsOf = (args: Args): string[] =>
  args.role_attr_flags
    .split(',')
    .map((one) => one.trim().toUpperCase())
    .filter((one) => one !== '');

function attributes(args: Args, role: Role): Change[] {
  return flagsOf(args).flatMap((flag) => {
    const wanted = ATTRIBUTES[flag] !== undefined;
    const name = wanted ? flag : flag.replace(/^NO/, '');
    if (role.attributes[name] === wanted) return [];
    return [
      { what: name.toLowerCase(), before: String(role.attributes[name] ?? 'unset'), after: String(wanted), sql: `ALTER ROLE ${ident(args.name)} WITH ${flag}` },
    ];
  });
}

function password(args: Args, salt: Buffer): Change {
  const kept = isVerifier(args.password as string) ? (args.password as string) : verifier(args.password as string, salt);
  const sql = (text: string) => `ALTER ROLE ${ident(args.name)} WITH PASSWORD ${text}`;
  return { what: 'password', before: 'another', after: 'as wanted', sql: sql(literal(kept)), shown: sql("'********'") };
}

/** Settings that are lists: their members are quoted one by one. */
const LISTS = /^(?:search_path|temp_tablespaces|\w+_preload_libraries)$/;

function settings(args: Args, role: Role): Change[] {
  const now = new Map(role.config.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
  return Object.entries(args.configuration ?? {}).flatMap(([key, given]) => {
    const members = LISTS.test(key) ? String(given).split(/\s*,\s*/) : [String(given)];
    const wanted = members.join(', ');
    if (now.get(key) === wanted) return [];
    return [
      {
        what: key,
        before: now.get(key) ?? 'unset',
        after: wanted,
        sql: `ALTER ROLE ${ident(args.name)} SET ${ident(key)} TO ${members.map(literal).join(', ')}`,
      },
    ];
  });
}

const FRESH: Role = { attributes: {}, password: null, readable: true, conn_limit: -1, expires: null, expires_same: false, comment: '', config: [] };

/** Statements that bring the role there; a role that is just made gets all of them. */
function changes(args: Args, found: Role | undefined, salt: Buffer): Change[] {
  const role = found ?? FRESH;
  const name = ident(args.name);
  const made: Change[] = found === undefined ? [{ what: 'state', before: 'absent', after: 'present', sql: `CREATE USER ${name}` }] : [];
  made.push(...attributes(args, role));
  const mayChange = found === undefined || !args.no_password_changes;
  if (args.password !== undefined && mayChange && !verifies(args.password, args.name, role.password)) made.push(password(args, salt));
  if (args.conn_limit !== undefined && args.conn_limit !== role.conn_limit) {
    made.push({
      what: 'conn_limit',
      before: String(role.conn_limit),
      after: String(args.conn_limit),
      sql: `ALTER ROLE ${name} CONNECTION LIMIT ${args.conn_limit}`,
    });
  }
  if (args.expires !== undefined && !role.expires_same)
    made.push({ what: 'expires', before: role.expires ?? 'infinity', after: args.expires, sql: `ALTER ROLE ${name} VALID UNTIL ${literal(args.expires)}` });
  if (args.comment !== undefined && args.comment !== role.comment)
    made.push({ what: 'comment', before: role.comment, after: args.comment, sql: `COMMENT ON ROLE ${name} IS ${literal(args.comment || null)}` });
  return [...made, ...settings(args, role)];
}

function plan(args: Args, seen: Observed, salt: Buffer, before?: Observed): Plan {
  const silent = silence(args, seen);
  if (silent !== undefined) return silent;
  const unknown = flagsOf(args).find((flag) => ATTRIBUTES[flag] === undefined && ATTRIBUTES[flag.replace(/^NO/, '')] === undefined);
  if (unknown !== undefined)
    return {
      is: 'impossible',
      why: `there is no role attribute ${unknown}`,
      hint: `Known are ${Object.keys(ATTRIBUTES).join(', ')}, each also with NO before it`,
    };
  const found = answer<Role>(seen);
  if (args.state === 'absent') {
    if (found === undefined) return { is: 'right', result: before === undefined ? { user: args.name, queries: [] } : { user: args.name } };
    const sql = `DROP USER ${ident(args.name)}`;
    return {
      is: 'wrong',
      diff: [{ before: { state: 'present' }, after: { state: 'absent' }, label: `role ${args.name}` }],
      apply: psql(args, args.login_db, `${sql};`),
      result: { user: args.name, queries: [sql] },
    };
  }
  if (found?.readable === false && args.password !== undefined && !args.no_password_changes) {
    return {
      is: 'impossible',
      why: `${args.login_user} may not see whether the password of ${args.name} is right`,
      hint: 'Log in as a superuser, or set no_password_changes: true',
    };
  }
  const todo = changes(args, found, salt);
  const result = { user: args.name, queries: todo.map((one) => one.shown ?? one.sql) };
  // what was done is known from the plan before
  if (todo.length === 0) return { is: 'right', result: before === undefined ? result : { user: args.name } };
  const shown = found === undefined ? todo.filter((one) => one.what === 'state') : todo;
  const pick = (key: 'before' | 'after') => Object.fromEntries(shown.map((one) => [one.what, one[key]]));
  const sql = `BEGIN;\n${todo.map((one) => one.sql).join(';\n')};\nCOMMIT;`;
  return { is: 'wrong', diff: [{ before: pick('before'), after: pick('after'), label: `role ${args.name}` }], apply: psql(args, args.login_db, sql), result };
}

export default defineModule<typeof options, Buffer>({
  name: 'postgresql_user',
  fqcn: ['community.postgresql.postgresql_user'],
  summary: 'Keeps a PostgreSQL role with its password and attributes.',
  notes: [
    'Whether the password is right is found out on the control node, from what PostgreSQL keeps of it; a second run changes nothing.',
    'Privileges are not granted here (`priv` left Ansible too).',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_user_module.html',
  options,
  returns: { user: 'Name of the role.', queries: 'The SQL that changes it, without the password.' },
  examples: [
    {
      title: 'A role that may make databases',
      args: { name: 'example', password: "it's a secret", role_attr_flags: 'CREATEDB,NOSUPERUSER', container: 'postgresql' },
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Change a password',
      args: { name: 'example_old', password: 'new', container: 'postgresql' },
      given: `podman exec postgresql psql -qc "CREATE USER example_old PASSWORD 'old'" 2>/dev/null || :`,
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Remove a role',
      args: { name: 'example_gone', state: 'absent', container: 'postgresql' },
      given: 'podman exec postgresql psql -qc "CREATE USER example_gone" 2>/dev/null || :',
      needs: ['podman', 'postgresql'],
    },
  ],
  prepare: async () => randomBytes(16),
  probe: (args) => question(args, args.login_db, query(args)),
  plan,
});
