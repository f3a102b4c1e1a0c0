import { existsSync, readdirSync, statSync } from 'node:fs';

/** One part of a path pattern (`*.conf`, `[a-z]?`) as a regular expression. */
export function globPart(pattern: string): RegExp {
  const source = pattern.replace(/\[(!?)([^\]]+)\]|[*?]|[\\^$.+()[\]{}|]/g, (piece, not?: string, set?: string) => {
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
    return piece === '*' ? '.*' : piece === '?' ? '.' : `\\${piece}`;
  });
  return new RegExp(`^${source}$`, 's');
}

/** Paths that a shell-like pattern names, sorted; hidden names only when asked for. */
export function globPaths(pattern: string): string[] {
  const parts = pattern.split('/');
  let found = [pattern.startsWith('/') ? '/' : ''];
  for (const part of parts) {
    if (part === '') continue;
    found = found.flatMap((base) => matches(base, part));
  }
  return found.filter((path) => path !== '' && path !== '/');
}

function matches(base: string, part: string): string[] {
  const prefix = base === '' || base.endsWith('/') ? base : `${base}/`;
  if (!/[*?[]/.test(part)) return existsSync(prefix + part) ? [prefix + part] : [];
  if (!(statSync(base === '' ? '.' : base, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [];
  const regex = globPart(part);
  return readdirSync(base === '' ? '.' : base)
    .filter((name) => regex.test(name) && (part.startsWith('.') || !name.startsWith('.')))
    .sort()
    .map((name) => prefix + name);
}
