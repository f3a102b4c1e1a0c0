import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { quote } from '../quote.ts';
import type { Pipe } from './pipe.ts';
import { refused, tail, unreachable } from './trouble.ts';

/** What the receiving end runs: the file has mode 0600 from its first byte, and only its owner ever reads it. */
export const receive = (path: string): string => `umask 077; exec cat >${quote(path)}`;

interface Where {
  readonly name: string;
  readonly user: string;
  readonly path: string;
  readonly stats: { sent: number };
}

/**
 * Streams content into a command started with `receive`, as fast as the other side takes it.
 *
 * @param size bytes that must arrive
 */
export async function send(pipe: Pipe, content: Buffer | Readable, size: number, where: Where): Promise<void> {
  let sent = 0;
  let said = '';
  pipe.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  pipe.stdout.resume();
  const source = Buffer.isBuffer(content) ? Readable.from(slices(content), { objectMode: true, highWaterMark: 4 }) : content;
  source.on('data', (chunk: Buffer) => {
    sent += chunk.length;
  });
  source.pause();
  let failure: unknown;
  // a source that fails destroys the pipe, a pipe that ends early destroys the source
  const piping = pipeline(source, pipe.stdin).catch((error: unknown) => {
    failure = error;
    if (source.errored === error || sent === 0) pipe.destroy();
  });
  const end = await pipe.ended;
  await Promise.race([piping, new Promise((resolve) => setTimeout(resolve, 50))]);
  where.stats.sent += sent;
  if (end.code === 0 && failure === undefined && sent === size) return;
  const what = `${where.path} on ${where.name} cannot be written as ${where.user}`;
  if (end.lost !== undefined)
    throw unreachable(where.name, 'lost', `the connection to ${where.name} was lost while writing ${where.path}: ${end.lost.message}`);
  if (end.code === 0 && failure === undefined) throw refused(where.name, 'upload', `${what}: ${sent} of ${size} bytes were given`);
  const cause = tail(said) || (failure instanceof Error ? failure.message : `exit status ${end.code ?? 'unknown'}`);
  const full = /no space left|quota exceeded/i.test(cause) ? { hint: `Free space on the disk of ${where.name} (\`df -h\`)` } : {};
  throw refused(where.name, 'upload', what, { cause, ...full });
}

const SLICE = 256 * 1024;

function* slices(buffer: Buffer): Generator<Buffer> {
  for (let at = 0; at < buffer.length; at += SLICE) yield buffer.subarray(at, at + SLICE);
}
