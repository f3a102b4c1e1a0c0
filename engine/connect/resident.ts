import { setMaxListeners } from 'node:events';
import { QplayError } from '../error.ts';
import type { Exit, RunOptions, Shell } from './connection.ts';
import { frame, MarkScanner, newMark } from './frame.ts';
import type { Pipe, PipeEnd } from './pipe.ts';
import { interrupted, unreachable } from './trouble.ts';

/** What the resident shell leaves to its connection: the way to a second channel. */
export interface Helpers {
  readonly name: string;
  readonly stats: { trips: number; writes: number; sent: number; received: number };
  /** Ends what the shell with this process number runs. */
  kill(pid: number): Promise<void>;
  put: Shell['put'];
}

interface Job {
  readonly definitions: string;
  readonly frame: string;
  readonly options: RunOptions;
  readonly out: Buffer[];
  readonly err: Buffer[];
  readonly settle: (answer: Exit | Error) => void;
  code?: number;
  errEnded?: true;
  /** Its time is over, or it was interrupted. */
  stopped?: 'timeout' | 'signal';
  timer?: NodeJS.Timeout;
  settled?: true;
}

const shared = new WeakSet<AbortSignal>();

/** One signal serves every script of a run: many listeners are no leak. */
function listen(signal: AbortSignal, abort: () => void): void {
  if (!shared.has(signal)) setMaxListeners(0, signal);
  shared.add(signal);
  signal.addEventListener('abort', abort, { once: true });
}

/** The resident shell of one user over one pipe: frames scripts, and hands each its answer in order. */
export class Resident implements Shell {
  readonly user: string;
  readonly defined = new Set<string>();
  readonly #pipe: Pipe;
  readonly #pid: number;
  readonly #helpers: Helpers;
  readonly #mark = newMark();
  readonly #written: Job[] = [];
  readonly #waiting: Job[] = [];
  #definitions = '';
  #flushing = false;
  #killing = false;
  #lost: Error | undefined;
  /** Milliseconds since the epoch when it was last asked for or answered. */
  used = Date.now();

