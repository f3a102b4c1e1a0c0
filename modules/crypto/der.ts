/** DER, as much of X.690 as keys, requests and certificates are made of. */

/** An element that was read. */
export interface Node {
  /** Its first byte: class, form and number. */
  readonly tag: number;
  readonly content: Buffer;
  /** The whole element. */
  readonly bytes: Buffer;
}

export function element(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.from(body.length.toString(16).padStart(body.length.toString(16).length + (body.length.toString(16).length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, body]);
}

export const sequence = (...content: readonly Buffer[]): Buffer => element(0x30, ...content);
export const set = (...content: readonly Buffer[]): Buffer => element(0x31, ...content);
export const octets = (content: Buffer): Buffer => element(0x04, content);
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text));
export const printable = (text: string): Buffer => element(0x13, Buffer.from(text));
export const ia5 = (text: string): Buffer => element(0x16, Buffer.from(text));
export const TRUE: Buffer = element(0x01, Buffer.from([0xff]));
export const NULL: Buffer = element(0x05);
/** `[number]` with elements in it. */
export const context = (number: number, ...content: readonly Buffer[]): Buffer => element(0xa0 | number, ...content);
/** `[number]` in place of the tag of a primitive. */
export const implicit = (number: number, content: Buffer): Buffer => element(0x80 | number, content);
export const bits = (content: Buffer, unused = 0): Buffer => element(0x03, Buffer.from([unused]), content);

export function integer(value: bigint | number): Buffer {
  const hex = BigInt(value).toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return element(0x02, ...((bytes[0] as number) & 0x80 ? [Buffer.from([0])] : []), bytes);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return element(0x06, Buffer.from(bytes));
}

/** A time as certificates have it: two digits of the year up to 2049. */
export function time(date: Date): Buffer {
  const text = `${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  return date.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(text.slice(2))) : element(0x18, Buffer.from(text));
}

/** Elements one after the other; throws a RangeError on what is no DER. */
export function read(data: Buffer): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  while (at < data.length) {
    let from = at + 2;
    let size = data[at + 1] ?? Number.NaN;
    if (size & 0x80) {
      const bytes = size & 0x7f;
      if (bytes === 0 || bytes > 4 || from + bytes > data.length) throw new RangeError('no DER: a length that cannot be');
      size = data.readUIntBE(from, bytes);
      from += bytes;
    }
    if (!(from + size <= data.length)) throw new RangeError('no DER: it ends too early');
    nodes.push({ tag: data[at] as number, content: data.subarray(from, from + size), bytes: data.subarray(at, from + size) });
    at = from + size;
  }
  return nodes;
}

export function dotted({ content }: Node): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (parts.length === 0) parts.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else parts.push(value);
    value = 0;
  }
  return parts.join('.');
}

export function dateOf({ tag, content }: Node): Date {
  const text = content.toString('latin1');
  const full = tag === 0x17 ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  return new Date(full.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d).*$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** The DER inside of PEM of that label; `undefined` when there is none. */
export function fromPem(text: string, label: RegExp): Buffer | undefined {
  for (const [, name, body] of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g))
    if (label.test(name as string)) return Buffer.from((body as string).replace(/\s/g, ''), 'base64');
  return undefined;
}
