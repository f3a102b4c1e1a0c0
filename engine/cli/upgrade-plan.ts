import type { Hop } from '../../modules/quay/upgrade/hop.ts';
import { EXIT } from '../error.ts';
import { styleFor } from '../report/style.ts';
import type { Parsed } from './flags.ts';
import { text } from './given.ts';
import { besideText } from './upgrade-beside.ts';
import { lookAt, releaseOf, runningOn, type Seen, unfinished } from './upgrade-look.ts';
import { hopsOf, newest } from './upgrade-path.ts';
import { describeHop, type Look, routeLine, row } from './upgrade-text.ts';

/** `qplay upgrade plan`: exit 2 when an upgrade waits. */
export default async function plan(parsed: Parsed): Promise<number> {
  const { values } = parsed;
  const seen = await lookAt(parsed);
  const from = releaseOf(seen);
  const hops = hopsOf(from, text(values.to) ?? newest());
  const exit = hops.length > 0 ? EXIT.changesWait : EXIT.done;
  if (values.json === true) {
    const upgrades = hops.map((hop) => ({ ...hop, fields: fieldsOf(hop, fieldsNow(seen, hops, hop)), needed_mb: neededMb(hop, seen) }));
    process.stdout.write(`${JSON.stringify({ from, registry: seen, upgrades }, undefined, 2)}\n`);
    return exit;
  }
  const look: Look = { style: styleFor(process.stdout.isTTY === true), width: Math.min(process.stdout.columns ?? 110, 140) };
  process.stdout.write(`${registryText(seen, look)}\n${routeLine(hops, from, look.style)}`);
  for (const [index, hop] of hops.entries()) {
    process.stdout.write(`\n${describeHop(hop, index + 1, look)}${hereText(hop, fieldsNow(seen, hops, hop), seen, look, besideText(hop, hops, seen))}`);
  }
  return exit;
}

function registryText(seen: Seen, look: Look): string {
  const rows = seen.hosts.map((one) => {
    const beside = [...one.units.map(({ image }) => image), one.clair_postgresql.image ?? ''].filter((image) => image !== '');
    const images = [...one.containers.filter(([name]) => name !== 'quay').map(([, image]) => image), ...beside];
    const services = images.map((image) => image.replace(/^[^/]*\//, ''));
    const quay = runningOn(one);
    const what = [...(quay === undefined ? (one.node ? ['no Quay'] : []) : [`Quay ${quay}`]), ...services];
    return row(one.host, `${what.join(', ')}; ${one.free_mb} MB free`, look);
  });
  const { head, release, server, size_mb } = seen.database;
  const database =
    head == null ? `cannot be read: ${seen.database_why}` : `revision ${head} (${release ?? 'of no known release'}), ${size_mb} MB, PostgreSQL ${server}`;
  const cut = unfinished(seen) ? [row('upgrade', `from ${seen.record.from} to ${seen.record.to} was cut off at the step ${seen.record.step}`, look)] : [];
  return `${look.style.bold('The registry that runs')}\n${[...rows, row('database', database, look), ...cut].join('\n')}\n`;
}

/** Fields of config.yaml as an earlier upgrade of the route leaves them. */
function fieldsNow(seen: Seen, hops: readonly Hop[], hop: Hop): readonly string[] {
  let fields = seen.hosts.find(({ node, fields: its }) => node && its.length > 0)?.fields ?? [];
  for (const { config } of hops.slice(0, hops.indexOf(hop))) {
    fields = [...new Set([...fields, ...Object.keys(config.set), ...config.generate])].filter((name) => !config.remove.includes(name));
  }
  return fields;
}

/** What this upgrade does to the fields that are there. */
const fieldsOf = ({ config }: Hop, now: readonly string[]): { readonly gone: string[]; readonly come: string[] } => ({
  gone: config.remove.filter((name) => now.includes(name)),
  come: [...Object.keys(config.set), ...config.generate].filter((name) => !now.includes(name)),
});

/** MB below the folder of the dumps: the dump, a second database where PostgreSQL changes, and the tables that are rewritten. */
function neededMb(hop: Hop, { database }: Seen): number {
  const size = database.size_mb ?? 0;
  return 200 + size * (hop.services.postgresql.changes ? 2 : 1) + (hop.migration.rewrites.includes('manifestblob') ? (database.manifestblob_mb ?? 0) : 0);
}

function hereText(hop: Hop, now: readonly string[], seen: Seen, look: Look, beside: readonly string[]): string {
  const { gone, come } = fieldsOf(hop, now);
  const changes = [...come.map((name) => `+ ${name}`), ...gone.map((name) => `- ${name}`)];
  const needed = neededMb(hop, seen);
  const short = seen.hosts.find(({ node, free_mb }) => !node && free_mb < needed);
  const { red } = look.style;
  return `${[
    row('config.yaml', changes.length > 0 ? changes.join(', ') : 'as it is', look),
    ...beside.map((text, index) => row(index === 0 ? 'beside' : '', text, look)),
    row('room', short === undefined ? `${needed} MB for the dump and the database` : red(`${needed} MB, and ${short.host} has ${short.free_mb}`), look),
  ].join('\n')}\n`;
}
