import { didYouMean, inputError } from '../../../engine/error.ts';
import { compareVersions } from '../versions.ts';
import { findLine, GRAPH, type Line, lineOf, releaseFor, type Services } from './graph.ts';

/** One step of a route, by releases. */
export interface Step {
  readonly from: string;
  readonly to: string;
}

const known = (): string => `${GRAPH.lines[0]?.line} to ${GRAPH.lines.at(-1)?.line}`;

/** The line and release that are meant. Throws for what is no version, or of no line that is known. */
export function meant(version: string): { readonly line: Line; readonly release: string } {
  const [line, release] = [findLine(version), releaseFor(version)];
  if (line !== undefined && release !== undefined && /^v?\d+\.\d+(\.\d+)?$/.test(version)) return { line, release };
  const names = GRAPH.lines.map((one) => one.line);
  throw inputError('upgrade-version', `"${version}" is no release of Quay that qplay knows.${didYouMean(lineOf(version) ?? version, names)}`, {
    hint: `lines are ${known()}; give one, or a release such as ${GRAPH.lines.at(-1)?.release}`,
  });
}

/**
 * The shortest supported route, step by step; empty when `to` is reached already. Among routes of one length: one that a book
 * spells out, then the one with fewer upgrades of services, then the one over newer lines. Where a line is to be left from one
 * release only, the step to that release comes first. Throws where there is no way, as for every way back.
 */
export function routeOf(from: string, to: string): readonly Step[] {
  const [source, target] = [meant(from), meant(to)];
  if (compareVersions(source.release, target.release) > 0) {
    if (source.line === target.line && lineOf(to) === to) return [];
    throw inputError('upgrade-back', `Quay ${target.release} is older than ${source.release}: there is no way back but the backup from before the upgrade`, {
      hint: 'qplay run restore brings a backup back',
    });
  }
  if (source.line === target.line) return source.release === target.release ? [] : [{ from: source.release, to: target.release }];
  const lines = shortest(source.line, target.line);
  if (lines === undefined) throw inputError('upgrade-unsupported', `no supported upgrades lead from Quay ${source.line.line} to ${target.line.line}`);
  return steps(source.release, lines, target.release);
}

function steps(first: string, lines: readonly Line[], last: string): Step[] {
  const found: Step[] = [];
  let at = first;
  for (const [index, line] of lines.entries()) {
    if (line.exact === true && compareVersions(at, line.release) < 0 && index < lines.length - 1) {
      found.push({ from: at, to: line.release });
      at = line.release;
    }
    const next = lines[index + 1];
    if (next === undefined) break;
    const goal = index + 2 === lines.length ? last : next.release;
    found.push({ from: at, to: goal });
    at = goal;
  }
  return found;
}

/** The lines of the best of the shortest routes, both ends included. */
function shortest(from: Line, to: Line): readonly Line[] | undefined {
  let routes: Line[][] = [[from]];
  const seen = new Set([from]);
  while (routes.length > 0) {
    const longer = routes.flatMap((route) => next(route.at(-1) as Line).map((line) => [...route, line])).filter((route) => !seen.has(route.at(-1) as Line));
    const there = longer.filter((route) => route.at(-1) === to);
    if (there.length > 0) return there.sort(better)[0];
    for (const route of longer) seen.add(route.at(-1) as Line);
    routes = longer;
  }
  return undefined;
}

const next = ({ line }: Line): Line[] => GRAPH.edges.filter(({ from }) => from === line).map(({ to }) => findLine(to) as Line);

function better(a: readonly Line[], b: readonly Line[]): number {
  return Number(spelled(b)) - Number(spelled(a)) || serviceUpgrades(a) - serviceUpgrades(b) || newer(a, b);
}

function spelled(route: readonly Line[]): boolean {
  const names = `,${route.map(({ line }) => line).join(',')},`;
  return GRAPH.spelled.some((one) => names.includes(`,${one.route.join(',')},`));
}

const SERVICES = ['postgresql', 'redis', 'clair', 'clair_postgresql'] as const satisfies readonly (keyof Services)[];

const serviceUpgrades = (route: readonly Line[]): number =>
  route.slice(1).reduce((sum, line, index) => sum + SERVICES.filter((name) => line.services[name] !== (route[index] as Line).services[name]).length, 0);

/** Compares the intermediate lines from the first on: the newer one comes first. */
function newer(a: readonly Line[], b: readonly Line[]): number {
  for (const [index, line] of a.entries()) {
    const difference = compareVersions((b[index] as Line).line, line.line);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `3.3.4 → 3.6.8 → 3.7.13`. */
export const routeText = (route: readonly Step[]): string => [route[0]?.from, ...route.map(({ to }) => to)].join(' → ');
