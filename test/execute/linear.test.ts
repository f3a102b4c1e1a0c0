import { expect, test } from 'vitest';
import { Steps } from '../../engine/execute/linear.ts';

test('hosts go on in the order of the inventory, whoever came last', async () => {
  const steps = new Steps(['a', 'b', 'c'], false, () => true);
  const gone: string[] = [];
  const walk = async (host: string): Promise<void> => {
    await steps.arrive(host, [0], undefined);
    gone.push(host);
  };
  await Promise.all([walk('c'), walk('b'), walk('a')]);
  expect(gone).toEqual(['a', 'b', 'c']);
});

test('hosts wait for those that are behind, and not for those that have left', async () => {
  const steps = new Steps(['a', 'b'], false, () => true);
  const first = steps.arrive('a', [1], undefined);
  const group = await Promise.race([first, steps.arrive('b', [0], undefined)]);
  expect(group?.hosts).toEqual(['b']);
  steps.leave('b');
  expect((await first)?.hosts).toEqual(['a']);
});
