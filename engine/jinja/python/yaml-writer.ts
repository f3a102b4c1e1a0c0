import { analyseScalar, escapeChar } from './yaml-analysis.ts';
import { isSpecialPlain } from './yaml-scalar.ts';

const BREAK = /[\n\x85\u2028\u2029]/;

/** Writes YAML and keeps track of column and indentation, so that lines fold where PyYAML folds them. */
export class YamlWriter {
  text = '';
  flowLevel = 0;
  /** Whether only indentation stands before the column. */
  indention = true;
  #column = 0;
  #whitespace = true;
  #indent: number | undefined;
  readonly #indents: (number | undefined)[] = [];
  readonly #step: number;
  readonly #width: number;

  constructor(step: number, width: number) {
    this.#step = step > 1 && step < 10 ? step : 2;
    this.#width = width > this.#step * 2 ? width : 80;
  }

  /** One level in. */
  deeper(flow: boolean, indentless = false): void {
    this.#indents.push(this.#indent);
    if (this.#indent === undefined) this.#indent = flow ? this.#step : 0;
    else if (!indentless) this.#indent += this.#step;
  }
  back(): void {
    this.#indent = this.#indents.pop();
  }

  indicator(mark: string, needsBlank: boolean, whitespace = false, indention = false): void {
    this.#put(this.#whitespace || !needsBlank ? mark : ` ${mark}`);
    this.#whitespace = whitespace;
    this.indention = this.indention && indention;
  }

  /** A new line unless there is nothing but indentation yet, then blanks up to the indentation. */
  lineUp(): void {
    const indent = this.#indent ?? 0;
    if (!this.indention || this.#column > indent || (this.#column === indent && !this.#whitespace)) this.#lineBreak();
    if (this.#column < indent) {
      this.#whitespace = true;
      this.#put(' '.repeat(indent - this.#column));
    }
  }

  openFlow(mark: string): void {
    this.indicator(mark, true, true);
    this.flowLevel++;
    this.deeper(true);
  }
  closeFlow(mark: string): void {
    this.back();
    this.flowLevel--;
    this.indicator(mark, false);
  }
  wrapFlow(): void {
    if (this.#column > this.#width) this.lineUp();
  }

  #put(text: string): void {
    this.text += text;
    this.#column += text.length;
  }

  #lineBreak(mark = '\n'): void {
    this.#whitespace = true;
    this.indention = true;
    this.text += mark;
    this.#column = 0;
  }

  /** Text in the plainest style that reads back as the same. */
  string(text: string, isKey: boolean, style: string): void {
    const can = analyseScalar(text);
    const keyForbids = isKey && can.multiline;
    const plainFits = this.flowLevel > 0 ? can.flowPlain : can.blockPlain;
    if (style === '' && !keyForbids && plainFits && !isSpecialPlain(text)) this.plain(text, !isKey);
    else if (style !== '"' && can.single && !(isKey && can.multiline)) this.#single(text, !isKey);
    else this.#double(text, !isKey);
  }

  plain(text: string, split: boolean): void {
    if (text === '') return;
    if (!this.#whitespace) this.#put(' ');
    this.#whitespace = false;
    this.indention = false;
    for (const piece of text.split(/( +)/)) {
      if (piece === ' ' && split && this.#column > this.#width) this.#fold();
      else this.#put(piece);
    }
  }

  #fold(): void {
    this.lineUp();
    this.#whitespace = false;
    this.indention = false;
  }

  #single(text: string, split: boolean): void {
    this.indicator("'", true);
    let at = 0;
    for (const piece of text.split(/( +|[\n\x85\u2028\u2029]+)/)) {
      const end = at + piece.length;
      if (piece === ' ' && split && this.#column > this.#width && at !== 0 && end !== text.length) this.lineUp();
      else if (BREAK.test(piece)) {
        if (piece.startsWith('\n')) this.#lineBreak();
        for (const mark of piece) this.#lineBreak(mark);
        this.lineUp();
      } else this.#put(piece.replaceAll("'", "''"));
      at = end;
    }
    this.#whitespace = false;
    this.indention = false;
    this.indicator("'", false);
  }

  #double(text: string, split: boolean): void {
    this.indicator('"', true);
    const chars = [...text];
    let afterBlank = false;
    for (const [index, char] of chars.entries()) {
      const mayFold = char === ' ' && split && !afterBlank && index > 0 && index < chars.length - 1;
      afterBlank = char === ' ';
      if (mayFold && this.#column > this.#width) {
        this.#fold();
        // a blank that begins a line must be told from the indentation
        if (chars[index + 1] === ' ') this.#put('\\');
      } else this.#put(escapeChar(char) ?? char);
    }
    this.indicator('"', false);
  }

  /** Text of several lines as a literal block, without a line end at its end. */
  literal(text: string): void {
    this.indicator('|-', true);
    const indent = ' '.repeat(this.#indent ?? this.#step);
    for (const line of text.split('\n')) {
      this.#lineBreak();
      if (line !== '') this.#put(indent + line);
    }
    this.#whitespace = false;
    this.indention = false;
  }

  /** A vaulted value with its tag, as a literal block. */
  vault(envelope: string): void {
    this.indicator('!vault', true);
    this.indicator('|', true);
    if (!envelope.endsWith('\n')) this.#put('-');
    const indent = ' '.repeat(this.#indent ?? this.#step);
    for (const line of envelope.replace(/\n$/, '').split('\n')) {
      this.#lineBreak();
      this.#put(indent + line);
    }
    this.#whitespace = false;
    this.indention = false;
  }
}
