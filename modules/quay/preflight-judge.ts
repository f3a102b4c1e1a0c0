import type { PreflightArgs } from './preflight.ts';

type Read = (section: string) => string;
type Judge = (args: PreflightArgs, read: Read, now: number) => readonly string[];

const system: Judge = ({ systems }, read) => {
  const [id = '', name = ''] = read('system').split('|');
  return systems.length === 0 || (systems as readonly string[]).includes(id)
    ? []
    : [`the system is ${name || id || 'unknown'}, not one of ${systems.join(', ')}`];
};

const least = (label: string, have: number, want: number, unit: string): string[] =>
  have >= want ? [] : [`${label}: ${have}${unit} where ${want}${unit} are needed`];

const size: Judge = (args, read) => [
  ...least('CPUs', Number(read('cpus')), args.cpus, ''),
  ...least('memory', Math.floor(Number(read('memory')) / 1024), args.memory_mb, ' MiB'),
  ...least(`free space for ${args.disk_path}`, Math.floor(Number(read('disk')) / 1024), args.disk_mb, ' MiB'),
];

const clock: Judge = ({ clock_seconds }, read, now) => {
  const off = Math.round(Number(read('clock')) - now);
  return Math.abs(off) <= clock_seconds ? [] : [`the clock is ${Math.abs(off)} seconds ${off > 0 ? 'ahead of' : 'behind'} the control node`];
};

/** `name|address|reverse answer` a line. A host's own name may point to loopback, from where there is no way back. */
const names: Judge = (_args, read) =>
  read('names')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [name = '', address = '', back = ''] = line.split('|');
      if (address === '') return [`the name ${name} does not resolve`];
      if (/^(127\.|::1$)/.test(address)) return [];
      // with several names for one address the way back may give any of them
      return back.trim() !== '' ? [] : [`${name} resolves to ${address}, but ${address} resolves to no name`];
    });

const ports: Judge = (args, read) => {
  const contained = new Set(read('contained').split('\n'));
  const listening = new Map<string, Set<string>>();
  for (const line of read('ports').split('\n')) {
    const [, port] = /^\S+\s+\S+\s+\S+\s+\S*:(\d+)\s/.exec(line) ?? [];
    if (port === undefined) continue;
    const holders = listening.get(port) ?? new Set();
    for (const [, program, pid] of line.matchAll(/"([^"]+)",pid=(\d+)/g)) holders.add(contained.has(pid as string) ? 'container' : (program as string));
    listening.set(port, holders);
  }
  return args.ports.flatMap(({ port, holders }) => {
    const held = listening.get(String(port));
    if (held === undefined || [...held].some((program) => (holders as readonly string[]).includes(program))) return [];
    return [`port ${port} is taken${held.size === 0 ? '' : ` by ${[...held].join(', ')}`}`];
  });
};

/** `device|NAME TYPE FSTYPE MOUNTPOINT;...` a line; an OSD's volume carries `ceph` in its name. */
const devices: Judge = (_args, read) =>
  read('devices')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [device = '', what = ''] = line.split('|');
      if (what === 'missing') return [`${device} is not a block device`];
      const parts = what.split(';').filter((part) => part !== '');
      const empty = parts.length === 1 && /^\S+ \S+\s*$/.test(parts[0] as string);
      return empty || /ceph/.test(what) ? [] : [`${device} is not empty: ${parts.join('; ')}`];
    });

/** Everything about a host that is not as asked. */
export const judge: (args: PreflightArgs, read: Read, now: number) => string[] = (args, read, now) =>
  [system, size, clock, names, ports, devices].flatMap((one) => one(args, read, now));
