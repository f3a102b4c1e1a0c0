import { describe, expect, it } from 'vitest';
import { headIn } from '../../modules/quay/upgrade/graph.ts';
import { untilHealthy } from '../e2e/support/health.ts';
import { mustEnd, tell } from '../e2e/support/qplay.ts';
import { begin, fill, INVENTORY, LOGINS, lost, psql, QUAY_NODES, releases, revision, upgrade } from '../e2e/support/upgrade.ts';
import { keep, lastHops, today } from './support/record.ts';
import { theLine, WALKS } from './support/routes.ts';

/** A filled registry of the route's first line, taken to its last by one command. */
async function walk(route: readonly string[]): Promise<void> {
  const lines = route.map(theLine);
  const [first, last] = [lines[0] as (typeof lines)[number], lines.at(-1) as (typeof lines)[number]];
  await begin(first.release);
  const images = await fill(2, 'walked');
  const began = Date.now();
  mustEnd(await tell('upgrade', 'run', '-i', INVENTORY, '--to', last.line, '--on-failure', 'restore', '-e', JSON.stringify(LOGINS)), 0);
  const seconds = Math.round((Date.now() - began) / 1000);
  await untilHealthy(60);
  expect(await releases()).toEqual(QUAY_NODES.map(() => last.release));
  expect(await revision()).toBe(headIn(last, last.release));
  expect(await psql('select revision from standin_migration group by revision having count(*) <> 1')).toBe('');
  expect(await lost(images)).toEqual([]);
  const hops = lastHops(route.length - 1);
  expect(hops.map(({ from, to }) => [from, to])).toEqual(lines.slice(1).map(({ release }, index) => [lines[index]?.release, release]));
  for (const { own } of hops) expect(own).toBeLessThan(10);
  keep(hops, { date: today(), route: lines.map(({ release }) => release), seconds });
}

describe('one run that nobody attends', () => {
  it.each(WALKS.map((route) => [route[0], route.at(-1), route] as const))('takes %s to %s and loses nothing', (_from, _to, route) => walk(route));
});

describe('3.0 in the background', () => {
  it('serves while it rewrites, and ends in the mode complete', async () => {
    await begin('2.9.5');
    const images = await fill(1, 'rewritten');
    mustEnd(await upgrade('3.0', '-e', 'upgrade_mode=background', '-e', 'upgrade_backfill_delay=2'), 0);
    await untilHealthy(60);
    expect(await releases()).toEqual(QUAY_NODES.map(() => '3.0.5'));
    expect(await lost(images)).toEqual([]);
  });
});
