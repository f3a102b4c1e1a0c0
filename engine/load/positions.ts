import type { At } from '../error.ts';
import type { Origin } from '../jinja/api.ts';
import type { Data, Dict } from '../value.ts';
import { ScalarOrigin, STYLE, type Written } from './origin.ts';
import type { Source } from './source.ts';

/** A list or dict that was read from a file. */
export type Container = Dict | Data[];

/** Place of one node: offsets into the source and `flags`. */
export interface Place {
  readonly start: number;
  /** -1 for a container. */
  readonly end: number;
  readonly flags: number;
}

// flags: bits 0-2 style (0: a container or nothing written), bit 3 verbatim, bit 4 unsafe, the rest indent + 1
const VERBATIM = 8;
const UNSAFE = 16;

/** Packs what is needed to find a scalar's characters again. */
export const packFlags = (style: number, verbatim: boolean, unsafe: boolean, indent: number): number =>
  style | (verbatim ? VERBATIM : 0) | (unsafe ? UNSAFE : 0) | ((indent + 1) << 5);

/** Numbers kept for each entry: key start, key end, value start, value end, value flags. */
const WIDTH = 5;

/** Places of the entries of one container, in the order they were read. */
export class Places {
  readonly source: Source;
  readonly start: number;
  /** Keys of a dict; absent for a list. */
  readonly keys: Data[] | undefined;
  /** Whether any entry is marked `!unsafe`. */
  unsafe = false;
  readonly #numbers: number[] = [];
  #index: Map<Data, number> | undefined;

  constructor(source: Source, start: number, isDict: boolean) {
    this.source = source;
    this.start = start;
    this.keys = isDict ? [] : undefined;
  }

  add(key: Data | undefined, keyStart: number, keyEnd: number, value: Place): void {
    if (this.keys && key !== undefined) this.keys.push(key);
    this.#numbers.push(keyStart, keyEnd, value.start, value.end, value.flags);
    if ((value.flags & UNSAFE) !== 0) this.unsafe = true;
    this.#index = undefined;
  }

  /** Takes over the entry of another container (merge keys). */
  copy(key: Data, from: Places): void {
    const entry = from.find(key);
    if (entry < 0) return;
    const [keyStart, keyEnd] = from.key(entry);
    this.add(key, keyStart, keyEnd, from.value(entry));
  }

  /** Number of an entry, -1 when there is none. Of a key given twice it is the last. */
  find(key: Data | undefined): number {
    if (key === undefined) return -1;
    if (!this.keys) return typeof key === 'number' && key >= 0 && key * WIDTH < this.#numbers.length ? key : -1;
    if (this.keys.length <= 16) return this.keys.lastIndexOf(key);
    if (!this.#index) {
      const index = new Map<Data, number>();
      for (const [number, one] of this.keys.entries()) index.set(one, number);
      this.#index = index;
    }
    return this.#index.get(key) ?? -1;
  }

  key(entry: number): readonly [start: number, end: number] {
    return [this.#numbers[entry * WIDTH]!, this.#numbers[entry * WIDTH + 1]!];
  }

  value(entry: number): Place {
    const base = entry * WIDTH + 2;
    return { start: this.#numbers[base]!, end: this.#numbers[base + 1]!, flags: this.#numbers[base + 2]! };
  }
}

/** Where a container keeps its places: on itself, unseen, which costs the garbage collector far less than a table of weak keys. */
const PLACES = Symbol('places');

/** Ways back to the file for values taken out of a line of text (`k=v` arguments). */
const origins = new WeakMap<object, ReadonlyMap<Data, Origin>>();

/** Remembers where values stand that were taken out of the text of another value. */
export const rememberOrigins = (container: Container, known: ReadonlyMap<Data, Origin>): void => void origins.set(container, known);

/** Remembers where a container's entries stand. */
export const rememberPlaces = (container: Container, places: Places): void =>
  void Object.defineProperty(container, PLACES, { value: places, configurable: true });

/** What `rememberPlaces` kept; `undefined` for containers that come from no file. */
export const placesOf = (container: unknown): Places | undefined =>
  typeof container === 'object' && container !== null ? (container as { [PLACES]?: Places })[PLACES] : undefined;

/**
 * Where a value stands: that of `key` in the container (an index for lists), or the container itself without a key.
 * `undefined` when the container was not read from a file or has no such entry.
 */
export function positionOf(container: unknown, key?: Data): At | undefined {
  const places = placesOf(container);
  if (!places)
    return key === undefined
      ? undefined
      : origins
          .get(container as object)
          ?.get(key)
          ?.at(0);
  if (key === undefined) return places.source.at(places.start);
  const entry = places.find(key);
  return entry < 0 ? undefined : atOf(places.source, places.value(entry));
}

/** Where the key itself stands, with its length. */
export function keyPositionOf(container: unknown, key: Data): At | undefined {
  const places = placesOf(container);
  const entry = places?.keys ? places.find(key) : -1;
  if (!places || entry < 0)
    return origins
      .get(container as object)
      ?.get(key)
      ?.at(0);
  const [start, end] = places.key(entry);
  return places.source.at(start, end - start);
}

/** Whether the value was marked `!unsafe`, itself or by a list or dict around it: it must never be templated. */
export function isUnsafe(container: unknown, key: Data): boolean {
  const places = placesOf(container);
  const entry = places?.find(key) ?? -1;
  return places !== undefined && entry >= 0 && (places.value(entry).flags & UNSAFE) !== 0;
}

/** The way from an offset inside a text value back to the file; `undefined` when it was not read from one. */
export function originOf(container: unknown, key: Data): Origin | undefined {
  const places = placesOf(container);
  const entry = places?.find(key) ?? -1;
  if (!places || entry < 0) return origins.get(container as object)?.get(key);
  return new ScalarOrigin(places.source, writtenOf(places.value(entry)));
}

/** Where the key's own characters stand, for templated keys. */
export function keyOriginOf(container: unknown, key: Data): Origin | undefined {
  const places = placesOf(container);
  const entry = places?.keys ? places.find(key) : -1;
  if (!places || entry < 0) return undefined;
  const [start, end] = places.key(entry);
  return new ScalarOrigin(places.source, { start, end, style: STYLE.plain, indent: -1, verbatim: true });
}

/** A place as a scalar's origin needs it. */
export const writtenOf = ({ start, end, flags }: Place): Written => ({
  start,
  end: end < 0 ? start : end,
  style: flags & 7,
  indent: (flags >> 5) - 1,
  verbatim: (flags & VERBATIM) !== 0 || (flags & 7) === 0,
});

/** Place of a node as a person sees it: at the opening quote, or at the first character of a block. */
export function atOf(source: Source, { start, end, flags }: Place): At {
  const style = flags & 7;
  if (style === STYLE.single || style === STYLE.double) return source.at(start - 1, oneLine(source, start, end) + 2);
  if (style === STYLE.literal || style === STYLE.folded) return source.at(start + Math.max(0, (flags >> 5) - 1));
  return source.at(start, end < 0 ? undefined : oneLine(source, start, end));
}

/** Length of what stands on the first line. */
function oneLine(source: Source, start: number, end: number): number {
  const text = source.text.slice(start, end);
  const stop = text.search(/[\r\n]/);
  return stop < 0 ? text.length : stop;
}
