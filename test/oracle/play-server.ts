import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { program } from './oracle.ts';

/** One call of a program of Ansible's. */
export interface Call {
  readonly program?: 'ansible' | 'ansible-doc' | 'ansible-inventory' | 'ansible-playbook' | 'ansible-vault';
  /** Arguments of the program. */
  readonly argv: readonly string[];
  /** Working folder. An `ansible.cfg` in it is honoured. */
  readonly cwd: string;
  /** Added to the environment; names that begin with `ANSIBLE_` are honoured. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Killed after this time; 60 when absent. */
  readonly seconds?: number;
}

/** What a callback was told: kind, then what belongs to it (see play-server.py). */
export type PlayEvent = readonly [string, ...unknown[]];

export interface Answer {
  /** Negative: ended by that signal. */
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly PlayEvent[];
}

/** ansible-core in one long-lived process that forks for each call: some 0.3 s of CPU for a small playbook, in place of 1.2 s. */
export class PlayServer {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { readonly done: (answer: Answer) => void; readonly failed: (error: Error) => void }>();
  #last = 0;
  #errors = '';

  /** Starts the process. Throws where there is no oracle. */
  constructor() {
    this.#process = spawn(program('python'), [join(import.meta.dirname, 'play-server.py')], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), ...QUIET },
    });
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on('line', (line) => this.#answered(line));
    this.#process.stderr?.on('data', (text) => {
      this.#errors = (this.#errors + String(text)).slice(-4000);
    });
    this.#process.on('exit', (code) => {
      for (const { failed } of this.#waiting.values()) failed(new Error(`play-server.py ended (${code}): ${this.#errors}`));
      this.#waiting.clear();
    });
  }

  /** Runs the program to its end. Calls may overlap. */
  run(call: Call): Promise<Answer> {
    const id = ++this.#last;
    const fresh = call.env !== undefined || existsSync(join(call.cwd, 'ansible.cfg'));
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#process.stdin?.write(`${JSON.stringify({ program: 'ansible-playbook', ...call, id, fresh })}\n`);
    });
  }

  /** Lets what is under way end, and the process with it. */
  async close(): Promise<void> {
    const ended = new Promise((done) => this.#process.once('exit', done));
    this.#process.stdin?.end();
    await ended;
  }

  #answered(line: string): void {
    const { id, ...answer } = JSON.parse(line) as Answer & { id: number };
    this.#waiting.get(id)?.done(answer);
    this.#waiting.delete(id);
  }
}

const QUIET = {
  ANSIBLE_LOCALHOST_WARNING: 'false',
  ANSIBLE_DEPRECATION_WARNINGS: 'false',
  // results arrive in the order of hosts, so that what is told does not depend on luck
  ANSIBLE_FORKS: '1',
  ANSIBLE_NOCOLOR: '1',
  ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
  ANSIBLE_RETRY_FILES_ENABLED: 'false',
  COLUMNS: '80',
};

function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ANSIBLE_')));
}
