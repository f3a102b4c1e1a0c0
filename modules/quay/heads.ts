/** One row: the releases from `from` on (until the next row of the same line) end at this schema revision. */
interface Head {
  readonly from: string;
  readonly head: string;
}

/**
 * The last alembic revision of each Quay release, oldest first: what `select version_num from alembic_version` says after
 * `migrate head`. Computed from the migration graph of every public tag of quay/quay. 3.0 and 3.1 are not public.
 */
export const HEADS: readonly Head[] = [
  { from: '3.2.0', head: '34c8ef052ec9' },
  { from: '3.3.0', head: '04b9d2191450' },
  { from: '3.4.0', head: '88e64904d000' },
  { from: '3.5.0', head: '88e64904d000' },
  { from: '3.6.0', head: '909d725887d3' },
  { from: '3.7.0', head: 'd94d328733e4' },
  { from: '3.8.0', head: '7bca88923f2c' },
  { from: '3.8.1', head: 'b2d1e4b95fc2' },
  { from: '3.9.0', head: '8cf90670bf38' },
  { from: '3.10.0', head: '2062bbd5ef0e' },
  { from: '3.10.1', head: '8d47693829a0' },
  { from: '3.11.0', head: 'cead4183265c' },
  { from: '3.12.0', head: '3f8d7acdf7f9' },
  { from: '3.13.0', head: '8e97c2cfee57' },
  { from: '3.14.0', head: '3634f2df3c5b' },
  { from: '3.15.0', head: '1623f40582ed' },
  { from: '3.16.0', head: '7078c84d14e8' },
  { from: '3.17.0', head: 'c3d4e5f6a7b8' },
  { from: '3.18.0', head: '9fa37f66a9b6' },
];

/** `3.12.0` and `v3.12.0` as numbers; missing parts are 0; `undefined` when it is no version. */
export function versionOf(text: string): readonly [number, number, number] | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch ?? 0)];
}

/** Below zero when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionOf(a) ?? [0, 0, 0], versionOf(b) ?? [0, 0, 0]];
  return (left[0] as number) - (right[0] as number) || (left[1] as number) - (right[1] as number) || (left[2] as number) - (right[2] as number);
}

/** The revision a release ends at; `undefined` for a minor line that is not in the table. */
export function headOf(version: string): string | undefined {
  const wanted = versionOf(version);
  const row = HEADS.findLast(({ from }) => {
    const its = versionOf(from);
    return wanted !== undefined && its !== undefined && its[0] === wanted[0] && its[1] === wanted[1] && its[2] <= wanted[2];
  });
  return row?.head;
}

/** First release that ends at this revision; `undefined` for an unknown one. */
export const releaseOf = (head: string): string | undefined => HEADS.find((row) => row.head === head)?.from;
