import type { Row } from './measure.ts';
import type { StartRow } from './start.ts';
import { startTable, table } from './table.ts';

export interface Machine {
  /** Versions of the engines, one line. */
  readonly versions: string;
  readonly cores: number;
  readonly cpu: string;
}

/** What is printed and kept of one run of the bench. */
export function report(rows: readonly Row[], start: readonly StartRow[], machine: Machine): { markdown: string; json: string } {
  const loads = rows.map((row) => row.load);
  const load = loads.length === 0 ? '' : ` Load of the machine ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.`;
  const parts = [
    `# Bench of ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `${machine.versions}. ${machine.cores} cores, ${machine.cpu}; fleet and control node share them.${load}`,
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(start.length > 0 ? [startTable(start)] : []),
    'How to read it: docs/how-to/benchmark.md.',
  ];
  return { markdown: `${parts.join('\n\n')}\n`, json: `${JSON.stringify({ time: new Date().toISOString(), ...machine, rows, start }, undefined, 1)}\n` };
}
