import { beforeAll, describe, expect, it } from 'vitest';
import { GRAPH, headIn } from '../../modules/quay/upgrade/graph.ts';
import { untilHealthy } from '../e2e/support/health.ts';
import { mustEnd, tell } from '../e2e/support/qplay.ts';
import { begin, fill, INVENTORY, lost, type Pushed, psql, QUAY_NODES, releases, revision, upgrade } from '../e2e/support/upgrade.ts';
import { keep, lastHops } from './support/record.ts';
import { otherEdges, theLine, WALKS } from './support/routes.ts';

const edges = otherEdges();
/** QPLAY_UPGRADES_FROM: the line to begin with, where an earlier run was cut off. */
const first = process.env.QPLAY_UPGRADES_FROM ?? (edges[0]?.from as string);
const left = edges.slice(edges.findIndex(({ from }) => from === first));

async function is(line: string, images: readonly Pushed[]): Promise<void> {
  const { release } = theLine(line);
  await untilHealthy(60);
  expect(await releases()).toEqual(QUAY_NODES.map(() => release));
  expect(await revision()).toBe(headIn(theLine(line), release));
  expect(await psql('select revision from standin_migration group by revision having count(*) <> 1')).toBe('');
  expect(await lost(images)).toEqual([]);
}

describe('every edge that no walk has', () => {
  let images: readonly Pushed[];
  beforeAll(async () => {
    await begin(theLine(first).release);
    images = await fill(1, 'edges');
  });

  it('is there: with the walks they are all of the graph', () => {
    const walked = WALKS.flatMap((route) => route.slice(1).map((to, index) => `${route[index]} ${to}`));
    const all = new Set([...walked, ...edges.map(({ from, to }) => `${from} ${to}`)]);
    expect([...all].sort()).toEqual(GRAPH.edges.map(({ from, to }) => `${from} ${to}`).sort());
  });

  it.each(left)('$from to $to', async ({ from, to, back }) => {
    mustEnd(await upgrade(to), 0);
    await is(to, images);
    const [hop] = lastHops(1);
    expect(hop?.own).toBeLessThan(10);
    keep(hop === undefined ? [] : [hop]);
    if (!back) return;
    mustEnd(await tell('run', 'upgrade-back', '-i', INVENTORY, '-e', 'upgrade_back=true'), 0);
    await is(from, images);
  });
});
