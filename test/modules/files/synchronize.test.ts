import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noSshd, type Sshd, startSshd } from '../../connect/sshd.ts';
import { player } from '../../rig.ts';

const lacking = noSshd ?? (spawnSync('rsync', ['--version']).status === 0 ? undefined : 'there is no rsync');

describe.skipIf(lacking !== undefined)(`synchronize${lacking === undefined ? '' : ` (skipped: ${lacking})`}`, () => {
  const play = player();
  let sshd: Sshd;
  let d: string;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.close());
  beforeEach(() => {
    d = mkdtempSync(join(tmpdir(), 'qplay-sync-'));
    chmodSync(d, 0o755);
    mkdirSync(join(d, 'from', 'sub'), { recursive: true });
    writeFileSync(join(d, 'from', 'one'), 'one\n');
    writeFileSync(join(d, 'from', 'sub', 'two and a half'), 'x'.repeat(300_000));
    mkdirSync(join(d, 'to'));
    chmodSync(join(d, 'to'), 0o777);
  });
  afterEach(() => rmSync(d, { recursive: true, force: true }));

  const host = (user: string, more = ''): string =>
    `far ansible_host=127.0.0.1 ansible_port=${sshd.port} ansible_user=${user} ansible_private_key_file=${sshd.key} ansible_ssh_common_args='-o UserKnownHostsFile=${sshd.knownHosts}' ${more}\n`;
  const run = (args: string, keywords = '', hosts = host(sshd.free)) =>
    play({
      hosts,
      'play.yaml': `- hosts: far\n  gather_facts: false\n  tasks:\n    - name: sync\n      synchronize: ${args}\n${keywords.replace(/^(?=.)/gm, '      ')}`,
    });
  const owner = (path: string) => statSync(join(d, path)).uid;

  test('pushes over the connection that is there, and finds nothing to do afterwards', async () => {
    const first = await run(`{src: ${d}/from/, dest: ${d}/to/x}`);
    expect(first.outcome('sync', 'far')).toMatchObject({ status: 'changed', result: { rc: 0 } });
    const { cmd, msg, stdout_lines } = (first.outcome('sync', 'far') as { result: Record<string, unknown> }).result;
    expect(cmd).toMatch(
      new RegExp(
        `^/usr/bin/rsync --delay-updates -F --compress --archive --rsh='\\S+ \\S+ \\S+' --out-format='<<CHANGED>>%i %n%L' ${d}/from/ ${sshd.free}@127.0.0.1:${d}/to/x$`,
      ),
    );
    expect(msg).toBe((stdout_lines as string[]).join('\n') + '\n');
    expect(stdout_lines).toContain('<f+++++++++ one');
    expect(readFileSync(join(d, 'to/x/sub/two and a half'), 'utf8')).toBe('x'.repeat(300_000));
    expect(owner('to/x/one')).not.toBe(userInfo().uid);
    const second = await run(`{src: ${d}/from/, dest: ${d}/to/x, owner: false, group: false}`);
    expect(second.outcome('sync', 'far')).toMatchObject({ status: 'ok', result: { stdout_lines: [] } });
    expect(readdirSync(tmpdir()).filter((name) => existsSync(join(tmpdir(), name, 'rsh.mjs')))).toEqual([]);
  });

  test('becomes another user on the host, also where sudo asks for a password', async () => {
    const done = await run(`{src: ${d}/from/, dest: ${d}/to/x}`, 'become: true\n', host(sshd.asked, `ansible_become_password="${sshd.password}"`));
    expect(done.outcome('sync', 'far')).toMatchObject({ status: 'changed' });
    expect(owner('to/x/one')).toBe(userInfo().uid);
  });

  test('only looks in a check', async () => {
    const done = await run(`{src: ${d}/from/, dest: ${d}/to/x}`, 'check_mode: true\n');
    expect(done.outcome('sync', 'far')).toMatchObject({ status: 'would-change' });
    expect(existsSync(join(d, 'to/x'))).toBe(false);
  });

  test('pulls, deletes what is no longer there, and leaves out what is excluded', async () => {
    mkdirSync(join(d, 'to/x'));
    writeFileSync(join(d, 'to/x/old'), '');
    const done = await run(`{src: ${d}/from/, dest: ${d}/to/x, mode: pull, delete: true, rsync_opts: ['--exclude="two and a half"']}`);
    expect(done.outcome('sync', 'far')).toMatchObject({ status: 'changed', result: { stdout_lines: expect.arrayContaining(['*deleting   old']) } });
    expect(readdirSync(join(d, 'to/x')).sort()).toEqual(['one', 'sub']);
    expect(readdirSync(join(d, 'to/x/sub'))).toEqual([]);
  });

  test('runs on the control node when delegated to it, and on the host itself when delegated to that', async () => {
    const there = await run(`{src: ${d}/from/, dest: ${d}/to/x}`, 'delegate_to: localhost\n');
    expect(there.outcome('sync', 'far')).toMatchObject({ status: 'changed' });
    expect(owner('to/x/one')).not.toBe(userInfo().uid);
    const own = await run(`{src: ${d}/from/, dest: ${d}/to/y}`, 'delegate_to: far\n');
    expect(own.outcome('sync', 'far')).toMatchObject({ status: 'changed', result: { cmd: expect.stringContaining(`${d}/from/ ${d}/to/y`) } });
    expect((own.outcome('sync', 'far') as { result: Record<string, unknown> }).result.cmd).not.toContain('--rsh');
  });

  test('runs on another host when delegated to that, and calls its ssh', async () => {
    const key = join(d, 'to', 'id');
    writeFileSync(key, readFileSync(sshd.key), { mode: 0o600 });
    spawnSync('chown', [sshd.free, key]);
    const hosts = host(sshd.asked) + host(sshd.free).replace('far ', 'mid ');
    const done = await run(`{src: ${d}/from/, dest: ${d}/to/x, private_key: ${key}}`, 'delegate_to: mid\n', hosts);
    expect(done.outcome('sync', 'far')).toMatchObject({
      status: 'changed',
      result: { cmd: expect.stringContaining(`--rsh='ssh -S none -i ${key} -o Port=${sshd.port} `) },
    });
    const id = (user: string) => Number(spawnSync('id', ['-u', user], { encoding: 'utf8' }).stdout);
    expect(owner('to/x/one')).toBe(id(sshd.asked));
  });

  test('says that rsync is missing, on either side', async () => {
    const there = await run(`{src: ${d}/from/, dest: ${d}/to/x, rsync_path: no-such-rsync}`);
    expect(there.outcome('sync', 'far')).toMatchObject({
      status: 'failed',
      result: { msg: expect.stringContaining('no-such-rsync'), rc: 127 },
      error: { hint: expect.stringContaining('installed on the other side') },
    });
    const here = await run(`{src: ${d}/from/, dest: ${d}/to/x}`, 'vars: {ansible_rsync_path: no-such-rsync}\n');
    expect(here.outcome('sync', 'far')).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('Failed to find required executable "no-such-rsync" on the control node') },
    });
  });

  test('fails with what rsync said and its exit status', async () => {
    const done = await run(`{src: ${d}/none/, dest: ${d}/to/x}`);
    expect(done.outcome('sync', 'far')).toMatchObject({ status: 'failed', result: { rc: 23, msg: expect.stringContaining('No such file or directory') } });
  });

  test('calls ssh where another login is meant', async () => {
    const done = await run(`{src: ${d}/from/, dest: ${d}/to/x, private_key: ${sshd.key}.copy}`);
    expect(done.outcome('sync', 'far')).toMatchObject({
      status: 'failed',
      result: { cmd: expect.stringContaining(`--rsh='ssh -S none -i ${sshd.key}.copy -o Port=${sshd.port} -o StrictHostKeyChecking=no`) },
    });
    writeFileSync(`${sshd.key}.copy`, readFileSync(sshd.key), { mode: 0o600 });
    const again = await run(`{src: ${d}/from/, dest: ${d}/to/x, private_key: ${sshd.key}.copy}`);
    expect(again.outcome('sync', 'far')).toMatchObject({ status: 'changed' });
  });

  test('ends when the time of the task is up', async () => {
    const done = await run(`{src: ${d}/from/, dest: ${d}/to/x, rsync_path: 'sleep 30; rsync'}`, 'timeout: 1\n');
    expect(done.outcome('sync', 'far')).toMatchObject({ status: 'failed', result: { timedout: { period: 1 } } });
  });
});
