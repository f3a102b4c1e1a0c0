interface Analysis {
  readonly multiline: boolean;
  /** In which styles the text may be written. */
  readonly flowPlain: boolean;
  readonly blockPlain: boolean;
  readonly single: boolean;
}

const BREAK = /[\n\x85\u2028\u2029]/;
const SPECIAL = /[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd]|\ufeff/u;
const EDGE = /^[ \n\x85\u2028\u2029]|[ \n\x85\u2028\u2029]$/;
const BLANK_AFTER = '(?=[\\0 \\t\\r\\n\\x85\\u2028\\u2029]|$)';
/** What cannot begin or stand in a plain scalar outside of brackets. */
const BLOCK_MARK = new RegExp(`^(?:---|\\.\\.\\.)|^[#,[\\]{}&*!|>'"%@\`]|^[?:-]${BLANK_AFTER}|.:${BLANK_AFTER}|[\\0 \\t\\r\\n\\x85\\u2028\\u2029]#`, 's');
/** The same within brackets. */
const FLOW_MARK = new RegExp(`^(?:---|\\.\\.\\.)|^[#,[\\]{}&*!|>'"%@\`?:]|^-${BLANK_AFTER}|.[,?[\\]{}:]|[\\0 \\t\\r\\n\\x85\\u2028\\u2029]#`, 's');

/** In which styles a text can be written so that it reads back as the same. */
export function analyseScalar(text: string): Analysis {
  if (text === '') return { multiline: false, flowPlain: false, blockPlain: true, single: true };
  const multiline = BREAK.test(text);
  const special = SPECIAL.test(text) || / [\n\x85\u2028\u2029]/.test(text);
  const breakSpace = /[\n\x85\u2028\u2029] /.test(text);
  const plain = !multiline && !special && !EDGE.test(text);
  return {
    multiline,
    flowPlain: plain && !FLOW_MARK.test(text),
    blockPlain: plain && !BLOCK_MARK.test(text),
    single: !special && !breakSpace,
  };
}

const NAMED: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};
const STAYS = /[\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]/;

/** A character as a double-quoted scalar must escape it; undefined when it stands for itself. */
export function escapeChar(char: string): string | undefined {
  const code = char.codePointAt(0) as number;
  if (char !== '"' && char !== '\\' && char !== '\u2028' && char !== '\u2029' && char !== '\ufeff' && code < 0x10000 && STAYS.test(char)) return undefined;
  const named = NAMED[char];
  if (named !== undefined) return `\\${named}`;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
