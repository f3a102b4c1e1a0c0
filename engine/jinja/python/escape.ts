const SIMPLE: Record<string, string> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 };

/** A Python string literal's body with its escapes read; unknown escapes keep their backslash. */
export function readEscapes(body: string): string | { readonly problem: string; readonly offset: number } {
  let result = '';
  for (let index = 0; index < body.length; index++) {
    const char = body[index] as string;
    if (char !== '\\') {
      result += char;
      continue;
    }
    const kind = body[++index];
    if (kind === undefined) return { problem: '\\ at end of string', offset: index - 1 };
    const simple = SIMPLE[kind];
    if (simple !== undefined) {
      result += simple;
      continue;
    }
    if (kind >= '0' && kind <= '7') {
      const digits = (/^[0-7]{1,3}/.exec(body.slice(index)) as RegExpExecArray)[0];
      result += String.fromCharCode(Number.parseInt(digits, 8));
      index += digits.length - 1;
      continue;
    }
    const length = DIGITS[kind];
    if (length === undefined) {
      result += `\\${kind}`;
      continue;
    }
    const digits = body.slice(index + 1, index + 1 + length);
    const code = /^[\da-fA-F]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : -1;
    if (code < 0) return { problem: `truncated \\${kind}${'X'.repeat(length)} escape`, offset: index - 1 };
    if (code > 0x10ffff) return { problem: 'illegal Unicode character', offset: index - 1 };
    result += String.fromCodePoint(code);
    index += length;
  }
  return result;
}
