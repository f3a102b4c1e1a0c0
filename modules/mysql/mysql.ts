import { type ArgsOf, lines, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, impossible, premature } from '../system/lib.ts';

/** How a module reaches the server; Ansible's names. */
export const login = {
  login_user: { type: 'str', description: 'Account to connect as; that of `config_file`, or the user of the host, when absent.' },
  login_password: { type: 'str', secret: true, description: 'Its password. It reaches the client by a pipe.' },
  login_host: { type: 'str', default: 'localhost', description: 'Server, by TCP.' },
  login_port: { type: 'int', default: 3306, description: 'Its port.' },
  login_unix_socket: { type: 'str', description: 'Socket of the server, instead of host and port.' },
  config_file: { type: 'path', default: '~/.my.cnf', description: 'Option file of the host that may hold account and password.' },
  connect_timeout: { type: 'int', default: 30, description: 'Seconds until connecting is given up.' },
  client_cert: { type: 'path', aliases: ['ssl_cert'], description: 'Certificate to show, on the host.' },
  client_key: { type: 'path', aliases: ['ssl_key'], description: 'Its key.' },
  ca_cert: { type: 'path', aliases: ['ssl_ca'], description: 'Authority that the server’s certificate must be of.' },
  check_hostname: { type: 'bool', description: 'Whether the server’s certificate must bear its name.' },
  check_implicit_admin: { type: 'bool', default: false, description: 'Try root without a password first.' },
} as const;

export type Login = ArgsOf<typeof login> & { readonly config_overrides_defaults?: boolean };

/** A value in an option file. */
const setting = (value: string | number): string =>
  `"${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;

const group = (settings: Readonly<Record<string, string | number | undefined>>): string =>
  ['[client]', ...Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${setting(value)}`]))].join('\n');

function server(args: Login): string {
  const { login_unix_socket: socket } = args;
  return socket ? group({ socket, protocol: 'socket' }) : group({ host: args.login_host, port: args.login_port });
}

function account(args: Login, implicit: boolean): string {
  const who = implicit ? { user: 'root', password: '' } : { user: args.login_user, password: args.login_password };
  return group({
    ...who,
    'loose-connect-timeout': args.connect_timeout,
    'ssl-cert': args.client_cert,
    'ssl-key': args.client_key,
    'ssl-ca': args.ca_cert,
    'loose-ssl-verify-server-cert': args.check_hostname === undefined ? undefined : Number(args.check_hostname),
  });
}

/**
 * Shell functions: `qp_conf` prints the option file, `qp_client PROGRAM ARGUMENT...` runs a client that reads only that, from a
 * pipe, so that no password is in an argument or a file. What is not by socket goes by TCP, as the Python drivers do.
 */
export function clientOf(args: Login): Script {
  const first = args.config_overrides_defaults === true;
  return lines(
    sh`qp_cf=${expanded(args.config_file)}
qp_my=$(command -v mariadb || command -v mysql) || { echo 'qp: no client' >&2; exit 127; }
qp_admin=
qp_conf() {
  ${first && sh`printf '%s\n' ${server(args)}`}
  [ ! -r "$qp_cf" ] || printf '!include %s\n' "$qp_cf"
  ${!first && sh`printf '%s\n' ${server(args)}`}
  ${!args.login_unix_socket && sh`grep -qs '^[[:blank:]]*socket[[:blank:]]*=' "$qp_cf" || printf '%s\n' protocol=tcp`}
  if [ "$qp_admin" ]; then printf '%s\n' ${account(args, true)}; else printf '%s\n' ${account(args, false)}; fi
}
qp_client() {
  qp_program=$1; shift
  exec 4<&0
  qp_conf | { exec 3<&0; "$qp_program" --defaults-file=/dev/fd/3 "$@" <&4; }
}`,
    args.check_implicit_admin && sh`qp_admin=1; echo 'SELECT 1' | qp_client "$qp_my" >/dev/null 2>&1 || qp_admin=`,
  );
}

