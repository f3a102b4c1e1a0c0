import { type ArgsOf, defineModule, lines, type Observed, type Plan, quote, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, impossible } from '../system/lib.ts';
import { splitWords } from '../system/words.ts';
import { clientOf, greeting, ident, isOlder, login, plain, SERVER, serverOf, silence, sql, tables } from './mysql.ts';

const options = {
  name: { type: 'list', elements: 'str', required: true, aliases: ['db'], description: 'Databases; `all` with `dump` and `import`.' },
  state: {
    type: 'str',
    default: 'present',
    choices: ['absent', 'dump', 'import', 'present'],
    description: 'Whether they are there. `absent` destroys their data; `dump` writes them into `target`, `import` reads it.',
  },
  encoding: { type: 'str', default: '', description: 'Character set of a new database, or of a dump.' },
  collation: { type: 'str', default: '', description: 'Order of text of a new database.' },
  target: { type: 'path', description: 'File of the host; one that ends in .gz, .bz2, .xz or .zst is compressed.' },
  single_transaction: { type: 'bool', default: false, description: 'Dump within one transaction.' },
  quick: { type: 'bool', default: true, description: 'Dump row by row.' },
  ignore_tables: { type: 'list', elements: 'str', default: [], description: 'Tables that are not dumped, as `database.table`.' },
  hex_blob: { type: 'bool', default: false, description: 'Dump binary columns as hexadecimal digits.' },
  force: { type: 'bool', default: false, description: 'Go on after an error.' },
  master_data: { type: 'int', default: 0, choices: [0, 1, 2], description: 'Dump the place in the binary log, too; 2 as a comment.' },
  skip_lock_tables: { type: 'bool', default: false, description: 'Dump without locking.' },
  dump_extra_args: { type: 'str', description: 'Further arguments of mysqldump.' },
  use_shell: { type: 'bool', default: false, description: 'Taken for compatibility.' },
  unsafe_login_password: { type: 'bool', default: false, description: 'Taken for compatibility: the password is no word of a shell here.' },
  restrict_config_file: { type: 'bool', default: false, description: 'Taken for compatibility: no other option file is read.' },
  config_overrides_defaults: { type: 'bool', default: false, description: 'Host and port of `config_file` go before `login_host` and `login_port`.' },
  chdir: { type: 'path', description: 'Folder in which a dump or an import runs.' },
  pipefail: { type: 'bool', default: false, description: 'Taken for compatibility: a dump that fails always fails the task.' },
  sql_log_bin: { type: 'bool', default: true, description: 'Whether the binary log tells of it.' },
  ...login,
} as const;

type Args = ArgsOf<typeof options>;

const PACKERS: Readonly<Record<string, string>> = { gz: 'gzip', bz2: 'bzip2', xz: 'xz', zst: 'zstd' };
const packer = (target: string): string | undefined => PACKERS[/\.(\w+)$/.exec(target)?.[1] ?? ''];

export default defineModule({
  name: 'mysql_db',
  fqcn: ['community.mysql.mysql_db', 'ansible.mysql.mysql_db', 'community.general.mysql_db'],
  summary: 'Keeps databases of MySQL or MariaDB, dumps and restores them.',
  notes: [
    'The host needs the client (mariadb or mysql), not PyMySQL. Without `login_unix_socket`, or a socket in `config_file`, it connects by TCP, as PyMySQL does.',
    '`dump` and `import` act each time, as in Ansible.',
    'The client’s own output tells of the dump: `executed_commands` shows the command without its password.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/mysql/mysql_db_module.html',
  options,
  rules: {
    requiredIf: [
      ['state', 'dump', ['target']],
      ['state', 'import', ['target']],
    ],
  },
  returns: { db: 'Names, with blanks between.', db_list: 'Names.', executed_commands: 'SQL or commands that were run.', msg: 'What a dump or import printed.' },
  examples: [
    {
      title: 'A database',
      args: { name: 'qp_shop', encoding: 'utf8mb4', collation: 'utf8mb4_bin', login_unix_socket: '/run/mysqld/mysqld.sock' },
      given: "mariadb -e 'DROP DATABASE IF EXISTS qp_shop'",
      needs: ['mysql'],
    },
    {
      title: 'Databases that must not be there',
      args: { name: ['qp_old', 'test'], state: 'absent', login_unix_socket: '/run/mysqld/mysqld.sock' },
      given: "mariadb -e 'CREATE DATABASE IF NOT EXISTS qp_old'",
      needs: ['mysql'],
    },
    {
      title: 'Dump a database',
      args: { name: 'qp_shop', state: 'dump', target: '/var/backups/shop.sql.gz', single_transaction: true },
      untested: 'it acts each time; test/modules/mysql has it',
    },
  ],
  probe: (args) =>
    lines(
      greeting(args),
      sql(`${SERVER} SELECT 'qp:names'; SELECT SCHEMA_NAME FROM information_schema.SCHEMATA;`),
      args.target !== undefined && sh`[ ! -e ${expanded(args.target)} ] || echo qp:target`,
    ),
  plan,
});

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const names = args.name.map((one) => one.trim());
  const result = { db: names.join(' '), db_list: names };
  const wrong = mistake(args, names);
  if (wrong !== undefined) return impossible(wrong);
  const config = /^qp:cf=(.*)$/m.exec(seen.stdout)?.[1] ?? args.config_file;
  const silent = silence(seen, (told, file) =>
    file
      ? `unable to connect to database, check login_user and login_password are correct or ${config} has the credentials. Exception message: ${told}`
      : `unable to find ${config}. Exception message: ${told}`,
  );
  if (silent !== undefined) return silent;
  const found = tables(seen.stdout);
  const there = new Set((found.get('names') ?? []).map(([name]) => name));
  const all = names.length === 1 && names[0] === 'all';
  const missing = all ? [] : names.filter((name) => !there.has(name));
  const act = args.state === 'dump' || args.state === 'import';
  if (act && before !== undefined) return { is: 'right', result };
  if (act) return transfer(args, { names, all, missing, result, seen });
  const touched = args.state === 'absent' ? names.filter((name) => there.has(name)) : missing;
  if (touched.length === 0) return { is: 'right', result: before === undefined ? { ...result, executed_commands: [] } : result };
  const commands = args.state === 'absent' ? touched.map((name) => `DROP DATABASE ${ident(name)}`) : touched.map((name) => creation(args, name));
  const [from, to] = args.state === 'absent' ? ['present', 'absent'] : ['absent', 'present'];
  return {
    is: 'wrong',
    diff: touched.map((name) => ({ label: `database ${name}`, before: { state: from }, after: { state: to } })),
    apply: lines(clientOf(args), sql([...(args.sql_log_bin ? [] : ['SET SQL_LOG_BIN=0']), ...commands].map((one) => `${one};`).join('\n'))),
    result: { ...result, executed_commands: commands },
  };
}

