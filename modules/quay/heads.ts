import { findLine, GRAPH, headIn } from './upgrade/graph.ts';
import { versionOf } from './versions.ts';

export { compareVersions, versionOf } from './versions.ts';

/** One row: the releases from `from` on (until the next row of the same line) end at this schema revision. */
interface Head {
  readonly from: string;
  readonly head: string;
}

/**
 * The last alembic revision of each Quay release, oldest first: what `select version_num from alembic_version` says after
 * `migrate head`. Computed from the migration graph of every public tag of quay/quay. 3.0 and 3.1 are not public.
 */
export const HEADS: readonly Head[] = GRAPH.lines.flatMap(({ heads }) => heads);

/** The revision a release ends at; `undefined` for a minor line that is not in the table. */
export function headOf(version: string): string | undefined {
  const line = versionOf(version) === undefined ? undefined : findLine(version);
  return line === undefined ? undefined : headIn(line, version);
}

/** First release that ends at this revision; `undefined` for an unknown one. */
export const releaseOf = (head: string): string | undefined => HEADS.find((row) => row.head === head)?.from;
