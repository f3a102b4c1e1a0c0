import { structuredPatch } from 'diff';
import type { Diff } from '../../module/contract.ts';
import { pythonJson } from './json.ts';
import type { Paint } from './paint.ts';

/** A difference as modules of Ansible return it. */
interface ModuleDiff {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly before_header?: string;
  readonly after_header?: string;
  readonly prepared?: string;
  readonly dst_binary?: unknown;
  readonly src_binary?: unknown;
  readonly dst_larger?: number;
  readonly src_larger?: number;
}

/** What Ansible's modules write behind the path in the headings of their differences. */
const SUFFIX: Readonly<Record<string, string>> = { lineinfile: ' (content)', blockinfile: ' (content)' };

/** Our own differences with the headings of Ansible's module of that name. */
export function headed(diffs: readonly Diff[], module: string): readonly unknown[] {
  return diffs.map(({ before, after, label }) => {
    if (label === undefined) return { before, after };
    if (typeof before === 'string' && typeof after === 'string') {
      const header = `${label}${SUFFIX[module] ?? ''}`;
      return { before, after, ...(before !== '' && { before_header: header }), after_header: header };
    }
    const path = label.startsWith('/') ? { path: label } : {};
    const whole = (side: Diff['before']): unknown => (typeof side === 'string' ? side : { ...path, ...side });
    return { before: whole(before), after: whole(after) };
  });
}

/** Differences as Ansible's `--diff` prints them; empty where nothing differs. */
export function diffText(found: unknown, context: number, paint: Paint): string {
  const list = (Array.isArray(found) ? found : [found]) as readonly ModuleDiff[];
  return list.map((one) => oneDiff(one, context, paint)).join('');
}

function oneDiff(diff: ModuleDiff, context: number, paint: Paint): string {
  const said = [
    ...('dst_binary' in diff ? ['diff skipped: destination file appears to be binary\n'] : []),
    ...('src_binary' in diff ? ['diff skipped: source file appears to be binary\n'] : []),
    ...('dst_larger' in diff ? [`diff skipped: destination file size is greater than ${diff.dst_larger}\n`] : []),
    ...('src_larger' in diff ? [`diff skipped: source file size is greater than ${diff.src_larger}\n`] : []),
  ];
  if ('before' in diff && 'after' in diff) said.push(...unified(diff, context, paint));
  if (diff.prepared !== undefined) said.push(diff.prepared);
  return said.join('');
}

function unified(diff: ModuleDiff, context: number, paint: Paint): string[] {
  const before = asText(diff.before);
  const after = asText(diff.after);
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context });
  if (hunks.length === 0) return [];
  const head = (side: string, header: string | undefined): string => (header === undefined ? side : `${side}: ${header}`);
  const lines = [paint(`--- ${head('before', diff.before_header)}\n`, 'diff-remove'), paint(`+++ ${head('after', diff.after_header)}\n`, 'diff-add')];
  for (const { oldStart, oldLines, newStart, newLines, lines: body } of hunks) {
    lines.push(paint(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@\n`, 'diff-lines'));
    for (const line of body) {
      if (line.startsWith('\\')) lines.push('\\ No newline at end of file\n');
      else lines.push(line.startsWith('+') ? paint(`${line}\n`, 'diff-add') : line.startsWith('-') ? paint(`${line}\n`, 'diff-remove') : `${line}\n`);
    }
  }
  return [...lines, '\n'];
}

/** Python's difflib: one line without its count; nothing begins a line earlier. */
const range = (start: number, length: number): string =>
  length === 1 ? String(start) : `${length === 0 ? Math.max(0, start - (start > 0 ? 1 : 0)) : start},${length}`;

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? `${pythonJson(value, 4)}\n` : String(value);
}
