import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { didYouMean, inputError } from '../../engine/error.ts';
import { type Host, sh } from '../../engine/module/contract.ts';

/** Numbers of TCP states in /proc/net/tcp (include/net/tcp_states.h of Linux). */
const STATES: Record<string, number> = { ESTABLISHED: 1, SYN_SENT: 2, SYN_RECV: 3, FIN_WAIT1: 4, FIN_WAIT2: 5, TIME_WAIT: 6 };

export interface Drain {
  readonly host: string;
  readonly port?: number | undefined;
  readonly exclude_hosts?: readonly string[] | undefined;
  readonly active_connection_states: readonly string[];
}

/** How many connections to a port of the managed host are still there. */
export async function activeConnections(host: Host, wanted: Drain): Promise<number> {
  const states = new Set(wanted.active_connection_states.map(stateOf));
  const excluded = new Set(await addressesOf(wanted.exclude_hosts ?? []));
  const local = wanted.host === '0.0.0.0' || wanted.host === '::' ? undefined : new Set(await addressesOf([wanted.host]));
  const seen = await host.run(sh`cat /proc/net/tcp /proc/net/tcp6 2>/dev/null`);
  let count = 0;
  for (const line of seen.stdout.split('\n')) {
    const [, own, remote, state] = line.trim().split(/\s+/);
    if (own === undefined || remote === undefined || !/^[0-9A-F]{2}$/.test(state ?? '')) continue;
    const [address, port] = own.split(':') as [string, string];
    if (Number.parseInt(port, 16) !== wanted.port || !states.has(Number.parseInt(state as string, 16))) continue;
    if (local !== undefined && !local.has(readable(address))) continue;
    if (!excluded.has(readable(remote.split(':')[0] as string))) count++;
  }
  return count;
}

function stateOf(name: string): number {
  const state = STATES[name];
  if (state === undefined) throw inputError('wait', `active_connection_states: ${name} is no state of a connection.${didYouMean(name, Object.keys(STATES))}`);
  return state;
}

async function addressesOf(names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map(async (name) => (isIP(name) ? [name] : (await lookup(name, { all: true })).map((one) => one.address))));
  return found.flat();
}

/** An address of /proc/net/tcp: each 32 bits in the byte order of the machine, little-endian where Linux runs today. */
function readable(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) as string[]).reverse().map((two) => Number.parseInt(two, 16)));
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] as number) * 256 + (bytes[2 * i + 1] as number)).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
