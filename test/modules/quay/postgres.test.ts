import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Database, databaseOf, Session } from '../../../modules/quay/postgres.ts';
import { Scram } from '../../../modules/quay/scram.ts';
import { localHost } from '../harness.ts';

const hmac = (key: Buffer, text: string | Buffer): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, i) => byte ^ (b[i] as number)));

/** The server's side of SCRAM, as RFC 5802 has it: knows only the stored key. */
class Verifier {
  private readonly salt = randomBytes(16);
  private readonly salted: Buffer;
  private readonly nonce = randomBytes(9).toString('base64');
  private first = '';
  private challenge = '';
  constructor(password: string) {
    this.salted = pbkdf2Sync(password, this.salt, 4096, 32, 'sha256');
  }
  ask(first: string): string {
    this.first = first.slice(3);
    this.challenge = `r=${/r=(.*)$/.exec(first)?.[1]}${this.nonce},s=${this.salt.toString('base64')},i=4096`;
    return this.challenge;
  }
  /** `v=...` for a right proof, undefined for a wrong one. */
  judge(answer: string): string | undefined {
    const [bare = '', proof = ''] = answer.split(',p=');
    const signed = `${this.first},${this.challenge},${bare}`;
    const storedKey = sha256(hmac(this.salted, 'Client Key'));
    const clientKey = xor(Buffer.from(proof, 'base64'), hmac(storedKey, signed));
    return sha256(clientKey).equals(storedKey) ? `v=${hmac(hmac(this.salted, 'Server Key'), signed).toString('base64')}` : undefined;
  }
}

test('SCRAM: both sides prove that they know the password', () => {
  const server = new Verifier('pencil');
  const client = new Scram('pencil');
  const final = server.judge(client.answer(server.ask(client.first)));
  expect(client.verify(final ?? '')).toBe(true);
  expect(client.verify('v=' + Buffer.alloc(32).toString('base64'))).toBe(false);
});

test('SCRAM: a wrong password is no proof, a foreign nonce is refused', () => {
  const server = new Verifier('pencil');
  const client = new Scram('crayon');
  expect(server.judge(client.answer(server.ask(client.first)))).toBeUndefined();
  expect(() => client.answer('r=somebodyelse,s=AAAA,i=4096')).toThrow('a SCRAM challenge that does not belong to our question');
});

test('an address in its parts; a wrong one is not repeated', () => {
  expect(databaseOf('postgresql://quay:p%40ss@db01:5433/quaydb')).toMatchObject({ host: 'db01', port: 5433, user: 'quay', password: 'p@ss', name: 'quaydb' });
  expect(databaseOf('postgresql://quay:x@[2001:db8::1]/quaydb')).toMatchObject({ host: '2001:db8::1', port: 5432 });
  expect(() => databaseOf('quay:secret@db01/quaydb')).toThrow(/^The database address is not of the form postgresql:\/\/user:password@host:port\/name$/);
  expect(() => databaseOf('postgresql://quay:secret@db01')).toThrow(/^(?!.*secret)/);
});

/** A server of the few messages that a session needs: the real one is PostgreSQL in the lab. */
let server: Server | undefined;
afterEach(() => server?.close());

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const message = (type: string, body: Buffer | string): Buffer =>
  Buffer.concat([Buffer.from(type), int(Buffer.byteLength(body as string) + 4), Buffer.from(body as string)]);
const ready = message('Z', 'I');
const problem = (code: string, text: string): Buffer => message('E', `SERROR\0C${code}\0M${text}\0\0`);

function table(names: readonly string[], rows: readonly (string | null)[][]): Buffer {
  const short = (n: number): Buffer => int(n).subarray(2);
  const head = Buffer.concat([short(names.length), ...names.map((name) => Buffer.concat([Buffer.from(`${name}\0`), Buffer.alloc(18)]))]);
  const body = rows.map((row) =>
    message(
      'D',
      Buffer.concat([short(row.length), ...row.map((cell) => (cell === null ? int(-1) : Buffer.concat([int(Buffer.byteLength(cell)), Buffer.from(cell)])))]),
    ),
  );
  return Buffer.concat([message('T', head), ...body, message('C', 'SELECT\0'), ready]);
}

