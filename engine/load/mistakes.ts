import type { YAMLException } from 'js-yaml';
import { type Diagnostic, inputError, type QplayError } from '../error.ts';
import type { Source } from './source.ts';

/** What is wrong in the words of this project, where, and what to do. */
interface Mistake {
  readonly message: string;
  readonly offset: number;
  readonly hint?: string;
}

/** Hint for `key: {{ name }}`. */
export const QUOTE_TEMPLATE = 'A value that begins with a template needs quotes, or YAML takes {{ for a mapping: key: "{{ name }}".';

/** A syntax error of js-yaml as a diagnostic: the place, what was found there, and a hint for the classic mistakes. */
export function yamlMistake(error: YAMLException, source: Source): QplayError {
  const position = Math.min(error.mark?.position ?? 0, source.text.length);
  const found = classic(error.reason, position, source) ?? { message: sentence(error.reason), offset: wordStart(position, source) };
  const says = `We were unable to read either as JSON nor YAML, these are the errors we got from each:\nJSON: Expecting value: line 1 column 1 (char 0)\n\nSyntax Error while loading YAML.\n  ${error.reason}`;
  const diagnostic: Partial<Diagnostic> = { says, at: source.at(found.offset), ...(found.hint === undefined ? {} : { hint: found.hint }) };
  return inputError('yaml', found.message, diagnostic);
}

/** Mistakes people make, looked for where the parser gave up and on the line before. */
function classic(reason: string, position: number, source: Source): Mistake | undefined {
  if (/quoted scalar/.test(reason)) return openQuote(position, source);
  if (/stream within a flow collection/.test(reason)) return openBracket(position, source);
  const { line } = source.at(position);
  for (const number of [line, previousLine(line, source)]) {
    const found = number < 1 ? undefined : lineMistake(number, source);
    if (found) return found;
  }
  if (/deficient indentation/.test(reason)) return openQuote(position, source) ?? openBracket(position, source);
  return undefined;
}

/** The parser stops at the colon of a wrongly indented key; people look for its first letter. */
function wordStart(position: number, source: Source): number {
  const { line } = source.at(position);
  const before = source.text.slice(source.lineStart(line), position);
  const word = /^\s*([\w.-]+)$/.exec(before)?.[1];
  return position - (word?.length ?? 0);
}

