import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import record from '../../../../modules/quay/upgrade/upgrade_record.ts';
import { runState, SHELLS, scratch } from '../../harness.ts';

const fields = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('the record of an upgrade, in %s', (_name, shell) => {
  const path = join(scratch(), 'state', 'upgrade.json');

  it('is made with its folder, for root alone', async () => {
    const { plan, applied, after } = await runState(record, { path, set: { from: '3.7.0', step: 'begun' } }, { shell });
    expect([plan.is, applied?.code, after?.is]).toEqual(['wrong', 0, 'right']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(fields(path)).toMatchObject({ from: '3.7.0', step: 'begun', times: { begun: expect.any(Number) }, cpu: { begun: expect.any(Number) } });
  });

  it('keeps what it is not told, and the time a step was first reached', async () => {
    const first = (fields(path).times as Record<string, number>).begun;
    await runState(record, { path, set: { step: 'stopped', counts: { tag: 8 } } }, { shell });
    await runState(record, { path, set: { step: 'begun' } }, { shell });
    expect(fields(path)).toMatchObject({ from: '3.7.0', step: 'begun', counts: { tag: 8 }, times: { begun: first, stopped: expect.any(Number) } });
  });

  it('forgets the times when a new upgrade says so', async () => {
    await runState(record, { path, set: { step: 'done', times: {}, cpu: {} } }, { shell });
    expect(Object.keys(fields(path).times as object)).toEqual(['done']);
  });

  it('is right when it says so already, and changes nothing in check mode', async () => {
    const before = readFileSync(path, 'utf8');
    expect((await runState(record, { path, set: { step: 'done', counts: { tag: 8 } } }, { shell })).plan.is).toBe('right');
    expect((await runState(record, { path, set: { step: 'other' } }, { shell, check: true })).plan).toMatchObject({
      is: 'wrong',
      result: { record: { step: 'other' } },
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('goes on counting where an earlier run of qplay was cut off', async () => {
    const cut = join(scratch(), 'cut.json');
    writeFileSync(cut, JSON.stringify({ step: 'stopping', times: { stopping: 1 }, cpu: { begun: 900, stopping: 905 }, run: { id: '1 1', before: 0 } }));
    await runState(record, { path: cut, set: { step: 'stopped' } }, { shell });
    await runState(record, { path: cut, set: { step: 'saved' } }, { shell });
    const { cpu, run } = fields(cut) as { cpu: Record<string, number>; run: { before: number } };
    expect(run.before).toBe(905);
    expect(cpu.stopped).toBeGreaterThan(905);
    expect(cpu.saved).toBeGreaterThanOrEqual(cpu.stopped as number);
    expect(cpu.saved).toBeLessThan(1800);
  });

  it('refuses a file that is something else, and leaves it', async () => {
    const other = join(scratch(), 'other.json');
    writeFileSync(other, '{"half":');
    expect((await runState(record, { path: other, set: { step: 'begun' } }, { shell })).plan).toMatchObject({
      is: 'impossible',
      why: expect.stringContaining(other),
    });
    expect(readFileSync(other, 'utf8')).toBe('{"half":');
  });

  it('can be removed', async () => {
    const { after } = await runState(record, { path, state: 'absent' }, { shell });
    expect(after).toMatchObject({ is: 'right', result: { record: {} } });
  });
});
