import { type ArgsOf, defineModule, lines, type Observed, type Plan, type Result, raw, type Script, sh } from '../../engine/module/contract.ts';
import { ATTRIBUTES, applyAttributes, fits, isPlan, type Look, lookOf, noParent, readIds, settle } from '../files/attributes.ts';
import { modeText } from '../files/mode.ts';
import { folderOf, pathWord } from '../files/path.ts';
import { groupsBy, type Records, recordsOf } from '../files/records.ts';
import { LOOK } from '../files/shell.ts';

const options = {
  path: { type: 'path', required: true, description: 'File of the private key; the public one is beside it, with `.pub`.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the keys are there.' },
  size: { type: 'int', description: 'Bits: 4096 for rsa, 256 for ecdsa when absent.' },
  type: { type: 'str', default: 'rsa', choices: ['rsa', 'dsa', 'rsa1', 'ecdsa', 'ed25519'], description: 'Kind of key.' },
  force: { type: 'bool', default: false, description: 'Make them anew in any case.' },
  comment: { type: 'str', description: 'Comment of the public key.' },
  regenerate: {
    type: 'str',
    default: 'partial_idempotence',
    choices: ['never', 'fail', 'partial_idempotence', 'full_idempotence', 'always'],
    description: 'When a key that is there gives way to a new one.',
  },
  passphrase: { type: 'str', secret: true, description: 'Not known here.' },
  private_key_format: { type: 'str', default: 'auto', choices: ['auto', 'pkcs1', 'pkcs8', 'ssh'], description: 'Only `auto`.' },
  backend: {
    type: 'str',
    default: 'auto',
    choices: ['auto', 'cryptography', 'opensshbin'],
    description: 'Taken for compatibility: ssh-keygen of the host makes the key.',
  },
  ...ATTRIBUTES,
  attributes: { type: 'str', aliases: ['attr'], description: 'Taken for compatibility, without effect.' },
  unsafe_writes: { type: 'bool', default: false, description: 'Taken for compatibility, without effect.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'openssh_keypair',
  fqcn: ['community.crypto.openssh_keypair'],
  summary: 'Keeps a private and a public key for SSH.',
  notes: ['ssh-keygen of the host makes the keys.', 'Keys with a passphrase are not known.'],
  source: 'community.crypto.openssh_keypair; ssh-keygen(1)',
  options,
  returns: {
    filename: 'The file.',
    type: 'Kind of key.',
    size: 'Its size in bits.',
    fingerprint: 'Fingerprint of the public key.',
    public_key: 'The public key.',
    comment: 'Its comment.',
  },
  examples: [
    { title: 'A pair of keys', args: { path: '/etc/qp-ssh', type: 'ed25519', comment: 'qplay@example' }, given: 'rm -f /etc/qp-ssh /etc/qp-ssh.pub' },
    {
      title: 'Another kind, for a group to read',
      args: { path: '/etc/qp-ssh', type: 'ecdsa', size: 384, mode: '0640', group: 'adm' },
      given: "rm -f /etc/qp-ssh*; ssh-keygen -q -t ed25519 -N '' -f /etc/qp-ssh",
    },
    {
      title: 'The public key again, with another comment',
      args: { path: '/etc/qp-ssh', type: 'ed25519', comment: 'new' },
      given: "rm -f /etc/qp-ssh*; ssh-keygen -q -t ed25519 -N '' -C old -f /etc/qp-ssh; rm /etc/qp-ssh.pub",
    },
    { title: 'No keys', args: { path: '/etc/qp-ssh', state: 'absent' }, given: 'echo x >/etc/qp-ssh; echo x >/etc/qp-ssh.pub' },
  ],
  probe: (args) => sh`${LOOK}p=${pathWord(args.path)}
command -v ssh-keygen >/dev/null 2>&1 && printf 'tools=yes\\0'
printf 'file=%s\\0' "$p"; qp_look "$p"
${readIds(args)}
if [ -f "$p" ]; then
  printf 'line=%s\\0' "$(ssh-keygen -l -f "$p" 2>/dev/null)"
  # through a pipe, since ssh-keygen refuses a file that others may read
  printf 'own=%s\\0' "$(cat -- "$p" | ssh-keygen -y -P '' -f /dev/stdin 2>/dev/null)"
fi
printf 'file=%s\\0' "$p.pub"; qp_look "$p.pub"
${readIds(args)}
if [ -r "$p.pub" ]; then printf 'public=%s\\0' "$(cat -- "$p.pub")"; fi`,
  plan: (args, seen, _prepared, before): Plan => planKeys(args, seen, before),
});

