import type { Duplex } from 'node:stream';
import { QplayError } from '../error.ts';
import { quote } from '../quote.ts';
import { exchange, type Running } from './call.ts';
import type { Content, Host, Observed, Result, Script } from './contract.ts';
import { raw } from './contract.ts';
import { type Background, detached } from './detach.ts';
import { liveText } from './live.ts';
import { deliver, isSmall, parcel, write } from './uploads.ts';

/** A host for modules that act by calls. `close` removes what was uploaded. */
export interface OpenHost extends Host {
  /** Whether output is shown as it comes. */
  live: boolean;
  close(): Promise<void>;
}

/** The host of a call, over its connection. */
export function openHost(running: Running): OpenHost {
  const { call } = running;
  let folder: Promise<string> | undefined;
  let files = 0;
  const makeFolder = async (): Promise<string> => {
    const made = await exchange(running, raw('umask 077; mktemp -d "${TMPDIR:-/tmp}/qplay.XXXXXX"'));
    if (made.code === 0) return made.stdout.trim();
    throw new QplayError({
      kind: 'task',
      severity: 'error',
      code: 'upload',
      message: 'no temporary folder can be made on the host',
      cause: made.stderr.trim(),
    });
  };
  const host: OpenHost = {
    live: false,
    signal: call.signal,
    run: (script, options) => runLive(running, script, options?.timeout, host.live),
    ...(call.background !== undefined && {
      detach: async (script: Script, known: Result) => ({ ...(await detached(running, call.background as Background, script, known)) }),
    }),
    dial: (name: string, port: number): Promise<Duplex> => call.connection.dial(name, port),
    upload: async (content: Content) => {
      folder ??= makeFolder();
      const path = `${await folder}/${files++}`;
      const one = await parcel(content, call.controller);
      if (!isSmall(one)) await deliver(await call.connection.shell(call.become), path, one);
      else await written(running, raw(write(one.bytes, quote(path))), path);
      return path;
    },
    download: async (path) => (await call.connection.shell(call.become)).get(path),
    reconnect: (seconds) => reconnect(running, seconds),
    close: async () => {
      if (folder === undefined) return;
      const path = await folder.catch(() => undefined);
      // a host that is gone keeps its temporary files; the outcome of the task is not about them
      if (path !== undefined) await (await call.connection.shell(call.become)).run(`rm -rf ${quote(path)}`).catch(() => {});
    },
  };
  return host;
}

async function runLive(running: Running, script: Script, timeout: number | undefined, live: boolean): Promise<Observed> {
  const onOutput = live ? liveText(running.call.onOutput) : undefined;
  const answer = await exchange(running, script, { ...(timeout === undefined ? {} : { timeout }), ...(onOutput === undefined ? {} : { onOutput }) });
  if (answer.timedOut && timeout === undefined) throw timeIsUp(running);
  return answer;
}

/** The call's own time is over, whatever the module makes of it. */
export const timeIsUp = ({ call }: Running): QplayError =>
  new QplayError({
    kind: 'task',
    severity: 'error',
    code: 'timeout',
    message: `${call.module.name} was not done after ${call.timeout} s`,
    hint: 'The task keyword `timeout` sets the limit',
  });

async function written(running: Running, script: Script, path: string): Promise<void> {
  const answer = await exchange(running, script);
  if (answer.code !== 0) {
    throw new QplayError({ kind: 'task', severity: 'error', code: 'upload', message: `${path} cannot be written on the host`, cause: answer.stderr.trim() });
  }
}

/** Tries until a script runs again or the time is over. */
async function reconnect({ call }: Running, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  await call.connection.reset();
  for (;;) {
    call.signal.throwIfAborted();
    try {
      const shell = await call.connection.shell(call.become);
      await shell.run(':', { signal: call.signal, timeout: 30 });
      return;
    } catch (error) {
      if (Date.now() >= deadline || call.signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(500, Math.max(0, deadline - Date.now()))));
    }
  }
}
