import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Become, type Connection, type ConnectOptions, connect } from '../../engine/connect/index.ts';
import { noSshd, type Sshd, startSshd } from './sshd.ts';

const without = (path: string) => (existsSync(path) ? undefined : `there is no ${path}`);
const noSudo = noSshd ?? without('/usr/bin/sudo');
const noDoas = noSshd ?? without('/usr/bin/doas');

describe.skipIf(noSshd !== undefined)('becoming another user', () => {
  let sshd: Sshd;
  const open: Connection[] = [];
  beforeAll(async () => {
    sshd = await startSshd();
  }, 30_000);
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  afterAll(() => sshd?.close());
  const to = (options: Partial<ConnectOptions>) => {
    const connection = connect(sshd.options({ timeout: 30, ...options }));
    open.push(connection);
    return connection;
  };
  const whoami = async (connection: Connection, become: Become) => {
    const shell = await connection.shell(become);
    const { stdout, stderr } = await shell.run('id -un; echo err >&2; echo "$HOME"');
    expect(stderr.toString()).toBe('err\n');
    return stdout.toString();
  };
  const trouble = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => undefined,
      (one) => one,
    );
    return error?.diagnostics?.[0];
  };

  describe.skipIf(noSudo !== undefined)(`sudo${noSudo ? ` (skipped: ${noSudo})` : ''}`, () => {
    test('without a password', async () => {
      expect(await whoami(to({}), { method: 'sudo', user: 'root' })).toBe('root\n/root\n');
    });
    test('with a password, which is in no argument list', async () => {
      const connection = to({ user: sshd.asked });
      const shell = await connection.shell({ method: 'sudo', user: 'root', password: sshd.password });
      expect((await shell.run('id -un')).stdout.toString()).toBe('root\n');
      expect((await shell.run('cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ')).stdout.includes(sshd.password)).toBe(false);
    });
    test('to a user that is not root, and both shells side by side', async () => {
      const connection = to({});
      expect(await whoami(connection, { method: 'sudo', user: sshd.asked })).toContain(sshd.asked);
      expect(await whoami(connection, { method: 'sudo', user: sshd.free })).toContain(sshd.free);
      expect(await whoami(connection, { method: 'sudo', user: 'root' })).toContain('root');
    });
    test('with a password although none is needed', async () => {
      expect(await whoami(to({}), { method: 'sudo', user: 'root', password: 'unneeded' })).toBe('root\n/root\n');
    });
    test('a wrong password is said to be wrong', async () => {
      const found = await trouble(to({ user: sshd.asked }).shell({ method: 'sudo', user: 'root', password: 'wr0ng' }));
      expect(found).toMatchObject({ kind: 'task', code: 'become-password', message: 'wrong sudo password for becoming root' });
      expect(JSON.stringify(found)).not.toContain('wr0ng');
    });
    test('a missing password is asked for', async () => {
      const found = await trouble(to({ user: sshd.asked }).shell({ method: 'sudo', user: 'root' }));
      expect(found).toMatchObject({ kind: 'task', code: 'become', message: 'sudo to root needs a password, and none is given' });
      expect(found.hint).toContain('-K');
    });
    test('an unknown user is named', async () => {
      expect(await trouble(to({}).shell({ method: 'sudo', user: 'nobody-at-all' }))).toMatchObject({
        code: 'become',
        hint: 'There is no user nobody-at-all on the host',
      });
    });
    test('flags and executable of the playbook', async () => {
      expect(await whoami(to({}), { method: 'sudo', user: 'root', exe: '/usr/bin/sudo', flags: '-n -i' })).toBe('root\n/root\n');
    });
    test('requiretty is satisfied, and the streams stay apart and clean', async () => {
      const connection = to({ user: sshd.tty });
      expect(await whoami(connection, { method: 'sudo', user: 'root' })).toBe('root\n/root\n');
      const shell = await connection.shell({ method: 'sudo', user: 'root' });
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      await shell.put('/root/qpt-put', bytes, bytes.length);
      expect((await shell.get('/root/qpt-put')).equals(bytes)).toBe(true);
      await shell.run('rm /root/qpt-put');
      expect((await shell.run('sleep 60', { timeout: 0.3 })).timedOut).toBe(true);
    });
    test('root logs in as itself without sudo, and becomes others', async () => {
      const connection = to({ user: 'root' });
      expect(await whoami(connection, { method: 'sudo', user: 'root' })).toBe('root\n/root\n');
      expect(await whoami(connection, { method: 'sudo', user: sshd.free })).toContain(sshd.free);
    });
    test('files are written as that user, also with a password', async () => {
      const shell = await to({ user: sshd.asked }).shell({ method: 'sudo', user: 'root', password: sshd.password });
      const path = join(sshd.folder, 'by-root');
      await shell.put(path, Buffer.from('content'), 7);
      expect((await shell.run(`ls -l ${path}`)).stdout.toString()).toMatch(/^-rw------- 1 root root 7 /);
    });
    test('what runs as another user is killed when its time is over', async () => {
      const shell = await to({ user: sshd.asked }).shell({ method: 'sudo', user: 'root', password: sshd.password });
      const exit = await shell.run('echo $$; sleep 61.25', { timeout: 0.3 });
      expect(exit.timedOut).toBe(true);
      expect((await shell.run("ps -ef | grep '[s]leep 61.25'")).code).toBe(1);
    });
    test('noise of login files is skipped', async () => {
      const home = `/home/${sshd.free}`;
      const before = readFileSync(join(home, '.bashrc'), 'utf8');
      writeFileSync(join(home, '.bashrc'), `echo welcome; echo warning >&2; printf 'no newline'\n`);
      try {
        expect(await whoami(to({}), { method: 'sudo', user: 'root' })).toBe('root\n/root\n');
        expect((await (await to({}).shell()).run('echo clean')).stdout.toString()).toBe('clean\n');
      } finally {
        writeFileSync(join(home, '.bashrc'), before);
      }
    });
    test('more users at once than the server allows sessions', async () => {
      const connection = to({ user: 'root' });
      const users = ['root', sshd.free, sshd.asked, sshd.tty, 'daemon', 'bin', 'sys', 'mail', 'news', 'games', 'man', 'lp'];
      const names = await Promise.all(
        users.map(async (user) => (await (await connection.shell({ method: 'sudo', user })).run('id -un')).stdout.toString().trim()),
      );
      expect(names).toEqual(users);
    });
    test('more users than shells are kept take turns', async () => {
      const connection = to({ user: 'root' });
      const users = [sshd.free, sshd.asked, sshd.tty, 'daemon', 'bin', 'sys', 'mail', 'news', 'games'];
      for (const round of [1, 2]) {
        for (const user of users) {
          const shell = await connection.shell({ method: 'sudo', user });
          expect((await shell.run(`id -un; echo ${round}`)).stdout.toString()).toBe(`${user}\n${round}\n`);
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
      }
    }, 20_000);
  });

  describe('su', () => {
    const become = (more: Partial<Become> = {}): Become => ({ method: 'su', user: sshd.asked, password: sshd.password, ...more });
    test('with a password', async () => {
      expect(await whoami(to({}), become())).toBe(`${sshd.asked}\n/home/${sshd.asked}\n`);
    });
    test('a wrong password', async () => {
      expect(await trouble(to({}).shell(become({ password: 'wr0ng' })))).toMatchObject({ kind: 'task', code: 'become-password' });
    });
    test('no password given', async () => {
      const { password: _, ...none } = become();
      expect(await trouble(to({}).shell(none))).toMatchObject({ kind: 'task', code: 'become' });
    });
    test('from root none is asked for', async () => {
      expect(await whoami(to({ user: 'root' }), become())).toBe(`${sshd.asked}\n/home/${sshd.asked}\n`);
    });
  });

  describe.skipIf(noDoas !== undefined)(`doas${noDoas ? ` (skipped: ${noDoas})` : ''}`, () => {
    const conf = '/etc/doas.conf';
    let before: string | undefined;
    beforeAll(() => {
      before = existsSync(conf) ? readFileSync(conf, 'utf8') : undefined;
      appendFileSync(conf, `permit nopass ${sshd.free}\npermit ${sshd.asked}\n`);
    });
    afterAll(() => (before === undefined ? rmSync(conf) : writeFileSync(conf, before)));
    test('without a password', async () => {
      expect(await whoami(to({}), { method: 'doas', user: 'root' })).toMatch(/^root\n/);
    });
    test('with a password, which it reads from a terminal', async () => {
      expect(await whoami(to({ user: sshd.asked }), { method: 'doas', user: 'root', password: sshd.password })).toMatch(/^root\n/);
    });
    test('a wrong and a missing password', async () => {
      expect(await trouble(to({ user: sshd.asked }).shell({ method: 'doas', user: 'root', password: 'wr0ng' }))).toMatchObject({ code: 'become-password' });
      expect(await trouble(to({ user: sshd.asked }).shell({ method: 'doas', user: 'root' }))).toMatchObject({ code: 'become' });
    });
  });

  test('a login shell that is none is unreachable, with the reason', async () => {
    execFileSync('usermod', ['-s', '/usr/sbin/nologin', sshd.tty]);
    const found = await trouble(to({ user: sshd.tty }).shell());
    expect(found).toMatchObject({ kind: 'unreachable', code: 'no-shell' });
    expect(found.cause).toContain('not available');
    execFileSync('usermod', ['-s', '/bin/bash', sshd.tty]);
  });
});
