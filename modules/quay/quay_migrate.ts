import { setTimeout as sleep } from 'node:timers/promises';
import { QplayError } from '../../engine/error.ts';
import { type ArgsOf, type AskPlan, defineAsk, type Host, type Options, sh } from '../../engine/module/contract.ts';
import { failure } from '../network/failure.ts';
import { lastWords, MIGRATION, notReady, type Ready, readiness, runArguments } from './container.ts';
import { compareVersions, headOf, releaseOf } from './heads.ts';
import { databaseOf, Session } from './postgres.ts';
import { type Registry, readRegistry } from './registry.ts';

const options = {
  image: { type: 'str', required: true, description: "Quay's image with its tag; it must be on the host already." },
  version: { type: 'str', description: 'Release of the image; taken from its tag when absent.' },
  head: {
    type: 'str',
    pattern: '^[0-9a-f]{12}$',
    patternHint: '12 hexadecimal digits',
    description: "Revision the image's migrations end at; taken from qplay's table of releases when absent.",
  },
  config_dir: { type: 'path', default: '/mnt/quay/config', description: 'Folder on the host with config.yaml and the certificate.' },
  db_uri: { type: 'str', required: true, secret: true, description: "Quay's DB_URI." },
  tls: {
    type: 'str',
    choices: ['disable', 'prefer', 'require'],
    default: 'prefer',
    description: "Whether qplay's own connection to the database is encrypted.",
  },
  env: { type: 'dict', default: {}, description: 'Environment of the migration container; no secrets.' },
  volumes: { type: 'list', elements: 'str', default: [], description: 'Further volumes, as podman takes them.' },
  accept_unknown: {
    type: 'bool',
    default: false,
    description:
      'Start from a revision that belongs to no release qplay knows: one between two releases, where a migration was cut off, or of Quay before 3.2. The image itself refuses what it does not know. Without users that is so in any case.',
  },
  timeout: {
    type: 'int',
    default: 3600,
    description: 'Seconds a migration may take; a big registry needs hours. The migration itself is not stopped when they are over.',
  },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

interface State {
  readonly ready: Ready;
  /** What the database says, or why it says nothing. */
  readonly registry: Registry | string;
}

async function ask(args: Args, host: Host): Promise<State> {
  const ready = await readiness(host, args.image, args.config_dir);
  try {
    return { ready, registry: await readRegistry(host, databaseOf(args.db_uri, args.tls)) };
  } catch (error) {
    if (error instanceof QplayError && error.diagnostics[0]?.code === 'postgresql-connect') return { ready, registry: error.message };
    throw error;
  }
}

const imageVersion = (args: Args): string => args.version ?? /:v?(\d+\.\d+(?:\.\d+)?)[^:/]*$/.exec(args.image)?.[1] ?? '';

function plan(args: Args, { ready, registry }: State): AskPlan {
  const version = imageVersion(args);
  const wanted = args.head ?? headOf(version);
  if (wanted === undefined) {
    return {
      is: 'impossible',
      why: `It is not known at which schema revision Quay ${version || args.image} ends`,
      hint: 'Name it with "head" (alembic heads, in the image), or the release with "version".',
    };
  }
  const early = typeof registry === 'string' ? registry : notReady(ready, args.image, args.config_dir);
  if (early !== undefined) return { is: 'premature', why: early };
  const { head, trigrams, users } = registry as Registry;
  if (!trigrams)
    return {
      is: 'premature',
      why: "The extension pg_trgm is not in Quay's database",
      hint: 'CREATE EXTENSION pg_trgm, in that database and not in "postgres".',
    };
  const result = { head: wanted, version };
  const running = ['running', 'paused', 'stopping'].includes(ready.migration);
  if (head === wanted && !running) return { is: 'right', result };
  const refusal = head === undefined || head === wanted ? undefined : refused(head, wanted, version, args.accept_unknown || users === 0);
  if (refusal !== undefined && !running) return refusal;
  return {
    is: 'wrong',
    diff: [
      {
        label: "schema of Quay's database",
        before: { head: head ?? 'none', release: (head && releaseOf(head)) ?? 'none' },
        after: { head: wanted, release: version },
      },
    ],
    act: (host) => migrate(args, wanted, host),
    result,
  };
}

function refused(head: string, wanted: string, version: string, acceptUnknown: boolean): AskPlan | undefined {
  const release = releaseOf(head);
  if (release === undefined && acceptUnknown) return undefined;
  if (release === undefined) {
    return {
      is: 'impossible',
      why: `The database is at revision ${head}, which belongs to no release that qplay knows; Quay ${version} should end at ${wanted}`,
      hint: `If the migration of this image has run and truly ends there, set head: ${head}. If it was cut off, go on with accept_unknown: true`,
    };
  }
  if (compareVersions(release, version) <= 0) return undefined;
  return {
    is: 'impossible',
    why: `The database is at revision ${head} of Quay ${release}, newer than ${version}: an older Quay refuses to start on it`,
    hint: 'There is no way back but the dump from before the upgrade. Use an image of that release or a newer one.',
  };
}

/** Key of the advisory lock: the bytes of "qplay". */
const LOCK = 0x71706c6179;

/**
 * One migration at a time: the advisory lock keeps out another living qplay, from whichever host; the container's fixed name
 * keeps out a second container after this qplay or its connection has died, and the next run waits for it.
 */
async function migrate(args: Args, wanted: string, host: Host): Promise<void> {
  const session = await Session.open(host, databaseOf(args.db_uri, args.tls));
  try {
    await lock(session, args.timeout, host.signal);
    const [version] = await session.query("select to_regclass('alembic_version') as made");
    const [row] = version?.made == null ? [] : await session.query('select version_num from alembic_version');
    const { migration } = await readiness(host, args.image, args.config_dir);
    if (row?.version_num === wanted && migration !== 'running') return;
    const ran = await host.run(container(args), { timeout: args.timeout });
    if (ran.code === 0) return;
    const hint = `The container ${MIGRATION} is kept: podman logs ${MIGRATION}. Migrations are not one transaction, so look at the database before trying again.`;
    const said = lastWords(ran.stderr + ran.stdout);
    throw failure('quay-migrate', `The migration of Quay's database failed with exit code ${ran.code}: ${lastWords(said, 1)}`, said, hint);
  } finally {
    session.close();
  }
}

async function lock(session: Session, seconds: number, signal: AbortSignal): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const [row] = await session.query(`select pg_try_advisory_lock(${LOCK}) as mine`);
    if (row?.mine === 't') return;
    if (Date.now() > end) throw failure('quay-migrate', `Another qplay has been migrating this database for ${seconds} seconds`);
    await sleep(1000, undefined, { signal });
  }
}

