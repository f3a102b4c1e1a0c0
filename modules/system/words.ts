import { inputError } from '../../engine/error.ts';

/**
 * Splits a command line into words as a POSIX shell reads quotes and backslashes, without running anything of it
 * (Python's `shlex.split`, which Ansible's `command` uses). Throws an input diagnostic when a quote is not closed.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let i = 0;
  while (i < line.length) {
    const char = line[i] as string;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      i++;
      continue;
    }
    const [piece, next] = char === "'" || char === '"' ? quoted(line, i) : char === '\\' ? [line[i + 1] ?? '', i + 2] : [char, i + 1];
    word = (word ?? '') + piece;
    i = next;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** The content of the quotes that open at `start`, and where they have ended. */
function quoted(line: string, start: number): [string, number] {
  const mark = line[start] as string;
  let text = '';
  let i = start + 1;
  while (i < line.length && line[i] !== mark) {
    if (mark === '"' && line[i] === '\\' && (line[i + 1] === '"' || line[i + 1] === '\\')) i++;
    text += line[i];
    i++;
  }
  if (i >= line.length)
    throw inputError('quote', `The command line has a ${mark} that is not closed: ${line}`, {
      hint: 'Quote a quotation mark with a backslash, or give the words as a list in `argv`',
    });
  return [text, i + 1];
}
