import { QplayError } from '../../engine/error.ts';
import { type ActionOutcome, type ArgsOf, defineAction, type Host, type Options } from '../../engine/module/contract.ts';
import { releaseOf } from './heads.ts';
import { databaseOf } from './postgres.ts';
import { readRegistry } from './registry.ts';

const options = {
  db_uri: { type: 'str', required: true, secret: true, description: "Quay's DB_URI: `postgresql://user:password@host:port/database`." },
  tls: { type: 'str', choices: ['disable', 'prefer', 'require'], default: 'prefer', description: 'Whether the connection to the database is encrypted.' },
} as const satisfies Options;

async function run(args: ArgsOf<typeof options>, host: Host, check: boolean): Promise<ActionOutcome> {
  try {
    const seen = await readRegistry(host, databaseOf(args.db_uri, args.tls));
    const release = seen.head === undefined ? undefined : releaseOf(seen.head);
    return { status: 'ok', result: { ...seen, head: seen.head ?? null, release: release ?? null, initialized: seen.users > 0 } };
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    const [first] = error.diagnostics;
    if (check) return { status: 'unknown', why: error.message };
    return { status: 'failed', why: error.message, ...(first?.hint !== undefined && { hint: first.hint }) };
  }
}

export default defineAction({
  name: 'quay_info',
  fqcn: ['qplay.quay.quay_info'],
  summary: "Reads what a registry's database says: schema revision, release, users, extensions.",
  notes: ['Speaks to PostgreSQL from the control node over a connection made from the managed host; psql is not needed. Changes nothing.'],
  options,
  returns: {
    head: "Revision of the schema; null in a database without Quay's schema.",
    release: 'First Quay release with that revision; null when unknown.',
    users: 'Number of users, robots left out.',
    initialized: 'Whether there is a user.',
    trigrams: 'Whether pg_trgm is installed in this database.',
    server: 'Version of PostgreSQL.',
  },
  inCheck: 'decide',
  examples: [{ title: 'How far is the registry?', args: { db_uri: 'postgresql://quayuser:secret@db01:5432/quaydb' }, needs: ['quay'] }],
  run: (args, host, controller) => run(args, host, controller.check),
});
