import { textLines } from '../system/lib.ts';

/** A line of a sources.list file. */
export interface SourceLine {
  readonly text: string;
  /** The source without comment and with single spaces; absent when the line is none. */
  readonly source?: string;
  readonly enabled: boolean;
}

/** `deb [options] uri suite components # comment`, or the same commented out. */
export function sourceLine(text: string): SourceLine {
  const enabled = !text.trimStart().startsWith('#');
  const bare = text.replace(/^[\s#]+/, '');
  const source = bare
    .replace(/\s#.*$/, '')
    .trim()
    .split(/\s+/)
    .join(' ');
  return /^(deb|deb-src) (\[[^\]]+\] )?\S+ \S+/.test(source) ? { text, source, enabled } : { text, enabled };
}

/** The file in which Ansible puts a source: named after the host and path of its URI. */
export function sourcesFile(source: string, filename: string | undefined): string {
  if (filename !== undefined)
    return filename.startsWith('/') ? (filename.endsWith('.list') ? filename : `${filename}.list`) : `/etc/apt/sources.list.d/${filename}.list`;
  const uri =
    source
      .replace(/\[[^\]]+\]/, '')
      .replace(/\w+:\/\//, '')
      .split(/\s+/)
      .filter((word) => word !== '' && word !== 'deb' && word !== 'deb-src')[0] ?? '';
  const name = uri
    .slice(uri.indexOf('@') + 1)
    .replace(/[^a-zA-Z0-9]/g, ' ')
    .trim()
    .split(/\s+/)
    .join('_');
  return `/etc/apt/sources.list.d/${name}.list`;
}

/** Files after a change: content by path, `null` for one that goes. Only those that differ. */
export function editSources(files: ReadonlyMap<string, string>, wanted: string, file: string, state: 'present' | 'absent'): Map<string, string | null> {
  const out = new Map<string, string | null>();
  const is = (line: SourceLine) => line.source === wanted;
  const text = (lines: readonly SourceLine[]) => lines.map((line) => `${line.text}\n`).join('');
  let there = false;
  for (const [path, content] of files) {
    const all = textLines(content).map(sourceLine);
    if (!all.some(is)) continue;
    if (state === 'absent') {
      const left = all.filter((line) => !is(line));
      out.set(path, left.every((line) => line.text.trim() === '') && path !== '/etc/apt/sources.list' ? null : text(left));
      continue;
    }
    there = true;
    if (!all.some((line) => is(line) && line.enabled))
      out.set(path, text(all.map((line) => (is(line) ? { text: wanted, source: wanted, enabled: true } : line))));
  }
  if (state === 'present' && !there) out.set(file, `${files.get(file) ?? ''}${wanted}\n`);
  return out;
}
