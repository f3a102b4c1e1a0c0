import type { Hop } from '../../modules/quay/upgrade/hop.ts';
import type { Style } from '../report/style.ts';

export interface Look {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
}

/** The first line: how many upgrades lead where. */
export function routeLine(hops: readonly Hop[], from: string, style: Style): string {
  const [first] = hops;
  const last = hops.at(-1);
  if (first === undefined || last === undefined) return `Quay ${from} is there already: nothing is to do.\n`;
  const route = [first.from.version, ...hops.map((hop) => hop.to.version)].join(' → ');
  return `${style.bold(`Quay ${route}`)}: ${hops.length === 1 ? 'one upgrade' : `${hops.length} upgrades`}\n`;
}

const SERVICES = { postgresql: 'PostgreSQL', redis: 'Redis', clair: 'Clair', clair_postgresql: "Clair's PostgreSQL" } as const;

/** The playbook that does one upgrade: one for each line, and the common one within a line. */
export const playbookOf = ({ kind, to }: Hop): string => (kind === 'minor' ? `upgrade-${to.line}` : 'upgrade');

/** What it is told: the release to go to. */
export const variableOf = ({ to }: Hop): string => `upgrade_to=${to.version}`;

/** One upgrade as a block of labelled lines. */
export function describeHop(hop: Hop, number: number, look: Look): string {
  const { style } = look;
  const head = `${number}. ${hop.from.version} → ${hop.to.version}`;
  const rows = rowsOf(hop).flatMap(([label, texts]) => texts.map((text, index) => row(index === 0 ? label : '', text, look)));
  return `${style.bold(head)}   ${style.dim(`qplay run ${playbookOf(hop)} -e ${variableOf(hop)}`)}\n${rows.join('\n')}\n`;
}

/** Labels with their lines; those without lines are left out. */
function rowsOf(hop: Hop): [string, readonly string[]][] {
  const all: [string, readonly string[]][] = [
    ['images', Object.values(hop.images).filter((one) => one !== '')],
    ['services', servicesOf(hop)],
    ['clair', clairOf(hop)],
    ['schema', [schemaOf(hop)]],
    ['downtime', [hop.downtime.text]],
    ['does', hop.does],
    ['needs', [...hop.needs, ...hop.environment.map((one) => `${one.name} in the environment, ${one.text}, when ${one.when} is true`)]],
    ['breaks', hop.breaks],
    ['config', configOf(hop)],
    ['verify', hop.verify],
    ['sources', [hop.sources.join(', ')].filter((one) => one !== '')],
  ];
  return all.filter(([, texts]) => texts.length > 0);
}

const servicesOf = ({ services }: Hop): string[] =>
  Object.entries(SERVICES).flatMap(([key, name]) => {
    const { from, to, changes, image } = services[key as keyof typeof SERVICES];
    // with Clair 4 comes a database of its own: that of Clair 2 is not brought to anything
    const own = key === 'clair_postgresql' && services.clair.changes;
    return changes && !own ? [`${name} ${from} → ${to} (${image})`] : [];
  });

function clairOf({ clair, services, kind }: Hop): string[] {
  if (kind === 'none') return [];
  const { clair: which, clair_postgresql: database } = services;
  const releases = (some: readonly string[]): string => some.join(' or ');
  const own = `a PostgreSQL ${database.to} of its own (${database.image})`;
  return [
    ...(which.changes ? [`Clair 4 with ${own} in the place of Clair 2; nothing is taken over, and every image is scanned anew`] : []),
    ...(which.changes ? [`config.yaml: ${clair.come.join(', ')} in the place of ${clair.gone.join(', ')}`] : []),
    ...(clair.to.length > 0 && releases(clair.from) !== releases(clair.to)
      ? [`Clair itself ${clair.from.length > 0 ? `${releases(clair.from)} → ` : 'comes to '}${releases(clair.to)}; it brings its database to its own schema`]
      : []),
    ...(clair.stricter ? ['Clair stops at fields of its own configuration that it does not know'] : []),
    ...(clair.asked ? ['Quay asks for Clair at its port 8089 when it starts, and does not start while nothing answers there'] : []),
  ];
}

function schemaOf({ from, to, migration, kind }: Hop): string {
  if (kind === 'none' || !migration.needed) return `${to.head ?? 'not public'}, as before`;
  const by = migration.by === 'job' ? 'one job migrates' : 'the first node migrates as it starts';
  const tables = [
    migration.rewrites.length > 0 ? `rewrites ${migration.rewrites.join(', ')}` : '',
    migration.indexes.length > 0 ? `indexes on ${migration.indexes.join(', ')}` : '',
    migration.drops.length > 0 ? `drops ${migration.drops.length} ${migration.drops.length === 1 ? 'table' : 'tables'}` : '',
  ].filter((one) => one !== '');
  return `${from.head ?? 'not public'} → ${to.head ?? 'not public'}, ${by}; only the backup leads back${tables.length > 0 ? `; ${tables.join(', ')}` : ''}`;
}

function configOf({ config }: Hop): string[] {
  return [
    ...Object.entries(config.set).map(([name, value]) => `${name}: ${String(value)}`),
    ...config.generate.map((name) => `${name}, made once and the same on every node, unless it is there`),
    ...(config.remove.length > 0 ? [`without ${config.remove.join(', ')}`] : []),
    ...(config.optional.length > 0 ? [`new, and not needed: ${config.optional.join(', ')}`] : []),
  ];
}

const LABEL = 15;

/** A label and a text that is wrapped beside it. */
export function row(label: string, text: string, { style, width }: Look): string {
  const room = Math.max(30, width - LABEL - 1);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one, index) => `   ${index === 0 ? style.dim(label.padEnd(LABEL - 3)) : ' '.repeat(LABEL - 3)}${one}`).join('\n');
}
