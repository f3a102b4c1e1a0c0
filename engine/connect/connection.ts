import type { Duplex, Readable } from 'node:stream';
import type { Pipe } from './pipe.ts';

/** Another user to run as. One resident shell is kept for each. */
export interface Become {
  readonly method: 'sudo' | 'su' | 'doas';
  readonly user: string;
  readonly password?: string;
  /** Executable in place of the method's own, and flags in place of `-H -S -n`. */
  readonly exe?: string;
  readonly flags?: string;
}

/** How a host is reached. `host`, `port`, `user` may come from ssh_config when absent. */
export interface ConnectOptions {
  readonly kind: 'ssh' | 'local';
  /** Name in the inventory, for messages. */
  readonly name: string;
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly privateKeyFile?: string;
  readonly passphrase?: string;
  /** `strict`: unknown and changed keys are refused; `accept-new`: unknown ones are added; `off`: not looked at. */
  readonly hostKeyChecking: 'strict' | 'accept-new' | 'off';
  readonly knownHostsFiles?: readonly string[];
  /** `-o Key=Value` settings out of ansible_ssh_common_args and _extra_args, keys in lower case. */
  readonly sshOptions?: Readonly<Record<string, string>>;
  readonly configFile?: string;
  /** Seconds until a connection attempt is given up. */
  readonly timeout: number;
  /** Login shell's replacement for the resident shell; `/bin/sh` when absent. */
  readonly shell?: string;
}

/** How a script ended. */
export interface Exit {
  /** Exit status; 128 + n when a signal n ended it; 124 with `timedOut` when its time was up. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly timedOut?: true;
}

export interface RunOptions {
  /** Seconds; the remote process group is killed when they are over. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Output as it comes. */
  readonly onOutput?: (stream: 'out' | 'err', chunk: Buffer) => void;
}

/**
 * One long-lived `/bin/sh` of one user on one host. `run` may be called again before the last answer is in: scripts are
 * written at once and answered in order, which is how loops and look-ahead save round trips.
 */
export interface Shell {
  readonly user: string;
  /** Runs a script in a subshell with stdin from /dev/null. Rejects with an `unreachable` diagnostic when the connection is lost. */
  run(script: string, options?: RunOptions): Promise<Exit>;
  /** Runs text in the resident shell itself (no subshell): definitions of functions that later scripts use. */
  define(text: string): void;
  /** Which definitions this shell has; whoever defines adds the name. A new shell after a reconnect starts empty. */
  readonly defined: Set<string>;
  /** Writes a new file as this shell's user: mode 0600 from the first byte, streamed, not compressed. */
  put(path: string, content: Buffer | Readable, size: number): Promise<void>;
  /** Reads a file as this shell's user. */
  get(path: string): Promise<Buffer>;
}

/** One host, over one connection. */
export interface Connection {
  /** The resident shell of a user; opened when first asked for. */
  shell(become?: Become): Promise<Shell>;
  /** Starts a command beside the resident shells, with its own streams. It waits until a first line was written to it, which it does not get. */
  open(text: string, become?: Become): Promise<Pipe>;
  /** A TCP connection made from the host. */
  dial(host: string, port: number): Promise<Duplex>;
  /** Drops everything; the next `shell` connects anew. */
  reset(): Promise<void>;
  close(): Promise<void>;
  /** Scripts written, in how many writes, and bytes both ways since the start, for tests and the bench. */
  readonly stats: { trips: number; writes: number; sent: number; received: number };
}
