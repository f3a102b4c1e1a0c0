/** How many times the peer must cost what qplay costs. */
export interface Bar {
  readonly workload: string;
  readonly peer: string;
  readonly wall?: number;
  readonly controller?: number;
}

/** The first step's bars; see docs/how-to/benchmark.md. */
export const BARS: readonly Bar[] = [
  { workload: 'w1', peer: 'ansible-core', wall: 25, controller: 25 },
  { workload: 'w1', peer: 'mitogen', wall: 10, controller: 25 },
  { workload: 'w1', peer: 'pyinfra', wall: 6, controller: 4 },
  { workload: 'w2', peer: 'ansible-core', wall: 20 },
  { workload: 'w2', peer: 'mitogen', wall: 8 },
  { workload: 'w2', peer: 'pyinfra', wall: 8 },
  { workload: 'w3', peer: 'ansible-core', wall: 30 },
  { workload: 'w3', peer: 'mitogen', wall: 12 },
  { workload: 'w3', peer: 'pyinfra', wall: 8 },
  { workload: 'w5', peer: 'ansible-core', wall: 50 },
  { workload: 'w5', peer: 'mitogen', wall: 10 },
  { workload: 'w5', peer: 'pyinfra', wall: 10 },
];

/** At most this many times the floor's controller CPU, and so many MB resident, on a converged re-run. */
export const CEILING = { workload: 'w1', floor: 3, rss: 110 };

/** CPU seconds of `qplay --version`. */
export const VERSION_CPU = 0.1;

export const barOf = (workload: string, peer: string): Bar | undefined => BARS.find((one) => one.workload === workload && one.peer === peer);
