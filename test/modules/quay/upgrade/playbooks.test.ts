import { expect, it } from 'vitest';
import { GRAPH } from '../../../../modules/quay/upgrade/graph.ts';
import { hopOf } from '../../../../modules/quay/upgrade/hop.ts';
import { releasesOfPlaybooks } from './playbooks.ts';

it('there is a playbook for every line that can be reached', () => {
  const reached = new Set(GRAPH.edges.map(({ to }) => to));
  expect(new Set(releasesOfPlaybooks().map(([, line]) => line))).toEqual(reached);
});

// every pair of lines that is no edge, forwards and backwards
const edges = new Set(GRAPH.edges.map(({ from, to }) => `${from} ${to}`));
const lines = GRAPH.lines.map(({ line }) => line);
const others = lines.flatMap((from) => lines.filter((to) => to !== from && !edges.has(`${from} ${to}`)).map((to) => [from, to] as const));

const release = (line: string): string => GRAPH.lines.find((one) => one.line === line)?.release ?? '';

it.each(others)('%s to %s is refused, with the way there or without a way back', (from, to) => {
  const forwards = lines.indexOf(to) > lines.indexOf(from);
  const diagnostic = forwards
    ? { code: 'upgrade-unsupported', hint: expect.stringMatching(new RegExp(`^the supported route is ${release(from)} → .* → ${release(to)}$`)) }
    : { code: 'upgrade-back', message: expect.stringContaining('no way back but the backup') };
  expect(() => hopOf(release(from), release(to))).toThrow(expect.objectContaining({ diagnostics: [expect.objectContaining(diagnostic)] }));
});
