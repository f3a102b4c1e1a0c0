import { type ArgsOf, defineModule, lines, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { KINDS, type Kind, sizeOf } from './filesystem-kinds.ts';
import { expanded, impossible, premature, SBIN, section, sections } from './lib.ts';
import { splitWords } from './words.ts';

const options = {
  dev: { type: 'path', required: true, aliases: ['device'], description: 'Block device, or a file.' },
  fstype: {
    type: 'str',
    aliases: ['type'],
    choices: ['btrfs', 'ext2', 'ext3', 'ext4', 'ext4dev', 'f2fs', 'lvm', 'ocfs2', 'reiserfs', 'swap', 'vfat', 'xfs'],
    description: 'Kind of file system; `lvm` makes a physical volume, `swap` a swap area. Wanted with `present`.',
  },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: '`absent` wipes the signatures, so that the data is lost.' },
  force: { type: 'bool', default: false, description: 'Make it anew where another file system is, or the same. What is on it is lost.' },
  resizefs: { type: 'bool', default: false, description: 'Grow it when the device is larger. xfs and btrfs must be mounted.' },
  opts: { type: 'str', description: 'Further arguments of mkfs.' },
  uuid: {
    type: 'str',
    description: 'UUID of a new file system, or another one for one that is there; `random`, `time` and the like where the tool knows them.',
  },
} as const;

type Args = ArgsOf<typeof options>;

/** For examples: a file of 16 MB, where the tools are there. */
const disk = (name: string): string =>
  `PATH=$PATH:/usr/sbin:/sbin; command -v mkfs.ext4 >/dev/null || { apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq -y install e2fsprogs >/dev/null 2>&1; }; rm -f /var/tmp/${name}; truncate -s 16M /var/tmp/${name}`;

export default defineModule({
  name: 'filesystem',
  fqcn: ['community.general.filesystem'],
  summary: 'Makes a file system, grows it, or wipes it.',
  notes: [
    'The host needs blkid and the tools of the file system. A UUID is compared with the one that is there; Ansible sets it in every run.',
    'bcachefs and ufs are not known.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/filesystem_module.html; mkfs(8), blkid(8)',
  options,
  rules: { requiredIf: [['state', 'present', ['fstype']]], mutuallyExclusive: [['resizefs', 'uuid']] },
  returns: { msg: 'What the tool that grows it printed.' },
  examples: [
    {
      title: 'A file system on a file',
      args: { dev: '/var/tmp/qp-disk', fstype: 'ext4', opts: '-m 0' },
      given: disk('qp-disk'),
    },
    {
      title: 'Grow it to the size of what it lies on',
      args: { dev: '/var/tmp/qp-grown', fstype: 'ext4', resizefs: true },
      given: `${disk('qp-grown')}; mkfs.ext4 -qF /var/tmp/qp-grown; truncate -s 32M /var/tmp/qp-grown`,
    },
    {
      title: 'Swap in place of what is there',
      args: { dev: '/var/tmp/qp-swap', fstype: 'swap', force: true },
      untested: '`force` makes it anew in every run; test/modules/system has it',
    },
    {
      title: 'With a UUID of its own',
      args: { dev: '/var/tmp/qp-uuid', fstype: 'ext4', uuid: '0b5e21f0-9cf7-4bd2-8b0c-1f35ddf2a6a4' },
      given: `${disk('qp-uuid')}; mkfs.ext4 -qF /var/tmp/qp-uuid`,
    },
    {
      title: 'Nothing on a device',
      args: { dev: '/var/tmp/qp-wiped', state: 'absent' },
      given: `${disk('qp-wiped')}; mkfs.ext4 -qF /var/tmp/qp-wiped`,
    },
  ],
  probe,
  plan,
});

const kindOf = (args: Args): Kind | undefined => (args.fstype === undefined ? undefined : KINDS[args.fstype]);

function probe(args: Args): Script {
  const kind = kindOf(args);
  return sh`${SBIN}; export LC_ALL=C
qp_dev=${expanded(args.dev)}
[ -e "$qp_dev" ] || exit 0
${section('there')}
command -v blkid >/dev/null && echo blkid
${kind !== undefined && sh`command -v ${kind.make} >/dev/null && echo make`}
${section('type')}
blkid -c /dev/null -o value -s TYPE "$qp_dev"
${section('uuid')}
blkid -c /dev/null -o value -s UUID "$qp_dev"
${args.resizefs && kind?.info !== undefined ? size(kind.info) : sh``}
exit 0`;
}

/** Sizes of the device and of what is on it. */
const size = (info: string): Script => sh`${section('mount')}
qp_mnt=$(findmnt --noheadings --output TARGET --source "$qp_dev" 2>/dev/null | head -n 1); printf '%s' "$qp_mnt"
${section('size')}
if [ -b "$qp_dev" ]; then blockdev --getsize64 "$qp_dev"; else stat -Lc %s "$qp_dev"; fi
${section('info')}
${raw(info)} 2>&1`;

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const found = sections(seen.stdout);
  const there = found.get('there');
  if (there === undefined)
    return args.state === 'absent' ? { is: 'right', result: { msg: `Device ${args.dev} not found.` } } : premature(`Device ${args.dev} not found.`);
  if (!there.includes('blkid')) return premature('there is no blkid on this host', 'It comes with util-linux');
  const type = (found.get('type') ?? '').trim();
  if (args.state === 'absent') {
    if (type === '') return { is: 'right' };
    return changing(args, { type }, { type: 'none' }, sh`wipefs --all "$qp_dev"`);
  }
  const kind = kindOf(args) as Kind;
  if (!there.includes('make')) return premature(`there is no ${kind.make} on this host`, `Install it before: ${kind.from}`);
  if (args.uuid !== undefined && kind.setUuid === undefined && kind.changeUuid === undefined)
    return impossible(`module does not support UUID option for this filesystem (${args.fstype}) yet.`);
  const sameKind = kind.types.includes(type);
  if (sameKind && args.resizefs) return growth(args, kind, found, before);
  if (sameKind && args.uuid !== undefined && !args.force) return anotherUuid(args, kind, (found.get('uuid') ?? '').trim(), before);
  if (sameKind && (!args.force || before !== undefined)) return { is: 'right' };
  if (type !== '' && !args.force) return { ...impossible(`'${args.dev}' is already used as ${type}, use force=true to overwrite`), result: { rc: 0, err: '' } };
  return changing(args, { type: type || 'none' }, { type: kind.types[0] as string }, creation(args, kind));
}

