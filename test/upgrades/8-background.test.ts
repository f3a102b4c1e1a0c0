import { beforeAll, describe, expect, it } from 'vitest';
import { health } from '../e2e/support/health.ts';
import { onHosts, QUAY } from '../e2e/support/lab.ts';
import { mustEnd } from '../e2e/support/qplay.ts';
import { begin, fill, INVENTORY, LOGINS, type Pushed, psql, upgrade } from '../e2e/support/upgrade.ts';
import { killed, record, whole } from './support/faults.ts';

const SLOWLY = ['-e', JSON.stringify({ upgrade_quay_env: { STANDIN_BACKFILL_SECONDS: '25' } })];
const UP = ['run', 'upgrade-3.0', '-i', INVENTORY, '-e', JSON.stringify(LOGINS), ...SLOWLY, '-e', 'upgrade_backfill_delay=2'] as const;

/** V3_UPGRADE_MODE of every node. */
const modes = async (): Promise<string[]> =>
  Object.values(await onHosts(QUAY, "sed -n 's/^V3_UPGRADE_MODE: *//p' /mnt/quay/config/config.yaml")).map((text) => text.trim().replaceAll('"', ''));

describe('qplay killed while 3.0 rewrites the tags in the background', () => {
  let images: readonly Pushed[];
  beforeAll(async () => {
    await begin('2.9.5');
    images = await fill(2, 'rewritten');
  });

  it('leaves a registry that serves and goes on rewriting', async () => {
    await killed('Wait until nearly all tags are rewritten', [...UP, '-e', 'upgrade_mode=background']);
    expect(await record()).toMatchObject({ step: 'backfilling' });
    expect((await health('db01', 'endtoend')).code).toBe(200);
    expect(await modes()).toEqual(['background', 'background', 'background']);
    expect(Number(await psql('select count(*) from standin_backfill'))).toBeGreaterThan(0);
  });

  it('goes on waiting, though nobody says again that it is in the background, and is killed at the second stop', async () => {
    await killed('Write config.yaml with the mode complete', UP);
    expect(await record()).toMatchObject({ step: 'filled' });
    expect(await psql('select count(*) from standin_backfill')).toBe('0');
  });

  it('is ended by the next run, in the mode complete', async () => {
    mustEnd(await upgrade('3.0', ...SLOWLY), 0);
    expect(await modes()).toEqual(['complete', 'complete', 'complete']);
    expect(await record()).toMatchObject({ step: 'done' });
    await whole({ release: '3.0.5', head: null }, images);
  });
});
