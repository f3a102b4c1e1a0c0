import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectOptions } from '../../engine/connect/index.ts';

/** Why the tests against a real sshd cannot run here, or `undefined`. */
export const noSshd: string | undefined = !existsSync('/usr/sbin/sshd')
  ? 'there is no /usr/sbin/sshd'
  : process.getuid?.() !== 0
    ? 'only root can run an sshd that changes users'
    : undefined;

/** A real sshd of its own on a loopback port, with its own keys, and users that live as long as it. */
export interface Sshd {
  readonly port: number;
  readonly folder: string;
  /** Private key that every user lets in. */
  readonly key: string;
  readonly knownHosts: string;
  /** May become anyone without a password. */
  readonly free: string;
  /** May become anyone with its password. */
  readonly asked: string;
  /** As `free`, but sudo insists on a terminal. */
  readonly tty: string;
  readonly password: string;
  options(more?: Partial<ConnectOptions>): ConnectOptions;
  /** A folder whose `sh` is that shell. */
  shell(kind: 'dash' | 'bash' | 'busybox'): string | undefined;
  /** Stops the server and every connection to it, and starts it again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  dropConnections(): void;
  close(): Promise<void>;
}

const sh = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });

/** @param config further lines of sshd_config */
export async function startSshd(config = ''): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'qpt-'));
  chmodSync(folder, 0o755);
  const id = randomBytes(3).toString('hex');
  const [free, asked, tty, password] = [`qpf${id}`, `qpa${id}`, `qpt${id}`, `it's a $ecret ${id}`];
  // far above what containers of a lab on this machine use: these users' processes are killed by their numbers in the end
  const first = 1_600_000_000 + randomBytes(3).readUIntBE(0, 3) * 8;
  for (const [index, user] of [free, asked, tty].entries()) {
    sh('useradd', '-m', '-u', String(first + index), '-s', '/bin/bash', user);
    execFileSync('chpasswd', { input: `${user}:${password}\n` });
  }
  const sudoers = `/etc/sudoers.d/qpt-${id}`;
  if (existsSync('/etc/sudoers.d')) {
    writeFileSync(sudoers, `${free} ALL=(ALL) NOPASSWD: ALL\n${asked} ALL=(ALL) ALL\n${tty} ALL=(ALL) NOPASSWD: ALL\nDefaults:${tty} requiretty\n`, {
      mode: 0o440,
    });
  }
  for (const name of ['host', 'id']) sh('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder, name));
  mkdirSync('/run/sshd', { recursive: true });
  const port = await freePort();
  const authorized = join(folder, 'authorized');
  writeFileSync(authorized, readFileSync(join(folder, 'id.pub')));
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${readFileSync(join(folder, 'host.pub'), 'utf8')}`);
  const configFile = join(folder, 'sshd_config');
  writeFileSync(
    configFile,
    `${config}
Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(folder, 'host')}
AuthorizedKeysFile ${authorized}
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication yes
MaxStartups 200
Subsystem sftp internal-sftp
`,
  );
  let server: ChildProcess | undefined;
  const runs = () => server !== undefined && server.exitCode === null && server.signalCode === null;
  const start = async () => {
    if (runs()) return;
    server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    server.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    await reachable(port, () => said);
  };
  const connections = () => descendants(server?.pid).filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd'));
  const dropConnections = () => {
    for (const pid of connections()) process.kill(pid, 'SIGKILL');
  };
  const stop = async () => {
    if (!runs()) return;
    const pids = connections();
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server?.kill('SIGKILL');
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await ended;
  };
  await start();
  return {
    port,
    folder,
    key: join(folder, 'id'),
    knownHosts,
    free,
    asked,
    tty,
    password,
    options: (more = {}) => ({
      kind: 'ssh',
      name: 'h1',
      host: '127.0.0.1',
      port,
      user: free,
      privateKeyFile: join(folder, 'id'),
      hostKeyChecking: 'strict',
      knownHostsFiles: [knownHosts],
      configFile: 'none',
      timeout: 10,
      ...more,
    }),
    shell: (kind) => {
      const path = { dash: '/bin/dash', bash: '/bin/bash', busybox: '/bin/busybox' }[kind];
      if (!existsSync(path)) return undefined;
      const link = join(folder, kind, 'sh');
      mkdirSync(join(folder, kind), { recursive: true });
      if (!existsSync(link)) symlinkSync(path, link);
      return link;
    },
    start,
    stop,
    dropConnections,
    close: async () => {
      await stop();
      rmSync(sudoers, { force: true });
      for (const user of [free, asked, tty]) {
        spawnSync('pkill', ['-KILL', '-u', user]);
        spawnSync('userdel', ['-r', '-f', user]);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function descendants(pid: number | undefined): number[] {
  const list = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return (list.stdout.match(/\d+/g) ?? []).map(Number).flatMap((one) => [one, ...descendants(one)]);
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

async function reachable(port: number, said: () => string): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connectTcp(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`sshd did not start: ${said()}`);
}
