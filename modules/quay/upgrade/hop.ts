import { inputError } from '../../../engine/error.ts';
import { compareVersions } from '../versions.ts';
import { type Edge, GRAPH, headIn, type Line, linesBetween, type Services } from './graph.ts';
import { meant, routeOf, routeText } from './route.ts';

/** Of which release, and of which schema. */
interface End {
  readonly version: string;
  readonly line: string;
  /** null where the sources are not public. */
  readonly head: string | null;
  readonly user: number;
  readonly ports: { readonly http: number; readonly https: number };
  readonly validates: boolean;
  readonly modes: readonly string[];
  readonly services: Services;
}

/** A service that the hop finds at one version and leaves at another. */
interface Service {
  readonly from: string;
  readonly to: string;
  readonly changes: boolean;
  /** Image of the version to be reached; '' where Clair has none of its own. */
  readonly image: string;
}

interface ClairHop {
  /** Whether Clair 4, with a database of its own, takes the place of a Clair 2 that is still there: nothing is taken over. */
  readonly replaces: boolean;
  /** Fields of config.yaml that then come, and those that go. */
  readonly come: readonly string[];
  readonly gone: readonly string[];
  /** Releases of Clair itself; empty where they are not known. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Whether the new one stops at unknown fields of its configuration, and the old one did not. */
  readonly stricter: boolean;
  /** Whether Quay does not start, and so is not judged either, while Clair does not answer. */
  readonly asked: boolean;
  /** Where each kind says that it is ready. */
  readonly ready: { readonly clair2: readonly string[]; readonly clair4: readonly string[] };
}