function previousLine(line: number, source: Source): number {
  let number = line - 1;
  while (number > 0 && /^\s*(#.*)?$/.test(source.line(number))) number--;
  return number;
}

function lineMistake(number: number, source: Source): Mistake | undefined {
  const text = source.line(number);
  const start = source.lineStart(number);
  const tab = /^ *\t/.exec(text);
  if (tab)
    return { message: 'A tab indents this line; YAML allows only spaces there.', offset: start + tab[0].length - 1, hint: 'Replace the tab with spaces.' };
  const template = /(?::|-)\s+(\{\{|\{%)/.exec(text);
  if (template && !/(?::|-)\s+["'|>]/.test(text))
    return { message: 'A template stands here without quotes.', offset: start + text.indexOf(template[1]!), hint: QUOTE_TEMPLATE };
  const reserved = /(?::|-)\s+([@`%])/.exec(text);
  if (reserved)
    return {
      message: `A value cannot begin with "${reserved[1]}" unless it is in quotes.`,
      offset: start + reserved.index + reserved[0].length - 1,
      hint: 'Put the value into quotes.',
    };
  return quoteMistake(text, start) ?? colonMistake(text, start);
}

/** `key: "text" and more`. */
function quoteMistake(text: string, start: number): Mistake | undefined {
  const found = /(?::|-)\s+("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*([^\s#,\]}:].*)$/.exec(text);
  if (!found) return undefined;
  return {
    message: `Text goes on after the closing quote: ${short(found[2]!)}.`,
    offset: start + text.length - found[2]!.length,
    hint: 'Put the whole value into quotes; inside single quotes, double quotes need no escape.',
  };
}

/** `key: text: more`, or `key:text` beside other keys. */
function colonMistake(text: string, start: number): Mistake | undefined {
  const second = /^(\s*(?:- +)*[^\s"'#:{[][^:#]*:\s+)([^"'|>&*![{#\s].*?):(?:\s|$)/.exec(text);
  if (second)
    return {
      message: `A second ": " stands in the value ${short(second[2]!)}, as if it were a key again.`,
      offset: start + second[1]!.length + second[2]!.length,
      hint: 'Put the value into quotes when the colon belongs to it.',
    };
  const glued = /^(\s*(?:- +)*[\w.-]+):(?!\/\/)([^\s:\\].*)$/.exec(text);
  if (glued)
    return {
      message: 'There is no space after the colon, so this is text and not a key with a value.',
      offset: start + glued[1]!.length,
      hint: `Write "${glued[1]!.trim().replace(/^(- +)+/, '')}: ${short(glued[2]!, false)}".`,
    };
  return undefined;
}

/** The quote that was opened and never closed: the last one before the end without a partner on its line. */
function openQuote(position: number, source: Source): Mistake | undefined {
  for (let number = source.at(position).line; number > 0; number--) {
    const text = source.line(number);
    const found = /(?:^|[:\-[{,]\s+|^\s*)(?:(")(?:[^"\\]|\\.)*|(')(?:[^']|'')*)$/.exec(text);
    const quote = found?.[1] ?? found?.[2];
    if (!found || !quote) continue;
    const offset = source.lineStart(number) + found.index + found[0].indexOf(quote);
    const name = quote === '"' ? 'double' : 'single';
    return {
      message: `This ${name} quote is never closed.`,
      offset,
      hint: `Close it with ${quote}${quote === "'" ? "; a single quote inside is written ''" : ''}.`,
    };
  }
  return undefined;
}

/** The bracket or brace that was opened last and has no partner on its line. */
function openBracket(position: number, source: Source): Mistake | undefined {
  for (let number = source.at(position).line; number > 0; number--) {
    const text = source.line(number).replace(/"(?:[^"\\]|\\.)*"|'[^']*'|(?:^|\s)#.*$/g, (part) => ' '.repeat(part.length));
    const open: number[] = [];
    for (const { 0: char, index } of text.matchAll(/[[\]{}]/g)) {
      if (char === '[' || char === '{') open.push(index);
      else open.pop();
    }
    const at = open.at(-1);
    if (at === undefined) continue;
    const [name, partner] = text[at] === '[' ? ['bracket', ']'] : ['brace', '}'];
    return { message: `This ${name} is never closed.`, offset: source.lineStart(number) + at, hint: `Close it with ${partner}, or write one entry a line.` };
  }
  return undefined;
}

const short = (text: string, quotes = true): string => {
  const cut = text.length > 40 ? text.slice(0, 37) + '...' : text;
  return quotes ? `"${cut}"` : cut;
};

/** The parser's own words as a sentence. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/bad indentation of a mapping entry/, 'This line is indented differently from the keys above it.'],
  [/bad indentation of a sequence entry/, 'This line is indented differently from the list entries above it.'],
  [/end of the stream or a document separator/, 'The document ends above; this line belongs neither to a mapping nor to a list there.'],
  [/expected ':' after a mapping key/, 'A key stands here without a colon after it.'],
  [/multiline key may not be an implicit key/, 'A key was expected here: one line with a colon and a space.'],
  [/deficient indentation/, 'This line is indented too little for what it continues.'],
  [/unexpected end of the stream within a flow collection/, 'A bracket or brace is opened and never closed.'],
  [/missed comma between flow collection entries/, 'A comma is missing between the entries of this list or mapping.'],
  [/non-printable/, 'There is a character here that YAML does not allow.'],
  [/null byte/, 'There is a NUL byte here: this is not a text file.'],
  [/unknown escape sequence/, 'YAML does not know this escape inside double quotes; write \\\\ for a backslash, or use single quotes.'],
  [/nesting exceeded/, 'Lists and mappings are nested too deeply here.'],
  [/tab characters must not be used/, 'A tab indents this line; YAML allows only spaces there.'],
];

function sentence(reason: string): string {
  for (const [pattern, words] of WORDS) if (pattern.test(reason)) return words;
  return `This is not YAML: ${reason}.`;
}
