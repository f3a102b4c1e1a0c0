import type { Connection, ConnectOptions } from './connection.ts';
import { HostConnection } from './host-connection.ts';

export type { Become, Connection, ConnectOptions, Exit, RunOptions, Shell } from './connection.ts';

/** A connection to a host, made when it is first used. Nothing of ssh is loaded before. */
export function connect(options: ConnectOptions): Connection {
  return new HostConnection({
    name: options.name,
    shell: options.shell ?? '/bin/sh',
    timeout: options.timeout,
    reach: async () => {
      if (options.kind === 'local') return (await import('./local.ts')).localCarrier(options);
      return (await import('./ssh.ts')).sshCarrier(options);
    },
  });
}
