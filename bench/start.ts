import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Cgroup } from './cgroup.ts';
import type { Setting } from './engines.ts';

/** What starting costs, without any host. Medians of `RUNS`. */
export interface StartRow {
  readonly what: string;
  readonly cpu: number;
  readonly wall: number;
  readonly rss: number;
}

const RUNS = 5;

export async function startUp({ qplay, venv, out }: Setting, group: Cgroup, peers: readonly string[]): Promise<StartRow[]> {
  const list = ['--list-tasks', '-i', join(out, 'inventory.yml'), join(out, 'w7.yml')];
  const commands: readonly (readonly [string, string | undefined, readonly string[]])[] = [
    ['node -e 0', undefined, ['node', '-e', '0']],
    ['qplay --version', undefined, ['node', qplay, '--version']],
    ['ansible-playbook --version', 'ansible-core', [join(venv, 'bin/ansible-playbook'), '--version']],
    ['pyinfra --version', 'pyinfra', [join(venv, 'bin/pyinfra'), '--version']],
    ['qplay run --list-tasks, 200 tasks', undefined, ['node', qplay, 'run', ...list]],
    ['ansible-playbook --list-tasks, 200 tasks', 'ansible-core', [join(venv, 'bin/ansible-playbook'), ...list]],
  ];
  const rows: StartRow[] = [];
  for (const [what, peer, command] of commands) {
    if (peer !== undefined && !peers.includes(peer)) continue;
    rows.push(await middle(what, command, group));
  }
  return rows;
}

async function middle(what: string, command: readonly string[], group: Cgroup): Promise<StartRow> {
  const runs: StartRow[] = [];
  for (let n = 0; n < RUNS; n++) runs.push(await once(what, command, group));
  const sorted = (key: 'cpu' | 'wall' | 'rss'): number => runs.map((run) => run[key]).sort((a, b) => a - b)[RUNS >> 1] as number;
  return { what, cpu: sorted('cpu'), wall: sorted('wall'), rss: sorted('rss') };
}

async function once(what: string, command: readonly string[], group: Cgroup): Promise<StartRow> {
  const [cpu, at] = [group.cpu(), performance.now()];
  const child = spawn('/bin/sh', ['-c', 'echo 0 >"$0/cgroup.procs" && exec "$@"', group.path, ...command], { stdio: 'ignore' });
  let rss = 0;
  const sample = setInterval(() => {
    rss = Math.max(rss, group.memory().rss);
  }, 10);
  const exit = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(sample);
  if (exit !== 0) throw new Error(`${command.join(' ')} ended with status ${exit}`);
  return { what, cpu: group.cpu() - cpu, wall: (performance.now() - at) / 1000, rss };
}
