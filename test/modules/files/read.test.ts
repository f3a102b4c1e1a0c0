import { createHash } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import assemble from '../../../modules/files/assemble.ts';
import fetch from '../../../modules/files/fetch.ts';
import find from '../../../modules/files/find.ts';
import slurp from '../../../modules/files/slurp.ts';
import stat from '../../../modules/files/stat.ts';
import tempfile from '../../../modules/files/tempfile.ts';
import { controller, runAction, runRead, runState, SHELLS, scratch } from '../harness.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

describe.each(SHELLS)('reading under %s', (...shell) => {
  const statOf = async (args: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const answer = await runRead(stat, args, shell);
    return ('result' in answer ? answer.result?.stat : answer) as Record<string, unknown>;
  };

  it('stat says what lstat says', async () => {
    const dir = scratch();
    writeFileSync(`${dir}/a b`, 'text\n', { mode: 0o640 });
    linkSync(`${dir}/a b`, `${dir}/second`);
    symlinkSync('a b', `${dir}/l`);
    utimesSync(`${dir}/a b`, 1700000000, 1700000001);
    const node = statSync(`${dir}/a b`);
    const seen = await statOf({ path: `${dir}/a b` });
    expect(seen).toMatchObject({ exists: true, isreg: true, isdir: false, mode: '0640', size: 5, nlink: 2, atime: 1700000000, mtime: 1700000001 });
    expect(seen).toMatchObject({
      uid: node.uid,
      inode: node.ino,
      dev: node.dev,
      checksum: sha1('text\n'),
      readable: true,
      executable: false,
      wusr: true,
      woth: false,
    });
    expect(Math.abs((seen.ctime as number) - node.ctimeMs / 1000)).toBeLessThan(shell[0] === 'busybox' ? 1 : 0.001);
    expect(await statOf({ path: `${dir}/l`, checksum_algorithm: 'sha256' })).toMatchObject({
      islnk: true,
      isreg: false,
      lnk_target: 'a b',
      lnk_source: `${dir}/a b`,
    });
    expect(await statOf({ path: `${dir}/l`, follow: true, get_checksum: false })).toMatchObject({ islnk: false, isreg: true });
    expect(await statOf({ path: `${dir}/none` })).toEqual({ exists: false });
    expect(await statOf({ path: `${dir}/a b/x` })).toMatchObject({ failed: expect.stringContaining('Not a directory') });
    expect(await statOf({ path: '/dev/null' })).toMatchObject({ ischr: true, device_type: statSync('/dev/null').rdev });
  });

  it('slurp gives every byte, and the reason when it cannot', async () => {
    const path = join(scratch(), 'f');
    const bytes = Buffer.from([0, 1, 0xff, 0x0a, 0]);
    writeFileSync(path, bytes);
    expect(await runRead(slurp, { src: path }, shell)).toEqual({ result: { content: bytes.toString('base64'), encoding: 'base64', source: path } });
    expect(await runRead(slurp, { src: '/proc/self/status' }, shell)).toMatchObject({ result: { encoding: 'base64' } });
    expect(await runRead(slurp, { src: path + 'x' }, shell)).toMatchObject({ failed: `file not found: ${path}x` });
    expect(await runRead(slurp, { src: '/tmp' }, shell)).toMatchObject({ failed: expect.stringContaining('is a directory') });
  });

  it('find filters by name, type, age, size, mode and content', async () => {
    const dir = scratch();
    mkdirSync(`${dir}/sub/deep`, { recursive: true });
    for (const [name, text] of [
      ['a.log', 'error: x\n'],
      ['b.log', 'fine\nerror\n'],
      ['.hidden.log', ''],
      ['new\nline.log', 'x'],
      ['sub/c.log', 'ERROR'],
      ['sub/deep/d.txt', 'x'.repeat(2000)],
    ] as const) {
      writeFileSync(`${dir}/${name}`, text);
    }
    chmodSync(`${dir}/a.log`, 0o600);
    symlinkSync('a.log', `${dir}/link.log`);
    utimesSync(`${dir}/b.log`, 1, 1);
    const names = async (args: Record<string, unknown>): Promise<string[]> => {
      const answer = await runRead(find, { paths: [dir], ...args }, shell);
      const files = ('result' in answer ? answer.result?.files : []) as { path: string }[];
      return files.map((one) => one.path.slice(dir.length + 1)).sort();
    };
    expect(await names({})).toEqual(['a.log', 'b.log', 'new\nline.log']);
    expect(await names({ recurse: true, patterns: ['*.log'] })).toEqual(['a.log', 'b.log', 'new\nline.log', 'sub/c.log']);
    expect(await names({ recurse: true, patterns: ['*.log'], excludes: ['a*', '*line*'] })).toEqual(['b.log', 'sub/c.log']);
    expect(await names({ patterns: ['^[ab]\\.'], use_regex: true })).toEqual(['a.log', 'b.log']);
    expect(await names({ hidden: true, patterns: ['.*'] })).toEqual(['.hidden.log']);
    expect(await names({ file_type: 'directory', recurse: true })).toEqual(['sub', 'sub/deep']);
    expect(await names({ file_type: 'link' })).toEqual(['link.log']);
    expect(await names({ age: '1d' })).toEqual(['b.log']);
    expect(await names({ age: '-1d' })).toEqual(['a.log', 'new\nline.log']);
    expect(await names({ size: '1k', recurse: true })).toEqual(['sub/deep/d.txt']);
    expect(await names({ recurse: true, depth: 2, patterns: ['*.txt', '*.log'] })).not.toContain('sub/deep/d.txt');
    expect(await names({ mode: '0600' })).toEqual(['a.log']);
    expect(await names({ contains: '^error' })).toEqual(['a.log', 'b.log']);
    expect(await names({ contains: 'rror' })).toEqual([]);
    expect(await names({ contains: 'fine\\nerr', read_whole_file: true })).toEqual(['b.log']);
    expect(await names({ limit: 1 })).toHaveLength(1);
    const answer = await runRead(find, { paths: [dir, '/no/such'], get_checksum: true }, shell);
    expect(answer).toMatchObject({ result: { matched: 3, examined: 6, skipped_paths: { '/no/such': "'/no/such' is not a directory" } } });
    const files = ('result' in answer ? answer.result?.files : []) as { path: string; checksum: string }[];
    expect(files.find((one) => one.path.includes('\n'))?.checksum).toBe(sha1('x'));
    await expect(runRead(find, { paths: [dir], age: 'old' }, shell)).rejects.toThrow('is not understood');
  });

  it('assemble joins fragments of the host', async () => {
    const dir = scratch();
    mkdirSync(`${dir}/d`);
    for (const [name, text] of [
      ['b', 'B\n'],
      ['a', 'A'],
      ['.h', 'H\n'],
    ] as const)
      writeFileSync(`${dir}/d/${name}`, text);
    const args = { src: `${dir}/d`, dest: `${dir}/f` };
    expect((await runState(assemble, args, { shell })).after).toMatchObject({
      is: 'right',
      result: { src: args.src, dest: args.dest, checksum: sha1('H\nA\nB\n') },
    });
    const second = await runState(assemble, { ...args, ignore_hidden: true, delimiter: '--\\n', regexp: '[ab]', backup: true }, { shell });
    expect(second.plan).toMatchObject({ diff: [{ before: 'H\nA\nB\n', after: 'A\n--\nB\n' }] });
    expect(second.after).toMatchObject({ is: 'right', result: { backup_file: expect.stringContaining(`${dir}/f.`) } });
    expect(readFileSync(args.dest, 'utf8')).toBe('A\n--\nB\n');
    expect((await runState(assemble, { ...args, src: dir + '/no' }, { shell })).plan).toMatchObject({ is: 'premature' });
    const local = await runState(assemble, { ...args, src: 'd', remote_src: false }, { shell, control: controller(dir) });
    expect(local.after).toMatchObject({ is: 'right', result: { checksum: sha1('H\nA\nB\n') } });
  });
});

