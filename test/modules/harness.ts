import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type {
  ActionModule,
  ArgsOf,
  AskModule,
  AskPlan,
  Content,
  Controller,
  Host,
  Observed,
  Options,
  Plan,
  ReadModule,
  Script,
  StateModule,
} from '../../engine/module/contract.ts';

/** Shells that scripts must run in; those that this machine has. */
export const SHELLS: readonly (readonly string[])[] = [['dash'], ['bash'], ['busybox', 'sh']];

let folders: string | undefined;
afterAll(() => folders !== undefined && rmSync(folders, { recursive: true, force: true }));

/** A folder of its own for one test; it goes when the test file is done. Other users of this machine may enter. */
export function scratch(): string {
  if (folders === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'qplay-test-'));
    chmodSync(made, 0o711);
    folders = made;
  }
  return mkdtempSync(join(folders, 't-'));
}

/** Runs a script on this machine as the resident shell would: in a subshell, stdin from /dev/null. */
export function runScript(script: Script, shell: readonly string[] = ['sh'], variables: Readonly<Record<string, string>> = {}): Promise<Observed> {
  const libs = [...script.libs].flatMap((lib) => [...lib.needs.map((need) => need.text), lib.text]);
  const text = [...libs, `(\n${script.text}\n)`].join('\n');
  return new Promise((resolve, reject) => {
    const child = spawn(shell[0] as string, [...shell.slice(1), '-c', text], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...variables } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const bytes = Buffer.concat(out);
      resolve({ code: code ?? 128, stdout: bytes.toString(), stderr: Buffer.concat(err).toString(), bytes });
    });
  });
}

/** A control node whose files are in one folder and whose templates only know `{{ name }}`: the real one is the engine's. */
export function controller(folder: string, more: Partial<Controller> = {}): Controller & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return {
    host: 'box',
    check: false,
    diff: true,
    find: (_kind, name) => (name.startsWith('/') ? name : join(folder, name)),
    read: async (path) => readFileSync(path),
    template: async (path) => readFileSync(path, 'utf8'),
    secret: () => undefined,
    warn: (message) => warnings.push(message),
    warnings,
    ...more,
  };
}

/** This machine as a managed host. */
export function localHost(shell: readonly string[] = ['sh']): Host {
  const upload = async (content: Content): Promise<string> => {
    const path = join(scratch(), 'upload');
    writeFileSync(path, bytesOf(content), { mode: 0o600 });
    return path;
  };
  return {
    run: (script) => runScript(script, shell),
    dial: (host, port) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, host);
        socket.once('connect', () => resolve(socket));
        socket.once('error', reject);
      }),
    upload,
    download: async (path) => readFileSync(path),
    reconnect: async () => undefined,
    signal: new AbortController().signal,
  };
}

const bytesOf = (content: Content): Buffer | string => (typeof content === 'string' || Buffer.isBuffer(content) ? content : readFileSync(content.file));

/** Arguments with the defaults that the engine would fill in. */
export function withDefaults<O extends Options>(options: O, given: Readonly<Record<string, unknown>>): ArgsOf<O> {
  const args: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(options)) {
    const written = [name, ...(spec.aliases ?? [])].find((key) => given[key] !== undefined);
    if (written !== undefined) args[name] = given[written];
    else if (spec.default !== undefined) args[name] = spec.default;
  }
  const known = new Set(Object.entries(options).flatMap(([name, spec]) => [name, ...(spec.aliases ?? [])]));
  const stray = Object.keys(given).find((name) => !known.has(name));
  if (stray !== undefined) throw new Error(`no option ${stray}`);
  return args as ArgsOf<O>;
}

export interface Ran {
  /** The plan before. */
  readonly plan: Plan;
  /** The plan after `apply`, when there was something to apply. */
  readonly after?: Plan;
  /** How `apply` ended. */
  readonly applied?: Observed;
}

/** One task on this machine: probe, plan and, unless `check`, apply and probe again. */
export async function runState<O extends Options, P>(
  module: StateModule<O, P>,
  given: Readonly<Record<string, unknown>>,
  { shell = ['sh'], control = controller('/'), check = false }: { shell?: readonly string[]; control?: Controller; check?: boolean } = {},
): Promise<Ran> {
  const args = withDefaults(module.options, given);
  const prepared = (await module.prepare?.(args, control)) as P;
  const before = await runScript(module.probe(args, prepared), shell);
  const plan = module.plan(args, before, prepared);
  if (plan.is !== 'wrong' || check) return { plan };
  const host = localHost(shell);
  const variables: Record<string, string> = {};
  for (const [name, content] of Object.entries(plan.uploads ?? {})) variables['up_' + name] = await host.upload(content);
  const applied = await runScript(plan.apply, shell, variables);
  const seen = await runScript(module.probe(args, prepared), shell);
  return { plan, applied, after: (module.plan as (...all: unknown[]) => Plan)(args, seen, prepared, before) };
}

export const runRead = async <O extends Options>(module: ReadModule<O>, given: Readonly<Record<string, unknown>>, shell: readonly string[] = ['sh']) => {
  const args = withDefaults(module.options, given);
  return module.result(args, await runScript(module.probe(args), shell));
};

export const runAction = <O extends Options>(module: ActionModule<O>, given: Readonly<Record<string, unknown>>, control: Controller = controller('/')) =>
  module.run(withDefaults(module.options, given), localHost(), control);

export interface Asked {
  readonly plan: AskPlan;
  readonly after?: AskPlan;
}

/** One task that talks: ask, plan and, unless the controller checks, act and ask again. */
export async function runAsk<O extends Options, S>(
  module: AskModule<O, S>,
  given: Readonly<Record<string, unknown>>,
  control: Controller = controller('/'),
  host: Host = localHost(),
): Promise<Asked> {
  const args = withDefaults(module.options, given);
  const plan = module.plan(args, await module.ask(args, host, control));
  if (plan.is !== 'wrong' || control.check) return { plan };
  await plan.act(host);
  return { plan, after: module.plan(args, await module.ask(args, host, control)) };
}

/** Output of a command, for checks by other means than ours. */
export const output = (command: string, ...args: string[]): Promise<string> =>
  new Promise((resolve, reject) => execFile(command, args, (error, stdout) => (error ? reject(error) : resolve(stdout))));
