import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Source } from '../files/place.ts';

/** Larger downloads are kept in a file, not in memory. */
const IN_MEMORY = 8 << 20;

/** What came over the network: bytes in memory or in a private temporary file of the control node. */
export interface Download extends Source {
  /** Hexadecimal digest by the algorithm that was asked for. */
  readonly digest: string;
  /** Removes the temporary file, if there is one. */
  discard(): Promise<void>;
}

const folders = new Set<string>();
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Reads a stream to its end, hashing as it comes. */
export async function download(body: Readable, algorithm: string): Promise<Download> {
  const sha1 = createHash('sha1');
  const other = createHash(algorithm);
  const chunks: Buffer[] = [];
  let size = 0;
  let file: { handle: FileHandle; path: string } | undefined;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sha1.update(chunk);
      other.update(chunk);
      size += chunk.length;
      if (file === undefined) chunks.push(chunk);
      else await file.handle.write(chunk);
      if (file === undefined && size > IN_MEMORY) {
        file = await temporary();
        for (const one of chunks.splice(0)) await file.handle.write(one);
      }
    }
    await file?.handle.close();
  } catch (error) {
    await file?.handle.close().catch(() => undefined);
    await remove(file?.path);
    throw error;
  }
  const path = file?.path;
  return {
    sha1: sha1.digest('hex'),
    digest: other.digest('hex'),
    size,
    content: path === undefined ? Buffer.concat(chunks) : { file: path },
    discard: () => remove(path),
  };
}

async function temporary(): Promise<{ handle: FileHandle; path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'qplay-'));
  folders.add(folder);
  const path = join(folder, 'download');
  return { handle: await open(path, 'wx', 0o600), path };
}

async function remove(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  folders.delete(dirname(path));
  await rm(dirname(path), { recursive: true, force: true });
}