async function serve(talk: (read: () => Promise<Buffer>, socket: Socket) => Promise<void>): Promise<Database> {
  server = createServer((socket) => {
    const waiting: ((chunk: Buffer) => void)[] = [];
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => (waiting.shift() ?? ((one: Buffer) => chunks.push(one)))(chunk));
    socket.on('error', () => undefined);
    const read = (): Promise<Buffer> => new Promise((resolve) => (chunks.length > 0 ? resolve(chunks.shift() as Buffer) : waiting.push(resolve)));
    void talk(read, socket);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, user: 'quay', password: 'pencil', name: 'quaydb', tls: 'disable' };
}

const scramLogin = async (read: () => Promise<Buffer>, socket: Socket, password: string): Promise<boolean> => {
  const verifier = new Verifier(password);
  await read();
  socket.write(message('R', Buffer.concat([int(10), Buffer.from('SCRAM-SHA-256\0\0')])));
  const first = (await read()).toString();
  socket.write(message('R', Buffer.concat([int(11), Buffer.from(verifier.ask(first.slice(first.indexOf('n,,'))))])));
  const answer = (await read()).subarray(5).toString();
  const final = verifier.judge(answer);
  if (final === undefined) {
    socket.end(problem('28P01', 'password authentication failed for user "quay"'));
    return false;
  }
  socket.write(Buffer.concat([message('R', Buffer.concat([int(12), Buffer.from(final)])), message('R', int(0)), ready]));
  return true;
};

test('logs in and reads rows, nulls included, however the bytes are cut', async () => {
  const database = await serve(async (read, socket) => {
    await scramLogin(read, socket, 'pencil');
    const sql = (await read()).subarray(5).toString();
    const bytes = table(['asked', 'nothing'], [[sql.replace('\0', ''), null]]);
    for (const byte of bytes) socket.write(Buffer.from([byte]));
  });
  const session = await Session.open(localHost(), database);
  expect(await session.query('select 1')).toEqual([{ asked: 'select 1', nothing: null }]);
  session.close();
});

test("a wrong password is told in the server's words", async () => {
  const database = await serve(async (read, socket) => void (await scramLogin(read, socket, 'another')));
  await expect(Session.open(localHost(), database)).rejects.toThrow(
    `PostgreSQL at 127.0.0.1:${database.port} does not let quay into database quaydb: password authentication failed for user "quay"`,
  );
});

test('an error of a statement leaves the session usable', async () => {
  const database = await serve(async (read, socket) => {
    await scramLogin(read, socket, 'pencil');
    await read();
    socket.write(Buffer.concat([problem('42P01', 'relation "x" does not exist'), ready]));
    await read();
    socket.write(table(['n'], [['2']]));
  });
  const session = await Session.open(localHost(), database);
  await expect(session.query('select * from x')).rejects.toThrow('PostgreSQL: relation "x" does not exist');
  expect(await session.query('select 2 as n')).toEqual([{ n: '2' }]);
  session.close();
});

test('nobody there, a server that hangs up, one without TLS where it is demanded', async () => {
  await expect(Session.open(localHost(), { host: '127.0.0.1', port: 1, user: 'u', password: 'p', name: 'd', tls: 'disable' })).rejects.toThrow(
    'PostgreSQL at 127.0.0.1:1 does not answer',
  );
  const rude = await serve(async (read, socket) => {
    await read();
    socket.destroy();
  });
  await expect(Session.open(localHost(), rude)).rejects.toThrow('the server closed the connection');
  server?.close();
  const plain = await serve(async (read, socket) => {
    await read();
    socket.write('N');
  });
  await expect(Session.open(localHost(), { ...plain, tls: 'require' })).rejects.toMatchObject({
    diagnostics: [{ code: 'postgresql-connect', cause: 'the server does not offer TLS' }],
  });
});
