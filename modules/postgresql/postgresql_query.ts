import { type ActionOutcome, type ArgsOf, defineAction, type Observed } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';
import { login, psql, silence } from './psql.ts';
import { bare, ident, literal } from './sql.ts';

const options = {
  query: { type: 'raw', required: true, description: 'A statement, or a list of them, run in one transaction.' },
  positional_args: { type: 'list', elements: 'raw', description: 'Values for `%s` in the statement, quoted.' },
  named_args: { type: 'dict', description: 'Values for `%(name)s` in the statement, quoted.' },
  login_db: { type: 'str', default: 'postgres', aliases: ['db'], description: 'Database to ask.' },
  search_path: { type: 'list', elements: 'str', description: 'Schemas to look in.' },
  autocommit: { type: 'bool', default: false, description: 'Runs each statement by itself, for VACUUM and the like. Not in check mode.' },
  session_role: { type: 'str', description: 'Role to take after connecting.' },
  ...login,
} as const;

type Args = ArgsOf<typeof options>;

/** A row is a line of JSON; a status such as `INSERT 0 1` is a line that begins with this. */
const ROW = 'qp-row ';
const END = 'qp-end';

/** Statements that only read can be wrapped, so that rows come with their types. */
const printsJson = (sql: string): boolean => /^\s*(?:\(\s*)*(?:SELECT|VALUES|TABLE)\b/i.test(sql) && !/\bINTO\b/i.test(bare(sql));

function value(given: unknown): string {
  if (given === null || typeof given === 'number' || typeof given === 'boolean') return literal(given);
  if (Array.isArray(given)) return `ARRAY[${given.map(value).join(', ')}]`;
  return literal(typeof given === 'object' ? JSON.stringify(given) : String(given));
}

/** The statement with its values in place, as psycopg's placeholders have them. */
export function filled(sql: string, args: Pick<Args, 'positional_args' | 'named_args'>): string {
  const trimmed = sql.trim().replace(/;\s*$/, '');
  if (args.positional_args === undefined && args.named_args === undefined) return trimmed;
  const rest = [...(args.positional_args ?? [])];
  return trimmed.replace(/%%|%s|%\((\w+)\)s/g, (found, name: string | undefined) => {
    if (found === '%%') return '%';
    return value(name === undefined ? rest.shift() : args.named_args?.[name]);
  });
}

/** Rows as JSON where the statement only reads; any other statement tells its status and, by RETURNING, its rows as text. */
function printed(sql: string): string {
  const body = printsJson(sql)
    ? `SELECT '${ROW}' || row_to_json(qp)::text FROM (\n${sql}\n) qp;`
    : `\\pset format csv\n\\pset tuples_only off\n\\set QUIET off\n${sql};\n\\set QUIET on\n\\pset tuples_only on\n\\pset format unaligned`;
  return `${body}\n\\echo ${END}`;
}

function program(args: Args, statements: readonly string[], check: boolean): string {
  const whole = !args.autocommit;
  const start = [
    args.session_role === undefined ? '' : `SET ROLE ${ident(args.session_role)};`,
    args.search_path === undefined ? '' : `SET search_path TO ${args.search_path.map(ident).join(', ')};`,
  ];
  return [...start, whole ? 'BEGIN;' : '', ...statements.map(printed), whole ? (check ? 'ROLLBACK;' : 'COMMIT;') : ''].filter((one) => one !== '').join('\n');
}

interface Answer {
  readonly rows: readonly Record<string, unknown>[];
  readonly status: string;
}

function csv(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? (plain as string));
}

/** psql's word on a statement that changes something; SHOW, EXPLAIN and WITH ... SELECT have none in CSV form. */
function statusOf(statement: string, last: string | undefined): string | undefined {
  if (last === undefined) return undefined;
  if (/^(?:INSERT 0|UPDATE|DELETE|MERGE|COPY|SELECT) \d+$/.test(last)) return last;
  return !/^\s*(?:SHOW|EXPLAIN|WITH)\b/i.test(statement) && /^[A-Z][A-Z ]+$/.test(last) ? last : undefined;
}

