import { createTwoFilesPatch } from 'diff';
import type { Diff } from '../module/contract.ts';
import type { Style } from './style.ts';

const MOST = 60;

/** A difference as lines: a unified diff of text, or key by key. */
export function renderDiff(diff: Diff, style: Style): string[] {
  const lines = typeof diff.before === 'string' && typeof diff.after === 'string' ? textDiff(diff.label, diff.before, diff.after, style) : keyDiff(diff, style);
  return lines.length > MOST ? [...lines.slice(0, MOST), style.dim(`... ${lines.length - MOST} more lines`)] : lines;
}

function textDiff(label: string | undefined, before: string, after: string, style: Style): string[] {
  const patch = createTwoFilesPatch('before', 'after', before, after, undefined, undefined, { context: 2 });
  const body = patch
    .split('\n')
    .slice(4)
    .filter((line) => line !== '' && !line.startsWith('\\'));
  const head = label === undefined ? [] : [style.bold(label) + (before === '' ? style.dim(`  new, ${after.split('\n').length - 1} lines`) : '')];
  return [
    ...head,
    ...body.map((line) => (line.startsWith('+') ? style.green(line) : line.startsWith('-') ? style.red(line) : line.startsWith('@') ? style.dim(line) : line)),
  ];
}

function keyDiff({ before, after, label }: Diff, style: Style): string[] {
  const old = typeof before === 'string' ? { value: before } : before;
  const now = typeof after === 'string' ? { value: after } : after;
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const changed = keys.filter((key) => shown(old[key]) !== shown(now[key]));
  return [
    ...(label === undefined ? [] : [style.bold(label)]),
    ...changed.map((key) => `  ${key}  ${style.red(shown(old[key]))} → ${style.green(shown(now[key]))}`),
  ];
}

const shown = (value: unknown): string =>
  value === undefined || value === null || value === '' ? '(none)' : typeof value === 'string' ? value : JSON.stringify(value);
