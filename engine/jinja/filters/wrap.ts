import { chars, textLength } from '../python/text.ts';
import { PyError } from '../values.ts';

interface Wrap {
  readonly width: number;
  readonly breakLong: boolean;
  readonly onHyphens: boolean;
}

/** One line as Python's `textwrap.wrap` breaks it: at blanks and hyphens, blanks at line ends dropped. */
export function wrapText(line: string, options: Wrap): string[] {
  if (options.width <= 0) throw new PyError(`invalid width ${options.width} (must be > 0)`);
  const chunks = splitChunks(line, options.onHyphens).reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    if (lines.length > 0 && (chunks[chunks.length - 1] as string).trim() === '') chunks.pop();
    const current = takeLine(chunks, options);
    if (current.length > 0 && (current[current.length - 1] as string).trim() === '') current.pop();
    if (current.length > 0) lines.push(current.join(''));
  }
  return lines;
}

/** Words, blanks and parts of words at hyphens. */
function splitChunks(line: string, onHyphens: boolean): string[] {
  const chunks = line.split(/([\t\n\x0b\x0c\r ]+)/).filter((chunk) => chunk !== '');
  if (!onHyphens) return chunks;
  return chunks
    .flatMap((chunk) =>
      chunk.split(
        /(?<=[\p{L}\p{N}_!"'&.,?][\p{L}_]+-)(?=[\p{L}_]-?[\p{L}_])|(?<=^[\p{L}_]{2,}-)(?=[\p{L}_]-?[\p{L}_])|(?<=[\p{L}\p{N}_!"'&.,?])(?=-{2,}[\p{L}\p{N}_])|(?<=[\p{L}\p{N}_!"'&.,?]-{2,})(?=[\p{L}\p{N}_])/u,
      ),
    )
    .filter((chunk) => chunk !== '');
}

function takeLine(chunks: string[], { width, breakLong, onHyphens }: Wrap): string[] {
  const current: string[] = [];
  let length = 0;
  while (chunks.length > 0 && length + textLength(chunks[chunks.length - 1] as string) <= width) {
    const chunk = chunks.pop() as string;
    current.push(chunk);
    length += textLength(chunk);
  }
  const next = chunks[chunks.length - 1];
  if (next === undefined || textLength(next) <= width) return current;
  if (!breakLong) {
    if (current.length === 0) current.push(chunks.pop() as string);
    return current;
  }
  const room = Math.max(1, width - length);
  const letters = chars(next);
  const hyphen = onHyphens ? letters.lastIndexOf('-', room - 1) : -1;
  const end = hyphen > 0 && letters.slice(0, hyphen).some((letter) => letter !== '-') ? hyphen + 1 : room;
  current.push(letters.slice(0, end).join(''));
  chunks[chunks.length - 1] = letters.slice(end).join('');
  return current;
}
