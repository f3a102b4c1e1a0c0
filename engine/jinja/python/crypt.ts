import { hash as hashOnce, randomInt } from 'node:crypto';
import { PyError } from '../values.ts';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

interface Scheme {
  readonly id: string;
  readonly hash: string;
  /** What is said when the user names no number of rounds, as Ansible sets it. */
  readonly rounds: number;
  readonly order: readonly (readonly number[])[];
}

const SCHEMES: Readonly<Record<string, Scheme>> = {
  sha512_crypt: { id: '6', hash: 'sha512', rounds: 656_000, order: order512() },
  sha256_crypt: { id: '5', hash: 'sha256', rounds: 535_000, order: order256() },
};

/** Bytes of a SHA-512 digest in the order crypt writes them, three a group. */
function order512(): number[][] {
  const groups: number[][] = [];
  let triple = [0, 21, 42];
  for (let index = 0; index < 21; index++) {
    groups.push(triple);
    triple = [(triple[1] as number) + 1, (triple[2] as number) + 1, (triple[0] as number) + 1];
  }
  return [...groups, [63]];
}

function order256(): number[][] {
  const groups: number[][] = [];
  let triple = [0, 10, 20];
  for (let index = 0; index < 10; index++) {
    groups.push(triple);
    triple = [(triple[2] as number) + 1, (triple[0] as number) + 1, (triple[1] as number) + 1];
  }
  return [...groups, [31, 30]];
}

/** A random salt of crypt's alphabet. */
export const randomSalt = (length: number): string => Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** Schemes of `shaCrypt`. */
export const cryptSchemes = (): string[] => Object.keys(SCHEMES);

/** The hash of a password as `crypt(3)` stores it (Ulrich Drepper's SHA-crypt). */
export function shaCrypt(schemeName: string, password: string, salt: string, rounds?: number): string {
  const scheme = SCHEMES[schemeName];
  if (scheme === undefined) throw new PyError(`the password hash '${schemeName}' is not supported`, 'template', `Supported: ${cryptSchemes().join(', ')}`);
  const count = rounds ?? scheme.rounds;
  if (count < 1000 || count > 999_999_999) throw new PyError(`Could not hash the secret: rounds must be between 1000 and 999999999, not ${count}`);
  if (!/^[./0-9A-Za-z]{0,16}$/.test(salt)) throw new PyError('Could not hash the secret: the salt may have at most 16 letters, digits, dots and slashes');
  const digest = rounded(scheme, Buffer.from(password, 'utf8'), Buffer.from(salt, 'latin1'), count);
  const shown = count === 5000 ? '' : `rounds=${count}$`;
  return `$${scheme.id}$${shown}${salt}$${encode(digest, scheme.order)}`;
}

function rounded(scheme: Scheme, key: Buffer, salt: Buffer, count: number): Buffer {
  const hash = (...parts: readonly Buffer[]): Buffer => hashOnce(scheme.hash, parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts), 'buffer');
  const alternate = hash(key, salt, key);
  const first: Buffer[] = [key, salt, stretch(alternate, key.length)];
  for (let length = key.length; length > 0; length >>= 1) first.push(length & 1 ? alternate : key);
  let digest = hash(...first);
  const p = stretch(hash(...Array.from({ length: key.length }, () => key)), key.length);
  const s = stretch(hash(...Array.from({ length: 16 + (digest[0] as number) }, () => salt)), salt.length);
  // one scratch buffer for all rounds: hundreds of thousands of them are the cost of this hash
  const scratch = Buffer.alloc(digest.length + s.length + 2 * p.length);
  for (let round = 0; round < count; round++) {
    const odd = round % 2 === 1;
    let end = (odd ? p : digest).copy(scratch);
    if (round % 3 !== 0) end += s.copy(scratch, end);
    if (round % 7 !== 0) end += p.copy(scratch, end);
    end += (odd ? digest : p).copy(scratch, end);
    digest = hashOnce(scheme.hash, scratch.subarray(0, end), 'buffer');
  }
  return digest;
}

/** A digest repeated up to a length. */
function stretch(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, length === 0 ? undefined : digest);
}

function encode(digest: Buffer, order: readonly (readonly number[])[]): string {
  let text = '';
  for (const group of order) {
    let value = 0;
    for (const index of group) value = (value << 8) | (digest[index] as number);
    const length = Math.ceil((group.length * 8) / 6);
    for (let at = 0; at < length; at++) {
      text += ALPHABET[value & 0x3f];
      value >>>= 6;
    }
  }
  return text;
}
