import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Cgroup } from './cgroup.ts';
import { ENGINES, type Engine, type Setting } from './engines.ts';
import { generate } from './generate.ts';
import type { Groups, Row } from './measure.ts';
import { type BenchOptions, options, USAGE } from './options.ts';
import { report } from './report.ts';
import { runAll } from './rounds.ts';
import { type StartRow, startUp } from './start.ts';

const need = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: start the bench with "npm run bench"`);
  return value;
};

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function installed(engine: Engine, setting: Setting): boolean {
  const program = engine.command(setting, 'w1', 'one')[0] as string;
  const there = (program === 'node' || existsSync(program)) && (engine.name !== 'mitogen' || setting.mitogen !== '');
  if (!there) say(`${engine.name} is not installed here, and is left out`);
  return there;
}

async function main(chosen: BenchOptions): Promise<void> {
  const here = need('QPLAY_BENCH_HERE');
  const setting: Setting = {
    out: join(need('QPLAY_BENCH_WORK'), 'plays'),
    fleet: need('QPLAY_BENCH_DIR'),
    js: join(here, '.js'),
    venv: need('QPLAY_BENCH_VENV'),
    mitogen: process.env.QPLAY_BENCH_MITOGEN ?? '',
    qplay: join(here, '.js/qplay/engine/cli/main.js'),
    hosts: chosen.hosts,
  };
  const groups: Groups = { controller: new Cgroup('qplay-bench-control'), fleet: new Cgroup('qplay-bench-fleet') };
  const env = { ...process.env, QPLAY_BENCH_CGROUP: groups.fleet.path };
  const fleet = (...words: readonly string[]): void => void execFileSync(join(here, 'fleet.sh'), words, { env, stdio: ['ignore', 2, 2] });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const engines = ENGINES.filter((one) => chosen.engines.includes(one.name) && installed(one, setting));
  try {
    mkdirSync(setting.out, { recursive: true });
    if (chosen.workloads.length > 0) {
      say(`fleet of ${chosen.hosts} hosts`);
      fleet('up', String(chosen.hosts));
    }
    generate({ out: setting.out, fleet: setting.fleet, here }, chosen.hosts, chosen.workloads);
    const machine = { versions: need('QPLAY_BENCH_VERSIONS'), cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown' };
    let start: StartRow[] = [];
    // written after every run, so that a bench which is interrupted has not been for nothing
    const keep = (rows: readonly Row[]): string => {
      const { markdown, json } = report(rows, start, machine);
      mkdirSync(join(here, 'results'), { recursive: true });
      writeFileSync(join(here, 'results/latest.md'), markdown);
      writeFileSync(join(here, 'results/latest.json'), json);
      return markdown;
    };
    if (chosen.start) start = await startUp(setting, groups.controller, chosen.engines);
    const rows = await runAll({ chosen, engines, setting, groups, reset: () => fleet('reset'), say, keep, signal: stop.signal });
    process.stdout.write(`\n${keep(rows)}`);
  } finally {
    await groups.controller.end();
    groups.controller.remove();
  }
}

try {
  await main(options(process.argv.slice(2)));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const aborted = error instanceof Error && error.name === 'AbortError';
  say(aborted ? 'bench: interrupted' : `bench: ${message}\n\n${USAGE}`);
  process.exitCode = aborted ? 130 : 1;
}
