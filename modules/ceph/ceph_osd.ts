import { type ArgsOf, defineModule, type Observed, type Options, type Plan } from '../../engine/module/contract.ts';
import { applyDevice, planDevice, probeDevice } from './osd_device.ts';
import { applyFile, planFile, probeFile } from './osd_file.ts';

const options = {
  method: {
    type: 'str',
    choices: ['device', 'file'],
    default: 'device',
    description: 'A whole block device through ceph-volume, or a plain file (for small labs without device-mapper).',
  },
  device: { type: 'path', description: 'The block device, such as /dev/sdb. It must be empty; qplay never wipes one.' },
  encrypted: { type: 'bool', default: false, description: 'Encrypts the device with dm-crypt.' },
  name: {
    type: 'str',
    default: 'data',
    pattern: '^[\\w-]+$',
    patternHint: 'letters, digits, _ and -',
    description: "For `file`: which of this host's file OSDs it is.",
  },
  size: { type: 'int', default: 4294967296, description: 'For `file`: bytes of the store; the file is sparse.' },
} as const satisfies Options;

export type OsdArgs = ArgsOf<typeof options>;

export default defineModule({
  name: 'ceph_osd',
  fqcn: ['qplay.ceph.ceph_osd'],
  summary: 'Makes an OSD on this host, once.',
  notes: [
    "The OSD's UUID and key are written down on the host before the monitors hear of it, so that a run cut at any moment is finished by the next one with the same OSD.",
    'With `file` the daemon is the unit ceph-osd@ID, which the playbook starts; ceph-volume starts its own.',
  ],
  source: 'ceph osd new, ceph-osd --mkfs, ceph-volume lvm (docs.ceph.com)',
  options,
  rules: { requiredIf: [['method', 'device', ['device']]] },
  returns: { id: 'Number of the OSD in the cluster.', uuid: 'Its UUID.', data: 'Its folder.' },
  examples: [
    {
      title: 'A store in a sparse file',
      args: { method: 'file', name: 'example', size: 1073741824 },
      needs: ['ceph'],
      untested: 'an OSD is not taken out of a cluster by removing files; the lab playbook makes three of them',
    },
    { title: 'A whole disk', args: { device: '/dev/sdb' }, needs: ['ceph'], untested: "the lab's kernel has no device-mapper" },
  ],
  probe: (args) => (args.method === 'file' ? probeFile(args) : probeDevice(args)),
  plan: (args, seen: Observed): Plan => {
    const step = args.method === 'file' ? planFile(args, seen) : planDevice(args, seen);
    if (step.is !== 'todo') return step;
    const where = args.method === 'file' ? `file OSD ${args.name}` : args.device;
    const apply = args.method === 'file' ? applyFile(args) : applyDevice(args, step.halfMade);
    return {
      is: 'wrong',
      diff: [{ label: `Ceph OSD on ${where}`, before: { osd: step.halfMade ? 'half made' : 'absent' }, after: { osd: 'present' } }],
      apply,
    };
  },
});
