import { ident, literal } from './sql.ts';

/** What is granted or revoked. */
export interface Grant {
  readonly state: 'absent' | 'present';
  readonly type: string;
  /** In capital letters; empty for `group`. */
  readonly privs: readonly string[];
  /** Names as they are written; of `default_privs` kinds of objects. */
  readonly objs: readonly string[];
  readonly wholeSchema: boolean;
  readonly schema: string | undefined;
  readonly roles: readonly string[];
  readonly targetRoles: readonly string[];
  readonly grantOption: boolean | undefined;
}

export const PRIVS = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'TRUNCATE',
  'REFERENCES',
  'TRIGGER',
  'CREATE',
  'CONNECT',
  'TEMPORARY',
  'TEMP',
  'EXECUTE',
  'USAGE',
  'ALL',
  'SET',
  'ALTER_SYSTEM',
];

/** Kinds of objects that default privileges are for, and which of these there are. */
export const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  TABLES: ['ALL', 'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'],
  SEQUENCES: ['ALL', 'SELECT', 'UPDATE', 'USAGE'],
  FUNCTIONS: ['ALL', 'EXECUTE'],
  TYPES: ['ALL', 'USAGE'],
  SCHEMAS: ['CREATE', 'USAGE'],
};

const IMPLICIT = ['PUBLIC', 'CURRENT_USER', 'SESSION_USER', 'CURRENT_ROLE'];
export const isImplicit = (role: string): boolean => IMPLICIT.includes(role.toUpperCase());
const roleWord = (role: string): string => (isImplicit(role) ? role.toUpperCase() : ident(role));
const routine = (type: string): boolean => type === 'function' || type === 'procedure';

/** Name of an object for SQL. A function's arguments are types, so they stay as written, but for what could end the statement. */
function objectWord(grant: Grant, name: string): string {
  const schema = grant.schema === undefined ? '' : `${ident(grant.schema)}.`;
  if (routine(grant.type)) {
    const [, bare = name, args = ''] = /^([^(]*)\(([\w\s,.[\]"]*)\)$/.exec(name) ?? [];
    return `${schema}${ident(bare)}(${args})`;
  }
  return `${['table', 'sequence', 'type'].includes(grant.type) ? schema : ''}${ident(name)}`;
}

/** `GRANT ...;` or `REVOKE ...;` for these roles, in the words of Ansible's module. */
export function statements(grant: Grant, roles: readonly string[]): string[] {
  const whom = roles.map(roleWord).join(',');
  if (grant.type === 'default_privs') return defaults(grant, whom);
  const privs = grant.privs.map((one) => one.replace('_', ' ')).join(',');
  const kind = grant.type.replaceAll('_', ' ');
  const objects = grant.wholeSchema
    ? `ALL ${kind.toUpperCase()}S IN SCHEMA ${ident(grant.schema ?? 'public')}`
    : grant.objs.map((one) => objectWord(grant, one)).join(',');
  const what = grant.type === 'group' ? grant.objs.map(ident).join(',') : `${privs} ON ${grant.wholeSchema ? '' : `${kind} `}${objects}`;
  if (grant.state === 'absent') return [`REVOKE ${what} FROM ${whom};`];
  const option = grant.type === 'group' ? 'ADMIN' : 'GRANT';
  return [
    `GRANT ${what} TO ${whom}${grant.grantOption === true ? ` WITH ${option} OPTION` : ''};`,
    ...(grant.grantOption === false ? [`REVOKE ${option} OPTION FOR ${what} FROM ${whom};`] : []),
  ];
}

function defaults(grant: Grant, whom: string): string[] {
  const by = grant.targetRoles.length === 0 ? '' : ` FOR ROLE ${grant.targetRoles.map(ident).join(',')}`;
  const start = `ALTER DEFAULT PRIVILEGES${by}${grant.schema === undefined ? '' : ` IN SCHEMA ${ident(grant.schema)}`}`;
  const revoke = (kind: string): string => `${start} REVOKE ALL ON ${kind} FROM ${whom};`;
  if (grant.state === 'absent') return ['TABLES', 'FUNCTIONS', 'SEQUENCES', 'TYPES'].map(revoke);
  const option = grant.grantOption === true ? ' WITH GRANT OPTION' : '';
  return [...grant.objs.map(revoke), ...grant.objs.map((kind) => `${start} GRANT ${grant.privs.join(',')} ON ${kind} TO ${whom}${option};`)];
}

const CATALOGUES: Readonly<Record<string, readonly [table: string, name: string, acl: string]>> = {
  schema: ['pg_namespace', 'nspname', 'nspacl'],
  language: ['pg_language', 'lanname', 'lanacl'],
  tablespace: ['pg_tablespace', 'spcname', 'spcacl'],
  database: ['pg_database', 'datname', 'datacl'],
  foreign_data_wrapper: ['pg_foreign_data_wrapper', 'fdwname', 'fdwacl'],
  foreign_server: ['pg_foreign_server', 'srvname', 'srvacl'],
  parameter: ['pg_parameter_acl', 'parname', 'paracl'],
};

const sorted = (acl: string): string => `(SELECT string_agg(one::text, ' ' ORDER BY one::text) FROM unnest(${acl}) one)`;

/** A query of one column `acl`, a line of text for each object, sorted: what a grant can change. */
export function aclQuery(grant: Grant): string {
  const { type, schema } = grant;
  const list = (names: readonly string[]): string => (names.length === 0 ? 'NULL' : names.map(literal).join(', '));
  if (type === 'group')
    return `SELECT format('%s: %s by %s%s', roleid::regrole, member::regrole, grantor::regrole, CASE WHEN admin_option THEN ' WITH ADMIN OPTION' ELSE '' END) acl
 FROM pg_auth_members WHERE roleid::regrole::text IN (${list(grant.objs.map((one) => (/^[a-z_][a-z0-9_$]*$/.test(one) ? one : ident(one))))}) ORDER BY 1`;
  if (type === 'default_privs')
    return `SELECT format('%s %s %s: %s', defaclrole::regrole, n.nspname, defaclobjtype, ${sorted('defaclacl')}) acl
 FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace ${schema === undefined ? '' : `WHERE n.nspname = ${literal(schema)}`} ORDER BY 1`;
  const known = CATALOGUES[type];
  if (known !== undefined)
    return `SELECT format('%s: %s', ${known[1]}, ${sorted(known[2])}) acl FROM ${known[0]} WHERE ${known[1]} IN (${list(grant.objs)}) ORDER BY 1`;
  const [table, name, acl, space, more] = routine(type)
    ? ['pg_proc', 'proname', 'proacl', 'pronamespace', '']
    : type === 'type'
      ? ['pg_type', 'typname', 'typacl', 'typnamespace', '']
      : ['pg_class', 'relname', 'relacl', 'relnamespace', type === 'sequence' ? "AND relkind = 'S'" : "AND relkind IN ('r', 'v', 'm', 'p', 'f')"];
  const only = grant.wholeSchema ? '' : `AND ${name} IN (${list(grant.objs.map((one) => (routine(type) ? (one.split('(')[0] as string) : one)))})`;
  const within = schema === undefined ? '' : `AND n.nspname = ${literal(schema)}`;
  return `SELECT format('%s.%s: %s', n.nspname, ${name}, ${sorted(acl as string)}) acl FROM ${table} JOIN pg_namespace n ON n.oid = ${space} WHERE true ${within} ${only} ${more} ORDER BY 1`;
}
