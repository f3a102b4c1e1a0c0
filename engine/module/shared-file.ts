import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';

const CHUNK = 128 * 1024;
/** Chunks kept for the others: hosts that go on about abreast share one read, a slow one reads again. */
const KEPT = 32;

interface SharedFile {
  readonly handle: Promise<FileHandle>;
  readonly chunks: Map<number, Promise<Buffer>>;
  readers: number;
}

const openFiles = new Map<string, SharedFile>();

/**
 * A stream of a file that is being sent to many hosts at once: what one reader has read the others get from memory, at
 * most 4 MiB a file. No reader waits for another.
 *
 * @param version anything that changes with the content (size and time), so that a changed file is read anew
 */
export function sharedStream(path: string, version: string): Readable {
  return Readable.from(chunksOf(path, `${version} ${path}`), { objectMode: true, highWaterMark: 2 });
}

async function* chunksOf(path: string, key: string): AsyncGenerator<Buffer> {
  const file = openFiles.get(key) ?? { handle: open(path), chunks: new Map(), readers: 0 };
  openFiles.set(key, file);
  file.readers += 1;
  try {
    for (let index = 0; ; index += 1) {
      const chunk = await chunkOf(file, index);
      if (chunk.length > 0) yield chunk;
      if (chunk.length < CHUNK) return;
    }
  } finally {
    file.readers -= 1;
    if (file.readers === 0) {
      openFiles.delete(key);
      await file.handle.then((handle) => handle.close()).catch(() => {});
    }
  }
}

function chunkOf(file: SharedFile, index: number): Promise<Buffer> {
  const known = file.chunks.get(index);
  if (known !== undefined) return known;
  const read = readChunk(file, index);
  file.chunks.set(index, read);
  const [oldest] = file.chunks.keys();
  if (file.chunks.size > KEPT && oldest !== undefined) file.chunks.delete(oldest);
  return read;
}

async function readChunk(file: SharedFile, index: number): Promise<Buffer> {
  const handle = await file.handle;
  const chunk = Buffer.allocUnsafe(CHUNK);
  let length = 0;
  while (length < CHUNK) {
    const { bytesRead } = await handle.read(chunk, length, CHUNK - length, index * CHUNK + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return chunk.subarray(0, length);
}
