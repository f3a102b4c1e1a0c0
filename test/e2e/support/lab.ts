import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The lab instance of these tests; `test/e2e/lab.sh up` brings it up. */
export const LAB = process.env.QLAB ?? 'e2e';
/** Where the instance keeps its keys, disks and, by inventory/lab, the generated secrets. */
export const LAB_DIR = join(process.env.QPLAY_LAB_HOME ?? '/var/lib/qplay-lab', LAB);
export const SECRETS = join(LAB_DIR, 'secrets');
export const HOSTS = ['db01', 'quay01', 'quay02', 'quay03', 'ceph01', 'ceph02', 'ceph03'] as const;
export const QUAY = ['quay01', 'quay02', 'quay03'] as const;
export const NAME = 'quay.example.com';
export const INVENTORY = 'inventory/lab';
export const INSTALL = 'playbooks/ha-install.yaml';
export const address = (host: string): string =>
  `10.77.0.${{ db01: 11, quay01: 21, quay02: 22, quay03: 23, ceph01: 31, ceph02: 32, ceph03: 33 }[host] as number}`;

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const environment = { ...process.env, QLAB: LAB, QLAB_DIR: LAB_DIR, NO_COLOR: '1' };

/** Starts a program in the repository; `lab/lab ctl` replaces itself, so its pid becomes the program's. */
export function start(words: readonly string[], input?: string): ChildProcess {
  const child = spawn(words[0] as string, words.slice(1), { cwd: ROOT, env: environment, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  child.stdin?.end(input);
  return child;
}

/** Waits for a program to end; its whole output. */
export function ended(child: ChildProcess): Promise<Ended> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (part) => out.push(part));
  child.stderr?.on('data', (part) => err.push(part));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 128), out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
}

/** A command of the lab, which must succeed; its output. */
export async function lab(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await ended(start(['lab/lab', ...words]));
  if (code !== 0) throw new Error(`lab/lab ${words.join(' ')} ended with ${code}: ${err}${out}`);
  return out;
}

/** Runs shell text on a host as root, which must succeed; its output. */
export async function onHost(host: string, text: string): Promise<string> {
  const { code, out, err } = await ended(start(['lab/lab', 'ssh', host, 'sudo', 'sh', '-s'], text));
  if (code !== 0) throw new Error(`${host}: exit ${code} of ${text.slice(0, 300)}: ${err}`);
  return out;
}

/** The same on each host at once; output by host. */
export async function onHosts(hosts: readonly string[], text: string): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(hosts.map(async (host) => [host, await onHost(host, text)] as const)));
}

/** Bare hosts and no secrets: what a first run finds. */
export async function bare(): Promise<void> {
  await lab('reset', ...HOSTS);
  rmSync(SECRETS, { recursive: true, force: true });
}
