import { defineModule } from '../../engine/module/contract.ts';
import { type Entity, planEntity, probeEntity } from './entity.ts';

const entityOf = ({ name }: { name: string }): Entity => ({
  name: `client.rgw.${name}`,
  caps: { mon: 'allow rw', osd: 'allow rwx' },
  keyring: `/var/lib/ceph/radosgw/ceph-rgw.${name}/keyring`,
  owner: 'ceph',
  group: 'ceph',
  mode: '0600',
});

export default defineModule({
  name: 'ceph_rgw',
  fqcn: ['qplay.ceph.ceph_rgw'],
  summary: 'Makes an object gateway ready on this host: its identity and its keyring.',
  notes: ['The daemon itself is the unit ceph-radosgw@rgw.NAME; its port stands in ceph.conf (rgw_frontends).'],
  source: 'docs.ceph.com, Ceph Object Gateway, Manual Install',
  options: {
    name: { type: 'str', required: true, pattern: '^[\\w.-]+$', patternHint: 'a host name', description: 'Id of the gateway, usually the short host name.' },
  },
  returns: { name: 'The identity.', keyring: 'The file that holds its key.' },
  examples: [
    {
      title: 'A gateway named after its host',
      args: { name: 'spare' },
      given: 'ceph auth del client.rgw.spare; rm -rf /var/lib/ceph/radosgw/ceph-rgw.spare',
      needs: ['ceph'],
    },
  ],
  probe: (args) => probeEntity(entityOf(args)),
  plan: (args, seen) => planEntity(entityOf(args), seen),
});
