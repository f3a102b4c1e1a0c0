import { randomBytes } from 'node:crypto';
import { quote } from '../quote.ts';

/** Begins every mark and occurs nowhere else in it, so that a mark cut by a chunk's end is found by one search. */
const FIRST = 0x1e;

/** A fresh mark: a control character and 128 random bits, which no output contains by chance. */
export const newMark = (): string => `\x1e${randomBytes(16).toString('hex')}`;

/** Shell text that prints a mark; the character itself is spelt in octal, so that the text may pass through a terminal. */
export const printable = (mark: string): string => mark.replace('\x1e', '\\036');

/**
 * What the resident shell is sent for one script. `eval` of one quoted word inside a subshell: a syntax error, an `exit`,
 * an open quote or a `cd` stays inside, and nothing but the subshell is forked. The resident shell itself prints the marks,
 * so a daemon that keeps the subshell's streams open does not hold the answer back.
 *
 * @param script any shell text without NUL
 * @param mark from `newMark`
 */
export function frame(script: string, mark: string): string {
  const m = printable(mark);
  return `(eval ${word(script)}) </dev/null;printf '${m}%d\\n' "$?";printf '${m}\\n' >&2\n`;
}

/** `eval` needs its text as one word even when it is empty or begins with a dash. */
const word = (script: string): string => quote(`\n${script}`);

/** Finds marks in a stream that comes in chunks. A mark is followed by a payload up to the end of its line. */
export class MarkScanner {
  readonly #mark: Buffer;
  readonly #bytes: (chunk: Buffer) => void;
  readonly #found: (payload: string) => void;
  #held: Buffer = Buffer.alloc(0);

  /**
   * @param bytes gets what stands between marks, as early as it is certain not to be part of one
   * @param found is called at each mark
   */
  constructor(mark: string, bytes: (chunk: Buffer) => void, found: (payload: string) => void) {
    this.#mark = Buffer.from(mark, 'latin1');
    this.#bytes = bytes;
    this.#found = found;
  }

  push(chunk: Buffer): void {
    let data = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = Buffer.alloc(0);
    while (data.length > 0) {
      const at = data.indexOf(this.#mark);
      const end = at === -1 ? -1 : data.indexOf(0x0a, at + this.#mark.length);
      if (end === -1) {
        this.#hold(data, at === -1 ? data.length - this.#begun(data) : at);
        return;
      }
      if (at > 0) this.#bytes(data.subarray(0, at));
      this.#found(data.subarray(at + this.#mark.length, end).toString('latin1'));
      data = data.subarray(end + 1);
    }
  }

  /** Gives out what is held back, at the end of the stream. */
  flush(): void {
    if (this.#held.length > 0) this.#bytes(this.#held);
    this.#held = Buffer.alloc(0);
  }

  #hold(data: Buffer, from: number): void {
    if (from > 0) this.#bytes(data.subarray(0, from));
    this.#held = Buffer.from(data.subarray(from));
  }

  /** How many bytes at the end may be the beginning of a mark. */
  #begun(data: Buffer): number {
    const at = data.lastIndexOf(FIRST);
    if (at === -1 || data.length - at >= this.#mark.length) return 0;
    return data.subarray(at).equals(this.#mark.subarray(0, data.length - at)) ? data.length - at : 0;
  }
}
