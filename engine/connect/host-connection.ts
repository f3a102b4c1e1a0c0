import type { Duplex, Readable } from 'node:stream';
import { QplayError } from '../error.ts';
import { isSelf, type Start, startOf } from './become.ts';
import type { Become, Connection, Shell } from './connection.ts';
import { greet, wantsTerminal } from './greet.ts';
import { killScript } from './kill.ts';
import type { Carrier, Pipe } from './pipe.ts';
import { receive, send } from './put.ts';
import { Resident } from './resident.ts';
import { Slots } from './slots.ts';
import { openOnTerminal } from './terminal.ts';
import { isPassing, isUnreachable, unreachable } from './trouble.ts';

/** What a connection is made of. */
export interface Making {
  /** Name in the inventory. */
  readonly name: string;
  readonly shell: string;
  /** Seconds. */
  readonly timeout: number;
  /** One attempt to reach the host. Rejects with what went wrong, `passing` said by `isPassing`. */
  readonly reach: () => Promise<Carrier>;
}

/** Resident shells that stay open at once; more users than these take turns. */
const RESIDENTS = 6;
const AGAIN_MS = [200, 500, 1000, 2000];
/** How long leaving waits for the stopping of what was interrupted. */
const LEAVE_MS = 4000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One host: connects on first use, keeps a resident shell a user, connects anew when the line was lost. */
export class HostConnection implements Connection {
  readonly stats = { trips: 0, writes: 0, sent: 0, received: 0 };
  readonly #making: Making;
  readonly #shells = new Map<string, Promise<Resident>>();
  readonly #open = new Map<string, Resident>();
  readonly #pipes = new Set<Pipe>();
  readonly #kills = new Set<Promise<void>>();
  #carrier: Promise<Carrier> | undefined;
  #slots = new Slots(10);
  #connected = false;
  #closed = false;

  constructor(making: Making) {
    this.#making = making;
  }

