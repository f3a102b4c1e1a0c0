import { createHash } from 'node:crypto';

/** One key with its subkeys, identities and signatures, as OpenPGP writes it. */
export interface PgpKey {
  /** Sixteen hexadecimal digits, capital letters: the key's own first, then those of its subkeys. */
  readonly ids: readonly string[];
  /** Fingerprints of the same, in capital letters. */
  readonly fingerprints: readonly string[];
  readonly bytes: Buffer;
}

const KEY = 6;
const SUBKEY = 14;

/** The bytes of a key that may be in ASCII armor (several in one file, too). */
export function dearmored(data: Buffer): Buffer {
  const blocks = [...data.toString('latin1').matchAll(/-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/g)];
  if (blocks.length === 0) return data;
  return Buffer.concat(
    blocks.map(([, text]) => {
      // headers end at an empty line, the check sum has a line of its own
      const lines = (text as string).split(/\r?\n/);
      const start = lines.findIndex((line) => line.trim() === '');
      return Buffer.from(
        lines
          .slice(start + 1)
          .filter((line) => !line.startsWith('='))
          .join(''),
        'base64',
      );
    }),
  );
}

/** Keys in the bytes of a keyring; `undefined` when these are something else (a keybox, a page of HTML). */
export function keysIn(data: Buffer): PgpKey[] | undefined {
  const keys: { prints: string[]; ids: string[]; parts: Buffer[] }[] = [];
  let at = 0;
  while (at < data.length) {
    const packet = packetAt(data, at);
    if (packet === undefined) return undefined;
    if (packet.tag === KEY) keys.push({ prints: [], ids: [], parts: [] });
    const key = keys.at(-1);
    if (key === undefined) return undefined;
    if (packet.tag === KEY || packet.tag === SUBKEY) {
      const print = fingerprint(packet.body);
      if (print === undefined) return undefined;
      key.prints.push(print);
      key.ids.push(packet.body[0] === 4 ? print.slice(-16) : print.slice(0, 16));
    }
    key.parts.push(data.subarray(at, packet.end));
    at = packet.end;
  }
  return keys.map(({ ids, prints, parts }) => ({ ids, fingerprints: prints, bytes: Buffer.concat(parts) }));
}

interface Packet {
  readonly tag: number;
  readonly body: Buffer;
  readonly end: number;
}

/** RFC 4880, section 4.2; partial and indeterminate lengths are not for keys. */
function packetAt(data: Buffer, at: number): Packet | undefined {
  const head = data[at] as number;
  if ((head & 0x80) === 0) return undefined;
  const newer = (head & 0x40) !== 0;
  const tag = newer ? head & 0x3f : (head >> 2) & 0x0f;
  const length = newer ? newLength(data, at + 1) : oldLength(data, at + 1, head & 3);
  if (length === undefined) return undefined;
  const end = length.from + length.size;
  return end > data.length ? undefined : { tag, body: data.subarray(length.from, end), end };
}

type Length = { readonly size: number; readonly from: number } | undefined;

function newLength(data: Buffer, at: number): Length {
  const first = data[at];
  if (first === undefined || (first >= 224 && first < 255)) return undefined;
  if (first < 192) return { size: first, from: at + 1 };
  if (first < 224) return at + 1 < data.length ? { size: ((first - 192) << 8) + (data[at + 1] as number) + 192, from: at + 2 } : undefined;
  return at + 5 <= data.length ? { size: data.readUInt32BE(at + 1), from: at + 5 } : undefined;
}

function oldLength(data: Buffer, at: number, kind: number): Length {
  const bytes = [1, 2, 4][kind];
  if (bytes === undefined || at + bytes > data.length) return undefined;
  return { size: data.readUIntBE(at, bytes), from: at + bytes };
}

/** Of a key of version 4, whose last eight bytes are its id; or of one of version 5 or 6, whose first eight are. */
function fingerprint(body: Buffer): string | undefined {
  if (body[0] === 4) {
    const head = Buffer.from([0x99, body.length >> 8, body.length & 0xff]);
    return createHash('sha1').update(head).update(body).digest('hex').toUpperCase();
  }
  if (body[0] !== 5 && body[0] !== 6) return undefined;
  const head = Buffer.alloc(5);
  head[0] = body[0] === 5 ? 0x9a : 0x9b;
  head.writeUInt32BE(body.length, 1);
  return createHash('sha256').update(head).update(body).digest('hex').toUpperCase();
}
