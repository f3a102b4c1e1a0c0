import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import unarchive from '../../../modules/files/unarchive.ts';
import { controller, localHost, runAsk, scratch } from '../harness.ts';

const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

function packed(): { dir: string; tar: string } {
  const dir = scratch();
  mkdirSync(join(dir, 'src/top/s p'), { recursive: true });
  mkdirSync(join(dir, 'to'));
  writeFileSync(join(dir, 'src/top/s p/ü*'), 'one\n', { mode: 0o640 });
  writeFileSync(join(dir, 'src/top/two'), 'two\n');
  symlinkSync('two', join(dir, 'src/top/link'));
  execFileSync('tar', ['-C', join(dir, 'src'), '-czf', join(dir, 'a.tgz'), 'top']);
  return { dir, tar: join(dir, 'a.tgz') };
}

describe.each([['dash'], ['bash']])('unarchive under %s', (shell) => {
  const run = (args: Record<string, unknown>, check = false) => runAsk(unarchive, args, controller('/', { check }), localHost([shell]));

  it('unpacks what differs, and nothing the second time', async () => {
    const { dir, tar } = packed();
    const args = { src: tar, dest: join(dir, 'to'), list_files: true };
    expect((await run(args, true)).plan).toMatchObject({ is: 'wrong' });
    expect(existsSync(join(dir, 'to/top'))).toBe(false);
    expect((await run(args)).after).toMatchObject({
      is: 'right',
      result: { handler: 'TarArchive', dest: args.dest, files: expect.arrayContaining(['top/s p/ü*', 'top/two']) },
    });
    expect(readFileSync(join(dir, 'to/top/s p/ü*'), 'utf8')).toBe('one\n');
    expect((await run(args)).plan).toMatchObject({ is: 'right' });
    writeFileSync(join(dir, 'to/top/two'), 'changed\n');
    expect((await run({ ...args, exclude: ['top/two'] })).plan).toMatchObject({ is: 'right' });
    expect((await run({ ...args, remote_src: true })).after).toMatchObject({ is: 'right' });
    rmSync(join(dir, 'to/top/s p'), { recursive: true });
    expect((await run({ ...args, include: ['top/two'] })).plan).toMatchObject({ is: 'right' });
    expect((await run(args)).plan).toMatchObject({ is: 'wrong' });
  });

  it('strips a folder, and gives everything its mode', async () => {
    const { dir, tar } = packed();
    const args = { src: tar, dest: join(dir, 'to'), extra_opts: ['--strip-components=1'], mode: 'u=rwX,go=' };
    expect((await run(args)).after).toMatchObject({ is: 'right' });
    expect([mode(join(dir, 'to/two')), mode(join(dir, 'to/s p')), mode(join(dir, 'to/s p/ü*'))]).toEqual(['600', '700', '600']);
    expect((await run(args)).plan).toMatchObject({ is: 'right' });
  });

  it.skipIf(spawnSync('unzip', ['-v']).error !== undefined)('unpacks a zip file', async () => {
    const { dir } = packed();
    // A zip file with one stored member, "a [1].txt" with "zip\\n", written by hand: no tool here makes one
    const zip = Buffer.from(
      'UEsDBBQAAAAAAAAAIQCj/yqtBAAAAAQAAAAJAAAAYSBbMV0udHh0emlwClBLAQIUAxQAAAAAAAAAIQCj/yqtBAAAAAQAAAAJAAAAAAAAAAAAAACAAQAAAABhIFsxXS50eHRQSwUGAAAAAAEAAQA3AAAAKwAAAAAA',
      'base64',
    );
    writeFileSync(join(dir, 'a.zip'), zip);
    const args = { src: join(dir, 'a.zip'), dest: join(dir, 'to') };
    expect((await run(args)).after).toMatchObject({ is: 'right', result: { handler: 'ZipArchive' } });
    expect(readFileSync(join(dir, 'to/a [1].txt'), 'utf8')).toBe('zip\n');
    writeFileSync(join(dir, 'to/a [1].txt'), 'pip\n');
    expect((await run(args)).after).toMatchObject({ is: 'right' });
    expect(readFileSync(join(dir, 'to/a [1].txt'), 'utf8')).toBe('zip\n');
  });

  it('says what is missing or broken', async () => {
    const { dir, tar } = packed();
    expect((await run({ src: tar, dest: join(dir, 'no') })).plan).toMatchObject({ is: 'premature', why: expect.stringContaining('must be an existing dir') });
    expect((await run({ src: join(dir, 'no'), dest: dir, remote_src: true })).plan).toMatchObject({ is: 'premature' });
    expect((await run({ src: tar, dest: join(dir, 'no'), creates: dir })).plan).toMatchObject({ is: 'skipped' });
    writeFileSync(join(dir, 'bad'), 'no archive');
    expect((await run({ src: join(dir, 'bad'), dest: dir })).plan).toMatchObject({ is: 'impossible', why: expect.stringContaining('Neither tar nor unzip') });
    writeFileSync(join(dir, 'empty'), '');
    expect((await run({ src: join(dir, 'empty'), dest: dir })).plan).toMatchObject({ is: 'impossible', why: expect.stringContaining('0 bytes') });
  });
});
