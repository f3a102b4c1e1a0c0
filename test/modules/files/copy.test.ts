import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import copy from '../../../modules/files/copy.ts';
import { controller, runState, SHELLS, scratch } from '../harness.ts';

const put = (path: string, text: string | Buffer, mode = 0o644): void => {
  writeFileSync(path, text);
  chmodSync(path, mode);
};
const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

describe.each(SHELLS)('copy under %s', (...shell) => {
  const run = (args: Record<string, unknown>, control = controller('/')) => runState(copy, args, { shell, control });

  it('writes content and is then right', async () => {
    const dir = scratch();
    const args = { dest: join(dir, 'it\'s a "file"\n$1 $no_such'), content: 'héllo\n', mode: '0640' };
    const { plan, after, applied } = await run(args);
    expect(applied?.stderr).toBe('');
    expect(plan).toMatchObject({ is: 'wrong', diff: [{ before: '', after: 'héllo\n' }] });
    expect(after).toMatchObject({ is: 'right', result: { dest: args.dest, mode: '0640', size: 7, state: 'file' } });
    expect(readFileSync(args.dest, 'utf8')).toBe('héllo\n');
    expect(readdirSync(dir)).toHaveLength(1);
    expect((await run(args)).plan.is).toBe('right');
  });

  it('keeps the mode of an old file, gives a new one the umask, and only changes a mode that differs', async () => {
    const dir = scratch();
    const dest = join(dir, 'f');
    put(dest, 'old', 0o600);
    expect((await run({ dest, content: 'new' })).after).toMatchObject({ is: 'right', result: { mode: '0600' } });
    const { plan, after } = await run({ dest, content: 'new', mode: 'g+r,o=' });
    expect(plan).toMatchObject({ is: 'wrong', diff: [{ before: { mode: '0600' }, after: { mode: '0640' } }] });
    expect(plan).not.toHaveProperty('uploads');
    expect(after?.is).toBe('right');
    expect((await run({ dest: join(dir, 'n'), content: '' })).after).toMatchObject({ result: { mode: '0' + (0o666 & ~process.umask()).toString(8) } });
  });

  it('puts a file into a folder, makes missing ones of a dest with a slash, refuses them without', async () => {
    const dir = scratch();
    put(join(dir, 'src'), Buffer.from([0, 0xff, 0x0a]));
    const control = controller(dir);
    expect((await run({ src: 'src', dest: dir + '/deep/er/', directory_mode: '0700' }, control)).after).toMatchObject({
      is: 'right',
      result: { dest: dir + '/deep/er/src' },
    });
    expect(mode(dir + '/deep')).toBe('700');
    expect(mode(dir + '/deep/er')).toBe('700');
    expect(readFileSync(dir + '/deep/er/src')).toEqual(Buffer.from([0, 0xff, 0x0a]));
    expect((await run({ src: 'src', dest: dir + '/deep' }, control)).after).toMatchObject({ is: 'right', result: { dest: dir + '/deep/src' } });
    expect((await run({ content: '', dest: dir + '/none/at/all' })).plan).toMatchObject({ is: 'premature' });
    expect((await run({ content: '', dest: dir + '/deep' })).plan).toMatchObject({ is: 'impossible' });
    expect((await run({ content: '', dest: dir + '/src/x' })).plan).toMatchObject({ is: 'impossible', why: `${dir}/src is not a folder` });
  });

  it('replaces a link, or follows it', async () => {
    const dir = scratch();
    put(join(dir, 'real'), 'old');
    symlinkSync('real', join(dir, 'link'));
    expect((await run({ dest: join(dir, 'link'), content: 'new', follow: true })).after).toMatchObject({ is: 'right' });
    expect(readFileSync(join(dir, 'real'), 'utf8')).toBe('new');
    expect(lstatSync(join(dir, 'link')).isSymbolicLink()).toBe(true);
    expect((await run({ dest: join(dir, 'link'), content: 'new' })).after).toMatchObject({ is: 'right' });
    expect(lstatSync(join(dir, 'link')).isSymbolicLink()).toBe(false);
  });

  it('keeps a backup and asks the validator, which can refuse', async () => {
    const dir = scratch();
    const dest = join(dir, 'f');
    put(dest, 'old');
    const good = await run({ dest, content: 'new', backup: true, validate: "grep -q 'new' %s" });
    expect(good.after?.is).toBe('right');
    const kept = String(good.after?.is === 'right' && good.after.result?.backup_file);
    expect(kept).toMatch(/f\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/);
    expect(readFileSync(kept, 'utf8')).toBe('old');
    const bad = await run({ dest, content: 'bad', validate: 'grep -q new %s' });
    expect(bad.applied?.code).toBe(1);
    expect(bad.applied?.stderr).toContain('refused by the validate command');
    expect(readFileSync(dest, 'utf8')).toBe('new');
    expect(readdirSync(dir)).toHaveLength(2);
  });

  it('does not touch what is there without force', async () => {
    const dest = join(scratch(), 'f');
    put(dest, 'old');
    expect((await run({ dest, content: 'new', mode: '0600', force: false })).plan.is).toBe('right');
    expect(mode(dest)).toBe('644');
  });

  it('leaves the live file and no rubbish when the disk is full', async () => {
    const dir = scratch();
    const dest = join(dir, 'f');
    put(dest, 'old');
    const args = { dest, content: 'x'.repeat(200_000) };
    const limited = shell.join(' ');
    const { applied } = await runState(copy, args, { shell: ['sh', '-c', `ulimit -f 8; trap '' XFSZ; exec ${limited} "$@"`, 'sh'] });
    expect(applied?.code).not.toBe(0);
    expect(readFileSync(dest, 'utf8')).toBe('old');
    expect(readdirSync(dir)).toEqual(['f']);
  });

  it('copies a folder of the control node, with and without its name', async () => {
    const dir = scratch();
    const src = join(dir, 'src');
    mkdirSync(join(src, 'a/empty'), { recursive: true });
    put(join(src, 'a/x y'), '1', 0o755);
    put(join(src, '.hidden'), '2');
    symlinkSync('a/x y', join(src, 'link'));
    const args = { src: 'src', dest: join(dir, 'to'), mode: 'preserve' };
    const first = await run(args, controller(dir));
    expect(first.applied?.stderr).toBe('');
    expect(first.after).toMatchObject({ is: 'right' });
    expect(readFileSync(join(dir, 'to/src/link'), 'utf8')).toBe('1');
    expect(mode(join(dir, 'to/src/a/x y'))).toBe('755');
    expect((await run({ ...args, src: 'src/', local_follow: false }, controller(dir))).after).toMatchObject({ is: 'right' });
    expect(readlinkSync(join(dir, 'to/link'))).toBe('a/x y');
    expect(readdirSync(join(dir, 'to')).sort()).toEqual(['.hidden', 'a', 'link', 'src']);
    put(join(dir, 'to/src/a/x y'), 'changed', 0o755);
    const again = await run(args, controller(dir));
    expect(again.plan).toMatchObject({ is: 'wrong', diff: [{ label: join(dir, 'to/src/a/x y'), after: '1' }] });
    expect(again.after?.is).toBe('right');
  });

  it('copies within the host: a file with the umask’s mode as Ansible does, a folder with all in it', async () => {
    const dir = scratch();
    mkdirSync(join(dir, 'src/a/b'), { recursive: true });
    put(join(dir, 'src/a/b/t w o'), 'two', 0o755);
    put(join(dir, 'src/one'), 'one', 0o600);
    const single = await run({ src: join(dir, 'src/one'), dest: join(dir, 'one'), remote_src: true });
    expect(single.after).toMatchObject({ is: 'right', result: { mode: '0' + (0o666 & ~process.umask()).toString(8), src: join(dir, 'src/one') } });
    const kept = await run({ src: join(dir, 'src/one'), dest: join(dir, 'kept'), remote_src: true, mode: 'preserve' });
    expect(kept.after).toMatchObject({ is: 'right', result: { mode: '0600' } });
    const tree = await run({ src: join(dir, 'src'), dest: join(dir, 'to'), remote_src: true });
    expect(tree.applied?.stderr).toBe('');
    expect(tree.after).toMatchObject({ is: 'right' });
    expect(readFileSync(join(dir, 'to/src/a/b/t w o'), 'utf8')).toBe('two');
    expect(mode(join(dir, 'to/src/a/b/t w o'))).toBe('755');
    expect((await run({ src: join(dir, 'src/'), dest: join(dir, 'flat'), remote_src: true })).after?.is).toBe('right');
    expect(readdirSync(join(dir, 'flat')).sort()).toEqual(['a', 'one']);
    expect((await run({ src: join(dir, 'no'), dest: join(dir, 'to'), remote_src: true })).plan).toMatchObject({ is: 'premature' });
    expect((await run({ src: join(dir, 'src'), dest: join(dir, 'src'), remote_src: true })).plan).toMatchObject({ is: 'impossible' });
  });

  it('says which owner or group is missing', async () => {
    const dest = join(scratch(), 'f');
    expect((await run({ dest, content: '', owner: 'nobody-of-that-name' })).plan).toMatchObject({
      is: 'premature',
      why: 'There is no user nobody-of-that-name on the host',
    });
    expect((await run({ dest, content: '', group: 'no-such-group' })).plan).toMatchObject({
      is: 'premature',
      why: 'There is no group no-such-group on the host',
    });
    if (process.getuid?.() === 0) {
      expect((await run({ dest, content: 'a', owner: 'daemon', group: '2' })).after).toMatchObject({
        is: 'right',
        result: { owner: 'daemon', uid: 1, gid: 2 },
      });
      expect((await run({ dest, content: 'b' })).after).toMatchObject({ is: 'right', result: { owner: 'daemon', gid: 2 } });
    }
  });
});

