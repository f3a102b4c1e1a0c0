import { expect, it } from 'vitest';
import { GRAPH, releaseFor } from '../../modules/quay/upgrade/graph.ts';
import { hopOf } from '../../modules/quay/upgrade/hop.ts';
import { type Hop, runs } from '../upgrades/support/record.ts';
import { expectPage } from './pages.ts';

const NAMES = { postgresql: 'PostgreSQL', redis: 'Redis' } as const;

function services(from: string, to: string): string {
  const { services: all } = hopOf(from, to);
  return (['postgresql', 'redis'] as const).flatMap((name) => (all[name].changes ? [`${NAMES[name]} ${all[name].from} to ${all[name].to}`] : [])).join(', ');
}

const figures = (hop: Hop | undefined): string =>
  hop === undefined ? 'not run | | | ' : `${hop.date} | ${hop.down.toFixed(1)} | ${hop.whole.toFixed(1)} | ${hop.own.toFixed(1)}`;

it('the page of the upgrades that were run is that of their records', () => {
  const { edges, walks } = runs();
  const rows = GRAPH.edges.map(({ from, to }) => {
    const [a, b] = [releaseFor(from), releaseFor(to)];
    return `| ${a} | ${b} | ${services(String(a), String(b))} | ${figures(edges[`${from} ${to}`])} |`;
  });
  const run = GRAPH.edges.filter(({ from, to }) => edges[`${from} ${to}`] !== undefined).length;
  const walked = Object.values(walks).map(({ route, date, seconds }) => `| ${route.join(' → ')} | ${route.length - 1} | ${date} | ${seconds} |`);
  expect(Object.keys(edges).filter((key) => !GRAPH.edges.some(({ from, to }) => `${from} ${to}` === key))).toEqual([]);
  expectPage(
    'docs/reference/upgrade-edges.md',
    `# Upgrades that were run

What \`npm run test:upgrades\` did in the [lab](../../lab/README.md), on stand-ins of Quay, PostgreSQL and Redis: seven hosts on two cores
that others used at the same time. Times are those of the reports, in seconds. This page is made of [their records](../../test/upgrades/runs.json).
How long a real migration takes, no stand-in tells.

**${run} of ${GRAPH.edges.length} supported upgrades were run.** Every other pair of lines is refused, with the supported route or with the
word that only a backup leads back; a test asks for each of them.

## In one run of \`qplay upgrade run\`

| route | upgrades | day | seconds, all in all |
|---|---|---|---|
${walked.join('\n')}

## Every supported upgrade

*down*: from the stop of the first node until the first one served again. *whole*: until every node served. *own*: processor time of
qplay itself in that.

| from | to | services that changed | day | down | whole | own |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`,
  );
});
