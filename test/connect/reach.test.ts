import { execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, type ConnectOptions, connect } from '../../engine/connect/index.ts';
import type { Diagnostic } from '../../engine/error.ts';
import { noSshd, type Sshd, startSshd } from './sshd.ts';

const listening = (server: Server): Promise<{ server: Server; port: number }> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ server, port: (server.address() as { port: number }).port })));

describe.skipIf(noSshd !== undefined)('reaching a host', () => {
  let sshd: Sshd;
  let hostKey: string;
  const open: Connection[] = [];
  beforeAll(async () => {
    sshd = await startSshd();
    hostKey = readFileSync(join(sshd.folder, 'host.pub'), 'utf8').trim();
  }, 30_000);
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  afterAll(() => sshd?.close());
  const to = (options: Partial<ConnectOptions>) => {
    const connection = connect(sshd.options({ timeout: 10, ...options }));
    open.push(connection);
    return connection;
  };
  const plain = ({ privateKeyFile: _, ...rest }: ConnectOptions): ConnectOptions => rest;
  const hello = async (connection: Connection) => (await (await connection.shell()).run('echo hello')).stdout.toString();
  const trouble = async (connection: Connection): Promise<Diagnostic> => {
    const error = await hello(connection).catch((one) => one);
    expect(error.diagnostics?.[0]).toMatchObject({ host: 'h1' });
    return error.diagnostics[0];
  };
  const file = (name: string, text: string, mode = 0o600) => {
    const path = join(sshd.folder, name);
    writeFileSync(path, text, { mode });
    return path;
  };

  describe('what can be wrong', () => {
    test('nobody listens', async () => {
      expect(await trouble(to({ port: 1 }))).toMatchObject({ kind: 'unreachable', code: 'refused', message: 'connection refused by 127.0.0.1 port 1' });
    });
    test('no such name', async () => {
      expect(await trouble(to({ host: 'no-such-host.invalid' }))).toMatchObject({ kind: 'unreachable', code: 'dns' });
    });
    test('silence', async () => {
      const { server, port } = await listening(createServer(() => {}));
      expect(await trouble(to({ port, timeout: 0.5 }))).toMatchObject({
        kind: 'unreachable',
        code: 'timeout',
        message: `no answer from 127.0.0.1 port ${port} within 0.5 s`,
      });
      server.close();
    });
    test('the login is refused: what was tried, and what the server takes', async () => {
      const stranger = join(sshd.folder, 'stranger');
      if (!existsSync(stranger)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
      const found = await trouble(to({ privateKeyFile: stranger, sshOptions: { identitiesonly: 'yes' } }));
      expect(found).toMatchObject({ kind: 'unreachable', code: 'auth', message: `127.0.0.1 refused the login of ${sshd.free}` });
      expect(found.cause).toContain(`tried: key ${stranger}`);
      expect(found.cause).toContain('the server takes: publickey, password');
      expect(found.hint).toContain('-k');
    });
    test('an encrypted key without its passphrase, and a key that is not there', async () => {
      const locked = join(sshd.folder, 'locked');
      if (!existsSync(locked)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', locked]);
      const found = await trouble(to({ privateKeyFile: locked, sshOptions: { identityagent: 'none' } }));
      expect(found.cause).toContain(`${locked} (encrypted, and no passphrase is given)`);
      expect((await trouble(to({ privateKeyFile: '/no/key' }))).cause).toContain('/no/key (does not exist)');
    });
  });

  describe('logging in', () => {
    test('with an encrypted key and its passphrase', async () => {
      const locked = join(sshd.folder, 'locked2');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', locked]);
      const authorized = join(sshd.folder, 'authorized');
      writeFileSync(authorized, readFileSync(authorized, 'utf8') + readFileSync(`${locked}.pub`, 'utf8'));
      expect(await hello(to({ privateKeyFile: locked, passphrase: 'open sesame' }))).toBe('hello\n');
    });
    test('with an RSA key in the old PEM form', async () => {
      const rsa = join(sshd.folder, 'rsa');
      execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '', '-f', rsa]);
      const authorized = join(sshd.folder, 'authorized');
      writeFileSync(authorized, readFileSync(authorized, 'utf8') + readFileSync(`${rsa}.pub`, 'utf8'));
      expect(await hello(to({ privateKeyFile: rsa }))).toBe('hello\n');
    });
    test('with a password', async () => {
      const connection = connect(plain(sshd.options({ password: sshd.password, sshOptions: { identityagent: 'none' } })));
      open.push(connection);
      expect(await hello(connection)).toBe('hello\n');
    });
    test('through an agent', async () => {
      const socket = join(sshd.folder, 'agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      try {
        await expect.poll(() => existsSync(socket)).toBe(true);
        execFileSync('ssh-add', ['-q', sshd.key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
        const connection = connect(plain(sshd.options({ sshOptions: { identityagent: socket } })));
        open.push(connection);
        expect(await hello(connection)).toBe('hello\n');
      } finally {
        agent.kill();
      }
    });
  });

  describe('the host key', () => {
    const known = (...lines: string[]) => [file(`known-${randomBytes(4).toString('hex')}`, lines.map((line) => `${line}\n`).join(''))];
    const name = () => `[127.0.0.1]:${sshd.port}`;
    const salted = (text: string) => {
      const salt = randomBytes(20);
      return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(text).digest('base64')}`;
    };
    const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8pCp9dW6u0uvjcbWWyxkWcj9/sPrSiSvTvJ8XIyT8C';

    test.each([
      ['by its name and port', () => [`${name()} ${hostKey}`]],
      ['by a hashed name', () => [`# comment`, `${salted(name())} ${hostKey}`]],
      ['by a pattern', () => [`[127.0.0.*]:* ${hostKey}`]],
      ['by its bare name', () => [`127.0.0.1 ${hostKey}`]],
      ['among others', () => [`x,${name()},y ${hostKey}`, `@cert-authority * ${other}`]],
      ['beside another key', () => [`${name()} ${other}`, `${name()} ${hostKey}`]],
    ])('is known %s', async (_, lines) => {
      expect(await hello(to({ knownHostsFiles: known(...lines()) }))).toBe('hello\n');
    });
    test('that has changed is refused, with the place and both fingerprints', async () => {
      const files = known('# first line', `${name()} ${other}`);
      for (const hostKeyChecking of ['strict', 'accept-new'] as const) {
        const found = await trouble(to({ knownHostsFiles: files, hostKeyChecking }));
        expect(found).toMatchObject({ kind: 'unreachable', code: 'host-key', at: { file: files[0], line: 2 } });
        expect(found.message).toMatch(/it showed ssh-ed25519 SHA256:[\w+/]{43}$/);
        expect(found.message).toContain(execFileSync('ssh-keygen', ['-lf', join(sshd.folder, 'host.pub')], { encoding: 'utf8' }).split(' ')[1]);
        expect(found.cause).toContain(`${files[0]}:2`);
        expect(found.hint).toContain('ssh-keygen -R');
      }
    });
    test('that is revoked is refused', async () => {
      const found = await trouble(to({ knownHostsFiles: known(`${name()} ${hostKey}`, `@revoked * ${hostKey}`) }));
      expect(found).toMatchObject({ code: 'host-key', at: { line: 2 } });
    });
    test('excluded by a negated pattern, or unknown, is refused when strict', async () => {
      for (const lines of [[], [`*,!${name()},!127.0.0.1 ${hostKey}`]]) {
        const found = await trouble(to({ knownHostsFiles: known(...lines) }));
        expect(found).toMatchObject({ kind: 'unreachable', code: 'host-key' });
        expect(found.hint).toContain('ssh-keyscan');
      }
    });
    test('that is new is added once, at the end of the file, as ssh would', async () => {
      const [path] = known('other ssh-ed25519 AAAA') as [string];
      writeFileSync(path, 'no newline at the end');
      expect(await hello(to({ knownHostsFiles: [path], hostKeyChecking: 'accept-new' }))).toBe('hello\n');
      expect(await hello(to({ knownHostsFiles: [path], hostKeyChecking: 'accept-new' }))).toBe('hello\n');
      expect(readFileSync(path, 'utf8')).toBe(`no newline at the end\n${name()} ${hostKey.split(' ').slice(0, 2).join(' ')}\n`);
      const fresh = join(sshd.folder, 'new', 'known_hosts');
      expect(await hello(to({ knownHostsFiles: [fresh], hostKeyChecking: 'accept-new', sshOptions: { hashknownhosts: 'yes' } }))).toBe('hello\n');
      expect(statSync(fresh).mode & 0o777).toBe(0o600);
      expect(readFileSync(fresh, 'utf8')).toMatch(/^\|1\|/);
      expect(await hello(to({ knownHostsFiles: [fresh] }))).toBe('hello\n');
    });
    test('is not looked at when that is off', async () => {
      expect(await hello(to({ knownHostsFiles: known(`${name()} ${other}`), hostKeyChecking: 'off' }))).toBe('hello\n');
    });
  });

  describe('ssh_config', () => {
    test('names, ports, users, keys, tokens and includes', async () => {
      mkdirSync(join(sshd.folder, 'keys'), { recursive: true });
      writeFileSync(join(sshd.folder, 'keys', sshd.asked), readFileSync(sshd.key), { mode: 0o600 });
      const included = file('included', `Host quay0?\n  HostName 127.0.0.1\n  User ${sshd.asked}\n`);
      const configFile = file(
        'config',
        `Include ${included}\nHost quay* !quay99\n  Port ${sshd.port}\n  IdentityFile ${sshd.folder}/keys/%r\n  UserKnownHostsFile ${sshd.knownHosts}\n`,
      );
      const connection = connect({ kind: 'ssh', name: 'quay01', host: 'quay01', hostKeyChecking: 'strict', timeout: 10, configFile });
      open.push(connection);
      expect((await (await connection.shell()).run('id -un')).stdout.toString()).toBe(`${sshd.asked}\n`);
    });
    test('through jump hosts, each with its host key checked', async () => {
      const configFile = file(
        'jump',
        `Host j1 j2\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User ${sshd.asked}\nHost far\n  HostName localhost\n  HostKeyAlias [127.0.0.1]:${sshd.port}\n  ProxyJump j1,j2\n`,
      );
      const far = to({ host: 'far', configFile });
      expect((await (await far.shell()).run('id -un; echo "$SSH_CONNECTION"')).stdout.toString()).toContain(sshd.free);
      const strange = await trouble(to({ host: 'far', configFile, knownHostsFiles: [] }));
      expect(strange.code).toBe('host-key');
      const dead = await trouble(to({ host: 'far', configFile, port: 1 }));
      expect(dead).toMatchObject({ code: 'jump', message: 'the jump host 127.0.0.1 cannot connect to localhost port 1' });
    });
    test('through a proxy command', async () => {
      const script = file(
        'proxy.mjs',
        `import { connect } from 'node:net'; const s = connect(+process.argv[3], process.argv[2]); process.stdin.pipe(s).pipe(process.stdout);`,
      );
      expect(await hello(to({ sshOptions: { proxycommand: `${process.execPath} ${script} %h %p` } }))).toBe('hello\n');
    });
    test('host key checking: -o, then what the inventory loosens, then the file', async () => {
      const configFile = file('loose', 'Host *\n  StrictHostKeyChecking no\n');
      const strict = file('strict', 'Host *\n  StrictHostKeyChecking yes\n');
      const nothing = { knownHostsFiles: [file('known-none', '')] };
      expect(await hello(to({ ...nothing, configFile }))).toBe('hello\n');
      expect(await hello(to({ ...nothing, configFile: strict, hostKeyChecking: 'off' }))).toBe('hello\n');
      expect((await trouble(to({ ...nothing, configFile, sshOptions: { stricthostkeychecking: 'yes' } }))).code).toBe('host-key');
    });
    test('a file that is missing is said to be', async () => {
      expect(await trouble(to({ configFile: '/no/config' }))).toMatchObject({ kind: 'input', code: 'ssh-config' });
    });
  });

  describe('dialling from the host', () => {
    test('reaches what listens there', async () => {
      const { server, port } = await listening(createServer((socket) => socket.end('from there')));
      const socket = await to({}).dial('127.0.0.1', port);
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).toBe('from there');
      server.close();
    });
    test('says when nobody listens, and when the server forbids it', async () => {
      await expect(to({}).dial('127.0.0.1', 1)).rejects.toMatchObject({ diagnostics: [{ code: 'dial', message: 'h1 cannot connect to 127.0.0.1 port 1' }] });
      const closed = await startSshd('AllowTcpForwarding no');
      try {
        const connection = connect(closed.options());
        await expect(connection.dial('127.0.0.1', 1)).rejects.toMatchObject({ diagnostics: [{ code: 'dial-forbidden' }] });
        await connection.close();
      } finally {
        await closed.close();
      }
    });
  });

  describe('a line that breaks', () => {
    afterEach(() => sshd.start());
    test('rejects what runs and what waits, and the next shell connects anew', async () => {
      const connection = to({});
      const shell = await connection.shell();
      shell.defined.add('something');
      const running = [shell.run('sleep 30'), shell.run('echo later')].map((one) => one.catch((error) => error.diagnostics[0]));
      await new Promise((resolve) => setTimeout(resolve, 100));
      sshd.dropConnections();
      for (const one of running) expect(await one).toMatchObject({ kind: 'unreachable', code: 'lost' });
      const again = await connection.shell();
      expect((await again.run('echo back')).stdout.toString()).toBe('back\n');
      expect(again.defined.size).toBe(0);
      await expect(shell.run('echo old')).rejects.toMatchObject({ diagnostics: [{ code: 'lost' }] });
    });
    test('waits for a server that comes back', async () => {
      const connection = to({});
      await connection.shell();
      await sshd.stop();
      await new Promise((resolve) => setTimeout(resolve, 100));
      setTimeout(() => void sshd.start(), 600);
      expect(await hello(connection)).toBe('hello\n');
    });
    test('a server that stays away is unreachable', async () => {
      const connection = to({});
      await connection.shell();
      await sshd.stop();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await trouble(connection)).toMatchObject({ kind: 'unreachable', code: 'refused' });
    }, 10_000);
    test('a shell that is killed is replaced', async () => {
      const connection = to({});
      const shell = await connection.shell();
      await expect(shell.run('kill -9 $$')).rejects.toMatchObject({ diagnostics: [{ kind: 'unreachable', code: 'shell-ended' }] });
      expect(await hello(connection)).toBe('hello\n');
    });
    test('a line that goes silent is found out, and leaving does not wait for it', async () => {
      const sockets: Socket[] = [];
      const { server, port } = await listening(
        createServer((near) => {
          const far = createConnection(sshd.port, '127.0.0.1');
          near.pipe(far).pipe(near);
          for (const one of [near, far]) one.on('error', () => {});
          sockets.push(near, far);
        }),
      );
      const connection = to({ port, sshOptions: { serveraliveinterval: '1', serveralivecountmax: '1', hostkeyalias: `[127.0.0.1]:${sshd.port}` } });
      const running = (await connection.shell()).run('sleep 30');
      for (const one of sockets) one.pause().unpipe();
      await expect(running).rejects.toMatchObject({ diagnostics: [{ kind: 'unreachable', code: 'lost' }] });
      await connection.close();
      server.close();
      for (const one of sockets) one.destroy();
    });
    test('leaving after an interruption leaves nothing running', async () => {
      const connection = to({});
      const shell = await connection.shell();
      const abort = new AbortController();
      const running = shell.run('sleep 62.75', { signal: abort.signal });
      await new Promise((resolve) => setTimeout(resolve, 100));
      abort.abort();
      await expect(running).rejects.toMatchObject({ diagnostics: [{ kind: 'interrupted' }] });
      await connection.close();
      expect(execFileSync('ps', ['-ef'], { encoding: 'utf8' })).not.toContain('sleep 62.75');
    });
    test('reset drops the line, close ends it for good', async () => {
      const connection = to({});
      expect(await hello(connection)).toBe('hello\n');
      await connection.reset();
      expect(await hello(connection)).toBe('hello\n');
      await connection.close();
      await expect(connection.shell()).rejects.toMatchObject({ diagnostics: [{ code: 'closed' }] });
    });
  });

  test('a server that turns away what comes too fast is asked again', async () => {
    const busy = await startSshd('MaxStartups 2:100:2');
    try {
      const all = Array.from({ length: 6 }, () => connect(busy.options()));
      for (const said of await Promise.all(all.map(hello))) expect(said).toBe('hello\n');
      await Promise.all(all.map((one) => one.close()));
    } finally {
      await busy.close();
    }
  });

  test('a server that allows few sessions suffices', async () => {
    const tight = await startSshd('MaxSessions 2');
    try {
      const connection = connect(tight.options({ user: 'root' }));
      for (const user of ['root', 'daemon', 'bin', 'sys']) {
        const shell = await connection.shell({ method: 'sudo', user });
        expect((await shell.run('id -un')).stdout.toString()).toBe(`${user}\n`);
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      await connection.close();
    } finally {
      await tight.close();
    }
  }, 10_000);
});
