import type { Counts, Event } from './event.ts';
import { duration, type Style } from './style.ts';

type End = Extract<Event, { type: 'run.end' }>;

const WORDS: readonly (readonly [keyof Counts, string])[] = [
  ['ok', 'ok'],
  ['changed', 'changed'],
  ['wouldChange', 'would change'],
  ['unknown', 'unknown'],
  ['unreachable', 'unreachable'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['rescued', 'rescued'],
  ['ignored', 'ignored'],
];

/** The counts of every host, and what to type next. */
export function recap(event: End, style: Style): string {
  const hosts = Object.entries(event.counts);
  if (hosts.length === 0) return event.exit === 0 ? '' : `${style.red(`${event.exit === 3 ? 'No host was contacted.' : ''}`)}\n`;
  const width = Math.max(...hosts.map(([host]) => host.length));
  const lines = hosts.map(([host, counts]) => {
    const said = WORDS.filter(([key]) => counts[key] > 0 || key === 'ok' || key === 'changed').map(([key, word]) =>
      paint(key, counts[key], style)(`${counts[key]} ${word}`),
    );
    return `  ${host.padEnd(width)}  ${said.join(style.dim(' · '))}`;
  });
  return `\n${lines.join('\n')}\n${summary(event, hosts, style)}\n${next(event, style)}`;
}

function summary({ ms, exit }: End, hosts: readonly (readonly [string, Counts])[], style: Style): string {
  const sum = (key: keyof Counts): number => hosts.reduce((total, [, counts]) => total + counts[key], 0);
  const changed = sum('changed') + sum('wouldChange');
  const bad = hosts.filter(([, counts]) => counts.failed + counts.unreachable > 0).length;
  const what =
    bad > 0
      ? style.red(`${bad} of ${hosts.length} hosts failed`)
      : exit === 130
        ? style.yellow('interrupted')
        : changed === 0
          ? style.green('nothing changed')
          : style.green(`${changed} changed`);
  if (bad > 0) return `\n${what} in ${duration(ms)}`;
  return `\n${what} on ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} in ${duration(ms)}`;
}

function next({ next: command, pendingHandlers }: End, style: Style): string {
  const waiting = (pendingHandlers ?? []).map(({ host, handler }) => `handler not run: ${handler} on ${host}\n`).join('');
  return waiting + (command === undefined ? '' : `Next: ${style.bold(command)}\n`);
}

function paint(key: keyof Counts, count: number, style: Style): (text: string) => string {
  if (count === 0) return style.dim;
  if (key === 'failed' || key === 'unreachable') return style.red;
  return key === 'changed' || key === 'wouldChange' ? style.yellow : key === 'ok' ? style.green : style.cyan;
}
