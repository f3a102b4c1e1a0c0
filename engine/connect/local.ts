import { spawn } from 'node:child_process';
import { connect as connectTcp } from 'node:net';
import { userInfo } from 'node:os';
import type { ConnectOptions } from './connection.ts';
import type { Carrier, Pipe, PipeEnd } from './pipe.ts';
import { refused } from './trouble.ts';

/** The control node itself, without ssh. */
export function localCarrier(options: ConnectOptions): Carrier {
  const running = new Set<Pipe>();
  let leave: (reason: undefined) => void = () => {};
  const gone = new Promise<undefined>((resolve) => {
    leave = resolve;
  });
  return {
    user: userInfo().username,
    channels: 64,
    gone,
    open: async (text, opening) => {
      if (opening?.terminal) {
        throw refused(options.name, 'terminal', 'becoming that user needs a terminal, which the local connection cannot give', {
          hint: 'Use sudo for become here, or reach this machine by ssh',
        });
      }
      const pipe = localPipe(text);
      running.add(pipe);
      void pipe.ended.then(() => running.delete(pipe));
      return pipe;
    },
    dial: (host, port) =>
      new Promise((resolve, reject) => {
        const socket = connectTcp({ host, port, noDelay: true });
        socket.once('connect', () => resolve(socket));
        socket.once('error', (error) => reject(refused(options.name, 'dial', `${options.name} cannot connect to ${host} port ${port}: ${error.message}`)));
      }),
    close: () => {
      for (const pipe of running) pipe.destroy();
      leave(undefined);
    },
  };
}

function localPipe(text: string): Pipe {
  // a session of its own: Ctrl-C at the terminal is ours to handle, and nobody asks there for passwords
  const child = spawn('/bin/sh', ['-c', text], { stdio: 'pipe', detached: true });
  const ended = new Promise<PipeEnd>((resolve) => {
    child.once('error', (lost) => resolve({ lost }));
    child.once('exit', (code, signal) => resolve({ ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) }));
  });
  child.stdin.on('error', () => {});
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    destroy: () => {
      child.stdin.destroy();
      child.kill();
    },
  };
}
