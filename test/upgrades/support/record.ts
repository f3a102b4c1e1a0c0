import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf } from '../../../modules/quay/upgrade/graph.ts';
import { ROOT } from '../../e2e/support/lab.ts';
import { reports } from '../../e2e/support/upgrade.ts';

/** What a report of an upgrade says, in seconds. */
export interface Hop {
  /** Day of the run. */
  readonly date: string;
  readonly from: string;
  readonly to: string;
  /** From the stop of the first node until the first one served again. */
  readonly down: number;
  /** Until every node served. */
  readonly whole: number;
  /** Processor time of qplay itself, until every node served. */
  readonly own: number;
}

/** A walk in one run: `qplay upgrade run`. */
export interface Walk {
  readonly date: string;
  readonly route: readonly string[];
  /** Of the whole run, checks and pulls of images included. */
  readonly seconds: number;
}

/** What was run: edges by `<line> <line>`, walks by `<release> <release>`. docs/reference/upgrade-edges.md is made of it. */
export interface Runs {
  readonly edges: Readonly<Record<string, Hop>>;
  readonly walks: Readonly<Record<string, Walk>>;
}

export const FILE = join(ROOT, 'test/upgrades/runs.json');

export const runs = (): Runs => JSON.parse(readFileSync(FILE, 'utf8')) as Runs;

export const today = (): string => new Date().toISOString().slice(0, 10);

function told(report: string): Hop {
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(report)?.[1];
    if (found === undefined) throw new Error(`the report has no ${pattern}:\n${report}`);
    return Number(found);
  };
  const [, from, to] = /from Quay (\S+) to (\S+)/.exec(report) ?? [];
  return {
    date: today(),
    from: String(from),
    to: String(to),
    down: number(/served again\*\* \| \*\*([\d.]+)/),
    whole: number(/every node served \| ([\d.]+)/),
    own: number(/qplay itself used ([\d.]+)/),
  };
}

/** The last reports, oldest first. */
export const lastHops = (count: number): Hop[] => reports().slice(-count).map(told);

const key = ({ from, to }: Hop): string => `${lineOf(from)} ${lineOf(to)}`;
const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));

/** Keeps what was run; whoever runs the suite commits the file. */
export function keep(hops: readonly Hop[], walk?: Walk): void {
  const { edges, walks } = runs();
  const more = Object.fromEntries(hops.map((hop) => [key(hop), hop]));
  const its = walk === undefined ? {} : { [`${walk.route[0]} ${walk.route.at(-1)}`]: walk };
  writeFileSync(FILE, `${JSON.stringify({ edges: sorted({ ...edges, ...more }), walks: sorted({ ...walks, ...its }) }, undefined, 2)}\n`);
}
