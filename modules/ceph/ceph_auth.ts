import { defineModule } from '../../engine/module/contract.ts';
import type { Entity } from './entity.ts';
import { planEntity, planNoEntity, probeEntity } from './entity.ts';

const entityOf = (args: {
  name: string;
  caps: Readonly<Record<string, unknown>>;
  keyring?: string | undefined;
  owner: string;
  group: string;
  mode: string;
}): Entity => ({
  name: args.name,
  caps: Object.fromEntries(Object.entries(args.caps).map(([kind, value]) => [kind, String(value)])),
  keyring: args.keyring,
  owner: args.owner,
  group: args.group,
  mode: args.mode.padStart(4, '0'),
});

export default defineModule({
  name: 'ceph_auth',
  fqcn: ['qplay.ceph.ceph_auth'],
  summary: 'Keeps a cephx identity with its capabilities, and its keyring file on this host.',
  notes: ['Runs on a host that has the admin keyring.', 'The key itself is made by the monitors and is never shown.'],
  source: 'ceph auth get-or-create, ceph auth caps (docs.ceph.com, User Management)',
  options: {
    name: {
      type: 'str',
      required: true,
      aliases: ['entity'],
      pattern: '^[a-z-]+\\.[\\w.-]+$',
      patternHint: 'type.id, such as client.quay',
      description: 'The identity: type and id.',
    },
    caps: { type: 'dict', default: {}, description: 'Capabilities by daemon kind, such as `{mon: "profile rbd"}`.' },
    keyring: { type: 'path', description: 'File on this host that holds the key; none is kept when absent.' },
    owner: { type: 'str', default: 'ceph', description: 'Owner of the keyring file.' },
    group: { type: 'str', default: 'ceph', description: 'Group of the keyring file.' },
    mode: { type: 'str', default: '0600', pattern: '^0?[0-7]{3}$', patternHint: 'octal digits, such as "0600"', description: 'Mode of the keyring file.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether the identity exists.' },
  },
  returns: { name: 'The identity.', caps: 'Its capabilities.', keyring: 'The file that holds its key.' },
  examples: [
    {
      title: 'A reader of the cluster status',
      args: { name: 'client.watcher', caps: { mon: 'allow r' }, keyring: '/etc/ceph/ceph.client.watcher.keyring' },
      given: 'ceph auth del client.watcher; rm -f /etc/ceph/ceph.client.watcher.keyring',
      needs: ['ceph'],
    },
    {
      title: 'Take an identity away',
      args: { name: 'client.leaver', state: 'absent' },
      given: "ceph auth get-or-create client.leaver mon 'allow r' >/dev/null",
      needs: ['ceph'],
    },
  ],
  probe: (args) => probeEntity(entityOf(args)),
  plan: (args, seen) => (args.state === 'absent' ? planNoEntity : planEntity)(entityOf(args), seen),
});
