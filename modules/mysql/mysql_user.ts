import { createHash } from 'node:crypto';
import { type ArgsOf, defineModule, lines, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { impossible } from '../system/lib.ts';
import { type Account, accountOf, SERVER_ROWS } from './account.ts';
import { clientOf, greeting, ident, isOlder, literal, login, plain, SERVER, type Server, serverOf, silence, sql, tables } from './mysql.ts';
import { grantedPrivs, type Privs, privSteps, wantedPrivs } from './privs.ts';

const options = {
  name: { type: 'str', required: true, aliases: ['user'], description: 'Name of the account; empty for the one of nobody.' },
  host: { type: 'str', default: 'localhost', description: 'Host that it is for, `%` for any.' },
  host_all: { type: 'bool', default: false, description: 'All hosts that it has; none is added.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether it is there.' },
  password: { type: 'str', secret: true, description: 'Password. The server gets the hash of mysql_native_password made on the control node.' },
  encrypted: { type: 'bool', default: false, description: '`password` is such a hash: a star and 40 hexadecimal digits.' },
  update_password: {
    type: 'str',
    default: 'always',
    choices: ['always', 'on_create', 'on_new_username'],
    description: 'Whether the password of an account that is there is changed; `on_new_username` takes that of the same name on other hosts.',
  },
  priv: { type: 'raw', description: 'Privileges, as `db.table:SELECT,INSERT/db2.*:ALL`, or a mapping of the same.' },
  append_privs: { type: 'bool', default: false, description: 'Keep privileges that `priv` does not name.' },
  subtract_privs: { type: 'bool', default: false, description: 'Take away what `priv` names.' },
  column_case_sensitive: { type: 'bool', default: false, description: 'Leave the names of columns in `priv` as they are; they are put in capitals otherwise.' },
  tls_requires: { type: 'dict', description: 'What TLS must be like: `SSL`, `X509`, or `CIPHER`, `ISSUER`, `SUBJECT` with a value.' },
  attributes: { type: 'dict', description: 'Attributes of the account (MySQL from 8.0.21).' },
  plugin: { type: 'str', description: 'Plugin that checks who logs in, such as `unix_socket`.' },
  plugin_hash_string: { type: 'str', secret: true, description: 'What the plugin keeps.' },
  plugin_auth_string: { type: 'str', secret: true, description: 'What the plugin is given; with it the account is changed in every run.' },
  resource_limits: {
    type: 'dict',
    description: '`MAX_QUERIES_PER_HOUR`, `MAX_UPDATES_PER_HOUR`, `MAX_CONNECTIONS_PER_HOUR`, `MAX_USER_CONNECTIONS`, `MAX_STATEMENT_TIME`.',
  },
  locked: { type: 'bool', description: 'Whether nobody can log in with it.' },
  session_vars: { type: 'dict', description: 'Variables of the session that makes the changes.' },
  sql_log_bin: { type: 'bool', default: true, description: 'Whether the binary log tells of it.' },
  force_context: { type: 'bool', default: false, description: 'Do it in the database mysql, for filters of replication.' },
  ...login,
} as const;

type Args = ArgsOf<typeof options>;

const SOCKET = '/run/mysqld/mysqld.sock';

export default defineModule({
  name: 'mysql_user',
  fqcn: ['community.mysql.mysql_user', 'ansible.mysql.mysql_user', 'community.general.mysql_user'],
  summary: 'Keeps an account of MySQL or MariaDB with its password and privileges.',
  notes: [
    'The host needs the client (mariadb or mysql), not PyMySQL. Without `login_unix_socket`, or a socket in `config_file`, it connects by TCP, as PyMySQL does.',
    'Attributes have been tried on no server: MariaDB, which the tests use, has none.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/mysql/mysql_user_module.html',
  options,
  rules: { mutuallyExclusive: [['append_privs', 'subtract_privs']] },
  returns: { user: 'The name.', msg: 'What was done.', password_changed: 'Whether the password is another one.', attributes: 'Attributes of the account.' },
  examples: [
    {
      title: 'An account with all privileges on a database',
      args: { name: 'qp_shop', password: 's3cret', priv: 'qp_shop.*:ALL', login_unix_socket: SOCKET },
      given: `mariadb -e "DROP USER IF EXISTS qp_shop@localhost"`,
      needs: ['mysql'],
    },
    {
      title: 'Another password and other privileges',
      args: { name: 'qp_web', host: '%', password: 'n3w', priv: { 'qp_shop.*': 'SELECT,INSERT', '*.*': 'PROCESS' }, login_unix_socket: SOCKET },
      given: `mariadb -e "DROP USER IF EXISTS qp_web; CREATE USER qp_web IDENTIFIED BY 'old'; GRANT DELETE ON qp_shop.* TO qp_web; GRANT ALL ON qp_x.* TO qp_web WITH GRANT OPTION"`,
      needs: ['mysql'],
    },
    {
      title: 'One privilege more, and only over TLS',
      args: { name: 'qp_more', priv: 'qp_shop.*:UPDATE', append_privs: true, tls_requires: { SSL: null }, locked: true, login_unix_socket: SOCKET },
      given: `mariadb -e "DROP USER IF EXISTS qp_more@localhost; CREATE USER qp_more@localhost; GRANT SELECT ON qp_shop.* TO qp_more@localhost"`,
      needs: ['mysql'],
    },
    {
      title: 'No account of nobody, on any host',
      args: { name: '', host_all: true, state: 'absent', login_unix_socket: SOCKET },
      given: `mariadb -e "CREATE USER IF NOT EXISTS ''@localhost, ''@'%'"`,
      needs: ['mysql'],
    },
  ],
  probe,
  plan,
});

/** Whether the account is there; then, of each host that it has, what it may. Columns differ from version to version: what is refused is absent. */
function probe(args: Args): Script {
  const name = literal(args.name);
  const which = args.host_all ? '' : ` AND Host = ${literal(args.host.toLowerCase())}`;
  return lines(
    greeting(args),
    sh`${sql(
      `${SERVER} SELECT 'qp:hosts'; SELECT Host FROM mysql.user WHERE User = ${name}${which};
SELECT 'qp:anywhere'; SELECT DISTINCT plugin, authentication_string FROM mysql.user WHERE User = ${name};
SELECT 'qp:attributes?'; SELECT 'yes' FROM information_schema.COLUMNS WHERE TABLE_NAME = 'USER_ATTRIBUTES' LIMIT 1;`,
      '--force',
    )} | {
  qp_at= qp_ask=
  while IFS= read -r qp_l; do
    case $qp_l in
      qp:hosts) qp_at=1 ;;
      qp:*) qp_at= ;;
      *) if [ "$qp_at" ]; then
        qp_h=$(printf '%s' "$qp_l" | sed "s/'/''/g")
        qp_ask="$qp_ask SELECT 'qp:host $qp_h'; ${SERVER_ROWS(args.name)}"
      fi ;;
    esac
    printf '%s\n' "$qp_l"
  done
  [ -z "$qp_ask" ] || printf '%s\n' "$qp_ask" | qp_client "$qp_my" -N -B --force 2>/dev/null
}
exit 0`,
  );
}

/** As mysql_native_password keeps it. */
const hashOf = (password: string): string => {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
};

interface Step {
  readonly what: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly sql: string;
  readonly msg: string;
}

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const config = /^qp:cf=(.*)$/m.exec(seen.stdout)?.[1] ?? args.config_file;
  const silent = silence(
    seen,
    (told) => `unable to connect to database, check login_user and login_password are correct or ${config} has the credentials. Exception message: ${told}`,
  );
  if (silent !== undefined) return silent;
  const found = tables(seen.stdout);
  const server = serverOf(found);
  const hosts = (found.get('hosts') ?? []).map(([host]) => host ?? '');
  const attributes = args.attributes === undefined ? null : args.attributes;
  if (args.state === 'absent') {
    const result = {
      user: args.name,
      msg: before === undefined && hosts.length > 0 ? 'User deleted' : "User doesn't exist",
      password_changed: false,
      attributes: null,
    };
    if (hosts.length === 0) return { is: 'right', result: before === undefined ? result : {} };
    return changing(
      args,
      hosts.map((host) => ({ what: host, from: 'present', to: 'absent', sql: `DROP USER ${plain(args.name)}@${plain(host)}`, msg: result.msg })),
      result,
    );
  }
  const hasAttributes = (found.get('attributes?') ?? []).length > 0;
  const wrong = mistake(args, hosts, hasAttributes);
  if (wrong !== undefined) return impossible(wrong);
  const privs =
    args.priv === undefined || args.priv === null || args.priv === ''
      ? undefined
      : wantedPrivs(args.priv, { ansi: server.ansi, caseSensitive: args.column_case_sensitive, ensureUsage: !args.subtract_privs });
  if (typeof privs === 'string') return impossible(privs);
  if (hosts.length === 0) return creating(args, server, privs, found.get('anywhere') ?? []);
  const accounts = hosts.map((host) => accountOf(host, found));
  const steps = accounts.flatMap((one) => alterations(args, one, server, privs));
  // what the server took need not be shown by the words it was given in
  const open = before === undefined ? steps : steps.filter(({ what }) => what !== 'privileges' && what !== 'plugin');
  // of a server without attributes an account that was there has none, and a new one null
  const told = hasAttributes ? (accounts.at(-1)?.attributes ?? null) : {};
  if (open.length === 0)
    return {
      is: 'right',
      result: before === undefined ? { user: args.name, msg: 'User unchanged', password_changed: false, attributes: told } : { user: args.name },
    };
  const changed = open.some(({ what }) => what === 'password' || what === 'plugin');
  return changing(args, open, {
    user: args.name,
    msg: open.at(-1)?.msg,
    password_changed: changed,
    attributes: attributes === null ? told : { ...told, ...attributes },
  });
}

function mistake(args: Args, hosts: readonly string[], hasAttributes: boolean): string | undefined {
  if (args.encrypted && args.password && hosts.length > 0 && !/^\*[0-9a-f]{40}$/i.test(args.password))
    return 'encrypted was specified however it does not appear to be a valid hash expecting: *SHA1(SHA1(your_password))';
  if (args.attributes !== undefined && !hasAttributes) return 'user attributes were specified but the server does not support user attributes';
  if (args.host_all && hosts.length === 0) return 'host_all parameter cannot be used when adding a user';
  return undefined;
}

/** Statements with what goes before them. */
function changing(args: Args, steps: readonly Step[], result: Record<string, unknown>): Plan {
  const first = [
    ...(args.sql_log_bin ? [] : ['SET SQL_LOG_BIN=0']),
    ...Object.entries(args.session_vars ?? {}).map(
      ([name, value]) => `SET SESSION ${ident(name)} = ${literal(typeof value === 'number' ? value : String(value))}`,
    ),
    ...(args.force_context ? ['USE mysql'] : []),
  ];
  return {
    is: 'wrong',
    diff: [
      {
        label: `account ${args.name}`,
        before: Object.fromEntries(steps.map(({ what, from }) => [what, from])),
        after: Object.fromEntries(steps.map(({ what, to }) => [what, to])),
      },
    ],
    apply: lines(clientOf(args), sql([...first, ...steps.map((step) => step.sql)].map((one) => `${one};`).join('\n'))),
    result,
  };
}

const accountName = (name: string, host: string): string => `${plain(name)}@${plain(host)}`;

function creating(args: Args, server: Server, privs: Privs | undefined, anywhere: readonly (readonly (string | null)[])[]): Plan {
  const account = accountName(args.name, args.host.toLowerCase());
  const reused = args.update_password === 'on_new_username' && anywhere.length === 1 ? anywhere[0] : undefined;
  const steps: Step[] = [
    {
      what: 'state',
      from: 'absent',
      to: 'present',
      sql: `CREATE USER ${account}${reused === undefined ? identified(args, server) : ` IDENTIFIED WITH ${reused[0]} AS ${plain(reused[1] ?? '')}`}${isOld(server) ? '' : requirement(args)}`,
      msg: 'User added',
    },
  ];
  const add = (sql: string) => steps.push({ what: 'state', from: 'absent', to: 'present', sql, msg: 'User added' });
  if (privs !== undefined && !args.subtract_privs)
    for (const step of privSteps(new Map(), privs, { account, user: args.name, append: true, subtract: false })) add(step.sql);
  if (args.attributes !== undefined) add(`ALTER USER ${account} ATTRIBUTE ${plain(JSON.stringify(args.attributes))}`);
  const limits = Object.entries(args.resource_limits ?? {});
  if (limits.length > 0) add(`ALTER USER ${account} WITH ${limits.map(([key, value]) => `${key} ${Number(value)}`).join(' ')}`);
  if (args.locked) add(`ALTER USER ${account} ACCOUNT LOCK`);
  return changing(args, steps, { user: args.name, msg: 'User added', password_changed: reused === undefined, attributes: args.attributes ?? null });
}

/** Before MariaDB 10.2 and MySQL 5.7 accounts are changed by SET PASSWORD and GRANT. */
const isOld = (server: Server): boolean => isOlder(server.version, server.kind === 'mariadb' ? [10, 2] : [5, 7]);

function identified(args: Args, server: Server): string {
  if (args.password) {
    const hash = plain(args.encrypted ? args.password : hashOf(args.password));
    return isOld(server) || (args.encrypted && server.kind === 'mariadb')
      ? ` IDENTIFIED BY PASSWORD ${hash}`
      : ` IDENTIFIED WITH mysql_native_password AS ${hash}`;
  }
  return withPlugin(args);
}

function withPlugin(args: Args): string {
  if (!args.plugin) return '';
  if (args.plugin_hash_string) return ` IDENTIFIED WITH ${ident(args.plugin)} AS ${plain(args.plugin_hash_string)}`;
  if (!args.plugin_auth_string) return ` IDENTIFIED WITH ${ident(args.plugin)}`;
  const how =
    args.plugin === 'pam'
      ? `USING ${plain(args.plugin_auth_string)}`
      : args.plugin === 'ed25519'
        ? `USING PASSWORD(${plain(args.plugin_auth_string)})`
        : `BY ${plain(args.plugin_auth_string)}`;
  return ` IDENTIFIED WITH ${ident(args.plugin)} ${how}`;
}

type Requires = 'SSL' | 'X509' | Readonly<Record<string, string>> | undefined;

/** Of several, those with a value count. */
function requiresOf(given: Readonly<Record<string, unknown>> | undefined): Requires {
  const entries = Object.entries(given ?? {}).map(([key, value]) => [key.toUpperCase(), String(value ?? '')] as const);
  if (entries.length === 0) return undefined;
  const valued = entries.filter(([key]) => ['CIPHER', 'ISSUER', 'SUBJECT'].includes(key));
  if (valued.length > 0) return Object.fromEntries(valued.sort(([a], [b]) => (a < b ? -1 : 1)));
  return entries.some(([key]) => key === 'X509') ? 'X509' : 'SSL';
}

function requirement(args: Args): string {
  const wanted = requiresOf(args.tls_requires);
  if (wanted === undefined) return '';
  return ` REQUIRE ${
    typeof wanted === 'string'
      ? wanted
      : Object.entries(wanted)
          .map(([key, value]) => `${key} ${plain(value)}`)
          .join(' AND ')
  }`;
}

function alterations(args: Args, now: Account, server: Server, privs: Privs | undefined): Step[] {
  const account = accountName(args.name, now.host);
  const keep = args.update_password !== 'always';
  const steps: Step[] = [];
  if (args.password && !keep) {
    const hash = args.encrypted ? args.password : hashOf(args.password);
    if (now.hash !== hash) {
      const change = isOld(server)
        ? `SET PASSWORD FOR ${account} = ${plain(hash)}`
        : `ALTER USER ${account} IDENTIFIED WITH mysql_native_password AS ${plain(hash)}`;
      steps.push({ what: 'password', from: 'another', to: 'as wanted', sql: change, msg: `Password updated (${isOld(server) ? 'old' : 'new'} style)` });
    }
  }
  const { plugin } = args;
  if (
    plugin &&
    !keep &&
    (now.plugin !== plugin ||
      (args.plugin_hash_string && now.auth !== args.plugin_hash_string) ||
      (args.plugin_auth_string && now.auth !== args.plugin_auth_string))
  )
    steps.push({ what: 'plugin', from: now.plugin, to: plugin, sql: `ALTER USER ${account}${withPlugin(args)}`, msg: 'User unchanged' });
  if (privs !== undefined)
    for (const step of privSteps(grantedPrivs(now.grants), privs, { account, user: args.name, append: args.append_privs, subtract: args.subtract_privs }))
      steps.push({ what: 'privileges', from: now.grants.join('; ').replace(/ IDENTIFIED BY PASSWORD '[^']*'/g, ''), to: step.sql, ...step });
  steps.push(...otherwise(args, now, account, server));
  return steps;
}

/** Attributes, lock, TLS and limits. */
function otherwise(args: Args, now: Account, account: string, server: Server): Step[] {
  const steps: Step[] = [];
  const changed = Object.entries(args.attributes ?? {}).filter(([key, value]) => JSON.stringify(now.attributes?.[key] ?? null) !== JSON.stringify(value));
  if (changed.length > 0) {
    const msg = `Attributes updated: ${changed.map(([key, value]) => `${key}: ${value}`).join(', ')}`;
    steps.push({
      what: 'attributes',
      from: now.attributes,
      to: args.attributes,
      sql: `ALTER USER ${account} ATTRIBUTE ${plain(JSON.stringify(Object.fromEntries(changed)))}`,
      msg,
    });
  }
  if (args.locked !== undefined && args.locked !== now.locked)
    steps.push({
      what: 'locked',
      from: now.locked,
      to: args.locked,
      sql: `ALTER USER ${account} ACCOUNT ${args.locked ? 'LOCK' : 'UNLOCK'}`,
      msg: `User ${args.locked ? 'locked' : 'unlocked'}`,
    });
  const wanted = requiresOf(args.tls_requires);
  const own = requiresOf(now.requires);
  if (JSON.stringify(own) !== JSON.stringify(wanted)) {
    const rest = wanted === undefined ? ' REQUIRE NONE' : requirement(args);
    const sql = isOld(server) ? `GRANT USAGE ON *.* TO ${account}${rest}` : `ALTER USER ${account}${rest}`;
    steps.push({ what: 'tls', from: own ?? 'none', to: wanted ?? 'none', sql, msg: 'TLS requires updated' });
  }
  const limits = Object.entries(args.resource_limits ?? {}).filter(([key, value]) => now.limits[key] !== undefined && now.limits[key] !== Number(value));
  if (limits.length > 0) {
    const sql = `ALTER USER ${account} WITH ${limits.map(([key, value]) => `${key} ${Number(value)}`).join(' ')}`;
    steps.push({ what: 'limits', from: now.limits, to: args.resource_limits, sql, msg: steps.at(-1)?.msg ?? 'User unchanged' });
  }
  return steps;
}
