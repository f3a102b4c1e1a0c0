import { GRAPH } from '../../modules/quay/upgrade/graph.ts';
import { type Hop, hopOf } from '../../modules/quay/upgrade/hop.ts';
import { routeOf } from '../../modules/quay/upgrade/route.ts';
import { EXIT, inputError } from '../error.ts';
import { styleFor } from '../report/style.ts';
import type { Parsed } from './flags.ts';
import { text } from './given.ts';
import { describeHop, routeLine } from './upgrade-text.ts';

/** The newest line that is known. */
export const newest = (): string => GRAPH.lines.at(-1)?.line as string;

/** The upgrades on the way from one release to another. */
export const hopsOf = (from: string, to: string): readonly Hop[] => routeOf(from, to).map((step) => hopOf(step.from, step.to));

/** Images by what runs them: `quay` on the nodes, `postgresql` on the host of the database, `redis` where it runs. */
export interface ImagesAhead {
  readonly quay: readonly string[];
  readonly postgresql: readonly string[];
  readonly redis: readonly string[];
}

/** Images of upgrades that follow: none is begun when a later one could not have its own. */
export function imagesAhead(hops: readonly Hop[]): ImagesAhead {
  const service = (name: 'postgresql' | 'redis'): string[] => [
    ...new Set(hops.flatMap(({ services }) => (services[name].changes ? [services[name].image] : []))),
  ];
  return { quay: hops.map(({ images }) => images.quay), postgresql: service('postgresql'), redis: service('redis') };
}

/** `qplay upgrade path`: no host is asked. */
export default async function path({ values }: Parsed): Promise<number> {
  const from = text(values.from);
  const to = text(values.to) ?? newest();
  if (from === undefined)
    throw inputError('flag', 'qplay upgrade path needs the release that runs', { hint: 'as in: qplay upgrade path --from 3.3.4 --to 3.12' });
  const hops = hopsOf(from, to);
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify({ from, to, upgrades: hops }, undefined, 2)}\n`);
    return EXIT.done;
  }
  const style = styleFor(process.stdout.isTTY === true);
  const width = Math.min(process.stdout.columns ?? 110, 140);
  const parts = [routeLine(hops, from, style), ...hops.map((hop, index) => describeHop(hop, index + 1, { style, width }))];
  process.stdout.write(`${parts.join('\n')}`);
  return EXIT.done;
}
