import { baseName } from '../files/path.ts';

/** Name of what was downloaded: the server's, or the last part of the address. Never a path. */
export function nameOf(headers: Readonly<Record<string, string>>, url: string): string {
  const given = /attachment; ?filename="?([^"]+)/.exec(headers['content-disposition'] ?? '')?.[1];
  const name = baseName(given ?? decodeURIComponent(new URL(url).pathname));
  return name === '' || name === '.' || name === '..' ? 'index.html' : name;
}