describe('fetch', () => {
  it('puts the file below the host, or flat, and only when it differs', async () => {
    const dir = scratch();
    writeFileSync(`${dir}/f`, 'x');
    const control = controller('/', { baseDir: dir, host: 'web1' });
    const run = (args: Record<string, unknown>) => runAction(fetch, { src: `${dir}/f`, ...args }, control);
    expect(await run({ dest: 'got' })).toMatchObject({ status: 'changed', result: { dest: `${dir}/got/web1${dir}/f`, checksum: sha1('x') } });
    expect(await run({ dest: 'got' })).toMatchObject({ status: 'ok' });
    expect(readFileSync(`${dir}/got/web1${dir}/f`, 'utf8')).toBe('x');
    expect(await run({ dest: `${dir}/flat/`, flat: true })).toMatchObject({ status: 'changed', result: { dest: `${dir}/flat/f` } });
    expect(readdirSync(`${dir}/flat`)).toEqual(['f']);
    expect(await run({ dest: `${dir}/flat`, flat: true })).toMatchObject({ status: 'failed' });
    expect(await run({ dest: 'x', src: `${dir}/none` })).toMatchObject({ status: 'failed' });
    expect(await run({ dest: 'x', src: `${dir}/none`, fail_on_missing: false })).toMatchObject({ status: 'ok' });
    expect(await run({ dest: 'x', src: '../../../etc/hostname' })).toMatchObject({ status: 'failed' });
    const check = await runAction(fetch, { src: `${dir}/f`, dest: 'new' }, { ...control, check: true });
    expect([check.status, existsSync(`${dir}/new`)]).toEqual(['changed', false]);
  });
});

describe('tempfile', () => {
  it('makes a private file or folder', async () => {
    const dir = scratch();
    const file = await runAction(tempfile, { path: dir, suffix: ' x' });
    const folder = await runAction(tempfile, { path: dir, state: 'directory', prefix: 'p.' });
    expect(file).toMatchObject({ status: 'changed' });
    const [a, b] = readdirSync(dir).sort() as [string, string];
    expect(a).toMatch(/^ansible\..{8} x$/);
    expect((statSync(join(dir, a)).mode & 0o7777).toString(8)).toBe('600');
    expect(folder.result?.path).toBe(join(dir, b));
    expect((statSync(join(dir, b)).mode & 0o7777).toString(8)).toBe('700');
    expect(await runAction(tempfile, { path: '/no/such' })).toMatchObject({ status: 'failed' });
  });
});