describe('copy', () => {
  it('turns a dict into JSON as Ansible does', async () => {
    const dest = join(scratch(), 'f');
    await runState(copy, { dest, content: { a: [1, 'é'], b: null } });
    expect(readFileSync(dest, 'utf8')).toBe('{"a": [1, "\\u00e9"], "b": null}');
  });

  it('warns of a mode without its zero', async () => {
    const control = controller('/');
    await runState(copy, { dest: join(scratch(), 'f'), content: '', mode: 644 }, { control, check: true });
    expect(control.warnings).toEqual(["mode: 644 is a decimal number, which means 01204 in octal. Write mode: '0644' if that was meant."]);
    await runState(copy, { dest: join(scratch(), 'f'), content: '', mode: 0o644 }, { control, check: true });
    expect(control.warnings).toHaveLength(1);
  });

  it('refuses a checksum that is not that of src, and a folder for content', async () => {
    const dir = scratch();
    put(join(dir, 'src'), 'x');
    await expect(runState(copy, { src: join(dir, 'src'), dest: '/nowhere', checksum: 'abc' })).rejects.toThrow('was expected');
    await expect(runState(copy, { content: '', dest: '/tmp/' })).rejects.toThrow('is a folder');
    await expect(runState(copy, { content: '', dest: '/tmp/x', validate: 'true' })).rejects.toThrow('must contain %s');
  });
});
