import { type ArgsOf, defineModule, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { impossible, premature, SBIN, section, sections, textLines } from './lib.ts';
import { type Size, sizeOf } from './lvol-size.ts';
import { splitWords } from './words.ts';

const NAME = { pattern: '^[A-Za-z0-9+_.][A-Za-z0-9+_./-]*$', patternHint: 'letters, digits and + _ . -' } as const;

const options = {
  vg: { type: 'str', required: true, ...NAME, description: 'Volume group it is in.' },
  lv: { type: 'str', ...NAME, description: 'Name of the logical volume; with `snapshot` the one that a picture is taken of.' },
  size: {
    type: 'str',
    description:
      'Size in megabytes or with a unit (b, s, k, m, g, t, p, e), or a share such as `100%FREE` (of VG, PVS, FREE or ORIGIN). With + or - before it, by how much.',
  },
  opts: { type: 'str', description: 'Further arguments of lvcreate.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether it is there. `absent` wants `force`.' },
  force: { type: 'bool', default: false, description: 'Shrink or remove it; data is lost.' },
  shrink: { type: 'bool', default: true, description: 'Shrink it when it is larger; with false it is left so.' },
  active: { type: 'bool', default: true, description: 'Whether it can be used.' },
  snapshot: { type: 'str', ...NAME, description: 'Name of a snapshot of `lv`.' },
  pvs: { type: 'list', elements: 'str', description: 'Devices of the group that it may lie on.' },
  thinpool: { type: 'str', ...NAME, description: 'Thin pool; with `lv` the one that this is made in.' },
  resizefs: { type: 'bool', default: false, description: 'Resize the file system on it, too.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'lvol',
  fqcn: ['community.general.lvol'],
  summary: 'Keeps a logical volume of LVM.',
  notes: ['A size with + or - is another one in every run, as in Ansible.', 'Tested by what LVM prints: the lab has no device-mapper.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/lvol_module.html; lvm(8)',
  options,
  rules: { requiredOneOf: [['lv', 'thinpool']] },
  returns: { vg: 'The volume group.', lv: 'The volume.', size: 'Its size before, in the unit that was asked in.', msg: 'What was done.' },
  examples: [
    { title: 'A volume of 10 gigabytes', args: { vg: 'vg_data', lv: 'home', size: '10g' }, untested: 'the lab has no device-mapper' },
    {
      title: 'All that is left, and the file system with it',
      args: { vg: 'vg_data', lv: 'home', size: '+100%FREE', resizefs: true },
      untested: 'the lab has no device-mapper',
    },
    { title: 'A snapshot', args: { vg: 'vg_data', lv: 'home', snapshot: 'home_before', size: '1g' }, untested: 'the lab has no device-mapper' },
  ],
  probe,
  plan,
});

function probe(args: Args): Script {
  const size = sizeOf(args.size);
  const unit = typeof size === 'object' ? size.reported : 'm';
  const report = raw(`--noheadings --nosuffix --separator ";" --units ${unit}`);
  return sh`${SBIN}; export LC_ALL=C
command -v vgs >/dev/null || exit 0
${section('vgs')}
vgs ${report} -o vg_name,size,free,vg_extent_size ${args.vg} || exit 0
${section('lvs')}
lvs -a ${report} -o lv_name,size,lv_attr ${args.vg}
exit 0`;
}

interface Lv {
  readonly name: string;
  readonly size: number;
  readonly active: boolean;
  readonly kind: string;
}

function lvOf(line: string): Lv {
  const [name = '', size = '', attr = ''] = line.trim().split(';');
  return { name: name.replace(/[[\]]/g, ''), size: Number.parseFloat(size), active: attr[4] === 'a', kind: attr[0] ?? '' };
}

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const found = sections(seen.stdout);
  if (!found.has('vgs')) return premature('Failed to find required executable "vgs": LVM is not installed on this host', 'Install lvm2 before');
  const size = sizeOf(args.size);
  if (typeof size === 'string') return impossible(size);
  if (size?.of === 'ORIGIN' && args.snapshot === undefined) return impossible('Percentage of ORIGIN supported only for snapshot volumes');
  if (!found.has('lvs')) {
    const why = `Volume group ${args.vg} does not exist.`;
    return args.state === 'absent' ? { is: 'right', result: { stdout: why } } : premature(why);
  }
  const [, total = '', free = '', extent = ''] = (textLines(found.get('vgs') ?? '')[0] ?? '').trim().split(';');
  const group = { size: Number.parseFloat(total), free: Number.parseFloat(free), extent: Number.parseFloat(extent) };
  const volumes = textLines(found.get('lvs') ?? '').map(lvOf);
  const wrong = precondition(args, volumes);
  if (wrong !== undefined) return wrong;
  const name = (args.snapshot ?? args.lv ?? args.thinpool) as string;
  const volume = volumes.find((one) => one.name === name || one.name === name.replace(/^.*\//, ''));
  if (volume === undefined) return args.state === 'absent' ? { is: 'right', result: { msg: '' } } : creation(args, size, volumes);
  if (args.state === 'absent') return removal(args, volume);
  const result = { vg: args.vg, lv: volume.name, size: volume.size };
  const resize = before === undefined && size !== undefined ? resizing(args, size, volume, group) : undefined;
  if (resize !== undefined && 'is' in resize) return resize;
  const activate = volume.active === args.active ? undefined : sh`lvchange ${args.active ? '-ay' : '-an'} ${`${args.vg}/${volume.name}`} >&2 || exit`;
  if (resize === undefined && activate === undefined) return { is: 'right', result: before === undefined ? result : {} };
  return changing(
    args,
    { ...(resize && { size: volume.size }), ...(activate && { active: volume.active }) },
    { ...(resize && { size: resize.to }), ...(activate && { active: args.active }) },
    sh`${resize?.act}\n${activate}`,
    result,
  );
}

function precondition(args: Args, volumes: readonly Lv[]): Plan | undefined {
  if (args.snapshot !== undefined) {
    const origin = volumes.find(({ name }) => name === args.lv || name === args.thinpool);
    if (origin === undefined) return premature(`Snapshot origin LV ${args.lv} does not exist in volume group ${args.vg}.`);
    return origin.kind === 't' || args.thinpool !== undefined ? impossible('Snapshots of thin pool LVs are not supported.') : undefined;
  }
  if (args.thinpool !== undefined && args.lv !== undefined && !volumes.some(({ name }) => name === args.thinpool))
    return premature(`Thin pool LV ${args.thinpool} does not exist in volume group ${args.vg}.`);
  return undefined;
}

function changing(args: Args, before: Record<string, unknown>, after: Record<string, unknown>, act: Script, result: Record<string, unknown>): Plan {
  return {
    is: 'wrong',
    diff: [{ label: `${args.vg}/${args.snapshot ?? args.lv ?? args.thinpool}`, before, after }],
    apply: sh`${SBIN}; export LC_ALL=C\n${act}`,
    result,
  };
}

function removal(args: Args, volume: Lv): Plan {
  if (!args.force) return impossible(`Sorry, no removal of logical volume ${volume.name} without force=true.`);
  return changing(args, { state: 'present' }, { state: 'absent' }, sh`lvremove --force ${`${args.vg}/${volume.name}`} >&2`, {});
}

/** Word for lvcreate and lvextend: `-L 10g`, `-l 100%FREE`. */
const flag = (size: Size, letter = size.of === undefined ? 'L' : 'l', sign = ''): string[] => [`-${letter}`, `${sign}${size.text}`];

function creation(args: Args, size: Size | undefined, volumes: readonly Lv[]): Plan {
  const { vg, lv, snapshot, thinpool } = args;
  if (size?.sign === '-' || (size?.sign === '+' && size.of === undefined)) return impossible(`Bad size specification of '${args.size}' for creating LV`);
  const thinSnapshot = snapshot !== undefined && volumes.some(({ name, kind }) => name === lv && kind === 'V');
  if (size === undefined && !thinSnapshot) return impossible('No size given.');
  if (thinpool !== undefined && lv !== undefined && size?.of !== undefined) return impossible('Thin volume sizing with percentage not supported.');
  const opts = splitWords(args.opts ?? '');
  const words =
    snapshot !== undefined
      ? [...(size === undefined ? [] : flag(size)), '-s', '-n', snapshot, ...opts, `${vg}/${lv}`]
      : thinpool !== undefined
        ? [...(lv === undefined ? flag(size as Size) : ['-n', lv, ...flag(size as Size, 'V')]), ...opts, '-T', `${vg}/${thinpool}`]
        : ['-n', lv as string, ...flag(size as Size), ...opts, vg, ...(args.pvs ?? [])];
  return changing(args, { state: 'absent' }, { state: 'present', size: args.size ?? 'of its origin' }, sh`lvcreate --yes ${words} >&2`, { msg: '' });
}

interface Group {
  readonly size: number;
  readonly free: number;
  readonly extent: number;
}

/** The size that is meant, as Ansible reckons: shares are rounded down to whole extents. */
function wantedOf(size: Size, volume: Lv, group: Group): number {
  if (size.of === undefined) return size.amount;
  const share = (size.amount * (size.of === 'VG' || size.of === 'PVS' ? group.size : group.free)) / 100;
  const wanted = size.sign === '+' ? share + volume.size : size.sign === '-' ? volume.size - share : share;
  return wanted - (wanted % group.extent);
}

function resizing(args: Args, size: Size, volume: Lv, group: Group): Plan | { readonly act: Script; readonly to: number | string } | undefined {
  const wanted = wantedOf(size, volume, group);
  const absolute = size.of === undefined;
  const grows = absolute ? wanted > volume.size || size.sign === '+' : volume.size < wanted;
  const shrinks = absolute ? (args.shrink && wanted < volume.size) || size.sign === '-' : args.shrink && volume.size > wanted + group.extent;
  if (grows) {
    if (!absolute && !(group.free > 0 && group.free >= wanted - volume.size))
      return impossible(
        `Logical Volume ${volume.name} could not be extended. Not enough free space left (${wanted - volume.size}${size.reported} required / ${group.free}${size.reported} available)`,
      );
    return { act: resizer(args, size, volume, ['lvextend']), to: size.sign === '' ? wanted : (args.size as string) };
  }
  if (!shrinks) return undefined;
  if (absolute ? wanted === 0 : wanted < 1) return impossible(`Sorry, no shrinking of ${volume.name} to 0 permitted.`);
  if (!args.force) return impossible(`Sorry, no shrinking of ${volume.name} without force=true.`);
  return { act: resizer(args, size, volume, ['lvreduce', '--force']), to: size.sign === '' ? wanted : (args.size as string) };
}

/** LVM says so where rounding to extents leaves nothing to do. */
const resizer = (args: Args, size: Size, volume: Lv, tool: readonly string[]): Script =>
  sh`qp_o=$(${[...tool, ...(args.resizefs ? ['--resizefs'] : []), ...flag(size, undefined, size.sign), `${args.vg}/${volume.name}`, ...(args.pvs ?? [])]} 2>&1) || case $qp_o in
  *'matches existing size'* | *'not larger than existing size'*) ;;
  *) printf '%s\n' "$qp_o" >&2; exit 5 ;;
esac`;
