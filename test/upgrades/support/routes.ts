import { GRAPH, type Line } from '../../../modules/quay/upgrade/graph.ts';

/** The walks that are made in one run each, by lines. */
export const WALKS: readonly (readonly string[])[] = [
  ['2.9', '3.0', '3.1', '3.2', '3.3', '3.6', '3.7', '3.10', '3.13', '3.16', '3.18'],
  ['3.3', '3.6', '3.7', '3.10', '3.12'],
];

export function theLine(name: string): Line {
  const found = GRAPH.lines.find(({ line }) => line === name);
  if (found === undefined) throw new Error(`the graph has no line ${name}`);
  return found;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Whether the registry is taken back afterwards, since the next edge begins where this one did. */
  readonly back: boolean;
}

/** The edges that no walk has, in an order in which one registry can go them: from line to line, and to every further one and back. */
export function otherEdges(): Edge[] {
  const walked = new Set(WALKS.flatMap((route) => route.slice(1).map((to, index) => `${route[index]} ${to}`)));
  const open = GRAPH.edges.filter(({ from, to }) => !walked.has(`${from} ${to}`));
  const names = GRAPH.lines.map(({ line }) => line);
  const begun = new Set(open.map(({ from }) => from));
  const first = names.findIndex((line) => begun.has(line));
  return names.slice(first, -1).flatMap((from, index) => {
    const next = names[first + index + 1] as string;
    const aside = open.filter((edge) => edge.from === from && edge.to !== next);
    return [...aside.map(({ to }) => ({ from, to, back: true })), { from, to: next, back: false }];
  });
}