/** A line of a public key. */
interface PublicKey {
  readonly type: string;
  readonly data: string;
  readonly comment: string;
}

function readPublic(text: string | undefined): PublicKey | undefined {
  const [type, data, ...comment] = (text ?? '').trim().split(' ');
  return type === undefined || data === undefined ? undefined : { type, data, comment: comment.join(' ') };
}

const shown = (key: PublicKey | undefined): string => (key === undefined ? '' : `${key.type} ${key.data}${key.comment === '' ? '' : ` ${key.comment}`}`);

interface There {
  readonly path: string;
  readonly looks: readonly (Look | undefined)[];
  readonly ids: readonly Records[];
  readonly size: number;
  readonly type: string;
  readonly fingerprint: string;
  /** The public half as the private key tells it; absent when that cannot be read. */
  readonly own: PublicKey | undefined;
  readonly public: PublicKey | undefined;
}

function there(seen: Records): There {
  const groups = groupsBy(seen, 'file');
  const [one = new Map<string, string>(), two = new Map<string, string>()] = groups;
  const line = /^(\d+) (\S+) .*\((\S+)\)$/.exec((one.get('line') ?? '').trim());
  const as = (group: Map<string, string>): Records => ({ get: (key) => group.get(key), fields: [], rest: Buffer.alloc(0) });
  return {
    path: one.get('file') ?? '',
    looks: groups.map((group) => lookOf(group.get('look'), group.get('to'))),
    ids: [as(one), as(two)],
    size: Number(line?.[1] ?? 0),
    fingerprint: line?.[2] ?? '',
    type: (line?.[3] ?? '').toLowerCase(),
    own: readPublic(one.get('own')),
    public: readPublic(two.get('public')),
  };
}

const SIZES: Readonly<Record<string, number>> = { rsa: 4096, rsa1: 4096, dsa: 1024, ecdsa: 256, ed25519: 256 };

function mistake(args: Args): string | undefined {
  if (args.passphrase !== undefined) return 'Keys with a passphrase are not known here';
  if (args.private_key_format !== 'auto') return "'auto' is the only valid option for 'private_key_format' when 'backend' is not 'cryptography'";
  if (args.type === 'rsa' && (args.size ?? 4096) < 1024) return 'For RSA keys, the minimum size is 1024 bits and the default is 4096 bits.';
  if (args.type === 'dsa' && (args.size ?? 1024) !== 1024) return 'DSA keys must be exactly 1024 bits as specified by FIPS 186-2.';
  if (args.type === 'ecdsa' && ![256, 384, 521].includes(args.size ?? 256)) return 'For ECDSA keys, size is one of 256, 384 and 521 bits.';
  return undefined;
}

function planKeys(args: Args, output: Observed, before: Observed | undefined): Plan {
  const wrong = mistake(args);
  if (wrong !== undefined) return { is: 'impossible', why: wrong };
  const seen = recordsOf(output);
  if (seen.get('tools') !== 'yes') return { is: 'premature', why: 'This host has no ssh-keygen', hint: 'Install the package openssh-client before' };
  const now = there(seen);
  const size = args.type === 'ed25519' ? 256 : (args.size ?? (SIZES[args.type] as number));
  const told = now.public ?? now.own;
  const result: Result = {
    size,
    type: args.type,
    filename: now.path,
    fingerprint: now.fingerprint,
    public_key: shown(told),
    comment: told?.comment ?? '',
  };
  const [key, pub] = now.looks;
  if (args.state === 'absent') {
    if (key === undefined && pub === undefined) return { is: 'right', result };
    const gone = { before: { state: 'present' }, after: { state: 'absent' } };
    return { is: 'wrong', diff: [{ label: now.path, ...gone }], apply: sh`rm -f -- ${now.path} ${`${now.path}.pub`} || exit`, result };
  }
  if (key?.type === 'directory') return { is: 'impossible', why: `${now.path} is a directory. Please specify a path to a file.` };
  const refused = key === undefined ? noParent(now.ids[0]?.get('parent'), now.path, folderOf(now.path)) : undefined;
  if (refused !== undefined) return refused;
  const regenerate = args.force ? 'always' : args.regenerate;
  const step = stepFor(args, now, { size, regenerate, was: before === undefined ? undefined : there(recordsOf(before)) });
  if (step !== undefined && 'is' in step) return step;
  return finish(args, now, step, result);
}

