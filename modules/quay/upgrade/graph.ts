import { compareVersions, versionOf } from '../versions.ts';
import data from './graph.json' with { type: 'json' };

/** Versions of the services around Quay. */
export interface Services {
  readonly postgresql: string;
  readonly redis: string;
  /** Major version of Clair: 2 (clair-jwt) or 4. */
  readonly clair: string;
  readonly clair_postgresql: string;
}

/** The Clair beside a line; meaning of the members: graph.schema.json. */
export interface Clair {
  readonly releases: readonly string[];
  readonly ready: readonly string[];
  readonly asked: boolean;
  readonly strict: boolean;
  readonly fields: readonly string[];
}

/** What changes with a line, whichever line one comes from. */
export interface Enter {
  readonly does: readonly string[];
  readonly needs: readonly string[];
  readonly breaks: readonly string[];
  readonly verify: readonly string[];
  readonly config: {
    readonly set: Readonly<Record<string, unknown>>;
    readonly generate: readonly string[];
    readonly remove: readonly string[];
    readonly optional: readonly string[];
    readonly swift_tenant?: boolean;
  };
  readonly migration: {
    readonly rewrites: readonly string[];
    readonly indexes: readonly string[];
    readonly drops: readonly string[];
    readonly blocking: boolean;
  };
  readonly downtime: { readonly kind: 'restart' | 'migration' | 'long'; readonly text: string };
}

/** A minor line of Quay; meaning of the members: graph.schema.json. */
export interface Line {
  readonly line: string;
  readonly release: string;
  readonly exact?: boolean;
  readonly images: { readonly quay: string; readonly clair?: string; readonly builder?: string };
  readonly services: Services;
  readonly service_images: { readonly postgresql: string; readonly clair_postgresql: string; readonly redis: string };
  readonly clair: Clair;
  readonly heads: readonly { readonly from: string; readonly head: string }[];
  readonly user: number;
  readonly ports: { readonly http: number; readonly https: number };
  readonly validates: boolean;
  readonly modes: readonly string[];
  readonly enter?: Enter;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly reason?: string;
  readonly sources: readonly string[];
}

interface Graph {
  readonly lines: readonly Line[];
  readonly edges: readonly Edge[];
  readonly forbidden: readonly Edge[];
  readonly spelled: readonly { readonly route: readonly string[] }[];
  readonly environment: readonly { readonly name: string; readonly from: string; readonly to: string; readonly when: string; readonly text: string }[];
}

/** Everything known of upgrades of a standalone Quay. test/modules/quay/upgrade checks it against its schema and other facts. */
export const GRAPH: Graph = data as unknown as Graph;

/** `v3.12.0`, `3.12.0` and `3.12` to `3.12`; `undefined` when it is no version. */
export function lineOf(version: string): string | undefined {
  const found = versionOf(version);
  return found === undefined ? undefined : `${found[0]}.${found[1]}`;
}

/** The line of a version; `undefined` when nothing is known of it. */
export const findLine = (version: string): Line | undefined => GRAPH.lines.find(({ line }) => line === lineOf(version));

/** Three numbers: a version as it is, a line as its release. `undefined` for a line nothing is known of. */
export function releaseFor(version: string): string | undefined {
  const line = findLine(version);
  if (line === undefined) return undefined;
  return /^v?\d+\.\d+\.\d+$/.test(version) ? version.replace(/^v/, '') : line.release;
}

/** Last alembic revision of a release; `undefined` where it is not known. */
export const headIn = (line: Line, release: string): string | undefined => line.heads.findLast(({ from }) => compareVersions(from, release) <= 0)?.head;

/** Lines after `from`, up to and including `to`, oldest first. */
export function linesBetween(from: string, to: string): readonly Line[] {
  const at = (version: string): number => GRAPH.lines.findIndex(({ line }) => line === lineOf(version));
  return GRAPH.lines.slice(at(from) + 1, at(to) + 1);
}
