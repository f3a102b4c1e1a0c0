import { inputError } from '../../engine/error.ts';

export interface PyFlags {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  readonly dotAll?: boolean;
  readonly verbose?: boolean;
}

/**
 * A regular expression of Python's `re` as JavaScript's. Where the two read the same text differently, Python's meaning is
 * kept: `$` before a last newline, `^` and `.` that know no line end but `\n`, `\A`, `\Z`, `(?P<name>)`, `{,3}`, inline flags.
 * Throws an input error that names `option` when it cannot be read.
 */
export function pyRegex(pattern: string, option: string, flags: PyFlags = {}): RegExp {
  const [body, all] = leadingFlags(pattern, flags);
  try {
    return new RegExp(translate(body, all), all.ignoreCase ? 'gi' : 'g');
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: \/.*\/\w*: /s, '') : String(error);
    throw inputError('regexp', `${option}: "${pattern}" is no regular expression: ${why}`);
  }
}

const LETTERS: Record<string, keyof PyFlags | ''> = { i: 'ignoreCase', m: 'multiline', s: 'dotAll', x: 'verbose', a: '', u: '', L: '' };

function leadingFlags(pattern: string, flags: PyFlags): [string, PyFlags] {
  const found = /^\(\?([aiLmsux]+)\)/.exec(pattern);
  if (found === null) return [pattern, flags];
  const more = [...(found[1] as string)].map((letter) => LETTERS[letter]).filter((name) => name);
  return [pattern.slice(found[0].length), { ...flags, ...Object.fromEntries(more.map((name) => [name, true])) }];
}

const TOKEN = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?P<|\(\?P=(\w+)\)|\(\?#[^)]*\)|\{,(\d+)\}|[$^.]|[\s\S]/g;
const BLANKS = /((?:\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[^\s#\\[])+)|\s+|#[^\n]*|[\s\S]/g;

function translate(pattern: string, flags: PyFlags): string {
  const text = flags.verbose ? pattern.replace(BLANKS, (all, kept: string | undefined) => kept ?? (/^[\s#]/.test(all) ? '' : all)) : pattern;
  return text.replace(TOKEN, (token: string, name: string | undefined, most: string | undefined) => {
    if (name !== undefined) return `\\k<${name}>`;
    if (most !== undefined) return `{0,${most}}`;
    if (token === '(?P<') return '(?<';
    if (token.startsWith('(?#')) return '';
    if (token === '.') return flags.dotAll ? '[^]' : '[^\\n]';
    if (token === '^') return flags.multiline ? '(?<![^\\n])' : '(?<![^])';
    if (token === '$') return flags.multiline ? '(?=\\n|(?![^]))' : '(?=\\n?(?![^]))';
    if (token.startsWith('\\')) return escaped(token);
    if (token.startsWith('[') && token.length > 1) return set(token);
    return token;
  });
}

/** Python's blanks are ASCII where bytes are matched; JavaScript's include more. */
const ESCAPES: Record<string, string> = { '\\A': '(?<![^])', '\\Z': '(?![^])', '\\a': '\\x07', '\\s': '[ \\t\\n\\r\\f\\v]', '\\S': '[^ \\t\\n\\r\\f\\v]' };

const escaped = (token: string): string => ESCAPES[token] ?? token;

/** A `]` right after the opening is itself in Python; `\s` inside a set needs no brackets of its own. */
function set(token: string): string {
  const open = token.startsWith('[^') ? '[^' : '[';
  const inner = token.slice(open.length, -1).replace(/^\]/, '\\]');
  return open + inner.replace(/\\([\s\S])/g, (all, letter: string) => (letter === 's' ? ' \\t\\n\\r\\f\\v' : letter === 'a' ? '\\x07' : all)) + ']';
}

const SIMPLE: Record<string, string> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07', b: '\b', '\\': '\\' };

/** A replacement text of Python's `re.sub` (`\1`, `\g<name>`, `\n`), filled from a match. Throws an input error for a group that is not there. */
export function expand(template: string, match: RegExpExecArray | RegExpMatchArray, option: string): string {
  return template.replace(/\\(g<(\w+)>|\d{1,2}|[\s\S])/g, (all, what: string, name: string | undefined) => {
    if (name !== undefined || /^\d/.test(what)) return group(match, name ?? what, option);
    const simple = SIMPLE[what];
    if (simple !== undefined) return simple;
    if (/[A-Za-z]/.test(what)) throw inputError('regexp', `${option}: ${all} is no escape that a replacement knows`, { hint: 'Write \\\\ for a backslash' });
    return all;
  });
}

function group(match: RegExpExecArray | RegExpMatchArray, name: string, option: string): string {
  const numbered = /^\d+$/.test(name);
  const known = numbered ? Number(name) < match.length : match.groups !== undefined && Object.hasOwn(match.groups, name);
  if (!known) throw inputError('regexp', `${option}: the regular expression has no group ${name}`);
  return (numbered ? match[Number(name)] : match.groups?.[name]) ?? '';
}
