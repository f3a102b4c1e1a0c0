import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Client, ClientChannel, ConnectConfig } from 'ssh2';
import { login } from './auth.ts';
import { resolveTarget, type Target } from './config.ts';
import type { ConnectOptions } from './connection.ts';
import { hostKeyCheck } from './host-key.ts';
import type { Carrier, Pipe, PipeEnd } from './pipe.ts';
import { connectTrouble, refused, unreachable } from './trouble.ts';

/** AES-GCM first: it is an order of magnitude cheaper here than chacha20. */
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-gcm',
  'aes256-gcm',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
] as const;

/** Reaches a host by ssh, through its jump hosts. */
export async function sshCarrier(options: ConnectOptions): Promise<Carrier> {
  const target = await resolveTarget(options);
  const jumps: Client[] = [];
  try {
    const way = await through(target, options, jumps);
    const client = await logIn(target, way);
    return carrierOf(client, target, jumps);
  } catch (error) {
    for (const jump of jumps) jump.end();
    throw error;
  }
}

/** The line to the target when it is not a plain TCP connection. */
async function through(target: Target, options: ConnectOptions, jumps: Client[]): Promise<Duplex | undefined> {
  if (target.proxyCommand !== undefined) return commandLine(target.proxyCommand);
  if (target.proxyJump === undefined) return undefined;
  let way: Duplex | undefined;
  const hops = await Promise.all(target.proxyJump.split(',').map((hop) => resolveTarget(hopOptions(hop.trim(), options))));
  for (const [i, hop] of hops.entries()) {
    const client = await logIn({ ...hop, name: target.name }, way);
    jumps.push(client);
    const next = hops[i + 1] ?? target;
    way = await forward(client, next.host, next.port).catch((error: Error) => {
      throw unreachable(target.name, 'jump', `the jump host ${hop.host} cannot connect to ${next.host} port ${next.port}`, { cause: error.message });
    });
  }
  return way;
}

