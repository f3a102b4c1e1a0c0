import { type Data, float } from '../../value.ts';
import { PyError } from '../values.ts';
import { integer } from './number.ts';

const TOKEN =
  /\s*(?:([[\]{}:,])|("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null|NaN|-?Infinity))/y;
const WORDS: Readonly<Record<string, Data>> = {
  true: true,
  false: false,
  null: null,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Python's `json.loads`: integers of any size, `1.0` stays a float, NaN and Infinity are known. */
export function parseJson(text: string): Data {
  const reader = new JsonReader(text);
  return reader.whole();
}

class JsonReader {
  readonly #text: string;
  #pos = 0;
  #depth = 0;
  #token: RegExpExecArray | undefined;
  constructor(text: string) {
    this.#text = text;
  }

  whole(): Data {
    this.#next();
    const value = this.#value();
    if (this.#text.slice(this.#pos).trim() !== '') this.#fail('Extra data');
    return value;
  }

  #fail(what: string): never {
    const before = this.#text.slice(0, this.#pos);
    const line = before.split('\n').length;
    const column = this.#pos - before.lastIndexOf('\n');
    throw new PyError(`this text is not JSON: ${what} at line ${line} column ${column}`, 'json');
  }

  #next(): void {
    TOKEN.lastIndex = this.#pos;
    const match = TOKEN.exec(this.#text);
    this.#token = match ?? undefined;
    if (match !== null) this.#pos += match[0].length;
  }

  #value(): Data {
    const token = this.#token ?? this.#fail('Expecting value');
    const [, mark, string, number, word] = token;
    if (string !== undefined) return JSON.parse(string) as string;
    if (number !== undefined) return readNumber(number);
    if (word !== undefined) return WORDS[word] as Data;
    if (++this.#depth > 900) this.#fail('nested too deeply');
    const value = mark === '[' ? this.#list() : mark === '{' ? this.#dict() : this.#fail('Expecting value');
    this.#depth--;
    return value;
  }

  #is(mark: string): boolean {
    return this.#token?.[1] === mark;
  }

  #list(): Data {
    const list: Data[] = [];
    this.#next();
    if (this.#is(']')) return list;
    for (;;) {
      list.push(this.#value());
      this.#next();
      if (this.#is(']')) return list;
      if (!this.#is(',')) this.#fail("Expecting ',' delimiter");
      this.#next();
    }
  }

  #dict(): Data {
    const dict = new Map<Data, Data>();
    this.#next();
    if (this.#is('}')) return dict;
    for (;;) {
      const name = this.#token?.[2];
      if (name === undefined) this.#fail('Expecting property name enclosed in double quotes');
      this.#next();
      if (!this.#is(':')) this.#fail("Expecting ':' delimiter");
      this.#next();
      dict.set(JSON.parse(name) as string, this.#value());
      this.#next();
      if (this.#is('}')) return dict;
      if (!this.#is(',')) this.#fail("Expecting ',' delimiter");
      this.#next();
    }
  }
}

const readNumber = (text: string): Data => (/^-?\d+$/.test(text) ? integer(BigInt(text)) : float(Number(text)));