function changing(args: Args, before: Record<string, string>, after: Record<string, string>, act: Script, result?: Record<string, unknown>): Plan {
  return {
    is: 'wrong',
    diff: [{ label: args.dev, before, after }],
    apply: lines(
      sh`${SBIN}; export LC_ALL=C
qp_dev=${expanded(args.dev)}`,
      act,
    ),
    ...(result !== undefined && { result }),
  };
}

function creation(args: Args, kind: Kind): Script {
  const opts = splitWords(args.opts ?? '');
  const given = args.uuid !== undefined && kind.setUuid !== undefined && !kind.setUuid.some((one) => opts.includes(one));
  const uuid = given ? [kind.setUuid?.[0] as string, args.uuid as string, ...(kind.setUuidMore ?? [])] : [];
  const later = args.uuid !== undefined && kind.setUuid === undefined && kind.changeUuid !== undefined;
  return sh`${kind.make} ${[...kind.force, ...opts, ...uuid]} "$qp_dev" >&2 || exit${later ? sh`\n${kind.changeUuid ?? []} ${args.uuid as string} "$qp_dev" >&2 || exit` : sh``}`;
}

/** Ansible's name of a kind, in what it says of growing. */
const titled = (args: Args): string =>
  ({ xfs: 'XFS', vfat: 'VFAT', lvm: 'LVM', ext4dev: 'Ext4' })[args.fstype as string] ?? (args.fstype as string).replace(/^./, (one) => one.toUpperCase());

/** Words that have the tool choose one; what comes of them cannot be told before. */
const CHOSEN = ['random', 'time', 'clear', 'generate', 'nil'];

function anotherUuid(args: Args, kind: Kind, now: string, before: Observed | undefined): Plan {
  const wanted = args.uuid as string;
  if (now === wanted.toLowerCase() || now === wanted || before !== undefined) return { is: 'right' };
  if (kind.changeUuid === undefined) return impossible(`the UUID of ${args.fstype} cannot be changed once it is made`);
  const word = kind.uuidWord ? sh`` : sh` ${wanted}`;
  return changing(args, { uuid: now }, { uuid: CHOSEN.includes(wanted) ? 'another' : wanted }, sh`${kind.changeUuid}${word} "$qp_dev" >&2`);
}

function growth(args: Args, kind: Kind, found: ReadonlyMap<string, string>, before: Observed | undefined): Plan {
  const msg = `module does not support resizing ${args.fstype} filesystem yet.`;
  if (kind.grow === undefined || kind.info === undefined) return impossible(msg);
  const device = Number((found.get('size') ?? '').trim());
  const own = sizeOf(args.fstype as string, found.get('info') ?? '');
  const mount = (found.get('mount') ?? '').trim();
  if (kind.mounted && mount === '') return impossible(`${args.dev} needs to be mounted for ${titled(args)} operations`);
  if (own === undefined) return impossible(`unable to process ${kind.info.split(' ')[0]} output for ${args.dev}`);
  // what is left of a device after a whole number of blocks is not used
  if (before !== undefined || !(own < device))
    return { is: 'right', result: { msg: before === undefined ? `${titled(args)} filesystem is using the whole device ${args.dev}` : undefined } };
  const target = kind.mounted ? sh`${mount}` : sh`"$qp_dev"`;
  return changing(args, { size: String(own) }, { size: String(device) }, sh`${kind.grow} ${target} >&2`, {
    msg: `resizing filesystem ${titled(args)} on device ${args.dev}`,
  });
}
