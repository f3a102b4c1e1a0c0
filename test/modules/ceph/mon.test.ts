import { expect, test } from 'vitest';
import mon from '../../../modules/ceph/ceph_mon.ts';
import { withDefaults } from '../harness.ts';
import { seen } from './sections.ts';

const fsid = '6b1fd9c2-0d6e-4a55-9a50-2f6f5d1c7a11';
const other = '00000000-0000-4000-8000-000000000000';
const args = withDefaults(mon.options, { name: 'ceph01', fsid, secret: 'a secret', members: { ceph01: '192.0.2.31', ceph02: '2001:db8::32' } });
const plan = (parts: Parameters<typeof seen>[0]) =>
  mon.plan(args, seen({ tool: '', conf: fsid, store: 'absent', admin: 'absent', bootstrap: 'absent', ...parts }), undefined);

test('a bare host gets keyrings and a store, made beside and renamed last', () => {
  const made = plan({});
  if (made.is !== 'wrong') throw new Error(made.is);
  const text = made.apply.text;
  expect(text).toContain("--addv ceph01 '[v2:192.0.2.31:3300,v1:192.0.2.31:6789]'");
  expect(text).toContain("--addv ceph02 '[v2:[2001:db8::32]:3300,v1:[2001:db8::32]:6789]'");
  expect(text.indexOf('mv -T /var/lib/ceph/mon/.qplay-ceph01 /var/lib/ceph/mon/ceph-ceph01')).toBeGreaterThan(text.indexOf('--mkfs'));
  expect(text).not.toContain('a secret');
  expect(Object.keys(made.uploads ?? {}).sort()).toEqual(['admin', 'bootstrap', 'mon']);
});

test('a complete host is right, and a missing keyring alone is put back without mkfs', () => {
  expect(plan({ store: fsid, admin: 'x', bootstrap: 'y' })).toMatchObject({ is: 'right', result: { data: '/var/lib/ceph/mon/ceph-ceph01' } });
  const half = plan({ store: fsid, admin: 'absent', bootstrap: 'y' });
  if (half.is !== 'wrong') throw new Error(half.is);
  expect(half.apply.text).not.toContain('--mkfs');
});

test('another cluster is reported and never touched', () => {
  expect(plan({ store: other })).toMatchObject({ is: 'impossible', why: `This host's monitor belongs to cluster ${other}, not ${fsid}` });
  expect(plan({ conf: other })).toMatchObject({ is: 'impossible' });
  expect(plan({ store: 'unknown' })).toMatchObject({ is: 'impossible', hint: 'Start ceph-mon@ceph01 and run again.' });
  expect(plan({ admin: 'f'.repeat(64) })).toMatchObject({ is: 'impossible', why: '/etc/ceph/ceph.client.admin.keyring holds a key of another cluster' });
});

test('before the packages and ceph.conf are there, a plan says so', () => {
  expect(plan({ tool: 'ceph-mon' })).toMatchObject({ is: 'premature', why: 'ceph-mon is not installed' });
  expect(plan({ conf: '' })).toMatchObject({ is: 'premature' });
});
