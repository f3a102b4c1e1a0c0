import { type ArgsOf, defineModule, type Observed, type Plan } from '../../engine/module/contract.ts';
import { sectionOf, sections } from '../sections.ts';
import { impossible } from '../system/lib.ts';
import { transfer } from './dump.ts';
import { answer, login, psql, question, silence } from './psql.ts';
import { ident, literal } from './sql.ts';

const options = {
  name: { type: 'str', required: true, aliases: ['db'], description: 'Name of the database.' },
  state: {
    type: 'str',
    default: 'present',
    choices: ['absent', 'dump', 'present', 'rename', 'restore'],
    description: 'Whether it is there. `absent` destroys its data; `dump` writes it into `target`, `restore` reads that; `rename` gives it the name `target`.',
  },
  target: {
    type: 'path',
    default: '',
    description:
      'File of the host for a dump; .tar, .pgc and .dir are pg_dump’s own formats, .gz, .bz2 and .xz are compressed. `~/NAME.sql` when absent. The new name with `rename`.',
  },
  target_opts: { type: 'str', default: '', description: 'Further arguments of pg_dump, pg_restore or psql.' },
  dump_extra_args: { type: 'str', description: 'Further arguments of pg_dump.' },
  session_role: { type: 'str', description: 'Role to take after connecting.' },
  trust_input: { type: 'bool', default: true, description: 'Taken for compatibility: names are always quoted.' },
  owner: { type: 'str', default: '', description: 'Role that owns it.' },
  template: { type: 'str', default: '', description: 'Template it is made from.' },
  encoding: { type: 'str', default: '', description: 'Encoding, such as `UTF8`. It cannot be changed later.' },
  lc_collate: { type: 'str', default: '', description: 'Order of text. It cannot be changed later.' },
  lc_ctype: { type: 'str', default: '', description: 'Classes of characters. It cannot be changed later.' },
  conn_limit: { type: 'str', default: '', description: 'Number of connections; -1 is without limit.' },
  tablespace: { type: 'str', default: '', description: 'Tablespace.' },
  comment: { type: 'str', description: 'Comment; empty text removes it.' },
  force: { type: 'bool', default: false, description: 'With `absent`, ends the connections that use it.' },
  maintenance_db: { type: 'str', default: 'postgres', description: 'Database to connect to.' },
  ...login,
} as const;

export type Args = ArgsOf<typeof options>;

interface Database {
  readonly owner: string;
  readonly encoding: string;
  readonly lc_collate: string;
  readonly lc_ctype: string;
  readonly conn_limit: string;
  readonly tablespace: string;
  readonly comment: string;
}

const QUERY = (name: string): string => `SELECT json_build_object('owner', pg_get_userbyid(d.datdba), 'encoding', pg_encoding_to_char(d.encoding),
 'lc_collate', d.datcollate, 'lc_ctype', d.datctype, 'conn_limit', d.datconnlimit::text, 'tablespace', t.spcname,
 'comment', coalesce(shobj_description(d.oid, 'pg_database'), ''))
 FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = ${literal(name)};`;

/** PostgreSQL takes UTF8, utf-8 and unicode for the same. */
const encodingKey = (name: string): string =>
  name
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replace(/^UNICODE$/, 'UTF8');

function fixed(args: Args, found: Database): string[] {
  const wrong: string[] = [];
  if (args.encoding !== '' && encodingKey(args.encoding) !== encodingKey(found.encoding)) wrong.push(`encoding is ${found.encoding}, not ${args.encoding}`);
  for (const key of ['lc_collate', 'lc_ctype'] as const)
    if (args[key] !== '' && args[key] !== found[key]) wrong.push(`${key} is ${found[key]}, not ${args[key]}`);
  return wrong;
}

function create(args: Args): string[] {
  const clauses = [
    args.owner && `OWNER ${ident(args.owner)}`,
    args.template && `TEMPLATE ${ident(args.template)}`,
    args.encoding && `ENCODING ${literal(args.encoding)}`,
    args.lc_collate && `LC_COLLATE ${literal(args.lc_collate)}`,
    args.lc_ctype && `LC_CTYPE ${literal(args.lc_ctype)}`,
    args.tablespace && `TABLESPACE ${ident(args.tablespace)}`,
    args.conn_limit && `CONNECTION LIMIT ${Number(args.conn_limit)}`,
  ].filter(Boolean);
  const made = `CREATE DATABASE ${ident(args.name)}${clauses.length > 0 ? ` ${clauses.join(' ')}` : ''}`;
  return args.comment ? [made, commented(args)] : [made];
}

const commented = (args: Args): string => `COMMENT ON DATABASE ${ident(args.name)} IS ${literal(args.comment || null)}`;

