import { barOf, CEILING, VERSION_CPU } from './bars.ts';
import type { Row } from './measure.ts';
import type { StartRow } from './start.ts';

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
};

export const TITLES: Readonly<Record<string, string>> = {
  w1: 'W1 converged re-run, 100 mixed tasks',
  w2: 'W2 the same on bare hosts',
  w3: 'W3 500 × `command: true`',
  w5: 'W5 a loop of 200 folders, converged',
  w6: 'W6 a copy of 100 MB',
};

interface Cost {
  readonly wall: number;
  readonly controller: number;
}

/**
 * The one table: what each engine cost, and how many times more than qplay. A ratio is the median over a peer's runs, each
 * divided by the run of qplay that is nearest in time.
 *
 * @param rows in the order they were run
 */
export function table(rows: readonly Row[]): string {
  const head = ['workload', 'engine', 'wall s', '× qplay', 'controller CPU s', '× qplay', 'fleet CPU s', 'RSS / PSS MB', 'changed', 'bars'];
  const lines = [...new Set(rows.map((row) => row.workload))].flatMap((workload) =>
    [...new Set(rows.filter((row) => row.workload === workload).map((row) => row.engine))].map((engine) => line(rows, workload, engine)),
  );
  return [head, head.map((_, at) => (at < 2 || at === 9 ? '---' : '---:')), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function line(rows: readonly Row[], workload: string, engine: string): string[] {
  const own = rows.filter((row) => row.workload === workload && row.engine === engine);
  const good = own.filter(isGood);
  const of = (key: 'wall' | 'controller' | 'fleet' | 'rss' | 'pss' | 'changed'): number => median((good.length > 0 ? good : own).map((row) => row[key]));
  const ratio = good.length > 0 && engine !== 'qplay' ? ratios(rows, workload, engine) : undefined;
  return [
    `${TITLES[workload] ?? workload} (${own[0]?.hosts} host${own[0]?.hosts === 1 ? '' : 's'})`,
    engine,
    of('wall').toFixed(2),
    ratio ? times(ratio.wall) : '',
    of('controller').toFixed(2),
    ratio ? times(ratio.controller) : '',
    of('fleet').toFixed(2),
    `${Math.round(of('rss'))} / ${Math.round(of('pss'))}`,
    String(of('changed')),
    good.length === 0 ? `FAILED (exit ${own.at(-1)?.exit}, ${own.at(-1)?.failed} failed)` : judged(workload, engine, ratio, rows),
  ];
}

const isGood = (row: Row): boolean => row.exit === 0 && row.failed === 0;

const times = (value: number): string => `${value >= 10 ? value.toFixed(0) : value.toFixed(1)}×`;

/** How many times more the engine cost than qplay; `undefined` when qplay did not run. */
export function ratios(rows: readonly Row[], workload: string, engine: string): Cost | undefined {
  const pairs = rows.flatMap((row, at) => {
    if (row.workload !== workload || row.engine !== engine || !isGood(row)) return [];
    const ours = nearest(rows, workload, at);
    return ours === undefined ? [] : [{ wall: row.wall / ours.wall, controller: row.controller / ours.controller }];
  });
  if (pairs.length === 0) return undefined;
  return { wall: median(pairs.map((one) => one.wall)), controller: median(pairs.map((one) => one.controller)) };
}

/** The good run of qplay on the workload that stands nearest to a position; of two as near the later one, which was run right after. */
function nearest(rows: readonly Row[], workload: string, position: number): Row | undefined {
  let best: { readonly row: Row; readonly distance: number } | undefined;
  rows.forEach((row, at) => {
    if (row.workload !== workload || row.engine !== 'qplay' || !isGood(row)) return;
    const distance = Math.abs(at - position);
    if (best === undefined || distance <= best.distance) best = { row, distance };
  });
  return best?.row;
}

function judged(workload: string, engine: string, ratio: Cost | undefined, rows: readonly Row[]): string {
  if (engine === 'qplay') return ceilings(workload, rows);
  const bar = barOf(workload, engine);
  if (bar === undefined || ratio === undefined) return '';
  const parts = [verdict('wall', ratio.wall, bar.wall), verdict('CPU', ratio.controller, bar.controller)];
  return parts.filter((part) => part !== '').join(', ');
}

const verdict = (what: string, reached: number, bar: number | undefined): string =>
  bar === undefined ? '' : `${what} ${bar}×: ${reached >= bar ? 'reached' : 'NOT reached'}`;

function ceilings(workload: string, rows: readonly Row[]): string {
  if (workload !== CEILING.workload) return '';
  const rss = median(rows.filter((row) => row.workload === workload && row.engine === 'qplay').map((row) => row.rss));
  const memory = `${CEILING.rss} MB: ${rss <= CEILING.rss ? 'kept' : 'NOT kept'}`;
  const floor = ratios(rows, workload, 'floor');
  if (floor === undefined) return memory;
  const factor = 1 / floor.controller;
  return `CPU at most ${CEILING.floor}× floor: ${factor.toFixed(1)}×, ${factor <= CEILING.floor ? 'kept' : 'NOT kept'}; ${memory}`;
}

/** Start-up, as rows of their own table. */
export function startTable(rows: readonly StartRow[]): string {
  const head = ['start-up (W7)', 'CPU s', 'wall s', 'RSS MB', 'bar'];
  const body = rows.map((row) => [
    `\`${row.what}\``,
    row.cpu.toFixed(3),
    row.wall.toFixed(3),
    String(Math.round(row.rss)),
    row.what === 'qplay --version' ? `${VERSION_CPU} s: ${row.cpu <= VERSION_CPU ? 'kept' : 'NOT kept'}` : '',
  ]);
  return [head, head.map((_, at) => (at === 0 || at === 4 ? '---' : '---:')), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
