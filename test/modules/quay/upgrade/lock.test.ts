import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import lock, { hasEnded, me, type Owner } from '../../../../modules/quay/upgrade/upgrade_lock.ts';
import { controller, localHost, runAsk, scratch } from '../../harness.ts';

const fresh = (): string => join(scratch(), 'qplay', 'upgrade.lock');
const ownerIn = (path: string): Owner => JSON.parse(readFileSync(path, 'utf8')) as Owner;
const written = (owner: Partial<Owner>): string => {
  const path = join(scratch(), 'upgrade.lock');
  writeFileSync(path, `${JSON.stringify({ ...me('the upgrade from 3.7.0 to 3.8.0'), ...owner })}\n`);
  return path;
};
const elsewhere: Partial<Owner> = { user: 'maria', node: 'ops2', machine: 'b7c1 1', pid: 4711, since: '2026-11-21T08:00:00.000Z' };

test('a free lock is taken, and given back', async () => {
  const path = fresh();
  const { plan, after } = await runAsk(lock, { path, what: 'a test' });
  expect([plan.is, after?.is]).toEqual(['wrong', 'right']);
  expect(ownerIn(path)).toMatchObject({ pid: process.pid, what: 'a test' });
  await runAsk(lock, { path, state: 'free' });
  expect(existsSync(path)).toBe(false);
});

test('the lock of another control node is refused, with who, where and since when, and is not given back', async () => {
  const path = written(elsewhere);
  const { plan } = await runAsk(lock, { path });
  expect(plan).toMatchObject({
    is: 'impossible',
    why: 'The registry is being worked on by maria on ops2 (qplay, pid 4711), since 2026-11-21T08:00:00.000Z, for the upgrade from 3.7.0 to 3.8.0',
    hint: expect.stringContaining('upgrade_break_lock=true'),
  });
  expect((await runAsk(lock, { path, state: 'free' })).plan.is).toBe('right');
  expect(ownerIn(path).user).toBe('maria');
});

test('it is taken over where one says so', async () => {
  const path = written(elsewhere);
  const { plan } = await runAsk(lock, { path, break: true });
  expect(plan).toMatchObject({ result: { taken_over: expect.stringContaining('maria on ops2') } });
  expect(ownerIn(path).pid).toBe(process.pid);
});

test('the lock of a run on this control node that has ended is taken over, that of a living one is not', async () => {
  const { pid: gone } = spawnSync('true');
  expect((await runAsk(lock, { path: written({ pid: gone }) })).after?.is).toBe('right');
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  try {
    const began = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[19] as string;
    const living = { ...me('x'), pid: child.pid as number, began };
    expect(hasEnded(living)).toBe(false);
    expect((await runAsk(lock, { path: written(living) })).plan.is).toBe('impossible');
    // the same number, and another process
    expect(hasEnded({ ...living, began: '1' })).toBe(true);
  } finally {
    child.kill();
  }
});

test('a lock that cannot be read is somebody else’s', async () => {
  const path = join(scratch(), 'upgrade.lock');
  writeFileSync(path, 'half a lo');
  expect((await runAsk(lock, { path })).plan).toMatchObject({ is: 'impossible', why: expect.stringContaining('cannot be read') });
});

test('of two that take a free lock at once one gets it', async () => {
  const path = fresh();
  const { plan } = await runAsk(lock, { path }, controller('/', { check: true }));
  // another run is faster between the look and the act
  await runAsk(lock, { path, what: 'the faster one' });
  const there = ownerIn(path);
  writeFileSync(path, `${JSON.stringify({ ...there, ...elsewhere })}\n`);
  if (plan.is !== 'wrong') throw new Error(`it is ${plan.is}`);
  await expect(plan.act(localHost())).rejects.toThrow(/lock/);
  expect(ownerIn(path).user).toBe('maria');
});
