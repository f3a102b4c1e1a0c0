import { isIPv4, isIPv6 } from 'node:net';
import type { Args } from './ufw.ts';

/** Whether turning it on, off or over changes something; outside of a check only what always does. */
export function changesState(args: Args, status: string, check: boolean): boolean {
  if (args.state === 'reloaded' || args.state === 'reset') return true;
  const { logging } = args;
  if (logging !== undefined && changesLogging(logging, status)) return true;
  if (!check || args.state === undefined) return false;
  // "inactive" has "active" in it, hence the blank
  return status.includes(' active') !== (args.state === 'enabled');
}

function changesLogging(wanted: string, status: string): boolean {
  const [, on, level] = /Logging: (on|off)(?: \(([a-z]+)\))?/.exec(status) ?? [];
  if (on === undefined) return true;
  if (wanted === 'off') return on !== 'off';
  return on === 'off' || (wanted !== 'on' && wanted !== level);
}

/** Whether the default of a direction is another one. */
export function changesPolicy(args: Args, status: string): boolean {
  if (args.default === undefined) return false;
  const [, incoming, outgoing, routed] =
    /Default: (deny|allow|reject) \(incoming\), (deny|allow|reject) \(outgoing\), (deny|allow|reject|disabled) \(routed\)/.exec(status) ?? [];
  if (incoming === undefined) return true;
  const now = args.direction === 'outgoing' ? outgoing : args.direction === 'routed' ? routed : incoming;
  return now !== args.default && now !== 'disabled';
}

const address = (text: string): string => text.replace(/\/.*$/, '');
const IPV4 = /((25[0-5]|(2[0-4]|1?\d)?\d)\.){3}(25[0-5]|(2[0-4]|1?\d)?\d)/;
const IPV6 = /(?:[0-9a-f]{1,4}:){2,}|::/i;

/** Whether a dry run shows other rules than those that are there. Of a rule for one family ufw shows that family alone. */
export function changesRules(args: Args, now: string, said: string): boolean {
  const lines = said.split('\n').filter((line) => line !== '');
  if (lines.length > 0 && lines.every((line) => line.includes('Skipping'))) return false;
  const shown = lines.filter((line) => line.startsWith('### tuple'));
  const own = now.split('\n').filter((line) => line !== '');
  const of = (all: readonly string[], family: RegExp) => all.filter((line) => family.test(line)).join('\n');
  const given = [args.from_ip, args.to_ip].map(address);
  if (given.some(isIPv4)) return of(own, IPV4) !== of(shown, IPV4);
  if (given.some(isIPv6)) return of(own, IPV6) !== of(shown, IPV6);
  return own.join('\n') !== shown.join('\n');
}

/** The number for `insert`, counted from a rule of one family; none behind the last rule, which ufw refuses. */
export function insertAt(wanted: number, from: Args['insert_relative_to'], numbered: string): number | undefined {
  if (from === 'zero') return wanted;
  const rules = [...numbered.matchAll(/^\[ *(\d+)\] .*$/gm)].map(([line, number]) => ({ number: Number(number), v6: line.includes('(v6)') }));
  const last = Math.max(0, ...rules.map(({ number }) => number));
  const lastV4 = Math.max(0, ...rules.filter(({ v6 }) => !v6).map(({ number }) => number));
  const hasV6 = rules.some(({ v6 }) => v6);
  const start = { 'first-ipv4': 1, 'last-ipv4': lastV4 || 1, 'first-ipv6': lastV4 + 1, 'last-ipv6': hasV6 ? last : last + 1 }[from];
  return wanted + start > last ? undefined : wanted + start;
}