interface Step {
  readonly after: Readonly<Record<string, unknown>>;
  readonly apply: Script;
}

function stepFor(args: Args, now: There, { size, regenerate, was }: { size: number; regenerate: string; was: There | undefined }): Step | Plan | undefined {
  const generate: Step = { after: { type: args.type, size, comment: args.comment ?? '' }, apply: generation(args, now.path, size) };
  if (now.looks[0] === undefined) return generate;
  if (regenerate === 'always') {
    if (was === undefined || was.fingerprint === now.fingerprint) return generate;
  } else if (now.own === undefined || now.fingerprint === '') {
    if (regenerate === 'full_idempotence') return generate;
    return {
      is: 'impossible',
      why: 'Unable to read the key. The key is protected with a passphrase or broken. Will not proceed. To force regeneration, call the module with `generate` set to `full_idempotence` or `always`, or with `force=true`.',
    };
  } else if (regenerate !== 'never' && (now.size !== size || now.type !== args.type)) {
    if (regenerate !== 'fail') return generate;
    return {
      is: 'impossible',
      why: 'Key has wrong type and/or size. Will not proceed. To force regeneration, call the module with `generate` set to `partial_idempotence`, `full_idempotence` or `always`, or with `force=true`.',
    };
  }
  const same = now.public?.data === now.own?.data && (args.comment === undefined || now.public?.comment === args.comment);
  return same ? undefined : { after: { public_key: 'of the private key', comment: args.comment ?? now.own?.comment }, apply: restoration(args, now) };
}

function generation(args: Args, path: string, size: number): Script {
  return sh`qp_t=$(umask 077; mktemp -d) || exit
trap 'rm -rf "$qp_t"' EXIT
ssh-keygen -q -N '' -t ${args.type} -b ${size} -C ${args.comment ?? ''} -f "$qp_t/key" >&2 || exit
mv -f -- "$qp_t/key" ${path} && mv -f -- "$qp_t/key.pub" ${`${path}.pub`} || exit`;
}

function restoration(args: Args, now: There): Script {
  const comment = args.comment ?? now.own?.comment ?? '';
  const line = now.own === undefined ? '' : shown({ ...now.own, comment });
  const rename = args.comment !== undefined && args.comment !== '' && sh`ssh-keygen -q -c -P '' -C ${args.comment} -f ${now.path} >&2 || exit`;
  return lines(rename, sh`( umask 022; printf '%s\\n' ${line} >${`${now.path}.pub`} ) || exit`);
}

/** Owner and mode of both files, after what makes them. */
function finish(args: Args, now: There, step: Step | undefined, result: Result): Plan {
  const fresh = [0o600, 0o644];
  const paths = [now.path, `${now.path}.pub`];
  const before: Record<string, unknown> = now.fingerprint === '' ? {} : { type: now.type, size: now.size, comment: now.public?.comment ?? '' };
  const after: Record<string, unknown> = { ...before, ...step?.after };
  const scripts: (Script | undefined)[] = [step?.apply];
  for (const [i, path] of paths.entries()) {
    const look = step === undefined ? now.looks[i] : undefined;
    const settled = settle(args, now.ids[i] as Records, look, { mode: fresh[i] as number, directory: false });
    if (isPlan(settled)) return settled;
    if (look !== undefined && fits(look, settled)) continue;
    if (look === undefined && args.mode === undefined && settled.uid === undefined && settled.gid === undefined) continue;
    scripts.push(applyAttributes(path, settled, look));
    if (look !== undefined) Object.assign(before, { [path]: modeText(look.mode) });
    Object.assign(after, { [path]: `${modeText(settled.mode)} ${args.owner ?? ''}:${args.group ?? ''}` });
  }
  if (step === undefined && scripts.every((one) => one === undefined)) return { is: 'right', result };
  return { is: 'wrong', diff: [{ label: now.path, before, after }], apply: lines(...scripts.map((one) => one ?? raw(''))), result };
}