/** Runs SQL, which is no argument of a process. */
export const sql = (text: string, flags = ''): Script => sh`printf '%s\n' ${text} | qp_client "$qp_my" -N -B${flags === '' ? sh`` : sh` ${flags}`}`;

/** A text for SQL, whatever sql_mode says of backslashes. */
export function literal(text: string | number): string {
  if (typeof text === 'number') return String(text);
  return text.includes('\\') ? `CONVERT(X'${Buffer.from(text).toString('hex')}' USING utf8mb4)` : `'${text.replaceAll("'", "''")}'`;
}

/** A text where SQL takes no expression, as in the name of an account. */
export const plain = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** A name; a backtick ends it. */
export const ident = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** What a column of `-N -B` shows, taken back. */
export const column = (text: string): string | null =>
  text === 'NULL' ? null : text.replace(/\\([ntr0\\])/g, (_all, one: string) => ({ n: '\n', t: '\t', r: '\r', '0': '\0' })[one] ?? '\\');

/** Rows after lines `qp:NAME`, by that name. */
export function tables(stdout: string): Map<string, (string | null)[][]> {
  const found = new Map<string, (string | null)[][]>();
  let rows: (string | null)[][] = [];
  for (const line of stdout.split('\n')) {
    const name = /^qp:(.*)$/.exec(line)?.[1];
    if (name !== undefined) {
      rows = [];
      found.set(name, rows);
    } else if (line !== '') rows.push(line.split('\t').map(column));
  }
  return found;
}

/** What the client complained of, in the words of Ansible's driver. */
export function complaint(stderr: string): string {
  const line = stderr.split('\n').find((one) => /^ERROR/.test(one)) ?? stderr.trim();
  const [, code, text] = /^ERROR (\d+)(?: \(\w+\))?(?: at line \d+)?: (.*)$/.exec(line) ?? [];
  return code === undefined ? line : `(${code}, "${text}")`;
}

const UNREACHED = /^\((2002|2003|2005|2006|2013|2026)\b/;

/** What keeps the server from answering; `undefined` when it did. `file`: whether the option file is there. */
export function silence(seen: Observed, why: (told: string, file: boolean) => string): Plan | undefined {
  if (/qp: no client/.test(seen.stderr))
    return premature(
      'there is no mysql client on this host',
      'Install it first (mariadb-client on Debian, mariadb on RHEL); Ansible wants PyMySQL in its place',
    );
  if (/^qp:server$/m.test(seen.stdout)) return undefined;
  const told = complaint(seen.stderr);
  const text = why(told, /^qp:file$/m.test(seen.stdout));
  if (!UNREACHED.test(told)) return impossible(text, 'Over its socket (login_unix_socket) a local server may let root in without a password');
  return premature(text, 'Does the server run, and listen there? With login_unix_socket it is asked over its socket');
}

/** First lines of a probe: the client, and who answers. */
export const greeting = (args: Login): Script =>
  lines(
    clientOf(args),
    sh`[ ! -e "$qp_cf" ] || echo qp:file
echo "qp:cf=$qp_cf"`,
  );

/** The server as it says of itself. */
export interface Server {
  readonly kind: 'mariadb' | 'mysql';
  readonly version: readonly number[];
  readonly ansi: boolean;
}

export const SERVER = "SELECT 'qp:server'; SELECT VERSION(), @@sql_mode;";

export function serverOf(found: ReturnType<typeof tables>): Server {
  const [version = '', mode = ''] = found.get('server')?.[0] ?? [];
  return {
    kind: /mariadb/i.test(version ?? '') ? 'mariadb' : 'mysql',
    version: (version ?? '').split(/[.-]/).slice(0, 3).map(Number),
    ansi: (mode ?? '').includes('ANSI'),
  };
}

export function isOlder(version: readonly number[], than: readonly number[]): boolean {
  for (const [i, one] of than.entries()) {
    const own = version[i] ?? 0;
    if (own !== one) return own < one;
  }
  return false;
}
