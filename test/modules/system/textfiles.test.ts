import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import cron from '../../../modules/system/cron.ts';
import { editCrontab } from '../../../modules/system/crontab.ts';
import { withEntry, withoutEntry } from '../../../modules/system/fstab.ts';
import knownHosts from '../../../modules/system/known_hosts.ts';
import mount from '../../../modules/system/mount.ts';
import sysctl from '../../../modules/system/sysctl.ts';
import { runState, SHELLS, scratch } from '../harness.ts';

const file = (text?: string): string => {
  const path = join(scratch(), "it's here");
  if (text !== undefined) writeFileSync(path, text);
  return path;
};
const read = (path: string): string => readFileSync(path, 'utf8');

describe.each(SHELLS)('sysctl under %s', (...shell) => {
  const run = (args: Record<string, unknown>, check = false) => runState(sysctl, { reload: false, ...args }, { shell, check });

  it('adds, changes and removes a setting, and leaves the rest as it is', async () => {
    const path = file('# mine\nnet.ipv4.ip_forward = 0\n-vm.swappiness=60\n; x\nnet/ipv4/ip_forward=0\n');
    expect((await run({ name: 'net.ipv4.ip_forward', value: '1', sysctl_file: path })).after?.is).toBe('right');
    expect(read(path)).toBe('# mine\nnet.ipv4.ip_forward=1\n-vm.swappiness=60\n; x\n');
    expect((await run({ name: 'net/ipv4/ip_forward', value: 'yes', sysctl_file: path })).plan.is).toBe('right');
    expect((await run({ name: 'kernel.x', value: '1\t2  3', sysctl_file: path })).after?.is).toBe('right');
    expect((await run({ name: 'kernel.x', value: '1 2 3', sysctl_file: path })).plan.is).toBe('right');
    expect((await run({ name: 'vm.swappiness', state: 'absent', sysctl_file: path })).after?.is).toBe('right');
    expect(read(path)).toBe('# mine\nnet.ipv4.ip_forward=1\n; x\nkernel.x=1\t2  3\n');
  });

  it('keeps owner and mode, follows links, and leaves nothing behind', async () => {
    const path = file('x=1\n');
    chmodSync(path, 0o600);
    const link = `${path}.link`;
    symlinkSync(path, link);
    expect((await run({ name: 'kernel.y', value: '2', sysctl_file: link })).after?.is).toBe('right');
    expect([read(path), statSync(path).mode & 0o777, readdirSync(join(path, '..')).length]).toEqual(['x=1\nkernel.y=2\n', 0o600, 2]);
  });

  it('makes a new file, but not in check mode', async () => {
    const path = file();
    expect((await run({ name: 'kernel.y', value: '2', sysctl_file: path }, true)).plan).toMatchObject({
      is: 'wrong',
      diff: [{ label: path, before: '', after: 'kernel.y=2\n' }],
    });
    expect(existsSync(path)).toBe(false);
    await run({ name: 'kernel.y', value: '2', sysctl_file: path });
    expect([read(path), statSync(path).mode & 0o777]).toEqual(['kernel.y=2\n', 0o644]);
  });

  it('compares what is in force, and waits for what the kernel lacks', async () => {
    const live = read('/proc/sys/kernel/pid_max').trim();
    const path = file(`kernel.pid_max=${live}\nno.such=1\n`);
    expect((await run({ name: 'kernel.pid_max', value: live, sysctl_set: true, sysctl_file: path })).plan.is).toBe('right');
    expect((await run({ name: 'no.such', value: '1', sysctl_set: true, sysctl_file: path })).plan).toMatchObject({ is: 'premature' });
    expect((await run({ name: 'no.such', value: '1', sysctl_set: true, ignoreerrors: true, sysctl_file: path })).plan.is).toBe('right');
  });
});

const BLOB = 'AAAAC3NzaC1lZDI1NTE5AAAAIJq47TAxwkyRk+EQdpTCoUJJoB4w+41WcI8Q9y0xynW0';