/** Everything a playbook needs to know of one upgrade. */
export interface Hop {
  /** `none`, `rolling` (same schema), `z` (another schema in the line), `minor`. */
  readonly kind: 'none' | 'rolling' | 'z' | 'minor';
  readonly from: End;
  readonly to: End;
  readonly sources: readonly string[];
  readonly images: { readonly quay: string; readonly clair: string; readonly builder: string };
  readonly services: { readonly postgresql: Service; readonly clair_postgresql: Service; readonly redis: Service; readonly clair: Service };
  /** What becomes of a Clair beside the registry. */
  readonly clair: ClairHop;
  readonly config: {
    readonly set: Readonly<Record<string, unknown>>;
    readonly generate: readonly string[];
    readonly remove: readonly string[];
    readonly optional: readonly string[];
    readonly swift_tenant: boolean;
  };
  /** Variables the containers of the new release need. */
  readonly environment: readonly { readonly name: string; readonly when: string; readonly text: string }[];
  readonly migration: {
    readonly needed: boolean;
    /** `job`: one container with `migrate head`; `start`: the first node migrates as it starts, having no such mode. */
    readonly by: 'job' | 'start';
    readonly rewrites: readonly string[];
    readonly indexes: readonly string[];
    readonly drops: readonly string[];
    readonly blocking: boolean;
  };
  /** Whether only a backup brings the old release back. */
  readonly irreversible: boolean;
  readonly downtime: { readonly kind: 'none' | 'restart' | 'migration' | 'long'; readonly text: string };
  readonly does: readonly string[];
  readonly needs: readonly string[];
  readonly breaks: readonly string[];
  readonly verify: readonly string[];
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** The reference with another release's tag, where the tag is a release. */
const tagged = (image: string | undefined, release: string): string => (image ?? '').replace(/:v[\d.]+$/, `:v${release}`);

const endOf = ({ line, release }: { line: Line; release: string }): End => ({
  version: release,
  line: line.line,
  head: headIn(line, release) ?? null,
  user: line.user,
  ports: line.ports,
  validates: line.validates,
  modes: line.modes,
  services: line.services,
});

/**
 * The facts of one upgrade, from release to release (a line means its release). Throws `upgrade-unsupported`, with the supported
 * route, where no single step leads there.
 */
export function hopOf(from: string, to: string): Hop {
  const [source, target] = [meant(from), meant(to)];
  const edge = supported(source, target);
  const [before, after] = [endOf(source), endOf(target)];
  const lines = linesBetween(before.line, after.line);
  const services = servicesOf(source.line, target);
  const migrating = before.head === null || before.head !== after.head;
  const kind = before.version === after.version ? 'none' : edge !== undefined ? 'minor' : migrating ? 'z' : 'rolling';
  return {
    kind,
    from: before,
    to: after,
    sources: edge?.sources ?? [],
    images: {
      quay: tagged(target.line.images.quay, after.version),
      clair: services.clair.image,
      builder: tagged(target.line.images.builder, after.version),
    },
    services,
    clair: clairOf(source.line, target.line),
    config: configOf(lines),
    environment: GRAPH.environment.filter((one) => compareVersions(one.from, after.version) <= 0 && compareVersions(after.version, one.to) <= 0),
    migration: migrationOf(lines, target.line, kind !== 'none' && migrating),
    irreversible: kind !== 'none' && migrating,
    downtime: downtimeOf(kind, lines),
    ...textsOf(lines),
  };
}

/** The edge between two lines; `undefined` within one line. */
function supported(source: { line: Line; release: string }, target: { line: Line; release: string }): Edge | undefined {
  const route = routeOf(source.release, target.release);
  if (source.line === target.line) return undefined;
  const is = ({ from, to }: Edge): boolean => from === source.line.line && to === target.line.line;
  const edge = GRAPH.edges.find(is);
  if (edge !== undefined && route.length === 1) return edge;
  const reason = edge === undefined ? (GRAPH.forbidden.find(is)?.reason ?? 'no book documents it') : `it starts from ${source.line.release} only`;
  throw inputError('upgrade-unsupported', `the upgrade of Quay ${source.release} straight to ${target.release} is not supported: ${reason}`, {
    hint: `the supported route is ${routeText(route)}`,
  });
}

function servicesOf(source: Line, target: { line: Line; release: string }): Hop['services'] {
  const service = (name: keyof Services, image: string): Service => {
    const [from, to] = [source.services[name], target.line.services[name]];
    return { from, to, changes: from !== to, image };
  };
  const images = target.line.service_images;
  return {
    postgresql: service('postgresql', images.postgresql),
    clair_postgresql: service('clair_postgresql', images.clair_postgresql),
    redis: service('redis', images.redis),
    clair: service('clair', tagged(target.line.images.clair, target.release)),
  };
}

/** Where a kind of Clair says that it is ready, whatever line it is beside. */
const readyOf = (kind: string): readonly string[] => GRAPH.lines.find(({ services }) => services.clair === kind)?.clair.ready ?? [];

function clairOf(source: Line, target: Line): ClairHop {
  const two = GRAPH.lines.find(({ services }) => services.clair === '2')?.clair.fields ?? [];
  return {
    // an operator may have stayed with Clair 2 beyond the line that brought Clair 4
    replaces: target.services.clair === '4',
    come: target.clair.fields,
    gone: two.filter((name) => !target.clair.fields.includes(name)),
    from: source.clair.releases,
    to: target.clair.releases,
    stricter: target.clair.strict && !source.clair.strict,
    asked: target.clair.asked,
    ready: { clair2: readyOf('2'), clair4: readyOf('4') },
  };
}

function configOf(lines: readonly Line[]): Hop['config'] {
  const all = lines.flatMap(({ enter }) => (enter === undefined ? [] : [enter.config]));
  const remove = unique(all.flatMap((one) => one.remove));
  const set = Object.assign({}, ...all.map((one) => one.set)) as Record<string, unknown>;
  return {
    set: Object.fromEntries(Object.entries(set).filter(([name]) => !remove.includes(name))),
    generate: unique(all.flatMap((one) => one.generate)),
    remove,
    optional: unique(all.flatMap((one) => one.optional)).filter((name) => !remove.includes(name)),
    swift_tenant: all.some((one) => one.swift_tenant === true),
  };
}

function migrationOf(lines: readonly Line[], target: Line, needed: boolean): Hop['migration'] {
  const all = lines.flatMap(({ enter }) => (enter === undefined ? [] : [enter.migration]));
  return {
    needed,
    by: target.modes.includes('migrate') ? 'job' : 'start',
    rewrites: unique(all.flatMap((one) => one.rewrites)),
    indexes: unique(all.flatMap((one) => one.indexes)),
    drops: unique(all.flatMap((one) => one.drops)),
    blocking: all.some((one) => one.blocking),
  };
}

const WORSE = ['restart', 'migration', 'long'] as const;

function downtimeOf(kind: Hop['kind'], lines: readonly Line[]): Hop['downtime'] {
  if (kind === 'none') return { kind: 'none', text: 'none' };
  if (kind === 'rolling') return { kind: 'none', text: 'none: one node after another, out of the balancer while it restarts' };
  if (kind === 'z') return { kind: 'migration', text: 'as long as the migration takes' };
  const all = lines.flatMap(({ enter }) => (enter === undefined ? [] : [enter.downtime]));
  const worst = Math.max(...all.map((one) => WORSE.indexOf(one.kind)));
  const texts = all.filter((one) => WORSE.indexOf(one.kind) === worst).map((one) => one.text);
  return { kind: WORSE[worst] as (typeof WORSE)[number], text: unique(texts).join('; ') };
}

function textsOf(lines: readonly Line[]): Pick<Hop, 'does' | 'needs' | 'breaks' | 'verify'> {
  const of = (name: 'does' | 'needs' | 'breaks' | 'verify'): string[] => unique(lines.flatMap(({ enter }) => enter?.[name] ?? []));
  return { does: of('does'), needs: of('needs'), breaks: of('breaks'), verify: of('verify') };
}
