import { createHash } from 'node:crypto';
import { PyError } from '../values.ts';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 1000;
/** Bytes of the digest in the order they are written, three a group. */
const ORDER = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
] as const;

const md5 = (...parts: readonly Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();

function written(value: number, length: number): string {
  return Array.from({ length }, (_, at) => ALPHABET[(value >> (6 * at)) & 0x3f]).join('');
}

/** Poul-Henning Kamp's MD5-crypt, `$1$`, or Apache's `$apr1$`, which differs in its name only. For systems that know nothing better. */
export function md5Crypt(password: string, salt: string, id: '1' | 'apr1' = '1'): string {
  if (!/^[./0-9A-Za-z]{0,8}$/.test(salt)) throw new PyError('Could not hash the secret: the salt may have at most 8 letters, digits, dots and slashes');
  const [key, salted] = [Buffer.from(password, 'utf8'), Buffer.from(salt, 'latin1')];
  const inner = md5(key, salted, key);
  const first: Buffer[] = [key, Buffer.from(`$${id}$`), salted];
  for (let left = key.length; left > 0; left -= 16) first.push(inner.subarray(0, Math.min(16, left)));
  for (let bits = key.length; bits > 0; bits >>= 1) first.push(bits & 1 ? Buffer.alloc(1) : key.subarray(0, 1));
  let digest = md5(...first);
  for (let round = 0; round < ROUNDS; round++) {
    const parts = [round & 1 ? key : digest];
    if (round % 3 !== 0) parts.push(salted);
    if (round % 7 !== 0) parts.push(key);
    digest = md5(...parts, round & 1 ? digest : key);
  }
  const groups = ORDER.map(([a, b, c]) => written(((digest[a] as number) << 16) | ((digest[b] as number) << 8) | (digest[c] as number), 4));
  return `$${id}$${salt}$${groups.join('')}${written(digest[11] as number, 2)}`;
}
