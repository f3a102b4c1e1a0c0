import { type ArgsOf, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';

/** How a module reaches the server; Ansible's names, and `container` for one that runs in podman. */
export const login = {
  login_user: { type: 'str', default: 'postgres', aliases: ['login'], description: 'Role to connect as.' },
  login_password: { type: 'str', secret: true, description: 'Its password. It travels in the environment of psql alone.' },
  login_host: { type: 'str', default: '', aliases: ['host'], description: "Server; the host's own socket when empty." },
  login_unix_socket: { type: 'str', default: '', aliases: ['unix_socket'], description: 'Directory of the socket.' },
  login_port: { type: 'int', default: 5432, aliases: ['port'], description: 'Port of the server.' },
  ssl_mode: {
    type: 'str',
    default: 'prefer',
    choices: ['allow', 'disable', 'prefer', 'require', 'verify-ca', 'verify-full'],
    description: 'Whether the connection is encrypted and the server checked.',
  },
  ca_cert: { type: 'str', aliases: ['ssl_rootcert'], description: "CA file on the host that the server's certificate is checked with." },
  container: { type: 'str', description: 'Name of the podman container in which psql runs; on the host itself when absent.' },
  executable: { type: 'str', default: 'podman', description: 'The podman to run, with `container`.' },
} as const;

export type Login = ArgsOf<typeof login>;

/** Environment for a client of PostgreSQL, and what runs one where the server is. The password is in the environment only, also inside a container, where podman takes the variable by name. */
function around(args: Login): { readonly exports: Script; readonly inside: Script; readonly server: Script } {
  // as in the collection, a socket that is named stands before this very host
  const host = args.login_host === 'localhost' ? args.login_unix_socket || args.login_host : args.login_host || args.login_unix_socket;
  const named = [
    'PGCONNECT_TIMEOUT',
    'PGSSLMODE',
    ...(args.login_password === undefined ? [] : ['PGPASSWORD']),
    ...(args.ca_cert === undefined ? [] : ['PGSSLROOTCERT']),
  ];
  return {
    exports: sh`export PGCONNECT_TIMEOUT=10 PGSSLMODE=${args.ssl_mode}
${args.login_password === undefined ? raw('') : sh`export PGPASSWORD=${args.login_password}`}
${args.ca_cert === undefined ? raw('') : sh`export PGSSLROOTCERT=${args.ca_cert}`}`,
    inside: args.container === undefined ? raw('') : sh`${args.executable} exec -i ${named.map((one) => sh`--env ${one}`)} ${args.container}`,
    server: sh`${host === '' ? raw('') : sh`-h ${host}`} -p ${args.login_port} -U ${args.login_user}`,
  };
}

/** psql that reads SQL from stdin: no start file, no alignment, tuples only, stops at the first error. */
export function psql(args: Login, db: string, sql: string, flags = '-A -t'): Script {
  const { exports, inside, server } = around(args);
  // printf is built into the shell, so the SQL is no argument of a process
  return sh`${exports}
printf '%s\n' ${sql} | ${inside} psql -X -q -w ${raw(flags)} -v ON_ERROR_STOP=1 ${server} -d ${db} -f -`;
}

/** Another client of PostgreSQL, such as pg_dump: what must be exported before, and the command. */
export function tool(args: Login, program: string, words: readonly string[]): { readonly exports: Script; readonly command: Script } {
  const { exports, inside, server } = around(args);
  return { exports, command: sh`${inside} ${program} -w ${server} ${words}` };
}

/** A probe that asks the server one question and gets one line of JSON. */
export const question = (args: Login, db: string, sql: string): Script => section('answer', sh`${psql(args, db, sql)} 2>&1`);

const INSTALL = 'Install the client first (postgresql-client on Debian, postgresql on RHEL), or name the container that has it: container';

/** What keeps psql from answering; `undefined` when it did. */
export function silence(args: Login, seen: Observed): Plan | undefined {
  const { code, text } = sectionOf(sections(seen.stdout), 'answer');
  if (code === 0) return undefined;
  const said = `${text}\n${seen.stderr}`.trim();
  const last = (/(?:error|FATAL|ERROR): +(.*)/.exec(said)?.[1] ?? said.split('\n').at(-1) ?? '').replace(/^.*FATAL: +/, '');
  if (/psql(?:"|'|: )?.*not found/.test(said))
    return {
      is: 'premature',
      why: args.container === undefined ? 'there is no psql on this host' : `there is no psql in the container ${args.container}`,
      hint: INSTALL,
    };
  if (/podman: not found|podman: command not found/.test(said)) return { is: 'premature', why: 'podman is not installed on this host' };
  if (/no such container|no container with name|container state improper|not running/i.test(said)) {
    return {
      is: 'premature',
      why: `the container ${args.container ?? ''} does not run`,
      hint: `Look at: ${args.executable} ps --all; systemctl status ${args.container ?? ''}`,
    };
  }
  if (
    /could not connect|connection (?:to server|refused)|starting up|No such file or directory|does not exist/i.test(said) &&
    !/authentication failed|no pg_hba/i.test(said)
  ) {
    return {
      is: 'premature',
      why: `PostgreSQL cannot be asked: ${last}`,
      hint: 'Wait until it accepts connections: postgresql_ping with until: ping.is_available',
    };
  }
  const peer = /Peer authentication/.test(said)
    ? { hint: 'Over the socket the system user counts: set become_user: postgres, or give login_host and login_password' }
    : {};
  return { is: 'impossible', why: `PostgreSQL refuses: ${last}`, ...peer };
}

/** The answer's JSON; `undefined` when no row came. */
export function answer<T>(seen: Observed): T | undefined {
  const line = sectionOf(sections(seen.stdout), 'answer')
    .text.split('\n')
    .findLast((one) => one.startsWith('{') || one.startsWith('['));
  return line === undefined ? undefined : (JSON.parse(line) as T);
}