function alter(args: Args, found: Database): [string, string, string, string][] {
  const name = ident(args.name);
  const all: [string, string, string | undefined, string][] = [
    ['owner', found.owner, args.owner, `ALTER DATABASE ${name} OWNER TO ${ident(args.owner)}`],
    ['conn_limit', found.conn_limit, args.conn_limit, `ALTER DATABASE ${name} CONNECTION LIMIT ${Number(args.conn_limit || -1)}`],
    ['tablespace', found.tablespace, args.tablespace, `ALTER DATABASE ${name} SET TABLESPACE ${ident(args.tablespace)}`],
  ];
  const changed = all.filter((one): one is [string, string, string, string] => !!one[2] && one[1] !== one[2]);
  if (args.comment !== undefined && args.comment !== found.comment) changed.push(['comment', found.comment, args.comment, commented(args)]);
  return changed;
}

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const silent = silence(args, seen);
  if (silent !== undefined) return silent;
  if (args.state === 'dump' || args.state === 'restore') return transfer(args, before !== undefined);
  const found = answer<Database>(seen);
  const label = `database ${args.name}`;
  const wrong = (commands: readonly string[], before: Record<string, string>, after: Record<string, string>): Plan => ({
    is: 'wrong',
    diff: [{ before, after, label }],
    apply: psql(args, args.maintenance_db, `${args.session_role === undefined ? '' : `SET ROLE ${ident(args.session_role)};\n`}${commands.join(';\n')};`),
    result: { db: args.name, executed_commands: commands },
  });
  // what was done is known from the plan before
  const right: Plan = { is: 'right', result: before === undefined ? { db: args.name, executed_commands: [] } : { db: args.name } };
  if (args.state === 'rename') return rename(args, found !== undefined, tableOf(seen), { wrong, right });
  if (args.state === 'absent') {
    if (found === undefined) return right;
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(args.name)} AND pid <> pg_backend_pid()`;
    return wrong([...(args.force ? [end] : []), `DROP DATABASE ${ident(args.name)}`], { state: 'present' }, { state: 'absent' });
  }
  if (found === undefined) return wrong(create(args), { state: 'absent' }, { state: 'present' });
  const stuck = fixed(args, found);
  if (stuck.length > 0)
    return { is: 'impossible', why: `the database ${args.name} cannot be changed so: ${stuck.join('; ')}`, hint: 'Dump it, drop it, make it anew and restore' };
  const changes = alter(args, found);
  if (changes.length === 0) return right;
  const pick = (i: 1 | 2) => Object.fromEntries(changes.map((one) => [one[0], one[i]]));
  return wrong(
    changes.map((one) => one[3]),
    pick(1),
    pick(2),
  );
}

type Made = (commands: readonly string[], before: Record<string, string>, after: Record<string, string>) => Plan;

function rename(args: Args, source: boolean, target: boolean, { wrong, right }: { wrong: Made; right: Plan }): Plan {
  const { name, target: to } = args;
  if (to === '') return impossible('The "target" option must be defined when the "rename" option is used.');
  if (name === to) return impossible('The "name/db" option and the "target" option cannot be the same.');
  if (args.maintenance_db === name) return impossible('The "maintenance_db" option and the "name/db" option cannot be the same.');
  if (source && target) return impossible('Both the source and the target databases exist.');
  if (!source && !target) return impossible('The source and the target databases do not exist.');
  return source ? wrong([`ALTER DATABASE ${ident(name)} RENAME TO ${ident(to)}`], { name }, { name: to }) : right;
}

/** Whether the database named by `target` is there. */
const tableOf = (seen: Observed): boolean => sectionOf(sections(seen.stdout), 'answer').text.split('\n').includes('target');

export default defineModule({
  name: 'postgresql_db',
  fqcn: ['community.postgresql.postgresql_db'],
  summary: 'Keeps a PostgreSQL database.',
  notes: ['`dump` and `restore` act each time, and a check says so; Ansible’s check says ok. A compressed dump that fails fails the task.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_db_module.html',
  options,
  returns: {
    db: 'Name of the database.',
    executed_commands: 'The SQL or the command that changes it.',
    cmd: 'The command of a dump or restore.',
    rc: 'Its exit status.',
  },
  examples: [
    {
      title: 'A database in UTF-8',
      args: { name: 'example', encoding: 'UTF8', template: 'template0', container: 'postgresql' },
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Limit its connections',
      args: { name: 'example_limited', conn_limit: '50', container: 'postgresql' },
      given: "podman exec postgresql psql -qc 'CREATE DATABASE example_limited' 2>/dev/null || :",
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Another name for a database',
      args: { name: 'example_before', state: 'rename', target: 'example_after', container: 'postgresql' },
      given:
        "podman exec postgresql psql -qc 'DROP DATABASE IF EXISTS example_after'; podman exec postgresql psql -qc 'CREATE DATABASE example_before' 2>/dev/null || :",
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Dump a database',
      args: { name: 'example', state: 'dump', target: '/var/backups/example.sql.gz', container: 'postgresql' },
      untested: 'it acts each time; test/modules/postgresql has it',
    },
    {
      title: 'Remove a database',
      args: { name: 'example_old', state: 'absent', container: 'postgresql' },
      given: "podman exec postgresql psql -qc 'CREATE DATABASE example_old' 2>/dev/null || :",
      needs: ['podman', 'postgresql'],
    },
  ],
  probe: (args) =>
    question(
      args,
      args.maintenance_db,
      args.state === 'rename' ? `${QUERY(args.name)}\nSELECT 'target' FROM pg_database WHERE datname = ${literal(args.target)};` : QUERY(args.name),
    ),
  plan,
});
