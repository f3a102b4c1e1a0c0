import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const V1 = '/sys/fs/cgroup/cpuacct';
const V2 = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/** A group of processes whose CPU time the kernel counts, whoever forks what in it. */
export class Cgroup {
  readonly path: string;
  readonly #v1: boolean;

  constructor(name: string) {
    const v2 = V2.find((one) => existsSync(join(one, 'cgroup.controllers')));
    this.#v1 = existsSync(V1);
    const root = this.#v1 ? V1 : v2;
    if (root === undefined) throw new Error('no cgroup tree is mounted: mount -t cgroup2 cgroup2 /sys/fs/cgroup');
    this.path = join(root, name);
    mkdirSync(this.path, { recursive: true });
  }

  /** CPU seconds used since it was made, user and system. */
  cpu(): number {
    if (this.#v1) return Number(readFileSync(join(this.path, 'cpuacct.usage'), 'utf8')) / 1e9;
    const stat = readFileSync(join(this.path, 'cpu.stat'), 'utf8');
    return Number(/^usage_usec (\d+)/m.exec(stat)?.[1] ?? 0) / 1e6;
  }

  processes(): number[] {
    return readFileSync(join(this.path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  }

  /** MB of memory of all its processes: resident, and with shared pages shared out. */
  memory(): { rss: number; pss: number } {
    const total = { rss: 0, pss: 0 };
    for (const pid of this.processes()) {
      try {
        const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
        total.rss += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
        total.pss += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
      } catch {
        // ended meanwhile
      }
    }
    return total;
  }

  /** Ends whatever is left in it (ssh masters that outlive their run). */
  async end(): Promise<void> {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      for (const pid of this.processes()) kill(pid, signal);
      for (let turn = 0; turn < 20 && this.processes().length > 0; turn++) await new Promise((next) => setTimeout(next, 25));
    }
  }

  remove(): void {
    if (existsSync(this.path)) rmdirSync(this.path);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ended meanwhile
  }
}
