import { PyError } from '../values.ts';
import { translateClass } from './regex-class.ts';
import { danger, WatchedRegExp } from './regex-watch.ts';

export interface RegexFlags {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  readonly dotAll?: boolean;
}

const cache = new Map<string, RegExp>();
const CACHE_SIZE = 2_000;

/** A Python pattern as a JavaScript one (flags `d`, `g` and `v`); fails as Python's `re.compile` does. */
export function pythonRegex(pattern: string, flags: RegexFlags = {}, anchored = false): RegExp {
  const key = `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}${flags.dotAll ? 's' : ''}${anchored ? 'a' : ''}:${pattern}`;
  let regex = cache.get(key);
  if (regex === undefined) {
    regex = compile(pattern, flags, anchored);
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(key, regex);
  }
  regex.lastIndex = 0;
  return regex;
}

function compile(pattern: string, flags: RegexFlags, anchored: boolean): RegExp {
  const translator = new Translator(pattern, flags);
  const source = translator.translate();
  try {
    const Kind = danger(pattern) === 'none' ? RegExp : WatchedRegExp;
    return new Kind(source, `${anchored ? 'y' : 'g'}v${translator.ignoreCase ? 'i' : ''}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: .*: /s, '') : String(error);
    throw new PyError(`the regular expression '${pattern}' cannot be read: ${reason}`, 'regex');
  }
}

// V8 also looks between the halves of a surrogate pair, where nothing but what is not there can be matched
const WHOLE = '(?=[\\s\\S]|$)';
const WORD = '[\\p{L}\\p{N}_]';
const NOT_WORD = '[^\\p{L}\\p{N}_]';
const BLANK = '[\\s\\x1c-\\x1f\\x85]';
const NOT_BLANK = '[^\\s\\x1c-\\x1f\\x85]';
const CLASSES: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: WORD,
  W: NOT_WORD,
  s: BLANK,
  S: NOT_BLANK,
  A: '^',
  Z: '$',
  b: `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`,
  B: `(?:(?<=${WORD})(?=${WORD})|${WHOLE}(?<!${WORD})(?!${WORD}))`,
};
const CONTROL: Readonly<Record<string, string>> = { n: '\\n', r: '\\r', t: '\\t', f: '\\f', v: '\\v', a: '\\x07' };

/** A character as a pattern that matches it. */
export function literal(char: string): string {
  if (/[\^$\\.*+?()[\]{}|/]/.test(char)) return `\\${char}`;
  return char === '\n' ? '\\n' : char === '\r' ? '\\r' : char;
}

class Translator {
  readonly #pattern: string;
  #pos = 0;
  ignoreCase: boolean;
  #multiline: boolean;
  #dotAll: boolean;
  #verbose = false;
  #groups = 0;
  readonly #names: string[] = [];

  constructor(pattern: string, flags: RegexFlags) {
    this.#pattern = pattern;
    this.ignoreCase = flags.ignoreCase ?? false;
    this.#multiline = flags.multiline ?? false;
    this.#dotAll = flags.dotAll ?? false;
  }

  #fail(message: string): never {
    throw new PyError(`the regular expression '${this.#pattern}' cannot be read: ${message} at position ${this.#pos}`, 'regex');
  }

  translate(): string {
    this.#leadingFlags();
    let result = '';
    let canRepeat = false;
    while (this.#pos < this.#pattern.length) {
      const quantifier = this.#quantifier();
      if (quantifier !== undefined) {
        if (!canRepeat) this.#fail(quantifier.startsWith('{') ? 'nothing to repeat' : 'nothing to repeat');
        result += quantifier;
        canRepeat = false;
        continue;
      }
      const piece = this.#piece();
      result += piece;
      canRepeat = piece !== '' && piece !== '|' && !/(?<!\\)\((\?([:=!]|<([=!]|\w+>)))?$/.test(piece);
    }
    return result;
  }

  /** `(?im)` at the beginning counts for the whole pattern. */
  #leadingFlags(): void {
    const match = /^\(\?([aiLmsux]+)\)/.exec(this.#pattern);
    if (match === null) return;
    this.#pos = match[0].length;
    for (const flag of match[1] as string) {
      if (flag === 'i') this.ignoreCase = true;
      else if (flag === 'm') this.#multiline = true;
      else if (flag === 's') this.#dotAll = true;
      else if (flag === 'x') this.#verbose = true;
    }
  }

  #quantifier(): string | undefined {
    const match = /^(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})([?+]?)/.exec(this.#pattern.slice(this.#pos, this.#pos + 40));
    if (match === null) return undefined;
    if (match[1] === '+') this.#fail('possessive quantifiers are not supported');
    this.#pos += match[0].length;
    return match[0].replace('{,', '{0,');
  }

  #piece(): string {
    const char = String.fromCodePoint(this.#pattern.codePointAt(this.#pos) as number);
    if (this.#verbose && /\s/.test(char)) return this.#skip(1);
    if (this.#verbose && char === '#') return this.#skip((/^[^\n]*/.exec(this.#pattern.slice(this.#pos)) as RegExpExecArray)[0].length);
    switch (char) {
      case '\\':
        return this.#escape();
      case '[':
        return this.#class();
      case '(':
        return this.#group();
      case ')':
      case '|':
        this.#pos++;
        return char;
      case '.':
        this.#pos++;
        return this.#dotAll ? '[\\s\\S]' : '[^\\n]';
      case '^':
        this.#pos++;
        return this.#multiline ? '(?:^|(?<=\\n))' : '^';
      case '$':
        this.#pos++;
        return this.#multiline ? '(?=\\n|$)' : '(?=\\n?$)';
      default:
        this.#pos += char.length;
        return literal(char);
    }
  }

  #skip(length: number): string {
    this.#pos += length;
    return '';
  }

  #class(): string {
    const { source, end } = translateClass(this.#pattern, this.#pos, (message) => this.#fail(message));
    this.#pos = end;
    return source;
  }

  #group(): string {
    const rest = this.#pattern.slice(this.#pos);
    const named = /^\(\?P<([^>]*)>/.exec(rest);
    if (named !== null) return this.#namedGroup(named[1] as string, named[0].length);
    const back = /^\(\?P=(\w+)\)/.exec(rest);
    if (back !== null) {
      this.#pos += back[0].length;
      return `\\k<${back[1]}>`;
    }
    const comment = /^\(\?#[^)]*\)/.exec(rest);
    if (comment !== null) return this.#skip(comment[0].length);
    const plain = /^\((?:\?(?::|=|!|<=|<!))?/.exec(rest) as RegExpExecArray;
    if (plain[0] === '(' && rest[1] === '?') return this.#fail(`the group (?${rest.slice(2, 4)}...) is not supported`);
    if (plain[0] === '(') this.#groups++;
    this.#pos += plain[0].length;
    return plain[0].endsWith('!') ? WHOLE + plain[0] : plain[0];
  }

  #namedGroup(name: string, length: number): string {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) this.#fail(`bad character in group name '${name}'`);
    if (this.#names.includes(name)) this.#fail(`redefinition of group name '${name}'`);
    this.#names.push(name);
    this.#groups++;
    this.#pos += length;
    return `(?<${name}>`;
  }

  #escape(): string {
    const next = this.#pattern[this.#pos + 1];
    if (next === undefined) return this.#fail('bad escape (end of pattern)');
    const known = CLASSES[next] ?? CONTROL[next];
    if (known !== undefined) {
      this.#pos += 2;
      return known;
    }
    const code = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(0[0-7]{0,2}|[1-3][0-7]{2}))/.exec(this.#pattern.slice(this.#pos));
    if (code !== null) {
      this.#pos += code[0].length;
      const octal = code[4];
      return literalCode(octal === undefined ? Number.parseInt((code[1] ?? code[2] ?? code[3]) as string, 16) : Number.parseInt(octal, 8));
    }
    const back = /^\\(\d{1,2})/.exec(this.#pattern.slice(this.#pos));
    if (back !== null) {
      if (Number(back[1]) > this.#groups) this.#fail(`invalid group reference ${back[1]}`);
      this.#pos += back[0].length;
      return `(?:\\${back[1]})`;
    }
    if (/[A-Za-z]/.test(next)) return this.#fail(`bad escape \\${next}`);
    this.#pos++;
    const char = String.fromCodePoint(this.#pattern.codePointAt(this.#pos) as number);
    this.#pos += char.length;
    return literal(char);
  }
}

/** A code point as a pattern that matches it. */
export const literalCode = (code: number): string => `\\u{${code.toString(16)}}`;

/** Python's `re.escape`. */
export const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|&~#\s-]/g, (char) => `\\${char}`);

/** What a replacement such as `\1-\g<name>` stands for in a match. */
export function expandReplacement(template: string, match: RegExpExecArray): string {
  if (!template.includes('\\')) return template;
  return template.replace(
    /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-3][0-7]{2})|(\d{1,2})|([\s\S])|$)/g,
    (whole, name?: string, octal?: string, number?: string, char?: string) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8) & 0xff);
      const group = name ?? number;
      if (group !== undefined) return groupText(match, group);
      if (char === undefined) throw new PyError('bad escape (end of pattern) in the replacement', 'regex');
      const control = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', a: '\x07', b: '\b', '\\': '\\' }[char];
      if (control !== undefined) return control;
      if (/[A-Za-z]/.test(char)) throw new PyError(`bad escape \\${char} in the replacement '${template}'`, 'regex');
      return whole;
    },
  );
}

/** Fails for a replacement that the pattern has no groups for, whether it matches or not. */
export function checkReplacement(template: string, regex: RegExp): void {
  if (!template.includes('\\')) return;
  // an empty alternative matches everything and tells the groups
  const match = new RegExp(`${regex.source}|`, regex.flags.replace('y', 'g')).exec('');
  if (match !== null) expandReplacement(template, match);
}

/** Text of a group by number or name; fails for one that does not exist. */
export function groupText(match: RegExpExecArray, group: string): string {
  if (/^\d+$/.test(group)) {
    if (Number(group) >= match.length) throw new PyError(`invalid group reference ${group}`, 'regex');
    return match[Number(group)] ?? '';
  }
  if (match.groups === undefined || !Object.hasOwn(match.groups, group)) throw new PyError(`unknown group name '${group}'`, 'regex');
  return match.groups[group] ?? '';
}