function read(statement: string, block: string): Answer {
  const all = block.split('\n').filter((one) => one !== '');
  if (printsJson(statement)) {
    const rows = all.filter((one) => one.startsWith(ROW)).map((one) => JSON.parse(one.slice(ROW.length)) as Record<string, unknown>);
    return { rows, status: `SELECT ${rows.length}` };
  }
  const status = statusOf(statement, all.at(-1));
  const [head, ...body] = status === undefined ? all : all.slice(0, -1);
  const names = csv(head ?? '');
  const rows = body.map((line) => Object.fromEntries(csv(line).map((cell, i) => [names[i] ?? String(i), cell])));
  return { rows, status: status ?? `SELECT ${rows.length}` };
}

function outcome(statements: readonly string[], seen: Observed): ActionOutcome {
  const blocks = sectionOf(sections(seen.stdout), 'answer').text.split(`${END}\n`).slice(0, statements.length);
  const answers = blocks.map((block, i) => read(statements[i] as string, block));
  const last = answers.at(-1) ?? { rows: [], status: '' };
  const count = (one: Answer) => Number(/(\d+)$/.exec(one.status)?.[1] ?? 0);
  const changed = answers.some((one) => !/^(?:SELECT|SHOW|VALUES|SET)\b/.test(one.status) && !/^(?:UPDATE|DELETE|INSERT|MERGE)\b.* 0$/.test(one.status));
  const result = {
    query: statements.at(-1),
    query_list: statements,
    statusmessage: last.status,
    query_result: last.rows,
    query_all_results: answers.map((one) => one.rows),
    rowcount: answers.reduce((sum, one) => sum + count(one), 0),
  };
  return { status: changed ? 'changed' : 'ok', result };
}

export default defineAction({
  name: 'postgresql_query',
  fqcn: ['community.postgresql.postgresql_query'],
  summary: 'Runs SQL and returns its rows.',
  notes: [
    'In check mode the statements run in a transaction that is rolled back, so the answer is what would happen.',
    'Rows of a SELECT keep their types; those of RETURNING and SHOW are text.',
    'A backslash outside of quotes is refused: it would be a command of psql.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_query_module.html',
  options,
  rules: { mutuallyExclusive: [['positional_args', 'named_args']] },
  returns: {
    query: 'The last statement as run.',
    query_list: 'All statements.',
    statusmessage: "PostgreSQL's word on the last, such as `INSERT 0 1`.",
    query_result: 'Rows of the last.',
    query_all_results: 'Rows of each.',
    rowcount: 'Rows read or changed, all together.',
  },
  examples: [
    {
      title: 'Read the schema version of Quay',
      args: { query: 'SELECT version_num FROM alembic_version', login_db: 'quaydb', container: 'postgresql' },
      needs: ['podman', 'postgresql'],
      untested: 'an action, not a state',
    },
    {
      title: 'With a value',
      args: { query: 'SELECT rolsuper FROM pg_roles WHERE rolname = %s', positional_args: ['quayuser'], container: 'postgresql' },
      needs: ['podman', 'postgresql'],
      untested: 'an action, not a state',
    },
  ],
  inCheck: 'run',
  async run(args, host, controller) {
    const given = Array.isArray(args.query) ? args.query.map(String) : [String(args.query)];
    const statements = given.map((one) => filled(one, args));
    const command = statements.find((one) => bare(one).includes('\\'));
    if (command !== undefined)
      return {
        status: 'failed',
        why: 'the statement has a backslash outside of quotes, which psql would take for a command of its own',
        hint: `Look at: ${command.slice(0, 200)}`,
      };
    if (controller.check && args.autocommit)
      return { status: 'unknown', why: 'statements with autocommit cannot be taken back, so check mode does not run them' };
    const seen = await host.run(section('answer', psql(args, args.login_db, program(args, statements, controller.check))));
    const silent = silence(args, seen);
    if (silent === undefined) return outcome(statements, seen);
    const refused = 'why' in silent ? silent.why : '';
    return {
      status: 'failed',
      why: refused,
      ...('hint' in silent && silent.hint !== undefined ? { hint: silent.hint } : {}),
      result: { query: statements.at(-1) },
    };
  },
});
