import { beforeAll, describe, expect, it } from 'vitest';
import { GRAPH, headIn, type Line } from '../../modules/quay/upgrade/graph.ts';
import { untilHealthy } from './support/health.ts';
import { mustEnd, tell } from './support/qplay.ts';
import { begin, fill, INVENTORY, lost, type Pushed, psql, QUAY_NODES, releases, reports, revision, upgrade } from './support/upgrade.ts';

/** All of it takes an hour: `npm run test:upgrades` does it, and docs/how-to/upgrade.md has its last figures. */
const FULL = process.env.QPLAY_UPGRADES === 'full';

const lineOf = (name: string): Line => GRAPH.lines.find(({ line }) => line === name) as Line;

/** One hop to a line; every image of before is there afterwards. */
async function hop(to: string, images: readonly Pushed[], ...words: readonly string[]): Promise<void> {
  const target = lineOf(to);
  mustEnd(await upgrade(to, ...words), 0);
  await untilHealthy(60);
  expect(await releases()).toEqual(QUAY_NODES.map(() => target.release));
  const head = headIn(target, target.release);
  if (head !== undefined) expect(await revision()).toBe(head);
  expect(await psql('select revision from standin_migration group by revision having count(*) <> 1')).toBe('');
  expect(await lost(images)).toEqual([]);
  const report = reports().at(-1) ?? '';
  const [, seconds] = /served again\*\* \| \*\*([\d.]+)/.exec(report) ?? [];
  const [, own] = /itself used ([\d.]+)/.exec(report) ?? [];
  console.log(`to ${to}: ${seconds} s from stop to healthy, ${own} s of qplay's own`);
  expect(Number(own)).toBeLessThan(10);
}

/** A registry of the first line, filled, from line to line. */
function walk(route: readonly string[]): void {
  let images: readonly Pushed[];
  beforeAll(async () => {
    await begin(lineOf(route[0] as string).release);
    images = await fill(1, 'walked');
  });
  it.each(route.slice(1))('goes to %s and loses nothing', (to) => hop(to, images));
}

describe('from 3.3.4 to 3.7: PostgreSQL 9.6 to 10, Redis 3.2 to 5, another user, another registry of images', () => walk(['3.3', '3.6', '3.7']));

describe.runIf(FULL)('from 2.9.5 to 3.18', () => walk(['2.9', '3.0', '3.1', '3.2', '3.3', '3.6', '3.7', '3.10', '3.13', '3.16', '3.18']));

describe.runIf(FULL)('from 3.3.4 to 3.12', () => walk(['3.3', '3.6', '3.7', '3.10', '3.12']));

describe.runIf(FULL)('from 2.9.5 to 3.0.5 in the background', () => {
  it('serves while it rewrites, and ends in the mode complete', async () => {
    await begin('2.9.5');
    const images = await fill(1, 'rewritten');
    await hop('3.0', images, '-e', 'upgrade_mode=background', '-e', 'upgrade_backfill_delay=2');
  });
});

describe.runIf(FULL)('every edge', () => {
  // along the lines; every other edge is gone from its beginning, and taken back
  let images: readonly Pushed[];
  beforeAll(async () => {
    await begin('2.9.5');
    images = await fill(1, 'edges');
  });
  const edges = GRAPH.lines.slice(0, -1).flatMap(({ line }, index) => {
    const next = GRAPH.lines[index + 1]?.line as string;
    const targets = GRAPH.edges.filter(({ from }) => from === line).map(({ to }) => to);
    return [...targets.filter((to) => to !== next).map((to) => [line, to, true] as const), [line, next, false] as const];
  });

  it('is one of the graph', () => expect(edges).toHaveLength(GRAPH.edges.length));

  it.each(edges)('%s to %s', async (from, to, back) => {
    await hop(to, images);
    if (!back) return;
    mustEnd(await tell('run', 'upgrade-back', '-i', INVENTORY, '-e', 'upgrade_back=true'), 0);
    expect(await releases()).toEqual(QUAY_NODES.map(() => lineOf(from).release));
    expect(await lost(images)).toEqual([]);
  });
});
