import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly workloads: readonly string[];
  readonly engines: readonly string[];
  readonly hosts: number;
  readonly rounds: number;
  readonly start: boolean;
}

const ALL = ['w1', 'w2', 'w3', 'w5'];
const PEERS = ['ansible-core', 'mitogen', 'pyinfra'];

export const USAGE = `npm run bench -- [OPTIONS]
  --quick           one round, ansible-core the only peer, 3 hosts
  --only LIST       of these workloads: w1 w2 w3 w5 w6 w7 (w6, a copy of 100 MB, only when named)
  --engines LIST    of these: ansible-core mitogen pyinfra qplay floor
  --hosts N         hosts of the fleet (default 9)
  --rounds N        how often each peer runs (default 1); qplay and the floor run after each of them
  --keep            leave the fleet up and the working folder in place`;

/** The command line as settings. Throws a sentence for what it does not know. */
export function options(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      quick: { type: 'boolean' },
      only: { type: 'string' },
      engines: { type: 'string' },
      hosts: { type: 'string' },
      rounds: { type: 'string' },
      keep: { type: 'boolean' },
    },
  });
  const quick = values.quick === true;
  const chosen = values.only?.toLowerCase().split(',') ?? [...ALL, 'w7'];
  return {
    workloads: known(chosen, [...ALL, 'w6', 'w7'], 'workload').filter((one) => one !== 'w7'),
    engines: known(
      values.engines?.split(',') ?? (quick ? ['ansible-core', 'qplay', 'floor'] : [...PEERS, 'qplay', 'floor']),
      [...PEERS, 'qplay', 'floor'],
      'engine',
    ),
    hosts: whole('hosts', values.hosts, quick ? 3 : 9),
    rounds: whole('rounds', values.rounds, 1),
    start: chosen.includes('w7'),
  };
}

function known(asked: readonly string[], all: readonly string[], what: string): string[] {
  for (const one of asked) if (!all.includes(one)) throw new Error(`there is no ${what} "${one}"; there are ${all.join(', ')}`);
  return all.filter((one) => asked.includes(one));
}

function whole(name: string, value: string | undefined, otherwise: number): number {
  const number = value === undefined ? otherwise : Number(value);
  if (Number.isInteger(number) && number > 0 && number < 250) return number;
  throw new Error(`--${name} needs a whole number from 1 to 249, and this is "${value}"`);
}
