import { type Callable, define } from '../binder.ts';
import { numeric } from '../python/compare.ts';
import { Bytes, PyError, type Value } from '../values.ts';

const bigOf = (value: Value): bigint => BigInt(numeric(value) ?? 0);

export const intMethods: Readonly<Record<string, Callable>> = {
  bit_length: define('self', (_rt, self) => {
    const value = bigOf(self as Value);
    return value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length;
  }),
  conjugate: define('self', (_rt, self) => (typeof self === 'boolean' ? Number(self) : (self as Value))),
};

export const floatMethods: Readonly<Record<string, Callable>> = {
  is_integer: define('self', (_rt, self) => Number.isInteger(Number(numeric(self as Value)))),
  conjugate: define('self', (_rt, self) => self as Value),
};

const bytesOf = (value: Value | undefined): Buffer => {
  if (value instanceof Bytes) return value.buffer;
  throw new PyError('a bytes-like object is required');
};

export const bytesMethods: Readonly<Record<string, Callable>> = {
  decode: define("self, encoding='utf-8', errors='strict'", (_rt, self, encoding) => decode(bytesOf(self), String(encoding))),
  hex: define('self', (_rt, self) => bytesOf(self).toString('hex')),
};

/** Bytes as text; fails when they are not valid in that encoding. */
export function decode(bytes: Buffer, encoding: string): string {
  try {
    return new TextDecoder(nodeEncoding(encoding), { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw new PyError(`unknown encoding: ${encoding}`);
    throw new PyError(`these bytes are not valid ${encoding}`);
  }
}

/** How many of the first characters an encoding knows. */
const CHARACTERS: ReadonlyMap<string, number> = new Map([
  ['ascii', 0x80],
  ['us-ascii', 0x80],
  ['latin-1', 0x100],
  ['latin1', 0x100],
  ['iso-8859-1', 0x100],
]);
const NODE_NAMES: ReadonlyMap<string, string> = new Map([
  ['latin-1', 'latin1'],
  ['utf-16-le', 'utf-16le'],
  ['us-ascii', 'ascii'],
]);

/** Text as bytes. */
export function encode(text: string, encoding: string): Buffer {
  const name = encoding.toLowerCase().replaceAll('_', '-');
  if (name === 'utf-8' || name === 'utf8') return Buffer.from(text, 'utf8');
  if (name === 'utf-16-le' || name === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (name === 'utf-16') return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  const limit = CHARACTERS.get(name);
  if (limit === undefined) throw new PyError(`unknown encoding: ${encoding}`);
  for (const char of text) if ((char.codePointAt(0) as number) >= limit) throw new PyError(`'${encoding}' codec can't encode character '${char}'`);
  return Buffer.from(text, 'latin1');
}

function nodeEncoding(encoding: string): string {
  const name = encoding.toLowerCase().replaceAll('_', '-');
  return NODE_NAMES.get(name) ?? name;
}
