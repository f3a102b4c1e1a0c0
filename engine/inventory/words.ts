import { inputError } from '../error.ts';

/** A word of a line, its quotes taken away, and where it begins. */
export interface ShellWord {
  readonly text: string;
  readonly offset: number;
}

/** A line whose quotes are closed and have nothing to escape in them. */
const QUOTES_ALONE = /^(?:[^"'\\#]|"[^"\\#]*"|'[^'#]*')*$/;
const WORD = /(?:[^\s"']|"[^"]*"|'[^']*')+/g;
const QUOTED = /"([^"]*)"|'([^']*)'/g;

/**
 * Splits a line as a POSIX shell would: quotes, backslashes, and `#` for a comment to the end of the line, even inside a
 * word (Python's `shlex`, which Ansible uses for hosts in INI files).
 * @throws QplayError `inventory` for a quote that is not closed; without a place
 */
export function shellWords(line: string): ShellWord[] {
  if (!/["'\\#]/.test(line)) return Array.from(line.matchAll(/\S+/g), (found) => ({ text: found[0], offset: found.index }));
  if (QUOTES_ALONE.test(line)) return Array.from(line.matchAll(WORD), (found) => ({ text: found[0].replace(QUOTED, '$1$2'), offset: found.index }));
  const words: ShellWord[] = [];
  let position = 0;
  while (position < line.length) {
    const char = line[position]!;
    if (/\s/.test(char)) position++;
    else if (char === '#') break;
    else {
      const word = readWord(line, position);
      words.push({ text: word.text, offset: position });
      position = word.next;
    }
  }
  return words;
}

function readWord(line: string, from: number): { text: string; next: number } {
  let text = '';
  let at = from;
  while (at < line.length) {
    const char = line[at]!;
    if (/\s/.test(char)) break;
    if (char === '#') return { text, next: line.length };
    if (char === '"' || char === "'") {
      const end = closing(line, at);
      const inner = line.slice(at + 1, end);
      text += char === '"' ? inner.replace(/\\(["\\])/g, '$1') : inner;
      at = end + 1;
    } else if (char === '\\') {
      if (at + 1 >= line.length) throw inputError('inventory', 'The line ends in a backslash.');
      text += line[at + 1];
      at += 2;
    } else {
      text += char;
      at++;
    }
  }
  return { text, next: at };
}

function closing(line: string, start: number): number {
  const quote = line[start];
  for (let at = start + 1; at < line.length; at++) {
    if (quote === '"' && line[at] === '\\') at++;
    else if (line[at] === quote) return at;
  }
  throw inputError('inventory', `The quote ${quote} is not closed on this line.`);
}