function mistake(args: Args, names: readonly string[]): string | undefined {
  if (names.length > 1 && args.state === 'import') return 'Multiple databases are not supported with state=import';
  if (names.includes('all') && (args.state === 'present' || args.state === 'absent'))
    return "name is not allowed to equal 'all' unless state equals import, or dump.";
  return args.ignore_tables.includes('') ? 'Name of ignored table cannot be empty' : undefined;
}

const creation = (args: Args, name: string): string =>
  [`CREATE DATABASE ${ident(name)}`, args.encoding && `CHARACTER SET ${plain(args.encoding)}`, args.collation && `COLLATE ${plain(args.collation)}`]
    .filter(Boolean)
    .join(' ');

interface Transfer {
  readonly names: readonly string[];
  readonly all: boolean;
  readonly missing: readonly string[];
  readonly result: { readonly db: string; readonly db_list: readonly string[] };
  readonly seen: Observed;
}

function transfer(args: Args, { names, all, missing, result, seen }: Transfer): Plan {
  const target = args.target as string;
  const into = args.state === 'import';
  if (into && !/^qp:target$/m.test(seen.stdout)) return impossible(`target ${target} does not exist on the host`);
  if (!into && missing.length > 0) return impossible(`Cannot dump database(s) '${missing.join(', ')}' - not found`);
  const server = serverOf(tables(seen.stdout));
  const modern = server.kind === 'mariadb' && !isOlder(server.version, [10, 4, 6]);
  const words = into ? importWords(args, names, all) : dumpWords(args, names, all, server.kind === 'mysql' && !isOlder(server.version, [8, 2, 0]));
  const program = into ? (modern ? 'mariadb' : 'mysql') : modern ? 'mariadb-dump' : 'mysqldump';
  const created = into ? missing.map((name) => creation(args, name)) : [];
  const pack = packer(target);
  const shown = [program, ...words].map((one) => quote(one)).join(' ');
  const command = into
    ? pack === undefined
      ? `${shown} < ${quote(target)}`
      : `${pack} -dc ${quote(target)} | ${shown}`
    : pack === undefined
      ? `${shown} > ${quote(target)}`
      : `${shown} | ${pack} > ${quote(target)}`;
  return {
    is: 'wrong',
    diff: [{ label: into ? `database ${result.db}` : target, before: {}, after: into ? { from: target } : { dump: result.db } }],
    apply: lines(
      clientOf(args),
      args.chdir !== undefined && sh`cd ${expanded(args.chdir)} || exit`,
      created.length > 0 && sh`${sql(created.map((one) => `${one};`).join('\n'))} || exit`,
      running(args, { program, words, pack, into }),
    ),
    result: { ...result, msg: '', executed_commands: [...created, command] },
  };
}

/** The status of the client counts, not that of the packer behind it. */
function running(args: Args, { program, words, pack, into }: { program: string; words: readonly string[]; pack: string | undefined; into: boolean }): Script {
  const target = expanded(args.target as string);
  const call = sh`qp_client ${program} ${words}`;
  if (into) return pack === undefined ? sh`${call} <${target}` : sh`${pack} -dc ${target} | ${call}`;
  if (pack === undefined) return sh`${call} >${target}`;
  return sh`{ qp_rc=$( { { ${call} 2>&6; echo $? >&5; } | ${pack} >${target}; } 5>&1 ); } 6>&2; exit "$qp_rc"`;
}

function dumpWords(args: Args, names: readonly string[], all: boolean, source: boolean): string[] {
  return [
    ...(args.force ? ['--force'] : []),
    ...(all ? ['--all-databases'] : names.length > 1 ? ['--databases', ...names] : names),
    ...(args.skip_lock_tables ? ['--skip-lock-tables'] : []),
    ...(args.encoding === '' ? [] : [`--default-character-set=${args.encoding}`]),
    ...(args.single_transaction ? ['--single-transaction=true'] : []),
    ...(args.quick ? ['--quick'] : []),
    ...args.ignore_tables.map((one) => `--ignore-table=${one}`),
    ...(args.hex_blob ? ['--hex-blob'] : []),
    ...(args.master_data === 0 ? [] : [`--${source ? 'source' : 'master'}-data=${args.master_data}`]),
    ...splitWords(args.dump_extra_args ?? ''),
  ];
}

const importWords = (args: Args, names: readonly string[], all: boolean): string[] => [
  ...(args.force ? ['-f'] : []),
  ...(args.encoding === '' ? [] : [`--default-character-set=${args.encoding}`]),
  ...(all ? [] : ['--one-database', ...names]),
];
