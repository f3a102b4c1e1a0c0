import type { Become, Connection, Shell } from '../connect/connection.ts';
import { inputError } from '../error.ts';
import { quote } from '../quote.ts';
import type { AnyModule, Controller, Lib, Observed, Options, Script } from './contract.ts';
import type { Background } from './detach.ts';

/** One call of a module for one host. */
export interface ModuleCall {
  readonly module: AnyModule;
  /** Checked against the module's options, with defaults filled in. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly connection: Connection;
  readonly become?: Become;
  readonly controller: Controller;
  readonly check: boolean;
  readonly signal: AbortSignal;
  /** What a change or an action prints, as it comes. */
  readonly onOutput?: (stream: 'out' | 'err', text: string) => void;
  /** Exported for the module's scripts, and only for them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds for the whole call. */
  readonly timeout?: number;
  /** The script that acts is left to the host, where it outlives the connection. */
  readonly background?: Background;
}

/** A call under way. */
export interface Running {
  readonly call: ModuleCall;
  /** What the module's `prepare` gave. */
  readonly prepared: unknown;
  /** Milliseconds since the epoch. */
  readonly deadline?: number;
  /** The shell of the last exchange; another one now means that the line was lost meanwhile. */
  shell?: Shell;
}

/** What a script did, and whether its time ran out. */
export interface Answer extends Observed {
  readonly timedOut?: true;
}

export interface ExchangeOptions {
  /** Seconds. */
  readonly timeout?: number;
  readonly onOutput?: (stream: 'out' | 'err', chunk: Buffer) => void;
}

/** Readies a call: hides its secrets, lets the module do its work on the control node. Sends nothing. */
export async function begin(call: ModuleCall): Promise<Running> {
  hideSecrets(call.module.options, call.args, call.controller);
  const prepared = call.module.kind === 'state' ? await call.module.prepare?.(call.args, call.controller) : undefined;
  return { call, prepared, ...(call.timeout === undefined ? {} : { deadline: Date.now() + call.timeout * 1000 }) };
}

/** Sends one script, with the function libraries that the shell lacks: one round trip. */
export async function exchange(running: Running, script: Script, options: ExchangeOptions = {}): Promise<Answer> {
  const { call } = running;
  const shell = await call.connection.shell(call.become);
  return exchangeIn(shell, running, script, options);
}

export async function exchangeIn(shell: Shell, running: Running, script: Script, options: ExchangeOptions = {}): Promise<Answer> {
  const { call } = running;
  running.shell = shell;
  for (const lib of script.libs) define(shell, lib);
  const timeout = left(running, options.timeout);
  const exit = await shell.run(environmentText(call) + script.text, {
    signal: call.signal,
    ...(timeout === undefined ? {} : { timeout }),
    ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
  });
  return { ...observed(exit.code, exit.stdout, exit.stderr), ...(exit.timedOut ? { timedOut: true as const } : {}) };
}

export const observed = (code: number, stdout: Buffer, stderr: Buffer): Observed => ({
  code,
  stdout: stdout.toString('utf8'),
  stderr: stderr.toString('utf8'),
  bytes: stdout,
});

function define(shell: Shell, lib: Lib): void {
  if (shell.defined.has(lib.name)) return;
  shell.defined.add(lib.name);
  for (const need of lib.needs) define(shell, need);
  shell.define(lib.text);
}

/** Seconds that are left of a limit and of the call's own time; at least a moment, so that a script can say what it did. */
function left(running: Running, limit: number | undefined): number | undefined {
  if (running.deadline === undefined) return limit;
  const rest = Math.max(0.05, (running.deadline - Date.now()) / 1000);
  return limit === undefined ? rest : Math.min(limit, rest);
}

/** Shell text that exports the variables of the task. */
export function environmentText(call: ModuleCall): string {
  let text = '';
  for (const [name, value] of Object.entries(call.environment ?? {})) {
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw inputError('environment', `"${name}" cannot be the name of an environment variable`, { hint: 'Letters, digits and _ only' });
    text += `export ${name}=${quote(value)}\n`;
  }
  return text;
}

function hideSecrets(options: Options, args: Readonly<Record<string, unknown>>, controller: Controller): void {
  for (const [name, spec] of Object.entries(options)) {
    const value = args[name];
    if (value === undefined || value === null) continue;
    if (spec.secret) hide(value, controller);
    else if (spec.options !== undefined) {
      for (const one of Array.isArray(value) ? value : [value]) if (isRecord(one)) hideSecrets(spec.options, one, controller);
    }
  }
}

function hide(value: unknown, controller: Controller): void {
  if (typeof value === 'string' && value !== '') controller.secret(value);
  else if (Array.isArray(value)) for (const one of value) hide(one, controller);
  else if (isRecord(value)) for (const one of Object.values(value)) hide(one, controller);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