  async shell(become?: Become): Promise<Shell> {
    try {
      return await this.#resident(become);
    } catch (error) {
      // the line may have been lost unnoticed: one new connection is worth a try
      if (!isUnreachable(error) || !error.diagnostics.some((one) => one.code === 'lost') || this.#closed) throw error;
      return await this.#resident(become);
    }
  }

  async open(text: string, become?: Become): Promise<Pipe> {
    // what it prints before somebody listens would be lost
    const { pipe } = await this.#start(await this.#connect(), become, `IFS= read -r qp_go; ${text}`);
    return pipe;
  }

  async dial(host: string, port: number): Promise<Duplex> {
    return (await this.#connect()).dial(host, port);
  }

  async reset(): Promise<void> {
    const carrier = this.#carrier;
    this.#carrier = undefined;
    const reason = unreachable(this.#making.name, 'lost', `the connection to ${this.#making.name} was reset`);
    for (const resident of this.#open.values()) resident.destroy(reason);
    this.#open.clear();
    this.#shells.clear();
    for (const pipe of this.#pipes) pipe.destroy();
    this.#pipes.clear();
    if (carrier === undefined) return;
    await carrier.then(
      (one) => {
        one.close();
        return one.gone;
      },
      () => undefined,
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    // what was interrupted is being stopped on the host; leaving now would let it run on
    if (this.#kills.size > 0) await Promise.race([Promise.allSettled(this.#kills), pause(LEAVE_MS)]);
    await this.reset();
  }

  async #resident(become: Become | undefined): Promise<Resident> {
    const carrier = await this.#connect();
    const key = become === undefined || isSelf(carrier.user, become) ? '' : `${become.method} ${become.user}`;
    const known = this.#shells.get(key);
    if (known !== undefined) {
      const resident = await known;
      if (!resident.lost) {
        resident.used = Date.now();
        return resident;
      }
      if (this.#shells.get(key) === known) this.#shells.delete(key);
      return this.#resident(become);
    }
    const made = this.#make(carrier, become, key);
    this.#shells.set(key, made);
    made.catch(() => {
      if (this.#shells.get(key) === made) this.#shells.delete(key);
    });
    return made;
  }

  async #make(carrier: Carrier, become: Become | undefined, key: string): Promise<Resident> {
    if (this.#open.size >= RESIDENTS) this.#evict();
    const { pipe, hello } = await this.#start(carrier, become);
    const user = key === '' ? carrier.user : (become?.user ?? carrier.user);
    const resident = new Resident(user, pipe, Number(hello), {
      name: this.#making.name,
      stats: this.stats,
      kill: (pid) => this.#tracked(this.#kill(carrier, become, pid)),
      put: (path, content, size) => this.#put(carrier, become, user, path, content, size),
    });
    this.#open.set(key, resident);
    void pipe.ended.then(() => {
      if (this.#open.get(key) === resident) this.#open.delete(key);
    });
    return resident;
  }

  /** Closes the idle shell that was used longest ago. */
  #evict(): boolean {
    const idle = [...this.#open].filter(([, one]) => one.idle && Date.now() - one.used > 50).sort(([, a], [, b]) => a.used - b.used)[0];
    if (idle === undefined) return false;
    const [key, resident] = idle;
    this.#open.delete(key);
    this.#shells.delete(key);
    resident.end();
    return true;
  }

  async #start(carrier: Carrier, become: Become | undefined, body?: string, urgent = false): Promise<{ pipe: Pipe; hello: string }> {
    const { shell } = this.#making;
    const start = startOf(shell, carrier.user, become, body);
    const asked = isSelf(carrier.user, become) ? undefined : become;
    if (start.needsTerminal) return this.#startOnTerminal(carrier, start, asked);
    try {
      const pipe = await this.#pipe(carrier, start.text, urgent);
      return { pipe, hello: await greet(pipe, start, { ...this.#making, become: asked }) };
    } catch (error) {
      if (asked === undefined || !(error instanceof QplayError) || !error.diagnostics.some((one) => wantsTerminal(one.cause))) throw error;
      return this.#startOnTerminal(carrier, start, asked);
    }
  }

  async #startOnTerminal(carrier: Carrier, start: Start, become: Become | undefined): Promise<{ pipe: Pipe; hello: string }> {
    const { shell, name, timeout } = this.#making;
    const guarded = { ...carrier, open: (text: string, options?: { terminal?: boolean }) => this.#pipe(carrier, text, false, options) };
    const { pipe, desk } = await openOnTerminal(guarded, start.text, shell, name, timeout);
    return { pipe, hello: await greet(pipe, start, { ...this.#making, become, desk }) };
  }

  /** One channel of the connection, within what the server allows. */
  async #pipe(carrier: Carrier, text: string, urgent: boolean, options?: { terminal?: boolean }): Promise<Pipe> {
    const give = await this.#slots.take(urgent, () => this.#evict());
    try {
      const pipe = await carrier.open(text, options).catch(async (error: unknown) => {
        // a server with a low MaxSessions: make room and try once more
        if (!(error instanceof QplayError) || error.diagnostics[0]?.code !== 'channels' || !this.#evict()) throw error;
        await pause(100);
        return carrier.open(text, options);
      });
      this.#pipes.add(pipe);
      void pipe.ended.then(() => {
        this.#pipes.delete(pipe);
        give();
      });
      return pipe;
    } catch (error) {
      give();
      throw error;
    }
  }

  #tracked(kill: Promise<void>): Promise<void> {
    this.#kills.add(kill);
    const done = () => void this.#kills.delete(kill);
    kill.then(done, done);
    return kill;
  }

  async #kill(carrier: Carrier, become: Become | undefined, pid: number): Promise<void> {
    const { pipe } = await this.#start(carrier, become, `exec ${this.#making.shell}`, true);
    pipe.stdin.on('error', () => {});
    pipe.stdin.end(`${killScript(pid)}\n`);
    await pipe.ended;
  }

  async #put(carrier: Carrier, become: Become | undefined, user: string, path: string, content: Buffer | Readable, size: number): Promise<void> {
    const { pipe } = await this.#start(carrier, become, receive(path));
    await send(pipe, content, size, { name: this.#making.name, user, path, stats: this.stats });
  }

  #connect(): Promise<Carrier> {
    if (this.#closed) return Promise.reject(unreachable(this.#making.name, 'closed', `the connection to ${this.#making.name} is closed`));
    this.#carrier ??= this.#reach();
    return this.#carrier;
  }

  #reach(): Promise<Carrier> {
    const made = this.#tries().then((carrier) => {
      this.#slots = new Slots(carrier.channels);
      this.#connected = true;
      void carrier.gone.then(() => {
        if (this.#carrier === made) this.#carrier = undefined;
      });
      return carrier;
    });
    made.catch(() => {
      if (this.#carrier === made) this.#carrier = undefined;
    });
    return made;
  }

  /** A host reached before is given time to come back; one never reached only when the server seems overloaded. */
  async #tries(): Promise<Carrier> {
    const deadline = Date.now() + this.#making.timeout * 1000;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#making.reach();
      } catch (error) {
        const wait = AGAIN_MS[attempt];
        if (wait === undefined || this.#closed || Date.now() >= deadline || !this.#worthwhile(error)) throw error;
        await pause(wait * (0.75 + Math.random() / 2));
      }
    }
  }

  #worthwhile(error: unknown): boolean {
    if (!(error instanceof QplayError)) return false;
    const one = error.diagnostics[0];
    if (one?.code === 'connect' && isPassing(new Error(one.cause ?? ''))) return true;
    return this.#connected && (one?.code === 'refused' || one?.code === 'timeout' || one?.code === 'no-route');
  }
}