/** `[user@]host[:port]` or an ssh:// address, which has ssh_config of its own. */
function hopOptions(hop: string, options: ConnectOptions): ConnectOptions {
  const [, user, host, port] = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?\/?$/.exec(hop) ?? [undefined, undefined, hop];
  const { sshOptions, user: _, port: __, ...rest } = options;
  const { proxyjump: ___, proxycommand: ____, hostname: _____, port: ______, user: _______, ...kept } = sshOptions ?? {};
  return {
    ...rest,
    host: (host ?? hop).replace(/^\[|\]$/g, ''),
    sshOptions: kept,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function commandLine(command: string): Duplex {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = Duplex.from({ writable: child.stdin, readable: child.stdout });
  child.once('error', (error) => line.destroy(error));
  line.once('close', () => child.kill());
  return line;
}

async function logIn(target: Target, way: Duplex | undefined): Promise<Client> {
  const ssh2 = (await import('ssh2')).default;
  const key = hostKeyCheck(target);
  const auth = login(target, ssh2.utils.parseKey);
  const client = new ssh2.Client();
  const config: ConnectConfig = {
    host: target.host,
    port: target.port,
    username: target.user,
    ...(way === undefined ? {} : { sock: way }),
    readyTimeout: target.timeout * 1000,
    keepaliveInterval: target.keepaliveSeconds * 1000,
    keepaliveCountMax: target.keepaliveCount,
    hostVerifier: (shown: Buffer) => key.accept(shown),
    authHandler: auth.handler,
    algorithms: {
      cipher: supported(CIPHERS),
      compress: ['none'],
      serverHostKey: [...key.algorithms] as NonNullable<NonNullable<ConnectConfig['algorithms']>['serverHostKey']>,
    },
  };
  return new Promise((resolve, reject) => {
    const failed = (error: Error & { level?: string }) => {
      client.off('close', closed);
      // what comes after the first error is an echo of it
      client.on('error', () => {});
      client.destroy();
      const said = error.level === 'client-authentication' ? auth.refusal() : key.refusal();
      reject(said ?? connectTrouble(error, { name: target.name, host: target.host, port: target.port, timeout: target.timeout }));
    };
    const closed = () => failed(new Error('Connection lost before handshake'));
    client.once('error', failed);
    client.once('close', closed);
    client.once('ready', () => {
      client.off('error', failed);
      client.off('close', closed);
      // without this each round trip stalls for some 40 ms
      client.setNoDelay(true);
      resolve(client);
    });
    client.connect(config);
  });
}

type Cipher = NonNullable<Extract<NonNullable<ConnectConfig['algorithms']>['cipher'], readonly unknown[]>>;
const supported = (names: readonly string[]): Cipher => [...names] as unknown as Cipher;

function carrierOf(client: Client, target: Target, jumps: readonly Client[]): Carrier {
  let asked = false;
  let reason: Error | undefined;
  client.on('error', (error) => {
    reason ??= error;
  });
  const gone = new Promise<Error | undefined>((resolve) => {
    client.once('close', () => {
      for (const jump of jumps) jump.end();
      resolve(asked ? undefined : (reason ?? new Error('closed by the other side')));
    });
  });
  return {
    user: target.user,
    channels: 10,
    gone,
    open: (text, options) => openChannel(client, target, text, options?.terminal === true, gone),
    dial: (host, port) =>
      forward(client, host, port).catch((error: Error) => {
        throw dialTrouble(target, host, port, error);
      }),
    close: () => {
      asked = true;
      client.end();
      // a dead line does not answer the goodbye
      setTimeout(() => client.destroy(), 500).unref();
    },
  };
}

function openChannel(client: Client, target: Target, text: string, terminal: boolean, gone: Promise<Error | undefined>): Promise<Pipe> {
  return new Promise((resolve, reject) => {
    const lost = (error: Error) => reject(unreachable(target.name, 'lost', `the connection to ${target.name} was lost: ${error.message}`));
    const settled = (error: Error | undefined, channel: ClientChannel) => {
      if (error === undefined) resolve(pipeOf(channel, gone));
      else if (/channel open failure/i.test(error.message)) reject(noChannel(target, error));
      else lost(error);
    };
    void gone.then((error) => lost(error ?? new Error('it was closed')));
    try {
      client.exec(text, terminal ? { pty: { term: 'dumb' } } : {}, settled);
    } catch (error) {
      lost(error as Error);
    }
  });
}

const noChannel = (target: Target, error: Error) =>
  unreachable(target.name, 'channels', `${target.host} opens no further session on this connection`, {
    cause: error.message,
    hint: 'Raise MaxSessions in its sshd_config (10 is the default of OpenSSH, and enough)',
  });

function pipeOf(channel: ClientChannel, gone: Promise<Error | undefined>): Pipe {
  const ended = new Promise<PipeEnd>((resolve) => {
    let end: PipeEnd | undefined;
    channel.once('exit', (code: number | null, signal?: string) => {
      end = { ...(code === null ? {} : { code }), ...(signal ? { signal } : {}) };
    });
    channel.once('close', () => (end === undefined ? void gone.then((error) => resolve(error === undefined ? {} : { lost: error })) : resolve(end)));
    // a channel closed without a word while the connection lives
    channel.once('close', () => setTimeout(() => resolve(end ?? {}), 200));
  });
  channel.on('error', () => {});
  return { stdin: channel, stdout: channel, stderr: channel.stderr, ended, destroy: () => channel.destroy() };
}

const forward = (client: Client, host: string, port: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => (error ? reject(error) : resolve(channel)));
  });

function dialTrouble(target: Target, host: string, port: number, error: Error & { reason?: number | string }): Error {
  // RFC 4254: 1 is "administratively prohibited"
  if (error.reason === 1 || /prohibited/i.test(error.message)) {
    return refused(target.name, 'dial-forbidden', `sshd on ${target.name} forbids TCP forwarding, which is needed to reach ${host} port ${port} from there`, {
      cause: error.message,
      hint: 'Set `AllowTcpForwarding yes` (or `local`) in its sshd_config',
    });
  }
  return refused(target.name, 'dial', `${target.name} cannot connect to ${host} port ${port}`, { cause: error.message });
}