  constructor(user: string, pipe: Pipe, pid: number, helpers: Helpers) {
    this.user = user;
    this.#pipe = pipe;
    this.#pid = pid;
    this.#helpers = helpers;
    const out = new MarkScanner(
      this.#mark,
      (chunk) => this.#output('out', chunk),
      (payload) => this.#outEnded(Number(payload)),
    );
    const err = new MarkScanner(
      this.#mark,
      (chunk) => this.#output('err', chunk),
      () => this.#errEnded(),
    );
    pipe.stdout.on('data', (chunk: Buffer) => this.#received(chunk, out));
    pipe.stderr.on('data', (chunk: Buffer) => this.#received(chunk, err));
    pipe.stdin.on('error', () => {});
    void pipe.ended.then((end) => this.#fail(end));
  }

  get idle(): boolean {
    return this.#written.length === 0 && this.#waiting.length === 0;
  }

  get lost(): boolean {
    return this.#lost !== undefined;
  }

  run(script: string, options: RunOptions = {}): Promise<Exit> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    if (options.signal?.aborted) return Promise.reject(interrupted(this.#helpers.name));
    if (script.includes('\0')) return Promise.reject(new Error('a shell script cannot hold a NUL character'));
    return new Promise((resolve, reject) => {
      const abort = () => this.#stop(job, 'signal');
      const job: Job = {
        definitions: this.#definitions,
        frame: frame(script, this.#mark),
        options,
        out: [],
        err: [],
        settle: (answer) => {
          if (job.settled) return;
          job.settled = true;
          options.signal?.removeEventListener('abort', abort);
          answer instanceof Error ? reject(answer) : resolve(answer);
        },
      };
      this.#definitions = '';
      if (options.signal !== undefined) listen(options.signal, abort);
      this.#waiting.push(job);
      this.#schedule();
    });
  }

  define(text: string): void {
    this.#definitions += `${text}\n`;
  }

  put(path: string, content: Buffer | import('node:stream').Readable, size: number): Promise<void> {
    return this.#helpers.put(path, content, size);
  }

  async get(path: string): Promise<Buffer> {
    const { quote } = await import('../quote.ts');
    const exit = await this.run(`exec cat < ${quote(path)}`);
    if (exit.code === 0) return exit.stdout;
    throw new QplayError({
      kind: 'task',
      severity: 'error',
      code: 'read-file',
      host: this.#helpers.name,
      message: `${path} on ${this.#helpers.name} cannot be read as ${this.user}`,
      cause: exit.stderr.toString('utf8').trim(),
    });
  }

  /** Ends the shell when what it runs has ended. */
  end(): void {
    this.#pipe.stdin.end();
  }

  destroy(reason: Error): void {
    this.#lost ??= reason;
    this.#pipe.destroy();
    this.#drain(this.#lost);
  }

  /** Everything asked for in one turn of the event loop leaves in one write. */
  #schedule(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    let text = '';
    while (this.#waiting.length > 0 && this.#mayWrite()) {
      const job = this.#waiting.shift() as Job;
      text += job.definitions;
      if (job.settled) continue;
      text += job.frame;
      this.#written.push(job);
      this.#helpers.stats.trips += 1;
      if (this.#written.length === 1) this.#began(job);
    }
    if (text === '') return;
    const bytes = Buffer.from(text, 'utf8');
    this.#helpers.stats.writes += 1;
    this.#helpers.stats.sent += bytes.length;
    this.#pipe.stdin.write(bytes);
  }

  /** Behind a script that may have to be killed nothing is written, so that the kill cannot hit the next one. */
  #mayWrite(): boolean {
    return !this.#killing && this.#written.at(-1)?.options.timeout === undefined;
  }

  #began(job: Job): void {
    this.used = Date.now();
    if (job.stopped !== undefined) this.#kill();
    const { timeout } = job.options;
    if (timeout === undefined) return;
    job.timer = setTimeout(() => this.#stop(job, 'timeout'), timeout * 1000);
  }

  #stop(job: Job, why: 'timeout' | 'signal'): void {
    job.stopped ??= why;
    if (why === 'signal') job.settle(interrupted(this.#helpers.name));
    if (this.#written[0] === job) this.#kill();
  }

  #kill(): void {
    if (this.#killing) return;
    this.#killing = true;
    const done = () => {
      this.#killing = false;
      this.#schedule();
    };
    this.#helpers.kill(this.#pid).then(done, (error: Error) => {
      // the script cannot be reached: the shell is given up, and whoever waits is told
      const head = this.#written[0];
      if (head?.stopped !== undefined) this.destroy(error);
      done();
    });
  }

  #received(chunk: Buffer, scanner: MarkScanner): void {
    this.#helpers.stats.received += chunk.length;
    scanner.push(chunk);
  }

  #output(stream: 'out' | 'err', chunk: Buffer): void {
    const job = this.#written.find((one) => (stream === 'out' ? one.code === undefined : one.errEnded === undefined));
    if (job === undefined) return;
    (stream === 'out' ? job.out : job.err).push(chunk);
    if (!job.settled) job.options.onOutput?.(stream, chunk);
  }

  #outEnded(code: number): void {
    const job = this.#written.find((one) => one.code === undefined);
    if (job === undefined) return;
    job.code = code;
    this.#answer();
  }

  #errEnded(): void {
    const job = this.#written.find((one) => one.errEnded === undefined);
    if (job === undefined) return;
    job.errEnded = true;
    this.#answer();
  }

  #answer(): void {
    for (;;) {
      const job = this.#written[0];
      if (job?.code === undefined || !job.errEnded) return;
      this.#written.shift();
      clearTimeout(job.timer);
      const exit = { stdout: Buffer.concat(job.out), stderr: Buffer.concat(job.err) };
      job.settle(job.stopped === 'timeout' ? { ...exit, code: 124, timedOut: true } : { ...exit, code: job.code });
      this.used = Date.now();
      const next = this.#written[0];
      if (next !== undefined) this.#began(next);
      if (this.#waiting.length > 0) this.#schedule();
    }
  }

  #fail(end: PipeEnd): void {
    if (this.#lost !== undefined) return;
    const { name } = this.#helpers;
    const how = end.signal ? `signal ${end.signal}` : `exit status ${end.code ?? 'unknown'}`;
    this.#lost =
      end.lost === undefined
        ? unreachable(name, 'shell-ended', `the shell of ${this.user} on ${name} ended by itself (${how})`, { hint: 'A script must not kill its own shell' })
        : unreachable(name, 'lost', `the connection to ${name} was lost: ${end.lost.message}`);
    this.#drain(this.#lost);
  }

  #drain(error: Error): void {
    for (const job of [...this.#written.splice(0), ...this.#waiting.splice(0)]) {
      clearTimeout(job.timer);
      job.settle(error);
    }
  }
}
