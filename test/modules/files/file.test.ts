import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import file from '../../../modules/files/file.ts';
import { controller, runState, SHELLS, scratch } from '../harness.ts';

const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

describe.each(SHELLS)('file under %s', (...shell) => {
  const run = (args: Record<string, unknown>) => runState(file, args, { shell });
  const law = async (args: Record<string, unknown>): Promise<void> => {
    const first = await run(args);
    expect(first.applied).toMatchObject({ code: 0, stderr: '' });
    expect(first.after).toMatchObject({ is: 'right' });
  };

  it('makes a folder and its parents, all with the mode', async () => {
    const dir = scratch();
    await law({ path: `${dir}/a/b c/d/`, state: 'directory', mode: '2750' });
    expect([mode(`${dir}/a`), mode(`${dir}/a/b c/d`)]).toEqual(['2750', '2750']);
    await law({ path: `${dir}/a`, state: 'directory', mode: '0750' });
    expect(mode(`${dir}/a`)).toBe('750');
  });

  it.skipIf(process.getuid?.() !== 0)('makes a folder right under the root', async () => {
    const path = `/qplay-test-${process.pid}-${SHELLS.findIndex(([name]) => name === shell[0])}`;
    try {
      await law({ path: `${path}/below`, state: 'directory', mode: '0700' });
      expect(mode(path)).toBe('700');
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });

  it('refuses a folder where a file is, and a file where nothing or a folder is', async () => {
    const dir = scratch();
    writeFileSync(`${dir}/f`, '');
    expect((await run({ path: `${dir}/f`, state: 'directory' })).plan).toMatchObject({ is: 'impossible' });
    expect((await run({ path: `${dir}/f/x`, state: 'directory' })).plan).toMatchObject({ is: 'impossible' });
    expect((await run({ path: `${dir}/none`, state: 'file' })).plan).toMatchObject({ is: 'premature', result: { state: 'absent' } });
    expect((await run({ path: dir, state: 'file' })).plan).toMatchObject({ is: 'impossible' });
    expect((await run({ path: dir, mode: '0711' })).after).toMatchObject({ is: 'right', result: { state: 'directory' } });
  });

  it('sets modes of a whole tree, each from what it was', async () => {
    const dir = scratch();
    mkdirSync(`${dir}/t/d`, { recursive: true });
    for (const [name, bits] of [
      ['plain', 0o600],
      ['tool', 0o700],
      ['new\nline', 0o600],
    ] as const) {
      writeFileSync(`${dir}/t/d/${name}`, '');
      chmodSync(`${dir}/t/d/${name}`, bits);
    }
    symlinkSync('nowhere', `${dir}/t/broken`);
    await law({ path: `${dir}/t`, state: 'directory', recurse: true, mode: 'u=rwX,g=rX,o=' });
    expect([mode(`${dir}/t`), mode(`${dir}/t/d`), mode(`${dir}/t/d/plain`), mode(`${dir}/t/d/tool`), mode(`${dir}/t/d/new\nline`)]).toEqual([
      '750',
      '750',
      '640',
      '750',
      '640',
    ]);
  });

  it('links, moves the link, and keeps what it must not replace', async () => {
    const dir = scratch();
    mkdirSync(`${dir}/one`);
    mkdirSync(`${dir}/two/full`, { recursive: true });
    await law({ src: `${dir}/one`, dest: `${dir}/l`, state: 'link' });
    await law({ src: 'two', dest: `${dir}/l`, state: 'link' });
    expect(readlinkSync(`${dir}/l`)).toBe('two');
    expect(readdirSync(`${dir}/one`)).toEqual([]);
    expect((await run({ src: 'none', dest: `${dir}/l`, state: 'link' })).plan).toMatchObject({ is: 'premature' });
    await law({ src: 'none', dest: `${dir}/l`, state: 'link', force: true });
    expect((await run({ src: 'one', dest: `${dir}/two`, state: 'link', force: true })).plan).toMatchObject({ is: 'impossible' });
    expect((await run({ src: `${dir}/two`, dest: `${dir}/one`, state: 'link' })).plan).toMatchObject({ is: 'impossible' });
    await law({ src: `${dir}/two`, dest: `${dir}/one`, state: 'link', force: true });
    expect(lstatSync(`${dir}/one`).isSymbolicLink()).toBe(true);
    expect(readdirSync(dir).sort()).toEqual(['l', 'one', 'two']);
    await law({ dest: `${dir}/one`, state: 'link', mode: '0711' });
    expect(mode(`${dir}/two`)).toBe('711');
  });

  it('makes hard links', async () => {
    const dir = scratch();
    writeFileSync(`${dir}/f`, 'x');
    await law({ src: `${dir}/f`, dest: `${dir}/h`, state: 'hard' });
    expect(statSync(`${dir}/h`).ino).toBe(statSync(`${dir}/f`).ino);
    writeFileSync(`${dir}/g`, 'y');
    expect((await run({ src: `${dir}/f`, dest: `${dir}/g`, state: 'hard' })).plan).toMatchObject({ is: 'impossible' });
    await law({ src: `${dir}/f`, dest: `${dir}/g`, state: 'hard', force: true });
    expect(readFileSync(`${dir}/g`, 'utf8')).toBe('x');
  });

  it('touches: new, old with a new time, and old with its times preserved', async () => {
    const dir = scratch();
    await law({ path: `${dir}/f`, state: 'touch', mode: '0600' });
    utimesSync(`${dir}/f`, 1000, 1000);
    expect((await run({ path: `${dir}/f`, state: 'touch', access_time: 'preserve', modification_time: 'preserve' })).plan).toMatchObject({ is: 'right' });
    await law({ path: `${dir}/f`, state: 'touch', access_time: 'preserve' });
    expect([statSync(`${dir}/f`).atimeMs, statSync(`${dir}/f`).mtimeMs > 1e12]).toEqual([1000_000, true]);
    await law({ path: `${dir}/f`, state: 'touch' });
    const at = { modification_time: '2024-05-06 07:08', modification_time_format: '%Y-%m-%d %H:%M', access_time: 'preserve' };
    await law({ path: `${dir}/f`, state: 'touch', ...at });
    expect(statSync(`${dir}/f`).mtime).toEqual(new Date(2024, 4, 6, 7, 8));
    expect((await run({ path: `${dir}/f`, state: 'touch', ...at })).plan.is).toBe('right');
    await law({ path: `${dir}/new`, state: 'touch', modification_time: '202405060708.09', access_time: '202405060708.10' });
    expect(statSync(`${dir}/new`).mtime).toEqual(new Date(2024, 4, 6, 7, 8, 9));
    expect((await run({ path: `${dir}/no/f`, state: 'touch' })).plan).toMatchObject({ is: 'premature' });
  });

  it('removes a tree, and a link but not what it points at', async () => {
    const dir = scratch();
    mkdirSync(`${dir}/a/b`, { recursive: true });
    symlinkSync('a', `${dir}/-l`);
    await law({ path: `${dir}/-l`, state: 'absent' });
    expect(existsSync(`${dir}/a/b`)).toBe(true);
    await law({ path: `${dir}/a`, state: 'absent' });
    expect(readdirSync(dir)).toEqual([]);
    expect((await run({ path: `${dir}/a`, state: 'absent' })).plan).toMatchObject({ is: 'right', result: { state: 'absent' } });
  });

  it('follows a link to what it manages, unless told not to', async () => {
    const dir = scratch();
    writeFileSync(join(dir, 'f'), '');
    symlinkSync('f', join(dir, 'l'));
    await law({ path: join(dir, 'l'), mode: '0640' });
    expect(mode(join(dir, 'f'))).toBe('640');
    if (process.getuid?.() !== 0) return;
    await law({ src: 'f', path: join(dir, 'l'), state: 'link', follow: false, owner: 'daemon' });
    expect([lstatSync(join(dir, 'l')).uid, statSync(join(dir, 'f')).uid]).toEqual([1, 0]);
    await law({ src: 'f', path: join(dir, 'l'), state: 'link', owner: 'daemon', mode: 'a+r' });
    expect(statSync(join(dir, 'f')).uid).toBe(1);
    await law({ src: 'f', path: join(dir, 'l2'), state: 'link', owner: 'root', mode: '0600' });
    expect([statSync(join(dir, 'f')).uid, mode(join(dir, 'f'))]).toEqual([0, '600']);
  });
});

describe('file', () => {
  it('says what is wrong with a mode or a time', async () => {
    const dir = scratch();
    expect((await runState(file, { path: dir, mode: 'u=q' })).plan).toMatchObject({ is: 'impossible', why: 'mode: u=q is no file mode' });
    await expect(runState(file, { path: dir, modification_time: 'monday' })).rejects.toThrow('is not of the form');
    const control = controller('/');
    await runState(file, { path: dir, mode: 755 }, { control, check: true });
    expect(control.warnings).toHaveLength(1);
  });
});
