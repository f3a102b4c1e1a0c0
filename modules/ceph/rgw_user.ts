import { type ArgsOf, type Controller, defineModule, lines, type Observed, type Options, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { jsonOf, section, sectionOf, sections } from '../sections.ts';
import { missingTool } from './cluster.ts';

const options = {
  uid: {
    type: 'str',
    required: true,
    aliases: ['name'],
    pattern: '^[\\w.@$-]+$',
    patternHint: 'letters, digits and . _ - @ $',
    description: 'Id of the S3 user.',
  },
  display_name: { type: 'str', description: 'Name for people; the uid when absent.' },
  email: { type: 'str', description: 'Address of the user.' },
  access_key: { type: 'str', pattern: '^[A-Za-z0-9]+$', patternHint: 'letters and digits only', description: 'Access key; one is generated when absent.' },
  secret_key: {
    type: 'str',
    secret: true,
    pattern: '^[A-Za-z0-9+/=_-]+$',
    patternHint: 'letters, digits and + / = _ -',
    description: 'Secret key; one is generated when absent.',
  },
  max_buckets: { type: 'int', description: "Buckets the user may own; the gateway's default when absent." },
  suspended: { type: 'bool', default: false, description: 'Whether the user is locked out.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'Whether the user exists. A user that owns buckets is not taken away.',
  },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;
type Mask = Pick<Controller, 'secret'>['secret'];

interface User {
  readonly user_id: string;
  readonly display_name: string;
  readonly email: string;
  readonly suspended: number;
  readonly max_buckets: number;
  readonly keys: readonly { readonly access_key: string; readonly secret_key: string }[];
}

const probe = ({ uid }: Args): Script =>
  lines(section('tool', missingTool('radosgw-admin')), section('user', sh`timeout 60 radosgw-admin user info --uid ${uid} --format json`));

function plan(args: Args, seen: Observed, mask: Mask): Plan {
  const found = sections(seen.stdout);
  const missing = sectionOf(found, 'tool').text.trim();
  if (missing !== '') return { is: 'premature', why: `${missing} is not installed`, hint: 'Install the Ceph packages first (role ceph).' };
  const answer = sectionOf(found, 'user');
  const user = jsonOf(answer) as User | undefined;
  // 2 and 22: no such user
  if (user === undefined && ![2, 22].includes(answer.code)) {
    const why =
      answer.code === 124
        ? 'radosgw-admin got no answer within 60 seconds'
        : `radosgw-admin cannot reach the cluster: ${seen.stderr.trim().split('\n').at(-1) ?? ''}`;
    return { is: 'premature', why, hint: 'Is the cluster healthy? ceph status, on a monitor host.' };
  }
  for (const key of user?.keys ?? []) mask(key.secret_key);
  return args.state === 'absent' ? planAbsent(args, user) : planPresent(args, user);
}

function planAbsent({ uid }: Args, user: User | undefined): Plan {
  if (user === undefined) return { is: 'right', result: { uid } };
  const apply = sh`timeout 60 radosgw-admin user rm --uid ${uid}`;
  return { is: 'wrong', diff: [{ label: `S3 user ${uid}`, before: { exists: true }, after: { exists: false } }], apply, result: { uid } };
}

function planPresent(args: Args, user: User | undefined): Plan {
  const key = user?.keys.find((one) => args.access_key === undefined || one.access_key === args.access_key);
  const secretRight = key !== undefined && (args.secret_key === undefined || key.secret_key === args.secret_key);
  const before =
    user === undefined
      ? { exists: false }
      : { ...shown(user), access_key: key?.access_key ?? null, secret_key: key === undefined ? null : secretRight ? 'as asked' : 'another' };
  const after = {
    exists: true,
    display_name: args.display_name ?? user?.display_name ?? args.uid,
    email: args.email ?? user?.email ?? '',
    max_buckets: args.max_buckets ?? user?.max_buckets ?? null,
    suspended: args.suspended,
    access_key: args.access_key ?? key?.access_key ?? 'generated',
    secret_key: 'as asked',
  };
  const right = user !== undefined && JSON.stringify(before) === JSON.stringify(after);
  const result = { uid: args.uid, display_name: after.display_name, ...(secretRight && { access_key: key.access_key, secret_key: key.secret_key }) };
  if (right) return { is: 'right', result };
  return {
    is: 'wrong',
    diff: [{ label: `S3 user ${args.uid}`, before, after }],
    apply: apply(args, user, !secretRight),
    uploads: { keys: keyArguments(args) },
    result,
  };
}

const shown = (user: User) => ({
  exists: true,
  display_name: user.display_name,
  email: user.email,
  max_buckets: user.max_buckets,
  suspended: user.suspended !== 0,
});

/** What would be `--secret-key` on the command line: ceph's programs read more arguments from CEPH_ARGS, which no process list shows. */
const keyArguments = (args: Args): string =>
  [args.access_key && `--access-key=${args.access_key}`, args.secret_key && `--secret-key=${args.secret_key}`].filter(Boolean).join(' ');

function apply(args: Args, user: User | undefined, keys: boolean): Script {
  const more = [args.email !== undefined ? `--email=${args.email}` : '', args.max_buckets !== undefined ? `--max-buckets=${args.max_buckets}` : ''].filter(
    (one) => one !== '',
  );
  const name = args.display_name ?? user?.display_name ?? args.uid;
  const given = sh`CEPH_ARGS="$(cat "$up_keys")"; export CEPH_ARGS`;
  const generate = args.access_key === undefined ? ['--gen-access-key'] : [];
  const generateSecret = args.secret_key === undefined ? ['--gen-secret'] : [];
  return lines(
    sh`set -e`,
    user === undefined
      ? sh`( ${given}; timeout 120 radosgw-admin user create --uid ${args.uid} --display-name ${name} ${more} >/dev/null )`
      : sh`timeout 60 radosgw-admin user modify --uid ${args.uid} --display-name ${name} ${more} >/dev/null`,
    user !== undefined &&
      keys &&
      sh`( ${given}; timeout 60 radosgw-admin key create --uid ${args.uid} --key-type s3 ${generate} ${generateSecret} >/dev/null )`,
    args.suspended && user?.suspended !== 1 && sh`timeout 60 radosgw-admin user suspend --uid ${args.uid} >/dev/null`,
    !args.suspended && user?.suspended === 1 && sh`timeout 60 radosgw-admin user enable --uid ${args.uid} >/dev/null`,
  );
}

export default defineModule<typeof options, Mask>({
  name: 'rgw_user',
  fqcn: ['qplay.ceph.rgw_user'],
  summary: 'Keeps an S3 user of the Ceph object gateway, with its keys.',
  notes: ['Runs on a host that has the admin keyring.', 'Keys that are not given are generated by the gateway and returned.'],
  source: 'radosgw-admin user (docs.ceph.com, RGW Admin Guide)',
  options,
  returns: {
    uid: 'Id of the user.',
    display_name: 'Name for people.',
    access_key: 'Access key.',
    secret_key: 'Secret key; masked wherever it would be shown.',
  },
  examples: [
    {
      title: "The registry's user with generated keys",
      args: { uid: 'example', display_name: 'Example registry' },
      given: 'radosgw-admin user rm --uid example --purge-data >/dev/null 2>&1 || true',
      needs: ['ceph'],
    },
    {
      title: 'Keys that are known beforehand',
      args: { uid: 'example2', access_key: 'EXAMPLEACCESSKEY0001', secret_key: 'example0secret0example0secret0example000' },
      given: 'radosgw-admin user rm --uid example2 --purge-data >/dev/null 2>&1 || true',
      needs: ['ceph'],
    },
    {
      title: 'Take a user away',
      args: { uid: 'leaver', state: 'absent' },
      given: 'radosgw-admin user info --uid leaver >/dev/null 2>&1 || radosgw-admin user create --uid leaver --display-name Leaver >/dev/null',
      needs: ['ceph'],
    },
  ],
  prepare: async (_args, controller) => controller.secret,
  probe,
  plan,
});
