import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { type Measured, measure } from './qplay-side.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

const ROUNDS = 5;
const root = process.env.QPLAY_BENCH_ROOT ?? process.cwd();
const python = process.env.QPLAY_BENCH_PYTHON ?? '';

function pythonSide({ kind, texts, vars, times }: Workload): Measured {
  const input = JSON.stringify({ kind, texts, vars, times: times.python });
  const { status, stdout, stderr } = spawnSync(python, [join(root, 'bench/jinja/python-side.py')], { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`python-side.py: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

/** Our side in a process of its own, too: what one workload has warmed does not help the next. */
function qplaySide(index: number): Measured {
  return JSON.parse(execFileSync(process.execPath, [process.argv[1] as string, String(index)], { encoding: 'utf8' })) as Measured;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

interface Row {
  readonly workload: string;
  readonly against: string;
  readonly unit: string;
  readonly qplay: number;
  readonly python: number;
  readonly ratio: number;
  readonly bar: number;
}

function row(workload: Workload, index: number): Row {
  const rounds = Array.from({ length: ROUNDS }, () => ({ python: pythonSide(workload), qplay: qplaySide(index) }));
  for (const one of rounds) if (one.python.check !== one.qplay.check) throw new Error(`${workload.name}: the two sides give different results`);
  const seconds = (side: 'python' | 'qplay'): number => median(rounds.map((one) => one[side].seconds));
  return {
    workload: workload.name,
    against: workload.against,
    unit: workload.unit,
    qplay: seconds('qplay'),
    python: seconds('python'),
    ratio: median(rounds.map((one) => one.python.seconds / one.qplay.seconds)),
    bar: workload.bar,
  };
}

const shown = (seconds: number): string => (seconds * 1000).toPrecision(3);

function table(rows: readonly Row[], versions: string): string {
  const lines = rows.map(
    (one) =>
      `| ${one.workload} | ${one.against} | ${shown(one.python)} | ${shown(one.qplay)} | ${one.ratio.toFixed(1)}× | ${one.bar}×: ${one.ratio >= one.bar ? 'reached' : 'NOT reached'} |`,
  );
  return [
    `# Bench of templates, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    '',
    `${versions}, Node ${process.version}. ${cpus().length} cores, ${cpus()[0]?.model.trim() ?? ''}; load ${loadavg()[0]?.toFixed(1)}.`,
    `CPU milliseconds a time, median of ${ROUNDS} rounds in which the two take turns; the results are compared. Made by \`npm run bench:jinja\`.`,
    '',
    '| workload | against | its ms | qplay ms | times as fast | bar |',
    '| --- | --- | ---: | ---: | ---: | --- |',
    ...lines,
    '',
  ].join('\n');
}

const [index] = process.argv.slice(2);
if (index !== undefined) process.stdout.write(JSON.stringify(measure(WORKLOADS[Number(index)] as Workload)));
else {
  const versions = execFileSync(python, [
    '-c',
    'import ansible.release as a, jinja2, sys; print(f"ansible-core {a.__version__}, Jinja2 {jinja2.__version__}, Python {sys.version.split()[0]}")',
  ]);
  const rows = WORKLOADS.map(row);
  const text = table(rows, String(versions).trim());
  process.stdout.write(text);
  writeFileSync(join(root, 'bench/results/jinja.md'), text);
}
