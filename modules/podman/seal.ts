import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/**
 * A seal tells later whether a text is still the same without giving the text away: it is a salted scrypt hash, so it may
 * stand in a label that everyone who can inspect the container or secret can read.
 */
export function seal(text: string, salt: string): string {
  return `s1.${salt}.${hash(text, salt)}`;
}

/** Whether the seal was made of this text; false for anything that is no seal. */
export function sealed(text: string, made: string | undefined): boolean {
  const [version, salt, digest] = (made ?? '').split('.');
  if (version !== 's1' || !salt || !digest) return false;
  const wanted = Buffer.from(hash(text, salt));
  const found = Buffer.from(digest);
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

export const newSalt = (): string => randomBytes(12).toString('base64url');

// N 4096 keeps a converged loop of containers quick (some 10 ms each) and a stolen label still expensive to guess from
const hash = (text: string, salt: string): string => scryptSync(text, salt, 24, { N: 4096, r: 8, p: 1 }).toString('base64url');
