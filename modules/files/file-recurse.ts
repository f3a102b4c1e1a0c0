import { lines, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { applyAttributes, attributeDiff, describe, fits, isPlan, type Look, lookOf, settle } from './attributes.ts';
import type { FileArgs, Seen } from './file.ts';

/** More changed paths than this are counted in the diff, not shown. */
const SHOWN = 100;

/**
 * Prints everything beneath the folder, one `look` and name a line, after the records. One `stat` serves many files. Links
 * count as what they point at when they are followed.
 */
export const probeRecurse = (follow: boolean): Script =>
  sh`printf '\\0'
if [ -d "$p" ]; then find ${raw(follow ? '-L' : '-P')} "\${p%/}/" -mindepth 1 -exec stat ${raw(follow ? '-L ' : '')}-c '%f %u %g %s %h %i %d %Y|%U|%G|%n' -- {} + 2>/dev/null; fi`;

interface Found {
  readonly path: string;
  readonly look: Look;
}

/** A line that begins a file; a name with newlines goes on in lines that do not look like that. */
const LINE = /^([0-9a-f]+(?: \d+){6} -?\d+\|[^|]*\|[^|]*)\|(.*)$/;

function foundIn(text: string): Found[] {
  const found: { path: string; look: Look }[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const [, look, path] = LINE.exec(line) ?? [];
    const last = found.at(-1);
    if (look !== undefined) found.push({ look: lookOf(look) as Look, path: path as string });
    else if (last !== undefined) last.path += '\n' + line;
  }
  return found;
}

/** Owner and mode of a folder and everything beneath. */
export function planRecurse(args: FileArgs, { real, records }: Seen, top: Look): Plan {
  const all: Found[] = [{ path: real.path, look: top }, ...foundIn(records.rest.toString())];
  const wrong: { readonly diff: ReturnType<typeof attributeDiff>; readonly apply: Script }[] = [];
  for (const { path, look } of all) {
    const link = look.type === 'link';
    const wanted = link ? { owner: args.owner, group: args.group } : path === real.path ? args : { mode: args.mode, owner: args.owner, group: args.group };
    const settled = settle(wanted, records, look, { mode: 0o666, directory: look.type === 'directory' });
    if (isPlan(settled)) return settled;
    if (fits(look, settled)) continue;
    const apply = link ? sh`chown -h ${`${settled.uid ?? look.uid}:${settled.gid ?? look.gid}`} -- ${path} || exit 1` : applyAttributes(path, settled, look);
    wrong.push({ diff: attributeDiff(look, settled, path), apply });
  }
  const result = { path: real.path, ...describe(top) };
  if (wrong.length === 0) return { is: 'right', result };
  const rest = wrong.length - SHOWN;
  const diff = wrong.slice(0, SHOWN).map((one) => one.diff);
  if (rest > 0) diff.push({ before: { more: 0 }, after: { more: rest }, label: real.path });
  return { is: 'wrong', diff, apply: lines(...wrong.map((one) => one.apply)), result };
}
