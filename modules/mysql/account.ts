import { raw, type Script } from '../../engine/module/contract.ts';
import { literal, plain, type tables } from './mysql.ts';

/** One account as the server knows it. */
export interface Account {
  readonly host: string;
  readonly plugin: string;
  readonly auth: string;
  /** Hash of its password, empty without one. */
  readonly hash: string;
  readonly grants: readonly string[];
  readonly locked: boolean;
  readonly requires: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, number>>;
  readonly attributes: Readonly<Record<string, unknown>> | null;
}

const LIMITS = ['MAX_QUERIES_PER_HOUR', 'MAX_UPDATES_PER_HOUR', 'MAX_CONNECTIONS_PER_HOUR', 'MAX_USER_CONNECTIONS'] as const;

/** Text between double quotes of a shell, where `$qp_h` is the host in single quotes of SQL. */
const inQuotes = (text: string): string => text.replace(/[\\"`$]/g, '\\$&');

/** SQL for one host, to stand in double quotes of a shell: each question has a table of its own, named with the host. */
export function SERVER_ROWS(name: string): Script {
  const [value, account] = [inQuotes(literal(name)), inQuotes(plain(name))];
  const of = (columns: string) => `SELECT ${columns} FROM mysql.user WHERE User = ${value} AND Host = '$qp_h';`;
  const named = (what: string, text: string) => `SELECT 'qp:${what} $qp_h'; ${text}`;
  return raw(
    [
      named('auth', of('plugin, authentication_string')),
      named('password', of('Password')),
      named('grants', `SHOW GRANTS FOR ${account}@'$qp_h';`),
      named('create', `SHOW CREATE USER ${account}@'$qp_h';`),
      named('tls', of('ssl_type, ssl_cipher, x509_issuer, x509_subject')),
      named('limits', of('max_questions, max_updates, max_connections, max_user_connections')),
      named('time', of('max_statement_time')),
      named('attributes', `SELECT attribute FROM INFORMATION_SCHEMA.USER_ATTRIBUTES WHERE USER = ${value} AND HOST = '$qp_h';`),
    ].join(' '),
  );
}

export function accountOf(host: string, found: ReturnType<typeof tables>): Account {
  const rows = (what: string) => found.get(`${what} ${host}`) ?? [];
  const [plugin = '', auth = ''] = rows('auth')[0] ?? [];
  const password = rows('password')[0]?.[0] ?? '';
  const [type = '', cipher = '', issuer = '', subject = ''] = rows('tls')[0] ?? [];
  const time = rows('time')[0]?.[0];
  const attributes = rows('attributes')[0]?.[0];
  const requires: Record<string, string> = {};
  if (type === 'ANY') requires.SSL = '';
  if (type === 'X509') requires.X509 = '';
  for (const [key, value] of Object.entries({ CIPHER: cipher, ISSUER: issuer, SUBJECT: subject })) if (value) requires[key] = value;
  return {
    host,
    plugin: plugin ?? '',
    auth: auth ?? '',
    hash: password || auth || '',
    grants: rows('grants').map(([line]) => line ?? ''),
    locked: (rows('create')[0]?.[0] ?? '').includes('ACCOUNT LOCK'),
    requires,
    limits: {
      ...Object.fromEntries(LIMITS.map((key, i) => [key, Number(rows('limits')[0]?.[i] ?? 0)])),
      ...(time !== undefined && { MAX_STATEMENT_TIME: Number(time) }),
    },
    attributes: attributes ? (JSON.parse(attributes) as Record<string, unknown>) : null,
  };
}
