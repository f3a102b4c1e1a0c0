import type { At } from '../error.ts';
import type { Origin } from '../jinja/api.ts';
import type { Source } from './source.ts';

/** How a scalar was written. Numbers are js-yaml's, so that events can be kept as they come. */
export const STYLE = { plain: 1, single: 2, double: 3, literal: 4, folded: 5 } as const;

/** Where a scalar stands in its source: the text between its quotes, or the lines of its block. */
export interface Written {
  readonly start: number;
  readonly end: number;
  readonly style: number;
  /** Columns of indentation of a block scalar; -1 when it is empty. */
  readonly indent: number;
  /** Source and value are the same text. */
  readonly verbatim: boolean;
}

/** Runs of characters that follow each other both in the value and in the source. */
interface Runs {
  readonly value: number[];
  readonly source: number[];
}

/** Maps offsets inside a scalar's value back to its source: indentation, escapes and folding taken into account. */
export class ScalarOrigin implements Origin {
  readonly #source: Source;
  readonly #written: Written;
  #runs: Runs | undefined;

  constructor(source: Source, written: Written) {
    this.#source = source;
    this.#written = written;
  }

  at(offset: number): At {
    return this.#source.at(this.offset(offset));
  }

  /** Offset in the source of the character at `offset` of the value. */
  offset(offset: number): number {
    const written = this.#written;
    if (written.verbatim) return Math.min(written.start + offset, written.end);
    this.#runs ??= runsOf(this.#source.text, written);
    const { value, source } = this.#runs;
    let low = 0;
    let high = value.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (value[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return Math.min((source[low] ?? written.start) + offset - (value[low] ?? 0), written.end);
  }
}

function runsOf(text: string, written: Written): Runs {
  if (written.style === STYLE.literal || written.style === STYLE.folded) return blockRuns(text, written);
  return flowRuns(text, written);
}

const isBreak = (code: number): boolean => code === 10 || code === 13;
const isBlank = (code: number): boolean => code === 32 || code === 9;

/** Plain and quoted scalars: blanks around a line break are folded away, escapes become one or two characters. */
function flowRuns(text: string, { start, end, style }: Written): Runs {
  const runs: Runs = { value: [0], source: [start] };
  let out = 0;
  let position = start;
  const go = (valueLength: number, next: number): void => {
    out += valueLength;
    position = next;
    runs.value.push(out);
    runs.source.push(position);
  };
  while (position < end) {
    const code = text.charCodeAt(position);
    if (style === STYLE.single && code === 39) go(1, position + 2);
    else if (style === STYLE.double && code === 92) {
      const found = escapeAt(text, position, end);
      go(found.length, found.next);
    } else if (isBreak(code) || isBlank(code)) {
      const gap = skipBlanks(text, position, end);
      if (gap.breaks === 0) {
        // Blanks at the end of a quoted text belong to it, those of a plain one never reach here
        out += gap.next - position;
        position = gap.next;
      } else go(gap.breaks === 1 ? 1 : gap.breaks - 1, gap.next);
    } else {
      out++;
      position++;
    }
  }
  return runs;
}

function skipBlanks(text: string, from: number, end: number): { next: number; breaks: number } {
  let next = from;
  let breaks = 0;
  while (next < end) {
    const code = text.charCodeAt(next);
    if (isBreak(code)) {
      breaks++;
      if (code === 13 && text.charCodeAt(next + 1) === 10) next++;
    } else if (!isBlank(code)) break;
    next++;
  }
  return { next, breaks };
}

/** Length in the value of the escape at `position`, and where the source goes on. */
function escapeAt(text: string, position: number, end: number): { length: number; next: number } {
  const code = text.charCodeAt(position + 1);
  if (isBreak(code)) return { length: 0, next: skipBlanks(text, position + 1, end).next };
  const digits = { x: 2, u: 4, U: 8 }[text[position + 1] ?? ''] ?? 0;
  const long = digits === 8 && Number.parseInt(text.slice(position + 2, position + 10), 16) > 0xffff;
  return { length: long ? 2 : 1, next: position + 2 + digits };
}

/** Literal and folded blocks: the indentation goes; in folded ones a single line break becomes a space. */
function blockRuns(text: string, { start, end, style, indent }: Written): Runs {
  const runs: Runs = { value: [], source: [] };
  let out = 0;
  let empty = 0;
  let begun = false;
  let wasIndented = false;
  let position = start;
  while (position < end) {
    const lineEnd = endOfLine(text, position, end);
    const content = position + Math.max(0, indent);
    if (indent < 0 || lineEnd <= content) empty++;
    else {
      const indented = isBlank(text.charCodeAt(content));
      out += gapBefore(style === STYLE.folded, begun, empty, indented, wasIndented);
      wasIndented = style === STYLE.folded && indented;
      runs.value.push(out);
      runs.source.push(content);
      out += lineEnd - content;
      begun = true;
      empty = 0;
    }
    position = text.charCodeAt(lineEnd) === 13 && text.charCodeAt(lineEnd + 1) === 10 ? lineEnd + 2 : lineEnd + 1;
  }
  return runs;
}

/** How many characters of the value stand between two lines of a block. */
function gapBefore(folded: boolean, begun: boolean, empty: number, indented: boolean, wasIndented: boolean): number {
  if (!folded || indented) return begun ? 1 + empty : empty;
  if (wasIndented) return 1 + empty;
  if (empty > 0) return empty;
  return begun ? 1 : 0;
}

function endOfLine(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && !isBreak(text.charCodeAt(at))) at++;
  return at;
}
