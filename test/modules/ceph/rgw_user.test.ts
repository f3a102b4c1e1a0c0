import { expect, test } from 'vitest';
import rgwUser from '../../../modules/ceph/rgw_user.ts';
import { withDefaults } from '../harness.ts';
import { seen } from './sections.ts';

const user = {
  user_id: 'quay',
  display_name: 'Quay',
  email: '',
  suspended: 0,
  max_buckets: 1000,
  keys: [{ user: 'quay', access_key: 'AK', secret_key: 'SK' }],
};
const masked: string[] = [];
const plan = (given: Record<string, unknown>, answer: string | readonly [string, number]) =>
  rgwUser.plan(withDefaults(rgwUser.options, { uid: 'quay', ...given }), seen({ tool: '', user: answer }), (secret) => masked.push(secret));

test('a user with the asked keys is right, and its secret is masked from then on', () => {
  expect(plan({ access_key: 'AK', secret_key: 'SK' }, JSON.stringify(user))).toEqual({
    is: 'right',
    result: { uid: 'quay', display_name: 'Quay', access_key: 'AK', secret_key: 'SK' },
  });
  expect(masked).toContain('SK');
});

test('keys travel in an upload, never in the script', () => {
  const made = plan({ access_key: 'AK', secret_key: 'S3CR3T' }, ['', 22]);
  if (made.is !== 'wrong') throw new Error(made.is);
  expect(made.apply.text).not.toContain('S3CR3T');
  expect(made.uploads).toEqual({ keys: '--access-key=AK --secret-key=S3CR3T' });
  expect(JSON.stringify(made.diff)).not.toContain('S3CR3T');
});

test('another secret is set without making the user again', () => {
  const changed = plan({ access_key: 'AK', secret_key: 'NEW' }, JSON.stringify(user));
  if (changed.is !== 'wrong') throw new Error(changed.is);
  expect(changed.apply.text).toContain('key create --uid quay');
  expect(changed.apply.text).not.toContain('user create');
});

test('suspending, taking away, and a cluster that does not answer', () => {
  expect(plan({ suspended: true }, JSON.stringify(user))).toMatchObject({ is: 'wrong', diff: [{ before: { suspended: false }, after: { suspended: true } }] });
  expect(plan({ state: 'absent' }, ['', 22])).toMatchObject({ is: 'right' });
  expect(plan({}, ['', 124])).toMatchObject({ is: 'premature' });
});
