import type { Counts } from '../event.ts';
import type { Colour, Paint } from './paint.ts';
import { plainly } from './paint.ts';

/** The line of one host below PLAY RECAP. */
export function recapLine(host: string, counts: Counts, paint: Paint): string {
  const changed = counts.changed + counts.wouldChange;
  const cell = (name: string, count: number, colour: Colour): string => {
    const text = `${name}=${String(count).padEnd(4)}`;
    return count === 0 ? text : paint(text, colour);
  };
  const worst: Colour = counts.failed + counts.unreachable > 0 ? 'error' : changed > 0 ? 'changed' : 'ok';
  const head = paint === plainly ? host.padEnd(26) : paint(host, worst).padEnd(37);
  return [
    `${head} :`,
    cell('ok', counts.ok, 'ok'),
    cell('changed', changed, 'changed'),
    cell('unreachable', counts.unreachable, 'unreachable'),
    cell('failed', counts.failed, 'error'),
    cell('skipped', counts.skipped + counts.unknown, 'skip'),
    cell('rescued', counts.rescued, 'ok'),
    cell('ignored', counts.ignored, 'warn'),
  ].join(' ');
}
