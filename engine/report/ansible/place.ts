import { readFileSync } from 'node:fs';
import type { At } from '../../error.ts';

const UNQUOTED = `We could be wrong, but this one looks like it might be an issue with
missing quotes. Always quote template expression brackets when they
start a value. For instance:

    with_items:
      - {{ foo }}

Should be written as:

    with_items:
      - "{{ foo }}"
`;

/** Where a mistake is, in the words that Ansible puts behind its sentence. */
export function placeText({ file, line, column }: At): string {
  const head = (number: number, character: number): string =>
    `The error appears to be in '${file}': line ${number}, column ${character}, but may\nbe elsewhere in the file depending on the exact syntax problem.\n`;
  const lines = linesOf(file);
  if (lines === undefined) return `${head(line, column)}\n(could not open file to display line)`;
  let index = Math.min(line, lines.length) - 1;
  while (index > 0 && lines[index]?.trim() === '') index--;
  const target = lines[index] ?? '';
  const before = (index > 0 ? (lines[index - 1] as string) : '').trimEnd();
  if (/\w+\s*=\s*[\w/-]+/.test(before)) return shorthand(before, head(line - 1, before.indexOf('=') + 1));
  const shown = `\nThe offending line appears to be:\n\n${before}\n${target.trimEnd()}\n${' '.repeat(Math.max(0, column - 1))}^ here\n`;
  return `${head(line, column)}${shown}${guess(target)}`;
}

function shorthand(before: string, head: string): string {
  const arrow = `${' '.repeat(before.indexOf('='))}^ here`;
  const reason = "There appears to be both 'k=v' shorthand syntax and YAML in this task. Only one syntax may be used.\n";
  return `${head}\nThe offending line appears to be:\n\n${before}\n${arrow}\n\n${reason}`;
}

/** What may be behind it: only the guess that comes true most often. */
const guess = (target: string): string =>
  target.includes('{{') && target.includes('}}') && !(target.includes('"{{') && target.includes("'{{")) ? UNQUOTED : '';

function linesOf(file: string): string[] | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\n$/, '').split('\n');
  } catch {
    return undefined;
  }
}
