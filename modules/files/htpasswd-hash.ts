import { createHash } from 'node:crypto';
import { hashPassword } from '../../engine/jinja/filters/hash.ts';
import { shaCrypt } from '../../engine/jinja/python/crypt.ts';
import { md5Crypt } from '../../engine/jinja/python/md5-crypt.ts';

/** Hashing schemes by passlib's names. */
export const SCHEMES = [
  'apr_md5_crypt',
  'md5_crypt',
  'sha256_crypt',
  'sha512_crypt',
  'bcrypt',
  'ldap_sha1',
  'plaintext',
  'portable',
  'portable_apache22',
  'portable_apache24',
] as const;

export type Scheme = (typeof SCHEMES)[number];

const sha1 = (password: string): string => `{SHA}${createHash('sha1').update(password).digest('base64')}`;

/** A password as a line of the file keeps it. @param salt 22 letters, of which the scheme takes what it needs */
export function hashed(password: string, scheme: Scheme, salt: string): string {
  switch (scheme) {
    case 'md5_crypt':
      return md5Crypt(password, salt.slice(0, 8));
    case 'sha256_crypt':
    case 'sha512_crypt':
      return shaCrypt(scheme, password, salt.slice(0, 16));
    case 'bcrypt':
      // of the last letter only two bits count
      return hashPassword(password, 'bcrypt', { salt: `${salt.slice(0, 21)}u` });
    case 'ldap_sha1':
      return sha1(password);
    case 'plaintext':
      return password;
    default:
      return md5Crypt(password, salt.slice(0, 8), 'apr1');
  }
}

/** Whether a line's hash is that of the password. What DES made is not known, and so never is. */
export function matches(password: string, kept: string): boolean {
  const md5 = /^\$(1|apr1)\$([^$]*)\$/.exec(kept);
  if (md5 !== null) return md5Crypt(password, md5[2] as string, md5[1] as '1' | 'apr1') === kept;
  const sha = /^\$([56])\$(?:rounds=(\d+)\$)?([^$]*)\$/.exec(kept);
  if (sha !== null) return shaCrypt(sha[1] === '5' ? 'sha256_crypt' : 'sha512_crypt', password, sha[3] as string, Number(sha[2] ?? 5000)) === kept;
  const bcrypt = /^\$(2[aby]?)\$(\d\d)\$(.{22})/.exec(kept);
  if (bcrypt !== null) return hashPassword(password, 'bcrypt', { ident: bcrypt[1] as string, rounds: Number(bcrypt[2]), salt: bcrypt[3] as string }) === kept;
  return kept.startsWith('{SHA}') ? sha1(password) === kept : password === kept;
}
