import { type ArgsOf, defineModule, type Observed, type Plan } from '../../engine/module/contract.ts';
import { answer, login, psql, question, silence } from './psql.ts';
import { ident, literal } from './sql.ts';

const options = {
  name: { type: 'str', required: true, aliases: ['ext'], description: 'Name of the extension, such as `pg_trgm`.' },
  login_db: { type: 'str', required: true, aliases: ['db'], description: 'Database that gets it. An extension is there in one database only.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether it is there.' },
  schema: { type: 'str', description: 'Schema it is put in when it is made.' },
  version: { type: 'str', description: '`latest`, or a version; any when absent.' },
  cascade: { type: 'bool', default: false, description: 'Makes what it needs, and removes what needs it.' },
  comment: { type: 'str', description: 'Comment; empty text removes it.' },
  ...login,
} as const;

type Args = ArgsOf<typeof options>;

interface Extension {
  readonly installed: string | null;
  readonly latest: string | null;
  readonly comment: string | null;
}

const QUERY = (name: string): string => `SELECT json_build_object(
 'installed', (SELECT extversion FROM pg_extension WHERE extname = ${literal(name)}),
 'latest', (SELECT default_version FROM pg_available_extensions WHERE name = ${literal(name)}),
 'comment', (SELECT obj_description(oid, 'pg_extension') FROM pg_extension WHERE extname = ${literal(name)}));`;

function create(args: Args): string {
  const version = args.version !== undefined && args.version !== 'latest' ? ` VERSION ${literal(args.version)}` : '';
  const schema = args.schema === undefined ? '' : ` SCHEMA ${ident(args.schema)}`;
  return `CREATE EXTENSION IF NOT EXISTS ${ident(args.name)}${schema || version ? ' WITH' : ''}${schema}${version}${args.cascade ? ' CASCADE' : ''}`;
}

function queries(args: Args, found: Extension): string[] {
  const name = ident(args.name);
  if (args.state === 'absent') return found.installed === null ? [] : [`DROP EXTENSION ${name}${args.cascade ? ' CASCADE' : ''}`];
  const made: string[] = [];
  const wanted = args.version === 'latest' ? found.latest : args.version;
  if (found.installed === null) made.push(create(args));
  else if (wanted !== undefined && wanted !== null && wanted !== found.installed) made.push(`ALTER EXTENSION ${name} UPDATE TO ${literal(wanted)}`);
  if (args.comment !== undefined && args.comment !== (found.comment ?? '')) made.push(`COMMENT ON EXTENSION ${name} IS ${literal(args.comment || null)}`);
  return made;
}

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const silent = silence(args, seen);
  if (silent !== undefined) return silent;
  const found = answer<Extension>(seen) as Extension;
  if (args.state === 'present' && found.latest === null && found.installed === null) {
    return {
      is: 'impossible',
      why: `this server has no extension ${args.name}`,
      hint: 'Install its files on the server (postgresql-contrib for those that come with PostgreSQL)',
    };
  }
  const todo = queries(args, found);
  const version = args.version === undefined || args.version === 'latest' ? found.latest : args.version;
  const result = {
    ext: args.name,
    db: args.login_db,
    queries: todo,
    prev_version: found.installed ?? '',
    version: args.state === 'absent' ? '' : (found.installed ?? ''),
  };
  if (todo.length === 0) {
    const { queries: _queries, prev_version: _version, ...now } = result;
    // what was done is known from the plan before
    return { is: 'right', result: before === undefined ? result : now };
  }
  const after = args.state === 'absent' ? 'absent' : (version ?? 'present');
  const diff = [{ before: { version: found.installed ?? 'absent' }, after: { version: after }, label: `extension ${args.name} in ${args.login_db}` }];
  return { is: 'wrong', diff, apply: psql(args, args.login_db, `${todo.join(';\n')};`), result };
}

export default defineModule({
  name: 'postgresql_ext',
  fqcn: ['community.postgresql.postgresql_ext'],
  summary: 'Keeps an extension in a PostgreSQL database.',
  source: 'https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_ext_module.html',
  options,
  returns: { queries: 'The SQL that changes it.', prev_version: 'Version before, empty when it was not there.', version: 'Version now.' },
  examples: [
    {
      title: 'Trigram search, which Quay asks for, in the right database',
      args: { name: 'pg_trgm', login_db: 'quaydb', container: 'postgresql' },
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Remove an extension',
      args: { name: 'uuid-ossp', login_db: 'quaydb', state: 'absent', container: 'postgresql' },
      given: `podman exec postgresql psql -q -d quaydb -c 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"'`,
      needs: ['podman', 'postgresql'],
    },
  ],
  probe: (args) => question(args, args.login_db, QUERY(args.name)),
  plan,
});
