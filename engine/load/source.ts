import type { At } from '../error.ts';

/** A text with a name, able to say on which line and column an offset stands. Lines are found when first asked for. */
export class Source {
  readonly file: string;
  readonly text: string;
  #starts: number[] | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** Place of the character at `offset`; offsets outside the text are moved to its nearest end. */
  at(offset: number, length?: number): At {
    const wanted = Math.max(0, Math.min(offset, this.text.length));
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= wanted) low = middle;
      else high = middle - 1;
    }
    const at = { file: this.file, line: low + 1, column: wanted - starts[low]! + 1 };
    return length === undefined || length < 1 ? at : { ...at, length };
  }

  /** Text of a line, counted from 1, without its line break. */
  line(number: number): string {
    const starts = this.#lineStarts();
    const start = starts[number - 1];
    if (start === undefined) return '';
    return this.text.slice(start, starts[number] ?? this.text.length).replace(/[\r\n]+$/, '');
  }

  /** Offset of the first character of a line, counted from 1. */
  lineStart(number: number): number {
    return this.#lineStarts()[number - 1] ?? this.text.length;
  }

  #lineStarts(): number[] {
    if (this.#starts) return this.#starts;
    const starts = [0];
    for (let i = 0; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i);
      if (code === 10 || (code === 13 && this.text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
    }
    this.#starts = starts;
    return starts;
  }
}
