import { expect, test } from 'vitest';
import { complaints, type Status } from '../../../modules/ceph/ceph_health.ts';

const healthy: Status = {
  fsid: 'f',
  health: { status: 'HEALTH_OK', checks: {} },
  quorum_names: ['a', 'b', 'c'],
  osdmap: { num_osds: 3, num_up_osds: 3, num_in_osds: 3 },
  pgmap: {
    num_pgs: 33,
    pgs_by_state: [
      { state_name: 'active+clean', count: 32 },
      { state_name: 'active+clean+scrubbing', count: 1 },
    ],
  },
};
const asked = { until: 'healthy', allow: [], mons: 3, osds: 3 } as const;

test('a healthy cluster has no complaints, scrubbing included', () => expect(complaints(asked, healthy)).toEqual([]));

test('every complaint is named', () => {
  const sick: Status = {
    ...healthy,
    health: { status: 'HEALTH_WARN', checks: { OSD_DOWN: { summary: { message: '1 osds down' } }, POOL_APP_NOT_ENABLED: { summary: { message: '1 pool' } } } },
    quorum_names: ['a', 'b'],
    osdmap: { num_osds: 3, num_up_osds: 2, num_in_osds: 3 },
    pgmap: { num_pgs: 33, pgs_by_state: [{ state_name: 'active+undersized', count: 33 }] },
  };
  expect(complaints({ ...asked, allow: ['POOL_APP_NOT_ENABLED'] }, sick)).toEqual([
    '2 of 3 monitors in the quorum (a, b)',
    '2 of 3 OSDs up and in',
    '33 placement groups active+undersized',
    'OSD_DOWN: 1 osds down',
  ]);
});

test('waiting for the quorum looks at nothing else', () =>
  expect(complaints({ ...asked, until: 'quorum' }, { ...healthy, osdmap: { num_osds: 0, num_up_osds: 0, num_in_osds: 0 } })).toEqual([]));
