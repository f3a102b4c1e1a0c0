import { defineModule } from '../../engine/module/contract.ts';
import { type Entity, planEntity, probeEntity } from './entity.ts';

const entityOf = ({ name }: { name: string }): Entity => ({
  name: `mgr.${name}`,
  caps: { mon: 'allow profile mgr', osd: 'allow *', mds: 'allow *' },
  keyring: `/var/lib/ceph/mgr/ceph-${name}/keyring`,
  owner: 'ceph',
  group: 'ceph',
  mode: '0600',
});

export default defineModule({
  name: 'ceph_mgr',
  fqcn: ['qplay.ceph.ceph_mgr'],
  summary: 'Makes a Ceph manager ready on this host: its identity and its keyring.',
  notes: ['The daemon itself is the unit ceph-mgr@NAME.'],
  source: 'docs.ceph.com, Manual Deployment of a Manager Daemon',
  options: {
    name: { type: 'str', required: true, pattern: '^[\\w.-]+$', patternHint: 'a host name', description: 'Id of the manager, usually the short host name.' },
  },
  returns: { name: 'The identity.', keyring: 'The file that holds its key.' },
  examples: [
    {
      title: 'A manager named after its host',
      args: { name: 'spare' },
      given: 'ceph auth del mgr.spare; rm -rf /var/lib/ceph/mgr/ceph-spare',
      needs: ['ceph'],
    },
  ],
  probe: (args) => probeEntity(entityOf(args)),
  plan: (args, seen) => planEntity(entityOf(args), seen),
});
