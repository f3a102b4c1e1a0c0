import { type ArgsOf, defineModule, type Observed, type Plan } from '../../engine/module/contract.ts';
import { answer, login, psql, question, silence } from './psql.ts';
import { ident, literal } from './sql.ts';

const options = {
  schema: { type: 'str', required: true, aliases: ['name'], description: 'Name of the schema.' },
  owner: { type: 'str', default: '', description: 'Role that owns it.' },
  login_db: { type: 'str', default: 'postgres', aliases: ['db', 'database'], description: 'Database that has it.' },
  cascade_drop: { type: 'bool', default: false, description: 'With `absent`: what is in it goes, too.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether it is there.' },
  session_role: { type: 'str', description: 'Role to take after connecting.' },
  trust_input: { type: 'bool', default: true, description: 'Taken for compatibility: names are always quoted.' },
  comment: { type: 'str', description: 'Comment; empty text removes it.' },
  ...login,
} as const;

type Args = ArgsOf<typeof options>;

interface Schema {
  readonly owner: string;
  readonly comment: string;
}

export default defineModule({
  name: 'postgresql_schema',
  fqcn: ['community.postgresql.postgresql_schema'],
  summary: 'Keeps a schema in a PostgreSQL database.',
  source: 'https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_schema_module.html',
  options,
  returns: { schema: 'Name of the schema.', queries: 'The SQL that changes it.' },
  examples: [
    {
      title: 'A schema',
      args: { name: 'qp_acme', login_db: 'quaydb', owner: 'quayuser', comment: 'for tests', container: 'postgresql' },
      given: `podman exec postgresql psql -q -d quaydb -c 'DROP SCHEMA IF EXISTS qp_acme'`,
      needs: ['podman', 'postgresql'],
    },
    {
      title: 'Remove a schema and what is in it',
      args: { name: 'qp_gone', login_db: 'quaydb', state: 'absent', cascade_drop: true, container: 'postgresql' },
      given: `podman exec postgresql psql -q -d quaydb -c 'CREATE SCHEMA IF NOT EXISTS qp_gone; CREATE TABLE IF NOT EXISTS qp_gone.t (a int)'`,
      needs: ['podman', 'postgresql'],
    },
  ],
  probe: (args) =>
    question(
      args,
      args.login_db,
      `SELECT json_build_object('owner', pg_get_userbyid(nspowner), 'comment', coalesce(obj_description(oid, 'pg_namespace'), ''))
 FROM pg_namespace WHERE nspname = ${literal(args.schema)};`,
    ),
  plan,
});

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const silent = silence(args, seen);
  if (silent !== undefined) return silent;
  const found = answer<Schema>(seen);
  const name = ident(args.schema);
  const steps: [key: string, before: string, after: string, sql: string][] = [];
  const comment = (): string => `COMMENT ON SCHEMA ${name} IS ${literal(args.comment || null)}`;
  if (args.state === 'absent') {
    if (found !== undefined) steps.push(['state', 'present', 'absent', `DROP SCHEMA ${name}${args.cascade_drop ? ' CASCADE' : ''}`]);
  } else if (found === undefined) {
    steps.push(['state', 'absent', 'present', `CREATE SCHEMA ${name}${args.owner === '' ? '' : ` AUTHORIZATION ${ident(args.owner)}`}`]);
    if (args.comment) steps.push(['comment', '', args.comment, comment()]);
  } else {
    if (args.owner !== '' && args.owner !== found.owner) steps.push(['owner', found.owner, args.owner, `ALTER SCHEMA ${name} OWNER TO ${ident(args.owner)}`]);
    if (args.comment !== undefined && args.comment !== found.comment) steps.push(['comment', found.comment, args.comment, comment()]);
  }
  const queries = steps.map((step) => step[3]);
  const result = { schema: args.schema, queries };
  // what was done is known from the plan before
  if (steps.length === 0) return { is: 'right', result: before === undefined ? result : { schema: args.schema } };
  const role = args.session_role === undefined ? '' : `SET ROLE ${ident(args.session_role)};\n`;
  return {
    is: 'wrong',
    diff: [
      {
        label: `schema ${args.schema} in ${args.login_db}`,
        before: Object.fromEntries(steps.map(([key, before]) => [key, before])),
        after: Object.fromEntries(steps.map(([key, , after]) => [key, after])),
      },
    ],
    apply: psql(args, args.login_db, `${role}${queries.join(';\n')};`),
    result,
  };
}
