import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Controller } from '../../engine/module/contract.ts';
import { type Source, sourceOf } from './place.ts';

/** Files up to this size are held in memory, so that their diff can be shown. */
const IN_MEMORY = 1 << 20;
const VAULT = '$ANSIBLE_VAULT;';

interface Known {
  readonly id: string;
  readonly source: Promise<Source>;
}
/** Many hosts copy the same file; it is read and hashed once. */
const known = new Map<string, Known>();

/** A file of the control node as a source. A vault file is decrypted unless `decrypt` is false. */
export async function localSource(path: string, controller: Controller, decrypt = true): Promise<Source> {
  const { mtimeMs, size, ino } = await stat(path);
  const id = `${ino} ${mtimeMs} ${size} ${decrypt}`;
  const old = known.get(path);
  if (old?.id === id) return old.source;
  const source = read(path, size, controller, decrypt);
  known.set(path, { id, source });
  source.catch(() => known.delete(path));
  return source;
}

async function read(path: string, size: number, controller: Controller, decrypt: boolean): Promise<Source> {
  if (decrypt && (await isVault(path))) return sourceOf(await controller.read(path));
  if (size <= IN_MEMORY) return sourceOf(await bytesOf(path));
  const hash = createHash('sha1');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { content: { file: path }, sha1: hash.digest('hex'), size };
}

async function bytesOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function isVault(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(VAULT.length), 0, VAULT.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === VAULT;
  } finally {
    await file.close();
  }
}
