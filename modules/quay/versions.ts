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
