import { inputError } from '../../engine/error.ts';
import { quote, raw, type Script } from '../../engine/module/contract.ts';

/**
 * The `validate` option as shell text with `"$1"` where `%s` stood. As in Ansible it is a command with words, not shell text:
 * quotes and backslashes group, nothing else is special.
 */
export function validateCommand(text: string): Script {
  const words = splitWords(text).map((word) =>
    word
      .split(/(%s|%%)/)
      .map((part) => (part === '%s' ? '"$1"' : part === '%%' ? '%' : part === '' ? '' : quote(part)))
      .join(''),
  );
  return raw(words.map((word) => (word === '' ? "''" : word)).join(' '));
}

/** Throws an input error when the command has no `%s`. */
export function checkValidate(text: string | undefined): void {
  if (text === undefined || text.includes('%s')) return;
  throw inputError('validate', `validate must contain %s, where the path of the new file is put: ${text}`);
}

/** Words as a POSIX shell splits them (Python's shlex). */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const token = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|(\s+)|([^\s'"\\]+|['"\\])/gs;
  for (const [, single, double, escaped, space, plain] of text.matchAll(token)) {
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '');
  }
  if (word !== undefined) words.push(word);
  return words;
}
