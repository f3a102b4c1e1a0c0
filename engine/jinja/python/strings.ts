import { PyError } from '../values.ts';
import { repeatText } from './number.ts';
import { chars, textLength } from './text.ts';

/** Python's `str.strip` and its sides; `set` are the characters taken away, blanks when absent. */
export function strip(text: string, set: string | undefined, sides: 'both' | 'left' | 'right' = 'both'): string {
  if (set === undefined) return sides === 'both' ? text.trim() : sides === 'left' ? text.trimStart() : text.trimEnd();
  const drop = new Set(chars(set));
  const letters = chars(text);
  let [start, end] = [0, letters.length];
  if (sides !== 'right') while (start < end && drop.has(letters[start] as string)) start++;
  if (sides !== 'left') while (end > start && drop.has(letters[end - 1] as string)) end--;
  return letters.slice(start, end).join('');
}

/** Python's `str.split()` at blanks. */
export function splitBlank(text: string, limit: number, fromRight = false): string[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const words = trimmed.split(/\s+/);
  if (limit < 0 || words.length <= limit) return words;
  if (limit === 0) return [fromRight ? text.trimEnd() : text.trimStart()];
  if (fromRight) {
    const match = new RegExp(`^([\\s\\S]*?)((?:\\s+\\S+){${limit}})\\s*$`).exec(text) as RegExpExecArray;
    return [(match[1] as string).trimEnd(), ...(match[2] as string).trim().split(/\s+/)];
  }
  const match = new RegExp(`^\\s*((?:\\S+\\s+){${limit}})([\\s\\S]*)$`).exec(text) as RegExpExecArray;
  return [...(match[1] as string).trim().split(/\s+/), match[2] as string];
}

/** Python's `str.split(separator)`. */
export function splitOn(text: string, separator: string, limit: number, fromRight = false): string[] {
  if (separator === '') throw new PyError('empty separator');
  const pieces = text.split(separator);
  if (limit < 0 || pieces.length <= limit + 1) return pieces;
  if (fromRight) return [pieces.slice(0, pieces.length - limit).join(separator), ...pieces.slice(pieces.length - limit)];
  return [...pieces.slice(0, limit), pieces.slice(limit).join(separator)];
}

/** Python's `str.splitlines`. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  for (const match of text.matchAll(/([^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*)(\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|$)/g)) {
    if (match[0] === '') break;
    lines.push(keepEnds ? match[0] : (match[1] as string));
  }
  return lines;
}

export type PadSide = 'left' | 'right' | 'center';

/** Text of a width: the text at the left, at the right or in the middle. */
export function pad(text: string, width: number, fill: string, side: PadSide): string {
  const missing = width - textLength(text);
  if (missing <= 0) return text;
  if (side === 'left') return text + repeatText(fill, missing);
  if (side === 'right') return repeatText(fill, missing) + text;
  const before = Math.floor(missing / 2) + (missing & width & 1);
  return repeatText(fill, before) + text + repeatText(fill, missing - before);
}

/** The digraphs that have a form of their own for titles. */
const DIGRAPHS: ReadonlyMap<string, string> = new Map(
  [...'ǅǈǋǲ'].flatMap((title) => [title, title.toUpperCase(), title.toLowerCase()].map((form) => [form, title] as const)),
);

/** A character as it begins a title: ß as Ss. */
function titleChar(char: string): string {
  const digraph = DIGRAPHS.get(char);
  if (digraph !== undefined) return digraph;
  const [first = '', ...rest] = chars(char.toUpperCase());
  return first + rest.join('').toLowerCase();
}

export function capitalize(text: string): string {
  const [first, ...rest] = chars(text);
  return first === undefined ? '' : titleChar(first) + rest.join('').toLowerCase();
}

export const titleCase = (text: string): string =>
  text.replace(/(\p{L})(\p{L}*)/gu, (_, first: string, rest: string) => first.toUpperCase() + rest.toLowerCase());

export function swapCase(text: string): string {
  return chars(text)
    .map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()))
    .join('');
}
