import { type At, inputError } from '../error.ts';
import type { Origin } from '../jinja/api.ts';

/** A part of a free-form line and where it begins in it. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

/** Arguments written as one line. */
export interface KeyValues {
  /** Values without their quotes; what is no `key=value` stands together under `_raw_params`. */
  readonly args: Map<string, string>;
  /** Where each value begins in the line, and under `keys` where each key does. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly keys: ReadonlyMap<string, number>;
}

/** Options that a free-form command (`command`, `shell`, `script`, `raw`) takes as `key=value`; other pairs belong to the command. */
const COMMAND_OPTIONS = new Set(['creates', 'removes', 'chdir', 'executable', 'warn', 'stdin', 'stdin_add_newline', 'strip_empty_ends']);

const BLOCKS = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
] as const;

/**
 * Splits a line at blanks, keeping together what quotes or template braces hold together. The quotes stay, and so do the
 * blanks and line breaks that follow a word, as in Ansible's `split_args`.
 * @param origin where the text stands, for the message when quotes or braces do not match
 */
export function splitArgs(text: string, origin?: Origin): Word[] {
  const splitter = new Splitter();
  let offset = 0;
  const lines = text === '' ? [] : text.split('\n');
  lines.forEach((line, number) => {
    splitter.line(line, offset, number === lines.length - 1);
    offset += line.length + 1;
  });
  if (splitter.open) throw unbalanced(text, splitter.openSince, origin);
  return splitter.words;
}

class Splitter {
  readonly words: { text: string; offset: number }[] = [];
  /** Where the quote or block began that is open now. */
  openSince = 0;
  readonly #depth = [0, 0, 0];
  #quote = '';

  get open(): boolean {
    return this.#quote !== '' || this.#inBlock();
  }

  line(line: string, lineOffset: number, isLast: boolean): void {
    let continued = false;
    let offset = lineOffset;
    line.split(' ').forEach((token, index) => {
      if (token === '' && index > 0) this.#tail(' ', offset - 1);
      else if (token === '\\' && this.#quote === '') continued = true;
      else this.#token(token, offset, index === 0);
      offset += token.length + 1;
    });
    if (!isLast && !continued) this.#tail('\n', offset - 1);
  }

  #token(token: string, offset: number, first: boolean): void {
    const wasQuoted = this.#quote !== '';
    const wasInBlock = this.#inBlock();
    const depth = [...this.#depth];
    this.#quote = quoteAfter(token, this.#quote);
    BLOCKS.forEach(([open, close], kind) => {
      const difference = count(token, open) - count(token, close);
      this.#depth[kind] = Math.max(0, this.#depth[kind]! + difference);
    });
    if (!wasQuoted && !wasInBlock && this.open) this.openSince = offset;
    if (this.#quote !== '' && !wasQuoted && !wasInBlock) this.words.push({ text: token, offset });
    else if (wasInBlock || this.#quote !== '' || wasQuoted) this.#tail((first && wasQuoted) || first ? token : ` ${token}`, offset);
    else if (token !== '' || depth.some((one, kind) => one !== this.#depth[kind])) this.words.push({ text: token, offset });
  }

  #tail(text: string, offset: number): void {
    const last = this.words.at(-1);
    if (last) last.text += text;
    else this.words.push({ text, offset });
  }

  #inBlock(): boolean {
    return this.#depth.some((one) => one > 0);
  }
}

/** The quote that is open after a token, '' for none. */
function quoteAfter(token: string, before: string): string {
  let quote = before;
  for (let i = 0; i < token.length; i++) {
    const char = token[i]!;
    if ((char !== '"' && char !== "'") || token[i - 1] === '\\') continue;
    if (quote === '') quote = char;
    else if (quote === char) quote = '';
  }
  return quote;
}

const count = (text: string, part: string): number => text.split(part).length - 1;

function unbalanced(text: string, offset: number, origin: Origin | undefined) {
  const at: At | undefined = origin?.at(offset);
  return inputError('arguments', 'A quote or a template brace is opened in these arguments and never closed.', {
    says: `failed at splitting arguments, either an unbalanced jinja2 block or quotes: ${text}`,
    ...(at ? { at } : { source: text }),
    hint: 'Arguments are safer as a YAML mapping, one option a line.',
  });
}

/** `join_args` of Ansible: words with one blank between them, none after a line break. */
function join(words: readonly string[]): string {
  return words.reduce((line, word) => (line === '' || line.endsWith('\n') ? line + word : `${line} ${word}`), '');
}

/**
 * Reads `a=1 b="two words" rest` as Ansible does.
 * @param freeForm the line is a command: only the options of commands are taken out of it
 */
export function parseKeyValues(text: string, freeForm = false, origin?: Origin): KeyValues {
  const args = new Map<string, string>();
  const offsets = new Map<string, number>();
  const keys = new Map<string, number>();
  const raw: string[] = [];
  const addRaw = (word: string, offset: number): void => {
    if (raw.length === 0) offsets.set('_raw_params', offset);
    raw.push(word);
  };
  for (const { text: word, offset } of splitArgs(text, origin)) {
    const decoded = withoutEscapes(word);
    const equals = equalsSign(decoded);
    const key = equals === undefined ? undefined : decoded.slice(0, equals);
    if (equals === undefined || key === undefined) addRaw(decoded.includes('=') ? decoded.replaceAll('\\=', '=') : word, offset);
    else if (freeForm && !COMMAND_OPTIONS.has(key)) addRaw(word, offset);
    else {
      const value = decoded.slice(equals + 1).trim();
      const bare = unquote(value);
      args.set(key.trim(), bare);
      keys.set(key.trim(), offset);
      offsets.set(key.trim(), offset + equals + 1 + (bare === value ? 0 : 1));
    }
  }
  if (raw.length > 0) args.set('_raw_params', join(raw));
  return { args, offsets, keys };
}

/** Position of the first `=` that is neither the first character nor escaped. */
function equalsSign(word: string): number | undefined {
  let at = 0;
  do at = word.indexOf('=', at + 1);
  while (at > 0 && word[at - 1] === '\\');
  return at > 0 ? at : undefined;
}

/** Takes away a pair of quotes around the whole text. */
export function unquote(text: string): string {
  const first = text[0];
  const quoted = text.length > 1 && (first === '"' || first === "'") && text.at(-1) === first && text.at(-2) !== '\\';
  return quoted ? text.slice(1, -1) : text;
}

const ESCAPE = /\\(?:U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\\'"abfnrtv]))/g;
const SINGLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (whole, long?: string, short?: string, byte?: string, single?: string) => {
    if (single !== undefined) return SINGLE[single] ?? single;
    const code = Number.parseInt(long ?? short ?? byte ?? '', 16);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}
