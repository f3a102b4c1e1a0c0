import { type Data, type Dict, Float, float, isDict, Tuple } from '../value.ts';

/**
 * A Python literal (`True`, `0o17`, `[1, 'a']`, `{'a': None}`) as `ast.literal_eval` reads it; `undefined` when the text
 * is none. Inventory variables and dict options are written so.
 */
export function pythonLiteral(text: string): Data | undefined {
  if (!BEGINNING.test(text)) return undefined;
  const reader = new Reader(text);
  try {
    const value = reader.expression();
    return reader.atEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

class NotLiteral extends Error {}
/** Thrown often and never shown: one without a new stack each time. */
const NO = new NotLiteral();

/** What a literal can begin with: most texts are ruled out by their first letter. */
const BEGINNING = /^[ \t]*[0-9'"[({+\-.TFNrRuU]/;
const MOST_DEPTH = 100;
const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*\.(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*[eE][-+]?\d(?:_?\d)*|\d(?:_?\d)*/y;
const STRING = /(?:[rRuU])?("""(?:[^\\]|\\.)*?"""|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/sy;
const NAMES: Readonly<Record<string, Data>> = { True: true, False: false, None: null };

class Reader {
  readonly #text: string;
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    this.#blanks();
    return this.#position === this.#text.length;
  }

  /** A value, or several with commas between: a tuple without parentheses. */
  expression(): Data {
    const first = this.#value();
    if (this.#peek() !== ',') return first;
    const items = Tuple.of(first) as Tuple;
    while (this.#take(',')) {
      if (this.atEnd()) break;
      items.push(this.#value());
    }
    return items;
  }

  #value(): Data {
    if (++this.#depth > MOST_DEPTH) throw NO;
    const value = this.#atom();
    this.#depth--;
    return value;
  }

  #atom(): Data {
    const next = this.#peek();
    if (next === '[') return this.#list();
    if (next === '(') return this.#tuple();
    if (next === '{') return this.#dict();
    if (next === '-' || next === '+') return this.#signed();
    const text = this.#match(STRING);
    if (text !== undefined) return this.#strings(text);
    const number = this.#match(NUMBER);
    if (number !== undefined) return numberOf(number);
    const name = this.#match(/[A-Za-z_]\w*/y);
    if (name !== undefined && Object.hasOwn(NAMES, name)) return NAMES[name]!;
    throw NO;
  }

  #signed(): Data {
    const sign = this.#text[this.#position++];
    this.#blanks();
    const number = this.#match(NUMBER);
    if (number === undefined) throw NO;
    const value = numberOf(number);
    if (sign === '+') return value;
    if (value instanceof Float) return new Float(-value.value);
    return value === 0 ? 0 : -(value as number | bigint);
  }

  /** Strings that stand beside each other are one. */
  #strings(first: string): string {
    let all = stringOf(first);
    for (;;) {
      this.#blanks();
      const more = this.#match(STRING);
      if (more === undefined) return all;
      all += stringOf(more);
    }
  }

  #list(): Data[] {
    return this.#items('[', ']').items;
  }

  #tuple(): Data {
    const { items, comma } = this.#items('(', ')');
    return items.length === 1 && !comma ? items[0]! : (Tuple.from(items) as Tuple);
  }

  #items(open: string, close: string): { items: Data[]; comma: boolean } {
    const items: Data[] = [];
    let comma = false;
    this.#need(open);
    while (!this.#take(close)) {
      if (items.length > 0 && !comma) throw NO;
      items.push(this.#value());
      comma = this.#take(',');
    }
    return { items, comma };
  }

  #dict(): Dict {
    const dict: Dict = new Map();
    let comma = true;
    this.#need('{');
    while (!this.#take('}')) {
      if (!comma) throw NO;
      const key = this.#value();
      if (isDict(key) || Array.isArray(key)) throw NO;
      this.#need(':');
      dict.set(key instanceof Float ? key.value : key, this.#value());
      comma = this.#take(',');
    }
    return dict;
  }

  /** Blanks and Python's comments. */
  #blanks(): void {
    this.#match(/(?:[ \t\n\r\f]+|#[^\n]*)+/y);
  }

  #peek(): string | undefined {
    this.#blanks();
    return this.#text[this.#position];
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#position++;
    return true;
  }

  #need(char: string): void {
    if (!this.#take(char)) throw NO;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#position += found.length;
    return found;
  }
}

function numberOf(written: string): Data {
  const text = written.replaceAll('_', '');
  if (/^0[xob]/i.test(text)) return whole(BigInt(text.toLowerCase()));
  if (/[.eE]/.test(text)) return float(Number(text));
  // Python refuses 0644; 0 and 00 are fine
  if (/^0+[1-9]/.test(text)) throw NO;
  return whole(BigInt(text));
}

function whole(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const ESCAPE = /\\(?:\n|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))/gs;
const SINGLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' };

function stringOf(written: string): string {
  const quotes = /^[rRuU]?("""|'''|"|')/.exec(written)!;
  const body = written.slice(quotes[0].length, -quotes[1]!.length);
  if (/^[rR]/.test(written)) return body;
  return body.replace(ESCAPE, (whole, x?: string, u?: string, long?: string, octal?: string, single?: string) => {
    const hex = x ?? u ?? long;
    if (hex !== undefined) return character(Number.parseInt(hex, 16));
    if (octal !== undefined) return character(Number.parseInt(octal, 8));
    if (single === undefined) return '';
    if (/[xuUN]/.test(single)) throw NO;
    return SINGLE[single] ?? whole;
  });
}

function character(code: number): string {
  if (code > 0x10ffff) throw NO;
  return String.fromCodePoint(code);
}
