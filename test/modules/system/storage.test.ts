import { existsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import filesystem from '../../../modules/system/filesystem.ts';
import { sizeOf as fsSize } from '../../../modules/system/filesystem-kinds.ts';
import lvg from '../../../modules/system/lvg.ts';
import lvol from '../../../modules/system/lvol.ts';
import { sizeOf } from '../../../modules/system/lvol-size.ts';
import { output, runState, SHELLS, scratch, withDefaults } from '../harness.ts';

const seen = (stdout: string, code = 0) => ({ code, stdout, stderr: '', bytes: Buffer.from(stdout) });
const part = (name: string, text: string) => `\x1e${name}\n${text}`;

const tools = ['/usr/sbin/mkfs.ext4', '/usr/sbin/blkid', '/usr/sbin/mkswap'].filter((path) => !existsSync(path));

describe.skipIf(tools.length > 0)(`filesystem on a file${tools.length > 0 ? ` (there is no ${tools.join(', ')})` : ''}`, () => {
  const typeOf = async (dev: string) => (await output('blkid', '-c', '/dev/null', '-o', 'value', '-s', 'TYPE', dev)).trim();
  test.each(SHELLS)('is made, left, grown, replaced and wiped, in %s', async (...shell) => {
    const dev = join(scratch(), 'a disk');
    writeFileSync(dev, '');
    truncateSync(dev, 8 << 20);
    expect((await runState(filesystem, { dev, fstype: 'ext4' }, { shell, check: true })).plan.is).toBe('wrong');
    const made = await runState(filesystem, { dev, fstype: 'ext4', opts: '-m 0' }, { shell });
    expect(made).toMatchObject({ after: { is: 'right' } });
    expect(await typeOf(dev)).toBe('ext4');
    expect((await runState(filesystem, { dev, fstype: 'ext4' }, { shell })).plan.is).toBe('right');
    expect((await runState(filesystem, { dev, fstype: 'ext4', resizefs: true }, { shell })).plan).toMatchObject({
      is: 'right',
      result: { msg: `Ext4 filesystem is using the whole device ${dev}` },
    });
    truncateSync(dev, 16 << 20);
    expect(await runState(filesystem, { dev, fstype: 'ext4', resizefs: true }, { shell })).toMatchObject({ plan: { is: 'wrong' }, after: { is: 'right' } });
    expect((await runState(filesystem, { dev, fstype: 'ext4', resizefs: true }, { shell })).plan.is).toBe('right');
    expect((await runState(filesystem, { dev, fstype: 'swap' }, { shell })).plan).toMatchObject({
      is: 'impossible',
      why: `'${dev}' is already used as ext4, use force=true to overwrite`,
    });
    expect(await runState(filesystem, { dev, fstype: 'swap', force: true }, { shell })).toMatchObject({ after: { is: 'right' } });
    expect(await typeOf(dev)).toBe('swap');
    expect(await runState(filesystem, { dev, state: 'absent' }, { shell })).toMatchObject({ plan: { is: 'wrong' }, after: { is: 'right' } });
    expect(statSync(dev).size).toBe(16 << 20);
  });
  test('what is missing is said', async () => {
    expect((await runState(filesystem, { dev: '/no/such', fstype: 'ext4' })).plan).toEqual({ is: 'premature', why: 'Device /no/such not found.' });
    expect((await runState(filesystem, { dev: '/no/such', state: 'absent' })).plan).toMatchObject({ is: 'right' });
    expect((await runState(filesystem, { dev: '/dev/null', fstype: 'reiserfs' })).plan).toMatchObject({ is: 'premature' });
  });
});

test('sizes as the tools tell them', () => {
  expect(fsSize('xfs', 'meta-data=/dev/x isize=512\ndata     =                       bsize=4096   blocks=2560, imaxpct=25\n')).toBe(4096 * 2560);
  expect(fsSize('btrfs', 'Overall:\n    Device size:\t\t   1073741824\n')).toBe(1073741824);
  expect(fsSize('lvm', '  10733223936\n')).toBe(10733223936);
  expect(fsSize('ext4', 'nothing')).toBeUndefined();
});

describe('lvg', () => {
  const plan = (given: Record<string, unknown>, vgs: string, pvs: string, devices: string, more = '') =>
    lvg.plan(withDefaults(lvg.options, { vg: 'data', ...given }), seen(part('vgs', vgs) + part('pvs', pvs) + part('devices', devices) + more), undefined);
  const act = (one: ReturnType<typeof plan>) =>
    one.is === 'wrong'
      ? one.apply.text
          .replace(/^PATH=\S+[;\n]\s*/, '')
          .replaceAll('\n', '; ')
          .replace(/ +/g, ' ')
      : JSON.stringify(one);
  const own = '/dev/sdb;data;10737418240;10733223936;1048576;4194304\n';
  test('is made of its devices', () => {
    expect(act(plan({ pvs: ['/dev/sdb'], pesize: '32', pv_options: '--metadatasize 1m' }, '', '', '/dev/sdb\n'))).toBe(
      'pvcreate --metadatasize 1m -f /dev/sdb >&2 || exit; vgcreate -s 32 data /dev/sdb >&2',
    );
    expect(plan({}, '', '', '')).toMatchObject({ is: 'impossible', why: 'No physical volumes given.' });
    expect(plan({ pvs: ['/dev/x'] }, '', '', '!/dev/x\n')).toMatchObject({ is: 'premature', why: 'Device /dev/x not found.' });
    expect(plan({ pvs: ['/dev/sdb'] }, '', '/dev/sdb;other;1;1;1;1\n', '/dev/sdb\n')).toMatchObject({
      why: 'Device /dev/sdb is already in other volume group.',
    });
  });
  test('gets devices, and loses those that are not named', () => {
    expect(plan({ pvs: ['/dev/sdb'] }, '  data;1;0\n', own, '/dev/sdb\n')).toEqual({ is: 'right' });
    expect(act(plan({ pvs: ['/dev/sdc'] }, '  data;1;0\n', own, '/dev/sdc\n'))).toBe(
      'pvcreate -f /dev/sdc >&2 || exit; vgextend data /dev/sdc >&2 || exit; vgreduce --force data /dev/sdb >&2 || exit',
    );
    expect(plan({ pvs: ['/dev/sdb'], pvresize: true }, '  data;1;0\n', own, '/dev/sdb\n')).toEqual({ is: 'right' });
    expect(act(plan({ pvs: ['/dev/sdb'], pvresize: true }, '  data;1;0\n', own.replace('10737418240', '21474836480'), '/dev/sdb\n'))).toBe(
      'pvresize /dev/sdb >&2 || exit',
    );
  });
  test('goes, with what is in it only by force', () => {
    expect(plan({ state: 'absent' }, '  other;1;0\n', '', '')).toEqual({ is: 'right' });
    expect(plan({ state: 'absent' }, '  data;1;2\n', '', '')).toMatchObject({ why: 'Refuse to remove non-empty volume group data without force=true' });
    expect(act(plan({ state: 'absent', force: true }, '  data;1;2\n', '', ''))).toBe('vgremove --force data >&2');
  });
  test('is made active', () => {
    const lvs = part('auto', '--setautoactivation y|n\n') + part('lvs', '  -wi-------;enabled\n  -wi-a-----;enabled\n');
    expect(act(plan({ state: 'active' }, '  data;1;2\n', own, '', lvs))).toBe('vgchange --activate y data >&2 || exit');
    expect(act(plan({ state: 'inactive' }, '  data;1;2\n', own, '', lvs))).toBe(
      'vgchange --setautoactivation n data >&2 || exit; vgchange --activate n data >&2 || exit',
    );
  });
});

describe('lvol', () => {
  const plan = (given: Record<string, unknown>, lvs: string, vgs = '  data;10236.00;4096.00;4.00\n') =>
    lvol.plan(withDefaults(lvol.options, { vg: 'data', ...given }), seen(part('vgs', vgs) + part('lvs', lvs)), undefined);
  const act = (one: ReturnType<typeof plan>) => (one.is === 'wrong' ? one.apply.text.split('\n').slice(1).join('\n').trim() : JSON.stringify(one));
  const home = '  home;1024.00;-wi-a-----\n';
  test('sizes', () => {
    expect(sizeOf('10G')).toEqual({ amount: 10, sign: '', text: '10G', reported: 'g' });
    expect(sizeOf('+50%FREE')).toEqual({ amount: 50, sign: '+', of: 'FREE', text: '50%FREE', reported: 'm' });
    expect(sizeOf('120%VG')).toBe('Size percentage cannot be larger than 100%');
    expect(sizeOf('10%XX')).toBe('Specify extents as a percentage of VG|PVS|FREE|ORIGIN');
    expect(sizeOf('big')).toBe("Bad size specification of 'big'");
  });
  test('is made', () => {
    expect(act(plan({ lv: 'home', size: '512' }, ''))).toBe('lvcreate --yes -n home -L 512m data >&2');
    expect(act(plan({ lv: 'home', size: '100%FREE', opts: '-r 16', pvs: ['/dev/sda'] }, ''))).toBe(
      'lvcreate --yes -n home -l 100%FREE -r 16 data /dev/sda >&2',
    );
    expect(act(plan({ lv: 'home', snapshot: 'snap', size: '100m' }, home))).toBe('lvcreate --yes -L 100m -s -n snap data/home >&2');
    expect(act(plan({ thinpool: 'pool', size: '1g' }, ''))).toBe('lvcreate --yes -L 1g -T data/pool >&2');
    expect(act(plan({ thinpool: 'pool', lv: 'thin', size: '1g' }, '  pool;1;twi-a-tz--\n'))).toBe('lvcreate --yes -n thin -V 1g -T data/pool >&2');
    expect(plan({ lv: 'home' }, '')).toMatchObject({ why: 'No size given.' });
    expect(plan({ lv: 'home', snapshot: 's', size: '1g' }, '')).toMatchObject({ is: 'premature' });
  });
  test('grows and shrinks', () => {
    expect(plan({ lv: 'home', size: '1024' }, home)).toEqual({ is: 'right', result: { vg: 'data', lv: 'home', size: 1024 } });
    expect(act(plan({ lv: 'home', size: '2048m', resizefs: true }, home))).toContain('qp_o=$(lvextend --resizefs -L 2048m data/home 2>&1)');
    expect(act(plan({ lv: 'home', size: '+100%FREE' }, home))).toContain('lvextend -l +100%FREE data/home');
    expect(plan({ lv: 'home', size: '100%VG' }, home)).toMatchObject({
      is: 'impossible',
      why: expect.stringContaining('Not enough free space left (9212m required / 4096m available)'),
    });
    expect(plan({ lv: 'home', size: '512' }, home)).toMatchObject({ why: 'Sorry, no shrinking of home without force=true.' });
    expect(plan({ lv: 'home', size: '512', shrink: false }, home)).toMatchObject({ is: 'right' });
    expect(act(plan({ lv: 'home', size: '512', force: true }, home))).toContain('lvreduce --force -L 512m data/home');
  });
  test('is made active and removed', () => {
    expect(act(plan({ lv: 'home', active: false }, home))).toBe('lvchange -an data/home >&2 || exit');
    expect(plan({ lv: 'home', state: 'absent' }, home)).toMatchObject({ why: 'Sorry, no removal of logical volume home without force=true.' });
    expect(act(plan({ lv: 'home', state: 'absent', force: true }, home))).toBe('lvremove --force data/home >&2');
    expect(plan({ lv: 'gone', state: 'absent' }, home)).toMatchObject({ is: 'right' });
    expect(lvol.plan(withDefaults(lvol.options, { vg: 'no', lv: 'x', state: 'absent' }), seen(part('vgs', '')), undefined)).toMatchObject({ is: 'right' });
  });
});
