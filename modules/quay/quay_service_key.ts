import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { inputError } from '../../engine/error.ts';
import { type ArgsOf, type AskPlan, defineAsk, type Host, type Options } from '../../engine/module/contract.ts';
import { databaseOf, Session } from './postgres.ts';

const options = {
  db_uri: { type: 'str', required: true, secret: true, description: "Quay's DB_URI." },
  tls: { type: 'str', choices: ['disable', 'prefer', 'require'], default: 'prefer', description: 'Whether the connection to the database is encrypted.' },
  key_file: {
    type: 'path',
    required: true,
    description:
      'The private key on the control node (PEM, mode 0600), made when it is missing. Its id is kept beside it, in the file with .kid in place of .pem.',
  },
  name: { type: 'str', default: 'quay-readonly', description: 'Name of the key in the registry.' },
  days: { type: 'int', default: 365, description: 'Days the key shall be good for when it is made or prolonged.' },
  min_days: { type: 'int', default: 30, description: 'A key that is good for fewer days is prolonged.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

/** The public part of a key as Quay keeps it, and nothing of the private one. */
interface Key {
  readonly kid: string;
  readonly jwk: string;
}

/** A key's id is the SHA-256 of its public members in order of their names, as Quay and RFC 7638 count it. */
export function keyOf(pem: string): Key {
  const { e, kty, n } = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' }) as { e?: string; kty?: string; n?: string };
  if (kty !== 'RSA') throw new Error('it is no RSA key');
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('hex');
  return { kid, jwk: JSON.stringify({ e, kid, kty, n }) };
}

const kidFile = (path: string): string => (path.endsWith('.pem') ? path.replace(/\.pem$/, '.kid') : `${path}.kid`);

function readKey(path: string): Key | undefined {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return keyOf(pem);
  } catch (error) {
    throw inputError('service-key', `${path} holds no RSA private key: ${(error as Error).message}`, { hint: 'move it aside, and a new one is made' });
  }
}

/** Whole or not at all, and for its owner alone. */
function writeSecret(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.part`, text, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}

/** What the database has of the key. */
interface State {
  readonly key: Key | undefined;
  readonly kidKept: boolean;
  readonly row: { readonly approved: boolean; readonly days: number; readonly jwk: string } | undefined;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

async function ask(args: Args, host: Host): Promise<State> {
  const path = resolve(args.key_file);
  const key = readKey(path);
  if (key === undefined) return { key, kidKept: false, row: undefined };
  const session = await Session.open(host, databaseOf(args.db_uri, args.tls));
  try {
    const [row] = await session.query(`select approval_id is not null as approved, jwk,
      coalesce(floor(extract(epoch from expiration_date - (now() at time zone 'utc')) / 86400), 100000) as days
      from servicekey where kid = ${literal(key.kid)}`);
    return { key, kidKept: keptKid(path) === key.kid, row: row && { approved: row.approved === 't', days: Number(row.days), jwk: row.jwk ?? '' } };
  } finally {
    session.close();
  }
}

function keptKid(path: string): string | undefined {
  try {
    return readFileSync(kidFile(path), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Members of a private key: with one of these in the database everybody who reads it could sign. */
const isPrivate = (jwk: string): boolean => /"(d|p|q|dp|dq|qi)"\s*:/.test(jwk);

function plan(args: Args, { key, kidKept, row }: State): AskPlan {
  if (row !== undefined && isPrivate(row.jwk))
    return {
      is: 'impossible',
      why: `The service key ${args.name} stands in the database with its private part`,
      hint: `Delete the row and ${args.key_file}, and a new key is made.`,
    };
  const result = { name: args.name, ...(key !== undefined && { kid: key.kid }) };
  if (kidKept && row?.approved === true && row.days >= args.min_days) return { is: 'right', result };
  return {
    is: 'wrong',
    diff: [
      {
        label: `service key ${args.name}`,
        before: { exists: row !== undefined, approved: row?.approved ?? false, ...(row !== undefined && { days: row.days }) },
        after: { exists: true, approved: true, days: args.days },
      },
    ],
    act: (host) => make(args, host),
    result,
  };
}

async function make(args: Args, host: Host): Promise<void> {
  const path = resolve(args.key_file);
  if (readKey(path) === undefined) {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    writeSecret(path, privateKey);
  }
  const key = readKey(path) as Key;
  writeSecret(kidFile(path), `${key.kid}\n`);
  const session = await Session.open(host, databaseOf(args.db_uri, args.tls));
  try {
    const expires = `(now() at time zone 'utc') + interval '${args.days} days'`;
    // one statement, so one transaction: a key is never there without its approval, and links to its own
    await session.query(`with approval as (
        insert into servicekeyapproval (approval_type, approved_date, notes)
        select 'ServiceKeyApprovalType.SUPERUSER', now() at time zone 'utc', ${literal(`${args.name}, by qplay`)}
        where not exists (select 1 from servicekey where kid = ${literal(key.kid)} and approval_id is not null) returning id)
      insert into servicekey (name, service, metadata, kid, jwk, created_date, expiration_date, approval_id)
      values (${literal(args.name)}, 'quay', '{}', ${literal(key.kid)}, ${literal(key.jwk)}, now() at time zone 'utc', ${expires}, (select id from approval))
      on conflict (kid) do update set expiration_date = excluded.expiration_date, jwk = excluded.jwk,
        approval_id = coalesce(servicekey.approval_id, excluded.approval_id)`);
  } finally {
    session.close();
  }
}

export default defineAsk<typeof options, State>({
  name: 'quay_service_key',
  fqcn: ['qplay.quay.quay_service_key'],
  summary: 'Keeps an approved service key in a registry, which one that is read-only needs.',
  notes: [
    "Only the public part goes into the database. The approval is a row of its own, linked by its id: the books' UPDATE fails as soon as two approvals exist.",
    'Makes the key on the control node; a play gives the file to the nodes.',
  ],
  source: 'quay/quay, data/model/service_keys.py and tools/generatekeypair.py',
  options,
  returns: { name: 'Name of the key.', kid: 'Its id; absent before it is made.' },
  examples: [
    {
      title: 'Before the registry becomes read-only',
      args: { db_uri: 'postgresql://quayuser:secret@db01:5432/quaydb', key_file: '/tmp/qplay-law-key/quay-readonly.pem' },
      needs: ['quay'],
      untested: "needs a registry's schema; test/e2e makes one",
    },
  ],
  ask,
  plan,
});
