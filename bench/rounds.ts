import type { Engine, Setting } from './engines.ts';
import { type Groups, measure, type Row } from './measure.ts';
import type { BenchOptions } from './options.ts';

export interface Bench {
  readonly chosen: BenchOptions;
  readonly engines: readonly Engine[];
  readonly setting: Setting;
  readonly groups: Groups;
  /** Makes every host bare. */
  readonly reset: () => void;
  readonly say: (text: string) => void;
  /** Told of all rows so far after each run. */
  readonly keep: (rows: readonly Row[]) => void;
  readonly signal: AbortSignal;
}

/** Seconds after which a run is given up. */
const LIMIT = 1800;

/** All workloads, the engines in turn on each. */
export async function runAll(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  const { workloads } = bench.chosen;
  if (workloads.includes('w1') || workloads.includes('w2')) await inTurn(bench, rows, mixed);
  if (workloads.includes('w5')) {
    const last = bench.engines.at(-1) as Engine;
    // the folders are the same whoever makes them: converged once, uncounted, for all
    await measure(last, { workload: 'w5', play: 'w5', group: 'one', round: 0, limit: LIMIT }, bench.setting, bench.groups, bench.signal);
    await inTurn(bench, rows, (engine, round) => [{ engine, round, workload: 'w5', play: 'w5', group: 'one' }]);
  }
  if (workloads.includes('w3')) await inTurn(bench, rows, (engine, round) => [{ engine, round, workload: 'w3', play: 'w3', group: 'one' }]);
  if (workloads.includes('w6')) await inTurn(bench, rows, (engine, round) => [{ engine, round, workload: 'w6', play: 'w6', group: 'fleet', bare: true }]);
  return sorted(rows);
}

interface Step {
  readonly engine: Engine;
  readonly round: number;
  readonly workload: string;
  readonly play: string;
  readonly group: 'fleet' | 'one';
  /** On hosts made bare before. */
  readonly bare?: true;
}

/** On bare hosts, and at once again on the state that this engine itself has made. */
const mixed = (engine: Engine, round: number): Step[] => [
  { engine, round, workload: 'w2', play: 'w1', group: 'fleet', bare: true },
  { engine, round, workload: 'w1', play: 'w1', group: 'fleet' },
];

/** A B C A B C; the quick engines once more after each slow one, so that ratios are of neighbours in time. */
async function inTurn(bench: Bench, rows: Row[], steps: (engine: Engine, round: number) => Step[]): Promise<void> {
  const slow = bench.engines.filter((one) => !one.quick);
  const quick = bench.engines.filter((one) => one.quick);
  for (let round = 1; round <= bench.chosen.rounds; round++) {
    const order = slow.length === 0 ? quick : slow.flatMap((one) => [one, ...quick]);
    for (const engine of order) {
      for (const step of steps(engine, round)) {
        rows.push(...(await run(bench, step)));
        bench.keep(sorted(rows));
      }
    }
  }
}

async function run(bench: Bench, step: Step): Promise<Row[]> {
  const { chosen, setting, groups, say, signal } = bench;
  const counted = chosen.workloads.includes(step.workload);
  if (step.bare) bench.reset();
  const row = await measure(step.engine, { ...step, limit: LIMIT }, setting, groups, signal);
  const trouble = row.exit === 0 && row.failed === 0 ? '' : `  FAILED: see ${setting.out}/${step.workload}-${step.engine.name}.log`;
  if (counted || trouble)
    say(`${step.workload} ${step.engine.name.padEnd(13)} ${row.wall.toFixed(2).padStart(8)} s  CPU ${row.controller.toFixed(2)} s${trouble}`);
  return counted ? [row] : [];
}

/** By workload; within one in the order they ran. */
const sorted = (rows: readonly Row[]): Row[] => [...rows].sort((a, b) => a.workload.localeCompare(b.workload));
