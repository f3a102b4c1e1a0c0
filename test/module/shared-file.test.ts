import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedStream } from '../../engine/module/shared-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qps-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = async (path: string, pause: (i: number) => number = () => 0) => {
  const chunks: Buffer[] = [];
  for await (const chunk of sharedStream(path, '1')) {
    chunks.push(chunk as Buffer);
    const ms = pause(chunks.length);
    if (ms > 0) await setTimeout(ms);
  }
  return Buffer.concat(chunks);
};

test.each([0, 1, 128 * 1024, 128 * 1024 + 1, 9_000_000])('all readers of %i bytes get the same, the slow and the late too', async (size) => {
  const path = join(folder, `f${size}`);
  const bytes = randomBytes(size);
  writeFileSync(path, bytes);
  const readers = [read(path), read(path), read(path, (i) => (i < 4 ? 20 : 0)), setTimeout(30).then(() => read(path))];
  for (const got of await Promise.all(readers)) expect(got.equals(bytes)).toBe(true);
});

test('a reader that gives up leaves the others alone, and a missing file is an error for each', async () => {
  const path = join(folder, 'left');
  const bytes = randomBytes(2_000_000);
  writeFileSync(path, bytes);
  const leaving = sharedStream(path, '1');
  const staying = read(path);
  for await (const _ of leaving) break;
  expect((await staying).equals(bytes)).toBe(true);
  for (const one of [read(join(folder, 'none')), read(join(folder, 'none'))]) await expect(one).rejects.toMatchObject({ code: 'ENOENT' });
});
