import { textLines } from './lib.ts';

/** A line of fstab. */
export interface FstabEntry {
  readonly src: string;
  readonly path: string;
  readonly fstype: string;
  readonly opts: string;
  readonly dump: string;
  readonly passno: string;
}

/** fstab and /proc/mounts write a space as `\040`. */
const escaped = (text: string): string => text.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011').replaceAll('&', '\\046');
export const unescaped = (text: string): string => text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function entryOf(line: string): FstabEntry | undefined {
  if (line.trim() === '' || line.trimStart().startsWith('#')) return undefined;
  const [src, path, fstype, opts = 'defaults', dump = '0', passno = '0'] = line.trim().split(/\s+/).map(unescaped);
  return src === undefined || path === undefined || fstype === undefined ? undefined : { src, path, fstype, opts, dump, passno };
}

const write = (entry: FstabEntry): string => [entry.src, entry.path, entry.fstype, entry.opts, entry.dump, entry.passno].map(escaped).join(' ');
const same = (a: FstabEntry, b: FstabEntry): boolean => write(a) === write(b);

/** Swap and overlays may be there many times with the same path; their source tells them apart. */
const isFor = (entry: FstabEntry, path: string, src: string | undefined): boolean =>
  entry.path === path && (!['none', 'swap'].includes(path) || src === undefined || entry.src === src);

/** The text with this entry in place of any other for the same path. */
export function withEntry(text: string, wanted: FstabEntry): string {
  let there = false;
  const out = textLines(text).flatMap((line) => {
    const entry = entryOf(line);
    if (entry === undefined || !isFor(entry, wanted.path, wanted.src)) return [line];
    if (there) return [];
    there = true;
    return [same(entry, wanted) ? line : write(wanted)];
  });
  if (!there) out.push(write(wanted));
  return out.map((line) => `${line}\n`).join('');
}

export const withoutEntry = (text: string, path: string, src: string | undefined): string =>
  textLines(text)
    .filter((line) => {
      const entry = entryOf(line);
      return entry === undefined || !isFor(entry, path, src);
    })
    .map((line) => `${line}\n`)
    .join('');
