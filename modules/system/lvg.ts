import { type ArgsOf, defineModule, lines, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { impossible, premature, SBIN, section, sections, textLines } from './lib.ts';

const options = {
  vg: {
    type: 'str',
    required: true,
    pattern: '^[A-Za-z0-9+_.][A-Za-z0-9+_.-]*$',
    patternHint: 'letters, digits and + _ . -',
    description: 'Name of the volume group.',
  },
  pvs: { type: 'list', elements: 'str', description: 'Devices it is made of. Wanted for a new one; those of one that is there become these.' },
  pesize: { type: 'str', default: '4', description: 'Size of an extent of a new group, in megabytes, or with a unit (k, m, g).' },
  pv_options: { type: 'str', default: '', description: 'Further arguments of pvcreate.' },
  pvresize: { type: 'bool', default: false, description: 'Let physical volumes grow to the size of their devices.' },
  vg_options: { type: 'str', default: '', description: 'Further arguments of vgcreate.' },
  state: {
    type: 'str',
    default: 'present',
    choices: ['absent', 'present', 'active', 'inactive'],
    description: 'Whether it is there, and whether its logical volumes are active.',
  },
  force: { type: 'bool', default: false, description: 'Remove a group that has logical volumes, too. Their data is lost.' },
  remove_extra_pvs: { type: 'bool', default: true, description: 'Take devices out of the group that `pvs` does not name.' },
} as const;

type Args = ArgsOf<typeof options>;

const AUTO = '--setautoactivation';

export default defineModule({
  name: 'lvg',
  fqcn: ['community.general.lvg'],
  summary: 'Keeps a volume group of LVM.',
  notes: ['reset_vg_uuid and reset_pv_uuid are not known.', 'Tested by what LVM prints: the lab has no device-mapper.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/lvg_module.html; lvm(8)',
  options,
  returns: {},
  examples: [
    { title: 'A volume group', args: { vg: 'vg_data', pvs: ['/dev/sdb1', '/dev/sdc5'], pesize: '32' }, untested: 'the lab has no device-mapper' },
    { title: 'No volume group', args: { vg: 'vg_old', state: 'absent', force: true }, untested: 'the lab has no device-mapper' },
  ],
  probe,
  plan,
});

/** Separated by semicolons, with no head, as Ansible asks. */
const REPORT = '--noheadings --separator ";"';

function probe(args: Args): Script {
  return sh`${SBIN}; export LC_ALL=C
command -v vgs >/dev/null || exit 0
${section('vgs')}
vgs ${raw(REPORT)} -o vg_name,pv_count,lv_count || exit
${section('pvs')}
pvs ${raw(REPORT)} --units b --nosuffix -o pv_name,vg_name,dev_size,pv_size,pe_start,vg_extent_size | while IFS=';' read -r qp_n qp_r; do
  qp_n=\${qp_n##* }; printf '%s;%s\n' "$(readlink -f -- "$qp_n" || printf '%s' "$qp_n")" "$qp_r"
done
${section('devices')}
for qp_d in ${args.pvs ?? []}; do [ -e "$qp_d" ] && readlink -f -- "$qp_d" || printf '!%s\n' "$qp_d"; done
${
  (args.state === 'active' || args.state === 'inactive') &&
  sh`${section('auto')}
vgchange --help 2>&1 | grep -e ${AUTO}
${section('lvs')}
if vgchange --help 2>&1 | grep -q -e ${AUTO}; then vgs ${raw(REPORT)} -o lv_attr,autoactivation ${args.vg} 2>/dev/null; else vgs ${raw(REPORT)} -o lv_attr ${args.vg} 2>/dev/null; fi`
}
exit 0`;
}

interface Pv {
  readonly name: string;
  readonly vg: string;
  /** Whether the device has room for more than one further extent. */
  readonly grows: boolean;
}

function pvOf(line: string): Pv {
  const [name = '', vg = '', dev = '', own = '', start = '', extent = ''] = line.trim().split(';');
  return { name, vg, grows: Number(dev) - (Number(start) + Number(own)) > Number(extent) };
}

function plan(args: Args, seen: Observed): Plan {
  const found = sections(seen.stdout);
  if (!found.has('vgs')) return premature('LVM is not installed on this host', 'Install lvm2 before');
  if (seen.code !== 0) return impossible(`Failed executing vgs command: ${seen.stderr.trim().split('\n').at(-1) ?? ''}`);
  const rows = textLines(found.get('vgs') ?? '').map((line) => line.trim().split(';'));
  const group = rows.find(([name]) => name === args.vg);
  if (args.state === 'absent') return removal(args, group);
  const devices = textLines(found.get('devices') ?? '');
  if (devices.length === 0 && group === undefined) return impossible('No physical volumes given.');
  const missing = devices.find((one) => one.startsWith('!'));
  if (missing !== undefined) return premature(`Device ${missing.slice(1)} not found.`);
  const pvs = textLines(found.get('pvs') ?? '').map(pvOf);
  const used = pvs.find(({ name, vg }) => devices.includes(name) && vg !== '' && vg !== args.vg);
  if (used !== undefined) return impossible(`Device ${used.name} is already in ${used.vg} volume group.`);
  if (group === undefined) return creation(args, devices, found.has('auto') && (found.get('auto') ?? '') !== '');
  return changes(
    args,
    devices,
    pvs.filter(({ vg }) => vg === args.vg),
    found,
  );
}

function removal(args: Args, group: readonly string[] | undefined): Plan {
  if (group === undefined) return { is: 'right' };
  if (Number(group[2]) > 0 && !args.force) return impossible(`Refuse to remove non-empty volume group ${args.vg} without force=true`);
  return {
    is: 'wrong',
    diff: [{ label: `volume group ${args.vg}`, before: { state: 'present' }, after: { state: 'absent' } }],
    apply: sh`${SBIN}; vgremove --force ${args.vg} >&2`,
  };
}

/** As Ansible divides them: at blanks. */
const words = (text: string): string[] => text.split(/\s+/).filter((one) => one !== '');

const pvCreate = (args: Args, devices: readonly string[]): Script =>
  lines(...devices.map((device) => sh`pvcreate ${words(args.pv_options)} -f ${device} >&2 || exit`));

function creation(args: Args, devices: readonly string[], auto: boolean): Plan {
  const own = words(args.vg_options);
  const activation = auto && !own.includes(AUTO) && args.state !== 'present' ? [AUTO, args.state === 'active' ? 'y' : 'n'] : [];
  return {
    is: 'wrong',
    diff: [{ label: `volume group ${args.vg}`, before: { state: 'absent' }, after: { state: 'present', pvs: devices } }],
    apply: lines(sh`${SBIN}`, pvCreate(args, devices), sh`vgcreate ${[...own, ...activation]} -s ${args.pesize} ${args.vg} ${devices} >&2`),
  };
}

interface Step {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
  readonly act: Script;
}

function changes(args: Args, devices: readonly string[], own: readonly Pv[], found: ReadonlyMap<string, string>): Plan {
  const steps: Step[] = activation(args, found);
  if (devices.length > 0) {
    const now = own.map(({ name }) => name);
    const added = devices.filter((one) => !now.includes(one));
    const gone = args.remove_extra_pvs ? now.filter((one) => !devices.includes(one)) : [];
    for (const { name, grows } of own)
      if (args.pvresize && grows) steps.push({ before: { [name]: 'smaller' }, after: { [name]: 'grown' }, act: sh`pvresize ${name} >&2 || exit` });
    const add = added.length > 0 && lines(pvCreate(args, added), sh`vgextend ${args.vg} ${added} >&2 || exit`);
    const remove = gone.length > 0 && sh`vgreduce --force ${args.vg} ${gone} >&2 || exit`;
    if (add || remove) steps.push({ before: { pvs: now }, after: { pvs: [...now.filter((one) => !gone.includes(one)), ...added] }, act: lines(add, remove) });
  }
  if (steps.length === 0) return { is: 'right' };
  return {
    is: 'wrong',
    diff: [
      {
        label: `volume group ${args.vg}`,
        before: Object.assign({}, ...steps.map((one) => one.before)),
        after: Object.assign({}, ...steps.map((one) => one.after)),
      },
    ],
    apply: lines(sh`${SBIN}`, ...steps.map((one) => one.act)),
  };
}

/** Logical volumes, and whether they are made active at boot, where LVM knows that. */
function activation(args: Args, found: ReadonlyMap<string, string>): Step[] {
  if (args.state !== 'active' && args.state !== 'inactive') return [];
  const active = args.state === 'active';
  const volumes = textLines(found.get('lvs') ?? '').map((line) => line.trim().split(';'));
  const steps: Step[] = [];
  const auto = volumes.some(([, one]) => one === 'enabled');
  if ((found.get('auto') ?? '') !== '' && auto !== active)
    steps.push({ before: { autoactivation: auto }, after: { autoactivation: active }, act: sh`vgchange ${AUTO} ${active ? 'y' : 'n'} ${args.vg} >&2 || exit` });
  const other = volumes.some(([attr = '']) => attr !== '' && (attr[4] === 'a') !== active);
  if (other) steps.push({ before: { active: !active }, after: { active }, act: sh`vgchange --activate ${active ? 'y' : 'n'} ${args.vg} >&2 || exit` });
  return steps;
}