/** Detached, so that a lost connection does not stop a migration half-way; whoever comes next waits for it. */
const container = (args: Args) => sh`
set -e
exec 9>/run/${MIGRATION}.lock
flock 9
case $(podman container inspect --format '{{.State.Status}}' ${MIGRATION} 2>/dev/null || echo none) in
  running | paused | stopping) echo "a migration is running already: waiting for it" ;;
  *) podman rm --force --ignore ${MIGRATION} >/dev/null 2>&1
     podman run --detach --name ${MIGRATION} --log-driver k8s-file ${runArguments(args)} ${args.image} migrate head >/dev/null 9>&- ;;
esac
podman logs --follow ${MIGRATION} 9>&- &
follower=$!
code=$(podman wait ${MIGRATION})
sleep 0.3
kill "$follower" 2>/dev/null || true
if [ "$code" = 0 ]; then podman rm ${MIGRATION} >/dev/null; else exit "$code"; fi`;

export default defineAsk<typeof options, State>({
  name: 'quay_migrate',
  fqcn: ['qplay.quay.quay_migrate'],
  summary: "Brings the schema of Quay's database to the revision of an image, in one container, once.",
  notes: [
    'Never two at a time: an advisory lock in PostgreSQL and the fixed container name quay-migrate see to it, also after a killed run.',
    'Refuses a database that is newer than the image.',
    'Runs on a host with podman; reads the database over a connection made from there.',
  ],
  source: 'quay/quay, quay-entrypoint.sh (migrate) and data/migrations; the Operator does it the same way',
  options,
  returns: { head: 'Revision of the schema.', version: 'Release it belongs to.' },
  examples: [
    {
      title: 'Before the first start and in every upgrade',
      args: { image: 'registry.redhat.io/quay/quay-rhel8:v3.12.0', db_uri: 'postgresql://quayuser:secret@db01:5432/quaydb' },
      needs: ['quay'],
      untested: "a migrated database cannot be brought back; test/e2e runs it on the lab's bare hosts",
    },
  ],
  ask,
  plan,
});
