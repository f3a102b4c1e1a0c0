import { truth } from '../../python/compare.ts';
import { toText } from '../../python/text.ts';
import { PyError, type Value } from '../../values.ts';

interface Dialect {
  readonly delimiter: string;
  readonly skipInitialSpace: boolean;
  readonly strict: boolean;
}

const DELIMITERS: Readonly<Record<string, string>> = { excel: ',', unix: ',', 'excel-tab': '\t' };

export function dialectOf(name: string, delimiter: Value, skip: Value, strict: Value): Dialect {
  const known = Object.hasOwn(DELIMITERS, name) ? (DELIMITERS[name] as string) : undefined;
  if (known === undefined) throw new PyError(`Dialect '${name}' is not supported by your version of python.`);
  const own = delimiter === null ? known : toText(delimiter);
  if (own.length !== 1) throw new PyError('Unable to create custom dialect: "delimiter" must be a 1-character string');
  return { delimiter: own, skipInitialSpace: truth(skip), strict: truth(strict) };
}

/** Reads rows of fields one character at a time, as Python's `csv` does. */
class Reader {
  readonly #text: string;
  readonly #dialect: Dialect;
  #at = 0;
  #field = '';
  #row: string[] = [];
  readonly #rows: string[][] = [];

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  rows(): string[][] {
    while (this.#at < this.#text.length) this.#line();
    return this.#rows;
  }

  /** One row, which goes on beyond line ends within quotes. */
  #line(): void {
    if (/^\r?\n/.test(this.#text.slice(this.#at, this.#at + 2))) {
      this.#at += this.#text[this.#at] === '\r' ? 2 : 1;
      this.#rows.push([]);
      return;
    }
    while (this.#cell());
    this.#rows.push(this.#row);
    this.#row = [];
  }

  /** One field; whether another follows in the row. */
  #cell(): boolean {
    const { delimiter, skipInitialSpace } = this.#dialect;
    if (skipInitialSpace) while (this.#text[this.#at] === ' ') this.#at++;
    if (this.#text[this.#at] === '"') this.#quoted();
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string;
      if (char === delimiter) return this.#end(1, true);
      if (char === '\n') return this.#end(1, false);
      if (char === '\r') return this.#end(this.#text[this.#at + 1] === '\n' ? 2 : 1, false);
      this.#field += char;
    }
    return this.#end(0, false);
  }

  #quoted(): void {
    this.#at++;
    for (; this.#at < this.#text.length; this.#at++) {
      if (this.#text[this.#at] !== '"') this.#field += this.#text[this.#at];
      else if (this.#text[this.#at + 1] === '"') this.#field += this.#text[this.#at++];
      else {
        this.#closed();
        return;
      }
    }
    if (this.#dialect.strict) throw new PyError('Unable to process file: unexpected end of data');
  }

  #closed(): void {
    this.#at++;
    const next = this.#text[this.#at];
    if (this.#dialect.strict && next !== undefined && next !== this.#dialect.delimiter && next !== '\n' && next !== '\r')
      throw new PyError(`Unable to process file: '${this.#dialect.delimiter}' expected after '"'`);
  }

  #end(skip: number, more: boolean): boolean {
    this.#at += skip;
    this.#row.push(this.#field);
    this.#field = '';
    return more;
  }
}

/** Rows as dicts by column name: those given, else those of the first row. */
export function readCsv(text: string, dialect: Dialect, columns: readonly string[] | undefined): Value[] {
  const rows = new Reader(text, dialect).rows();
  const names = columns ?? rows.shift() ?? [];
  return rows
    .filter((row) => row.length > 0)
    .map((row) => {
      const dict = new Map<Value, Value>(names.map((name, index) => [name, row[index] ?? null]));
      if (row.length > names.length) dict.set(null, row.slice(names.length));
      return dict;
    });
}
