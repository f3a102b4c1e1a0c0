import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Cgroup } from './cgroup.ts';
import type { Engine, Setting } from './engines.ts';

/** What one run of one engine cost. */
export interface Row {
  readonly workload: string;
  readonly engine: string;
  readonly hosts: number;
  readonly round: number;
  /** Seconds. */
  readonly wall: number;
  /** CPU seconds of the engine and everything it starts on the control node. */
  readonly controller: number;
  /** CPU seconds of all hosts: sshd and what runs under it. */
  readonly fleet: number;
  /** Peak over the controller's processes, MB; shared pages counted once a process, and shared out. */
  readonly rss: number;
  readonly pss: number;
  readonly changed: number;
  readonly failed: number;
  /** Exit status; 124 when it was given up. */
  readonly exit: number;
  /** Load of the machine while it ran. */
  readonly load: number;
}

export interface Groups {
  readonly controller: Cgroup;
  readonly fleet: Cgroup;
}

export interface What {
  readonly workload: string;
  readonly play: string;
  readonly group: 'fleet' | 'one';
  readonly round: number;
  /** Seconds after which a run is given up. */
  readonly limit: number;
}

/** Runs an engine once in the control node's namespace. Whatever it leaves running is ended. */
export async function measure(engine: Engine, what: What, setting: Setting, groups: Groups, signal: AbortSignal): Promise<Row> {
  const log = join(setting.out, `${what.workload}-${engine.name}.log`);
  const sockets = mkdtempSync('/tmp/qb-');
  const env = { ...process.env, ANSIBLE_SSH_CONTROL_PATH_DIR: sockets, ...engine.environment(setting) };
  const before = { controller: groups.controller.cpu(), fleet: groups.fleet.cpu(), at: performance.now() };
  const ran = await timed(engine.command(setting, what.play, what.group), env, log, setting.out, groups.controller, what.limit, signal);
  const wall = (performance.now() - before.at) / 1000;
  await new Promise((next) => setTimeout(next, 50));
  const cpu = { controller: groups.controller.cpu() - before.controller, fleet: groups.fleet.cpu() - before.fleet };
  await groups.controller.end();
  rmSync(sockets, { recursive: true, force: true });
  const seen = engine.read(readFileSync(log, 'utf8'));
  const hosts = what.group === 'one' ? 1 : setting.hosts;
  return { workload: what.workload, engine: engine.name, hosts, round: what.round, wall, ...cpu, ...ran, ...seen, load: loadavg()[0] ?? 0 };
}

interface Ran {
  readonly exit: number;
  readonly rss: number;
  readonly pss: number;
}

async function timed(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  log: string,
  cwd: string,
  group: Cgroup,
  limit: number,
  signal: AbortSignal,
): Promise<Ran> {
  const out = openSync(log, 'w');
  // the shell enters the group and the namespace, and becomes the engine
  const words = ['-c', 'echo 0 >"$0/cgroup.procs" && exec nsenter --net=/run/netns/qplay-bench "$@"', group.path, ...command];
  const child = spawn('/bin/sh', words, { env, cwd, stdio: ['ignore', out, out], signal, killSignal: 'SIGKILL' });
  let [rss, pss] = [0, 0];
  const sample = setInterval(() => {
    const now = group.memory();
    [rss, pss] = [Math.max(rss, now.rss), Math.max(pss, now.pss)];
  }, 200);
  let late = false;
  const watch = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limit * 1000);
  let exit = 0;
  try {
    exit = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 137));
    });
  } finally {
    clearInterval(sample);
    clearTimeout(watch);
    closeSync(out);
  }
  return { exit: late ? 124 : exit, rss, pss };
}
