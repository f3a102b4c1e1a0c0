import { expect, test } from 'vitest';
import pool from '../../../modules/ceph/ceph_pool.ts';
import { withDefaults } from '../harness.ts';
import { seen } from './sections.ts';

const disks = { pool_name: 'disks', size: 3, min_size: 2, pg_num: 32, application_metadata: { rbd: {} } };
const plan = (given: Record<string, unknown>, pools: readonly unknown[] = [disks]) =>
  pool.plan(withDefaults(pool.options, { name: 'disks', ...given }), seen({ tool: '', pools: JSON.stringify(pools) }), undefined);

test('only what is asked for is compared', () => {
  expect(plan({})).toMatchObject({ is: 'right', result: { pg_num: 32 } });
  expect(plan({ size: 3, application: 'rbd' })).toMatchObject({ is: 'right' });
  expect(plan({ size: 2 })).toMatchObject({ is: 'wrong', diff: [{ before: { size: 3 }, after: { size: 2 } }] });
});

test('a missing pool is made and tagged', () => {
  const made = plan({ application: 'rbd' }, []);
  expect(made.is === 'wrong' && made.apply.text).toContain('osd pool application enable disks rbd');
  expect(plan({ state: 'absent' }, [])).toMatchObject({ is: 'right' });
});
