import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { program } from './oracle.ts';

/** A value as JSON; what JSON has no word for is `{"$": type, "v": ...}` (see template-server.py). `encode` makes it of qplay's. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * `value`: of a variable or an argument. `text`: what the template module writes. `condition`: a `when`.
 * `expression`: a bare expression's value, with its own Python type.
 */
export type Mode = 'value' | 'text' | 'condition' | 'expression';

export interface Case {
  readonly text: string;
  /** `value` when absent. */
  readonly mode?: Mode;
  readonly vars?: Readonly<Record<string, Json>>;
  /** Attributes of Jinja's environment, such as `trim_blocks`; for the modes value and text. */
  readonly overrides?: Readonly<Record<string, Json>>;
}

export interface Failed {
  /** Class of the exception. */
  readonly error: string;
  readonly message: string;
  /** Classes of the exception and its causes, outermost first. */
  readonly chain: readonly string[];
}

export type Answer = { readonly value: Json } | Failed;

export interface Batch {
  readonly cases: readonly Case[];
  /** Variables of all of them; a case's own win. */
  readonly vars?: Readonly<Record<string, Json>>;
  /** Folder of the playbook: where files are looked for. The working folder when absent. */
  readonly basedir?: string;
}

/** Environment that both sides of a comparison see. */
export const ENVIRONMENT = { LC_ALL: 'C.UTF-8', TZ: 'UTC', PYTHONHASHSEED: '0', QPLAY_TEST: 'of the tests' } as const;

/** ansible-core's templating in one long-lived process: some 0.5 ms a small template, so send many at once. */
export class TemplateServer {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: { readonly done: (answers: Answer[]) => void; readonly failed: (error: Error) => void }[] = [];
  #errors = '';

  /** Starts the process. Throws where there is no oracle. */
  constructor() {
    const { HOME, PATH } = process.env;
    this.#process = spawn(program('python'), [join(import.meta.dirname, 'template-server.py')], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { HOME, PATH, ...ENVIRONMENT },
    });
    this.#process.stderr.on('data', (text) => {
      this.#errors = (this.#errors + String(text)).slice(-4000);
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#waiting.shift()?.done(JSON.parse(line).answers));
    this.#process.on('exit', (code) => {
      for (const { failed } of this.#waiting.splice(0)) failed(new Error(`template-server.py ended (${code}): ${this.#errors}`));
    });
    this.#process.stdin.on('error', () => {}); // told by exit
  }

  /** Answers in the order of the cases. Calls may overlap; they are answered one after the other. */
  ask({ cases, vars = {}, basedir = process.cwd() }: Batch): Promise<Answer[]> {
    return new Promise((done, failed) => {
      this.#waiting.push({ done, failed });
      this.#process.stdin.write(`${JSON.stringify({ basedir, vars, cases })}\n`);
    });
  }

  /** Ends the process. */
  stop(): void {
    this.#process.stdin.end();
  }
}
