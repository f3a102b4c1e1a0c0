/** What replaces a secret wherever it would be shown. */
export const MASK = '********';

/** Shorter texts are not masked: masking `ab` everywhere would hide the whole screen and protect nothing. */
const SHORTEST = 4;

/** The secrets of a run. They are masked by value, in whatever text they turn up, and in the forms they are often carried in. */
export class Secrets {
  readonly #values = new Set<string>();
  #pattern: RegExp | undefined;

  add(value: string): void {
    const { size } = this.#values;
    for (const line of [value, ...value.split('\n').filter((one) => one.length >= 12)]) {
      const text = line.trim();
      if (text.length < SHORTEST) continue;
      for (const form of [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), Buffer.from(text).toString('base64')]) this.#values.add(form);
    }
    if (this.#values.size > size) this.#pattern = undefined;
  }

  /** How much of a text is secret. */
  of(text: string): 'none' | 'part' | 'whole' {
    if (this.#values.size === 0) return 'none';
    if (this.#values.has(text.trim())) return 'whole';
    return text.search(this.#found()) < 0 ? 'none' : 'part';
  }

  #found(): RegExp {
    this.#pattern ??= new RegExp(
      [...this.#values]
        .sort((a, b) => b.length - a.length)
        .map(literal)
        .join('|'),
      'g',
    );
    return this.#pattern;
  }

  /** The value with every secret in its texts replaced; the value itself when there is none in it. */
  mask<T>(value: T): T {
    if (this.#values.size === 0) return value;
    return this.#deep(value, this.#found()) as T;
  }

  #deep(value: unknown, pattern: RegExp): unknown {
    if (typeof value === 'string') return value.replace(pattern, MASK);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((member) => this.#deep(member, pattern));
    if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, this.#deep(member, pattern)]));
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.replace(pattern, MASK), this.#deep(member, pattern)]));
  }
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
