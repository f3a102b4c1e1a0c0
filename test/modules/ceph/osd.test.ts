import { expect, test } from 'vitest';
import osd from '../../../modules/ceph/ceph_osd.ts';
import { withDefaults } from '../harness.ts';
import { seen } from './sections.ts';

const uuid = '3ec20b54-b166-4fb4-8ff3-144932d0986c';
const file = (parts: Parameters<typeof seen>[0]) =>
  osd.plan(withDefaults(osd.options, { method: 'file' }), seen({ tool: '', bootstrap: 'yes', record: '', osds: '', ...parts }), undefined);
const device = (parts: Parameters<typeof seen>[0]) =>
  osd.plan(
    withDefaults(osd.options, { device: '/dev/sdb' }),
    seen({ tool: '', bootstrap: 'yes', record: '', volumes: '{}', done: '', disk: 'sdb disk  ', ...parts }),
    undefined,
  );
const volume = (id: string, fsid: string): string => JSON.stringify({ [id]: [{ tags: { 'ceph.osd_fsid': fsid } }] });

test('a file OSD is the one that was written down, whatever others the host has', () => {
  expect(file({ record: uuid, osds: `4 11111111-1111-4111-8111-111111111111\n7 ${uuid}` })).toMatchObject({
    is: 'right',
    result: { id: 7, uuid, data: '/var/lib/ceph/osd/ceph-7' },
  });
  expect(file({ osds: '4 11111111-1111-4111-8111-111111111111' })).toMatchObject({ is: 'wrong', diff: [{ before: { osd: 'absent' } }] });
});

test('a cut run is finished with the same UUID: written down before the monitors hear of it, renamed after mkfs', () => {
  const half = file({ record: uuid });
  if (half.is !== 'wrong') throw new Error(half.is);
  expect(half.diff[0]?.before).toEqual({ osd: 'half made' });
  const order = ['osd-data', 'osd new "$uuid"', '--mkfs', 'mv -T'].map((text) => half.apply.text.indexOf(text));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(Math.min(...order)).toBeGreaterThan(0);
});

test('before there are monitors, a plan says so', () => {
  expect(file({ bootstrap: ['', 1] })).toMatchObject({ is: 'premature' });
  expect(file({ tool: 'ceph-osd' })).toMatchObject({ is: 'premature', why: 'ceph-osd is not installed' });
});

test('a device that is not empty is refused, with the command that would wipe it', () => {
  expect(device({})).toMatchObject({ is: 'wrong' });
  expect(device({ disk: 'sdb disk ext4 /srv' })).toMatchObject({ is: 'impossible', why: '/dev/sdb is not empty: sdb disk ext4 /srv' });
  expect(device({ disk: 'sdb disk\nsdb1 part' })).toMatchObject({ is: 'impossible' });
  expect(device({ disk: '' })).toMatchObject({ is: 'impossible', why: '/dev/sdb is not a block device of this host' });
});

test('a device with a complete OSD is right; one begun by us is begun again; one of somebody else is left alone', () => {
  expect(device({ volumes: volume('2', uuid), done: uuid, disk: 'sdb disk LVM2_member' })).toMatchObject({ is: 'right', result: { id: 2 } });
  const half = device({ volumes: volume('2', uuid), record: uuid });
  expect(half.is === 'wrong' && half.apply.text).toContain('ceph-volume lvm zap --destroy --osd-fsid "$uuid"');
  expect(device({ volumes: volume('2', uuid) })).toMatchObject({ is: 'impossible' });
});
