import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { At, Diagnostic } from '../error.ts';
import { type Style, styleFor } from './style.ts';

/** Diagnostics as text: what, where with the source line, why, and what to do next. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], style: Style = styleFor(process.stderr.isTTY === true)): string {
  return diagnostics.map((one) => `${renderDiagnostic(one, style)}\n`).join('\n');
}

export function renderDiagnostic(one: Diagnostic, style: Style): string {
  const colour = one.severity === 'error' ? style.red : style.yellow;
  const where = [one.host, one.task].filter((part) => part !== undefined).join(' │ ');
  const lines = [`${colour(`${one.severity}[${one.code}]`)}: ${style.bold(one.message)}${where === '' ? '' : `  ${style.dim(`(${where})`)}`}`];
  if (one.at) lines.push(...frame(one.at, one.source, style));
  else if (one.source !== undefined) lines.push(`  ${style.dim('│')} ${one.source.split('\n')[0] ?? ''}`);
  for (const also of one.also ?? []) lines.push(`  ${style.dim('=')} ${also.message}: ${place(also.at)}`);
  if (one.cause !== undefined && one.cause.trim() !== '')
    lines.push(
      ...one.cause
        .trimEnd()
        .split('\n')
        .map((line) => `  ${style.dim('│')} ${line}`),
    );
  if (one.hint !== undefined) lines.push(`  ${style.dim('=')} ${style.cyan('hint')}: ${one.hint}`);
  return lines.join('\n');
}

export const place = (at: At): string => `${shortPath(at.file)}:${at.line}:${at.column}`;

/** Paths below the working folder are shown from there. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && !short.startsWith('..') && path.startsWith('/') ? short : path;
}

function frame(at: At, source: string | undefined, style: Style): string[] {
  const head = `  ${style.dim('┌─')} ${place(at)}`;
  const lines = source === undefined ? read(at.file) : undefined;
  const text = source ?? lines?.[at.line - 1];
  if (text === undefined) return [head];
  const width = String(at.line).length;
  const shown = (number: number, line: string): string => `${style.dim(`${String(number).padStart(width)} │`)} ${line}`;
  const before = lines?.[at.line - 2];
  const underline = '^'.repeat(Math.max(1, Math.min(at.length ?? 1, Math.max(1, text.length - at.column + 1))));
  return [
    head,
    ...(before !== undefined && before.trim() !== '' ? [shown(at.line - 1, before)] : []),
    shown(at.line, text),
    `${style.dim(`${' '.repeat(width)} │`)} ${blank(text.slice(0, at.column - 1))}${style.red(underline)}`,
  ];
}

/** As wide as the text on a terminal, tabs kept. */
const blank = (text: string): string => text.replace(/[^\t]/gu, ' ');

function read(file: string): string[] | undefined {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return undefined;
  }
}
