import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Pipe, quote } from '../../engine/module/contract.ts';

/** What `rsync --rsh` is given: a program that hands over rsync's own streams to a connection that is there already. */
export interface Way {
  readonly rsh: string;
  close(): Promise<void>;
}

/** Kinds of frames that the helper gets: a letter, the length in four bytes, the content. */
const OUT = 1;
const ERR = 2;
const END = 3;

/** Runs as a process of its own below rsync: its arguments go up the socket as one line of JSON, then what rsync writes. */
const HELPER = `import { connect } from 'node:net';
import { writeSync } from 'node:fs';
const [path, ...argv] = process.argv.slice(2);
const line = connect(path);
let rest = Buffer.alloc(0);
const write = (fd, bytes) => {
  for (let at = 0; at < bytes.length; ) {
    try { at += writeSync(fd, bytes, at); }
    catch (error) { if (error.code !== 'EAGAIN') process.exit(255); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); }
  }
};
line.on('error', () => process.exit(255));
line.on('close', () => process.exit(255));
line.on('data', (chunk) => {
  rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
    const content = rest.subarray(5, 5 + rest.readUInt32BE(1));
    const kind = rest[0];
    rest = rest.subarray(5 + content.length);
    if (kind === ${END}) process.exit(content[0]);
    write(kind, content);
  }
});
line.write(JSON.stringify(argv) + '\\n');
process.stdin.on('error', () => {});
process.stdin.pipe(line);
`;

/**
 * A way for rsync's own protocol over a connection that is open: a socket in a folder that only this user may enter.
 *
 * @param open starts a command on the host; it waits for a first line
 */
export async function openWay(open: (text: string) => Promise<Pipe>): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'qplay-'));
  const [socket, helper] = [join(folder, 's'), join(folder, 'rsh.mjs')];
  await writeFile(helper, HELPER, { mode: 0o600 });
  const lines = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (line) => {
    lines.add(line);
    line.once('close', () => lines.delete(line));
    void serve(line, open);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  return {
    rsh: [process.execPath, helper, socket].map(quote).join(' '),
    close: async () => {
      server.close();
      for (const line of lines) line.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(line: Socket, open: (text: string) => Promise<Pipe>): Promise<void> {
  line.on('error', () => {});
  try {
    const argv = await firstLine(line);
    const pipe = await open(commandOf(JSON.parse(argv) as string[]));
    line.once('close', () => pipe.destroy());
    pipe.stdin.on('error', () => {});
    pipe.stdin.write('\n');
    line.pipe(pipe.stdin);
    const heard = [relay(pipe.stdout, line, OUT), relay(pipe.stderr, line, ERR)];
    const end = await pipe.ended;
    // what was written last may come after the end
    await Promise.race([Promise.all(heard), new Promise((resolve) => setTimeout(resolve, 500))]);
    line.write(frame(END, Buffer.from([end.code ?? 255])));
  } catch (error) {
    line.write(frame(ERR, Buffer.from(`${error instanceof Error ? error.message : String(error)}\n`)));
    line.write(frame(END, Buffer.from([255])));
  }
  line.end();
}

/** The bytes behind the line stay in the socket. */
function firstLine(line: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const look = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf(10);
      if (end === -1) return;
      line.off('data', look);
      line.pause();
      if (seen.length > end + 1) line.unshift(seen.subarray(end + 1));
      resolve(seen.subarray(0, end).toString());
    };
    line.on('data', look);
    line.once('end', () => reject(new Error('the helper of rsync went away')));
  });
}

/** As ssh reads its arguments: options, the host, and the rest is the command with a blank between words. */
function commandOf(argv: readonly string[]): string {
  const at = argv[0] === '-l' ? 3 : 1;
  return argv.slice(at).join(' ');
}

const frame = (kind: number, content: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head[0] = kind;
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
};

function relay(from: Readable, line: Socket, kind: number): Promise<void> {
  from.on('data', (chunk: Buffer) => {
    if (line.destroyed || line.write(frame(kind, chunk))) return;
    from.pause();
    line.once('drain', () => from.resume());
  });
  return new Promise((resolve) => {
    from.once('end', resolve);
    from.once('close', resolve);
  });
}
