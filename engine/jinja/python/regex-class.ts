const SETS: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: '\\p{L}\\p{N}_',
  W: '[^\\p{L}\\p{N}_]',
  s: '\\s\\x1c-\\x1f\\x85',
  S: '[^\\s\\x1c-\\x1f\\x85]',
};
const CONTROL: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, b: 8 };

interface Member {
  /** A set such as `\d`, which cannot begin a range. */
  readonly set?: string;
  readonly code?: number;
}

/** A Python character class as one of JavaScript's `v` mode; `start` is where its `[` stands. */
export function translateClass(pattern: string, start: number, fail: (message: string) => never): { source: string; end: number } {
  let pos = start + 1;
  const negated = pattern[pos] === '^';
  if (negated) pos++;
  let body = '';
  const first = pos;
  for (;;) {
    if (pos >= pattern.length) fail('unterminated character set');
    if (pattern[pos] === ']' && pos > first) break;
    const [low, after] = readMember(pattern, pos, fail);
    if (pattern[after] === '-' && after + 1 < pattern.length && pattern[after + 1] !== ']') {
      const [high, end] = readMember(pattern, after + 1, fail);
      if (low.code === undefined || high.code === undefined || high.code < low.code) fail(`bad character range ${pattern.slice(pos, end)}`);
      body += `${code(low.code as number)}-${code(high.code as number)}`;
      pos = end;
    } else {
      body += low.set ?? code(low.code as number);
      pos = after;
    }
  }
  return { source: `[${negated ? '^' : ''}${body}]`, end: pos + 1 };
}

function readMember(pattern: string, pos: number, fail: (message: string) => never): [Member, number] {
  const char = String.fromCodePoint(pattern.codePointAt(pos) as number);
  if (char !== '\\') return [{ code: char.codePointAt(0) as number }, pos + char.length];
  const next = pattern[pos + 1];
  if (next === undefined) return fail('unterminated character set');
  const set = SETS[next];
  if (set !== undefined) return [{ set }, pos + 2];
  const control = CONTROL[next];
  if (control !== undefined) return [{ code: control }, pos + 2];
  const coded = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3}))/.exec(pattern.slice(pos));
  if (coded !== null) {
    const octal = coded[4];
    const value = octal === undefined ? Number.parseInt((coded[1] ?? coded[2] ?? coded[3]) as string, 16) : Number.parseInt(octal, 8);
    return [{ code: value }, pos + coded[0].length];
  }
  if (/[A-Za-z0-9]/.test(next)) return fail(`bad escape \\${next}`);
  const literal = String.fromCodePoint(pattern.codePointAt(pos + 1) as number);
  return [{ code: literal.codePointAt(0) as number }, pos + 1 + literal.length];
}

const code = (value: number): string => (/[A-Za-z0-9_]/.test(String.fromCodePoint(value)) ? String.fromCodePoint(value) : `\\u{${value.toString(16)}}`);
