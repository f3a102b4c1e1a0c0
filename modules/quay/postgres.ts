import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { Host } from '../../engine/module/contract.ts';
import { failure, textOf } from '../network/failure.ts';
import { Scram } from './scram.ts';

/** Where a database is and who asks. */
export interface Database {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly name: string;
  /** `require` refuses a server without TLS; `prefer` takes what it offers; `disable` never asks. */
  readonly tls: 'disable' | 'prefer' | 'require';
}

type Row = Readonly<Record<string, string | null>>;
interface Message {
  readonly type: string;
  readonly body: Buffer;
}

const SECONDS = 15;

/**
 * One session with a PostgreSQL server, spoken by the control node over a connection made from the managed host: Quay's hosts
 * have no psql. Speaks what reading a few rows and holding an advisory lock needs (protocol 3.0, simple queries).
 * Throws a `QplayError` of code `postgresql`, with the SQLSTATE in its cause.
 */
export class Session {
  private readonly socket: Duplex;
  private pending: Buffer = Buffer.alloc(0);
  private readonly messages: Message[] = [];
  private wake: (() => void) | undefined;
  private broken: Error | undefined;

  private constructor(socket: Duplex) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', (error: Error) => this.end(error));
    socket.on('close', () => this.end(new Error('the server closed the connection')));
  }

  /** Connects and logs in. */
  static async open(host: Host, database: Database): Promise<Session> {
    const at = `${database.host}:${database.port}`;
    let socket: Duplex;
    try {
      socket = await secured(await host.dial(database.host, database.port), database);
    } catch (error) {
      throw failure('postgresql-connect', `PostgreSQL at ${at} does not answer`, textOf(error), 'Is the database running, and its port open to this host?');
    }
    const session = new Session(socket);
    try {
      await session.login(database);
    } catch (error) {
      session.close();
      throw failure('postgresql', `PostgreSQL at ${at} does not let ${database.user} into database ${database.name}: ${textOf(error)}`);
    }
    return session;
  }

  /** Rows of one statement; every value as text. */
  async query(sql: string, seconds = SECONDS): Promise<readonly Row[]> {
    this.send('Q', Buffer.from(`${sql}\0`));
    let names: string[] = [];
    const rows: Row[] = [];
    let error: Error | undefined;
    for (;;) {
      const { type, body } = await this.next(seconds);
      if (type === 'T') names = columnNames(body);
      else if (type === 'D') rows.push(rowOf(names, body));
      else if (type === 'E') error = serverError(body);
      else if (type === 'Z') break;
    }
    if (error !== undefined) throw failure('postgresql', `PostgreSQL: ${error.message}`, error.cause as string);
    return rows;
  }

  close(): void {
    if (this.broken === undefined) this.send('X', Buffer.alloc(0));
    this.socket.end();
    this.socket.destroy();
  }

  private async login({ user, password, name }: Database): Promise<void> {
    const text = Buffer.from(['user', user, 'database', name, 'application_name', 'qplay', 'client_encoding', 'UTF8', '', ''].join('\0'));
    this.socket.write(Buffer.concat([int32(text.length + 8), int32(196608), text]));
    let scram: Scram | undefined;
    for (;;) {
      const { type, body } = await this.next(SECONDS);
      if (type === 'Z') return;
      if (type === 'E') throw serverError(body);
      if (type === 'R') scram = this.authenticate(body, user, password, scram);
    }
  }

  private authenticate(body: Buffer, user: string, password: string, scram: Scram | undefined): Scram | undefined {
    const kind = body.readInt32BE(0);
    const rest = body.subarray(4);
    if (kind === 3) this.send('p', Buffer.from(`${password}\0`));
    else if (kind === 5) this.send('p', Buffer.from(`md5${md5(Buffer.concat([Buffer.from(md5(password + user)), rest]))}\0`));
    else if (kind === 10) {
      if (!rest.toString().split('\0').includes('SCRAM-SHA-256')) throw new Error('the server asks for an authentication that is not supported');
      const started = new Scram(password);
      this.send('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), int32(started.first.length), Buffer.from(started.first)]));
      return started;
    } else if (kind === 11 && scram !== undefined) this.send('p', Buffer.from(scram.answer(rest.toString())));
    else if (kind === 12 && scram?.verify(rest.toString()) !== true) throw new Error('the server could not prove that it knows the password');
    else if (![0, 11, 12].includes(kind)) throw new Error(`the server asks for authentication method ${kind}, which is not supported`);
    return scram;
  }

  private send(type: string, body: Buffer): void {
    this.socket.write(Buffer.concat([Buffer.from(type), int32(body.length + 4), body]));
  }

  private take(chunk: Buffer): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    while (this.pending.length >= 5) {
      const length = this.pending.readInt32BE(1);
      if (this.pending.length < length + 1) break;
      this.messages.push({ type: String.fromCharCode(this.pending[0] as number), body: this.pending.subarray(5, length + 1) });
      this.pending = this.pending.subarray(length + 1);
    }
    this.wake?.();
  }

  private end(error: Error): void {
    this.broken ??= error;
    this.wake?.();
  }

  private async next(seconds: number): Promise<Message> {
    const message = this.messages.shift();
    if (message !== undefined) return message;
    if (this.broken !== undefined) throw this.broken;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within ${seconds} seconds`)), seconds * 1000);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return this.next(seconds);
  }
}

/** Asks for TLS where wanted. The certificate is not checked, as libpq's `prefer` and `require` do not either. */
async function secured(plain: Duplex, { tls }: Database): Promise<Duplex> {
  if (tls === 'disable') return plain;
  plain.write(Buffer.concat([int32(8), int32(80877103)]));
  const answer = await new Promise<string>((resolve, reject) => {
    plain.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
    plain.once('error', reject);
    plain.once('close', () => reject(new Error('the server closed the connection')));
  });
  if (answer === 'S') {
    return new Promise((resolve, reject) => {
      const socket = tlsConnect({ socket: plain, rejectUnauthorized: false });
      socket.once('secureConnect', () => resolve(socket));
      socket.once('error', reject);
    });
  }
  if (tls === 'require') throw new Error('the server does not offer TLS');
  return plain;
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const md5 = (data: string | Buffer): string => createHash('md5').update(data).digest('hex');

function columnNames(body: Buffer): string[] {
  const names: string[] = [];
  let at = 2;
  for (let n = body.readInt16BE(0); n > 0; n--) {
    const end = body.indexOf(0, at);
    names.push(body.toString('utf8', at, end));
    at = end + 19;
  }
  return names;
}

function rowOf(names: readonly string[], body: Buffer): Row {
  const row: Record<string, string | null> = {};
  let at = 2;
  for (const name of names) {
    const length = body.readInt32BE(at);
    at += 4;
    row[name] = length < 0 ? null : body.toString('utf8', at, at + length);
    at += Math.max(length, 0);
  }
  return row;
}

function serverError(body: Buffer): Error {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .map((field) => [field[0], field.slice(1)]),
  );
  return new Error(fields.get('M') ?? 'the server reported an error', { cause: `SQLSTATE ${fields.get('C') ?? '?????'}` });
}

/** A `postgresql://user:password@host:port/name` address in its parts. Throws code `postgresql-uri`; the address is not repeated, since it holds a password. */
export function databaseOf(uri: string, tls: Database['tls'] = 'prefer'): Database {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || !/^postgres(ql)?(\+\w+)?:$/.test(url.protocol) || url.pathname.length < 2) {
    throw failure(
      'postgresql-uri',
      'The database address is not of the form postgresql://user:password@host:port/name',
      undefined,
      'Characters such as @ / : % in the password must be percent-encoded.',
    );
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || 5432,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    name: decodeURIComponent(url.pathname.slice(1)),
    tls,
  };
}
