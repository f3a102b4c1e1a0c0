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

/** Differences as Ansible's `--diff` prints them; empty where nothing differs. */
export function diffText(found: readonly Diff[] | unknown, context: number, paint: Paint): string {
  const list = (Array.isArray(found) ? found : [found]) as readonly (ModuleDiff & { readonly label?: string })[];
  return list.map((one) => oneDiff(one, context, paint)).join('');
}

function oneDiff(diff: ModuleDiff & { readonly label?: string }, context: number, paint: Paint): string {
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

function unified(diff: ModuleDiff & { readonly label?: string }, context: number, paint: Paint): string[] {
  const before = asText(diff.before);
  const after = asText(diff.after);
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context });
  if (hunks.length === 0) return [];
  const head = (side: string, header: string | undefined): string => (header === undefined ? side : `${side}: ${header}`);
  const lines = [
    paint(`--- ${head('before', diff.before_header ?? (before === '' ? undefined : diff.label))}\n`, 'diff-remove'),
    paint(`+++ ${head('after', diff.after_header ?? diff.label)}\n`, 'diff-add'),
  ];
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
