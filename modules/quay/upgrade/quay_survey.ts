import { QplayError } from '../../../engine/error.ts';
import { type ActionOutcome, type ArgsOf, defineAction, type Host, type Options } from '../../../engine/module/contract.ts';
import { releaseOf } from '../heads.ts';
import { databaseOf, Session } from '../postgres.ts';

const options = {
  db_uri: { type: 'str', required: true, secret: true, description: "Quay's DB_URI." },
  tls: { type: 'str', choices: ['disable', 'prefer', 'require'], default: 'prefer', description: 'Whether the connection to the database is encrypted.' },
  old_seconds: { type: 'int', default: 300, description: 'A transaction that has been open for longer counts as a long one.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

const TABLES = ['user', 'repository', 'tag', 'manifest', 'manifestblob'] as const;

const ABOUT = `select current_setting('server_version_num')::int / 10000 as major, current_setting('server_version') as server,
  (pg_database_size(current_database()) / 1048576)::bigint as size_mb,
  (select count(*) from pg_index where not indisvalid) as invalid,
  (select string_agg(indexrelid::regclass::text, ', ') from pg_index where not indisvalid) as invalid_names,
  (select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()) as sessions,
  to_regclass('alembic_version') as versions, to_regclass('manifestblob') as manifestblob`;

const longOnes = (seconds: number): string => `select pid, coalesce(application_name, '') as program, state,
  extract(epoch from now() - xact_start)::bigint as seconds from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and xact_start < now() - interval '${seconds} seconds' order by xact_start`;

const tableThere = (name: string): string => `select to_regclass('public."${name}"') as there`;

/** What an upgrade compares before and after, and what could stand in its way. */
export async function survey(host: Host, args: Pick<Args, 'db_uri' | 'tls' | 'old_seconds'>) {
  const session = await Session.open(host, databaseOf(args.db_uri, args.tls));
  try {
    const [about] = await session.query(ABOUT, 60);
    const [row] = about?.versions == null ? [] : await session.query('select version_num from alembic_version');
    const long = await session.query(longOnes(args.old_seconds));
    const counts: Record<string, number> = {};
    for (const name of TABLES) {
      const [seen] = await session.query(tableThere(name));
      if (seen?.there == null) continue;
      const [rows] = await session.query(`select count(*) as n from public."${name}"`, 600);
      counts[name] = Number(rows?.n ?? 0);
    }
    const [blob] = about?.manifestblob == null ? [] : await session.query("select (pg_total_relation_size('manifestblob') / 1048576)::bigint as mb");
    const head = row?.version_num ?? null;
    return {
      head,
      release: head === null ? null : (releaseOf(head) ?? null),
      server: about?.server ?? '',
      major: Number(about?.major ?? 0),
      size_mb: Number(about?.size_mb ?? 0),
      manifestblob_mb: Number(blob?.mb ?? 0),
      sessions: Number(about?.sessions ?? 0),
      counts,
      long_transactions: long.map(
        ({ pid, program, state, seconds }) => `${program || 'a session'} (pid ${pid}) has been ${state} in a transaction for ${seconds} s`,
      ),
      invalid_indexes: (about?.invalid_names ?? '').split(', ').filter((name) => name !== ''),
    };
  } finally {
    session.close();
  }
}

async function run(args: Args, host: Host, check: boolean): Promise<ActionOutcome> {
  try {
    return { status: 'ok', result: await survey(host, args) };
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    if (check) return { status: 'unknown', why: error.message };
    const hint = error.diagnostics[0]?.hint;
    return { status: 'failed', why: error.message, ...(hint !== undefined && { hint }) };
  }
}

export default defineAction({
  name: 'quay_survey',
  fqcn: ['qplay.quay.quay_survey'],
  summary: "Reads from a registry's database what an upgrade must know: revision, counts of rows, sizes, and what would hinder a migration.",
  notes: ['Speaks to PostgreSQL from the control node over a connection made from the managed host; psql is not needed. Changes nothing.'],
  options,
  returns: {
    head: 'Revision of the schema; null in a database without one.',
    release: 'First Quay release with that revision; null when unknown.',
    server: 'Version of PostgreSQL.',
    major: 'Its major version: 9, 10, 13.',
    size_mb: 'Size of the database in MB.',
    manifestblob_mb: 'Size of the table that Quay 3.15 rewrites, with its indexes, in MB.',
    sessions: 'Other sessions in this database.',
    counts: 'Rows of user, repository, tag, manifest and manifestblob, those that are there.',
    long_transactions: 'A sentence for each transaction older than old_seconds: an index that is built concurrently waits for it.',
    invalid_indexes: 'Names of indexes that a cancelled migration left unusable.',
  },
  inCheck: 'decide',
  examples: [{ title: 'Before an upgrade', args: { db_uri: 'postgresql://quayuser:secret@db01:5432/quaydb' }, needs: ['quay'] }],
  run: (args, host, controller) => run(args, host, controller.check),
});
