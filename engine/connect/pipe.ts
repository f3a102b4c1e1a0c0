import type { Readable, Writable } from 'node:stream';

/** How a command on the other side ended. */
export interface PipeEnd {
  /** Exit status; absent when a signal ended it or the connection went. */
  readonly code?: number;
  readonly signal?: string;
  /** The connection went, with the reason. */
  readonly lost?: Error;
}

/** A command that runs on the host, with its three streams. */
export interface Pipe {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once: the command has ended, or the connection is gone. Never rejects. */
  readonly ended: Promise<PipeEnd>;
  /** Gives the command up: streams are closed, what it does on the host is not waited for. */
  destroy(): void;
}

/** What a way of reaching a host (ssh, local) must be able to do; shells, become and uploads are built on it. */
export interface Carrier {
  /** The user that commands run as. */
  readonly user: string;
  /** How many commands may run at once. */
  readonly channels: number;
  /** Starts a command. `text` is read by the login shell of the user, whichever that is. With `terminal` it has one, and stderr goes to stdout. */
  open(text: string, options?: { readonly terminal?: boolean }): Promise<Pipe>;
  /** A TCP connection made from the host. */
  dial(host: string, port: number): Promise<import('node:stream').Duplex>;
  /** Resolves when the connection is gone, with the reason when it was not asked for. */
  readonly gone: Promise<Error | undefined>;
  close(): void;
}
