import { expect, test } from 'vitest';
import auth from '../../../modules/ceph/ceph_auth.ts';
import mgr from '../../../modules/ceph/ceph_mgr.ts';
import { withDefaults } from '../harness.ts';
import { seen } from './sections.ts';

const caps = 'mds = "allow *"\nmon = "allow profile mgr"\nosd = "allow *"\n';
const plan = (parts: Parameters<typeof seen>[0], stderr = '') =>
  mgr.plan(withDefaults(mgr.options, { name: 'a' }), seen({ tool: '', auth: caps, file: 'ceph ceph 0600\nsame', ...parts }, stderr), undefined);

test('identity, capabilities and keyring are compared, and the key is never asked for', () => {
  expect(plan({})).toMatchObject({ is: 'right' });
  expect(plan({ file: 'root root 0644\nsame' })).toMatchObject({ is: 'wrong' });
  expect(plan({ file: 'ceph ceph 0600\nother' })).toMatchObject({ is: 'wrong' });
});

test('a new identity is made in one step of the monitors; other capabilities are set', () => {
  const fresh = plan({ auth: ['', 2], file: 'absent' });
  const changed = plan({ auth: 'mon = "allow r"\n' });
  if (fresh.is !== 'wrong' || changed.is !== 'wrong') throw new Error('must be wrong');
  expect(fresh.apply.text).toContain("auth get-or-create mgr.a mds 'allow *' mon 'allow profile mgr' osd 'allow *'");
  expect(fresh.apply.text).not.toContain('auth caps');
  expect(changed.apply.text).toContain('auth caps mgr.a');
});

test('no quorum is a state to wait for, a refused key is not', () => {
  expect(plan({ auth: ['', 124] })).toMatchObject({ is: 'premature', why: 'The Ceph cluster does not answer within 40 seconds' });
  expect(plan({ auth: ['', 13] }, '[errno 13] RADOS permission denied (error connecting to the cluster)\n')).toMatchObject({ is: 'impossible' });
  expect(plan({ tool: 'ceph' })).toMatchObject({ is: 'premature', why: 'ceph is not installed' });
});

test('an identity can be taken away', () => {
  const gone = withDefaults(auth.options, { name: 'client.x', state: 'absent' });
  expect(auth.plan(gone, seen({ tool: '', auth: ['', 2], file: '' }), undefined)).toMatchObject({ is: 'right' });
  expect(auth.plan(gone, seen({ tool: '', auth: 'mon = "allow r"\n', file: '' }), undefined)).toMatchObject({ is: 'wrong' });
});