describe.each(SHELLS)('known_hosts under %s', (...shell) => {
  const run = (args: Record<string, unknown>) => runState(knownHosts, args, { shell });

  it('knows a host by its name or by a hash that ssh-keygen finds', async () => {
    const path = file('# mine\nother ssh-ed25519 AAAA\n');
    const key = `[quay.example]:2222 ssh-ed25519 ${BLOB}`;
    const args = { name: '[quay.example]:2222', key, path, hash_host: true };
    expect((await run(args)).after?.is).toBe('right');
    expect(read(path)).toMatch(/^# mine\nother ssh-ed25519 AAAA\n\|1\|/);
    expect(execFileSync('ssh-keygen', ['-F', '[quay.example]:2222', '-f', path], { encoding: 'utf8' })).toContain(BLOB);
    expect((await run(args)).plan.is).toBe('right');
    expect((await run({ ...args, hash_host: false })).plan.is).toBe('right');
    expect((await run({ name: args.name, path, state: 'absent' })).after?.is).toBe('right');
    expect(read(path)).toBe('# mine\nother ssh-ed25519 AAAA\n');
  });

  it('replaces a key of the same kind and keeps others', async () => {
    const path = file('a,b ssh-ed25519 OLD\na ssh-rsa KEEP\n');
    expect((await run({ name: 'a', key: `a ssh-ed25519 ${BLOB}`, path })).after?.is).toBe('right');
    expect(read(path)).toBe(`a ssh-rsa KEEP\na ssh-ed25519 ${BLOB}\n`);
  });

  it('refuses a key of another host', async () => {
    expect((await run({ name: 'a', key: `b ssh-ed25519 ${BLOB}`, path: file() })).plan).toMatchObject({ is: 'impossible' });
    expect((await run({ name: 'a', key: 'nonsense', path: file() })).plan).toMatchObject({ is: 'impossible' });
  });
});

describe.each(SHELLS)('cron under %s', (...shell) => {
  const run = (args: Record<string, unknown>) => runState(cron, { user: 'root', ...args }, { shell });

  it('writes a job as Ansible does, changes it, and takes the file away with the last one', async () => {
    const path = file();
    expect((await run({ name: 'clean up', minute: '*/5', hour: '3', job: "echo 'it is' %d", cron_file: path })).after).toMatchObject({
      is: 'right',
      result: { jobs: ['clean up'] },
    });
    expect(read(path)).toBe("#Ansible: clean up\n*/5 3 * * * root echo 'it is' %d\n");
    await run({ name: 'clean up', special_time: 'daily', job: 'true', disabled: true, cron_file: path });
    expect(read(path)).toBe('#Ansible: clean up\n#@daily root true\n');
    expect((await run({ name: 'clean up', state: 'absent', cron_file: path })).after?.is).toBe('right');
    expect(existsSync(path)).toBe(false);
  });
});

describe('editCrontab', () => {
  const of = (text: string, wish: Parameters<typeof editCrontab>[1]) => editCrontab(text, wish);
  it('gives a job that is there without a name its comment', () =>
    expect(of('* * * * * true\n', { kind: 'job', name: 'n', line: '* * * * * true' })).toEqual({ text: '#Ansible: n\n* * * * * true\n' }));
  it('puts variables first, or where it is told', () => {
    expect(of('A="1"\n* * * * * x\n', { kind: 'env', name: 'B', line: 'B="2"' })).toEqual({ text: 'B="2"\nA="1"\n* * * * * x\n' });
    expect(of('A="1"\nC="3"\n', { kind: 'env', name: 'B', line: 'B="2"', after: 'A' })).toEqual({ text: 'A="1"\nB="2"\nC="3"\n' });
    expect(of('A="1"\n', { kind: 'env', name: 'B', line: 'B="2"', before: 'X' })).toEqual({ why: "Variable named 'X' not found." });
    expect(of('A="1"\n', { kind: 'env', name: 'A', line: undefined })).toEqual({ text: '' });
  });
});

describe('mount', () => {
  it('writes fstab, with spaces as it wants them, and keeps the rest', async () => {
    const fstab = file('# mine\nUUID=1 / ext4 defaults 0 1\n');
    const args = { path: '/mnt/no such', src: '/srv/a b', fstype: 'none', opts: 'bind', state: 'present', fstab, boot: false };
    expect((await runState(mount, args)).after?.is).toBe('right');
    expect(read(fstab)).toBe('# mine\nUUID=1 / ext4 defaults 0 1\n/srv/a\\040b /mnt/no\\040such none bind,noauto 0 0\n');
    expect((await runState(mount, args)).plan.is).toBe('right');
    expect((await runState(mount, { path: '/mnt/no such', state: 'absent_from_fstab', fstab })).after?.is).toBe('right');
    expect(read(fstab)).toBe('# mine\nUUID=1 / ext4 defaults 0 1\n');
  });

  it('sees what is mounted', async () => {
    expect((await runState(mount, { path: '/proc/', state: 'unmounted' }, { check: true })).plan).toMatchObject({
      is: 'wrong',
      diff: [{ before: { state: 'mounted' }, after: { state: 'unmounted' } }],
    });
    expect((await runState(mount, { path: '/no/such/place', state: 'unmounted' })).plan.is).toBe('right');
    expect((await runState(mount, { path: '/no/such/place', state: 'remounted' })).plan.is).toBe('premature');
  });

  it('tells swaps apart by their source', () => {
    const swap = (src: string) => ({ src, path: 'none', fstype: 'swap', opts: 'sw', dump: '0', passno: '0' });
    const two = withEntry(withEntry('', swap('/a')), swap('/b'));
    expect(two).toBe('/a none swap sw 0 0\n/b none swap sw 0 0\n');
    expect(withoutEntry(two, 'none', '/a')).toBe('/b none swap sw 0 0\n');
  });
});
