import { createHash, hash, type KeyObject } from 'node:crypto';
import { lines, raw, type Script, sh } from '../../engine/module/contract.ts';
import { pathWord } from '../files/path.ts';
import { passphrase } from './sign.ts';

/**
 * Prints of a private key its public half as the record NAME, in a subshell of its own since the passphrase stays there.
 * A key in memory is a file of the probe's shell for as long as openssl reads it: a here-document.
 */
export function printPublic(
  name: string,
  key: { readonly path?: string | undefined; readonly content?: string | undefined; readonly phrase?: string | undefined },
): Script {
  const words = key.phrase === undefined ? raw('-passin pass:') : raw('-passin env:QP_PASS');
  const read =
    key.content === undefined
      ? sh`openssl pkey -in ${pathWord(key.path as string)} ${words} -pubout -outform DER 2>/dev/null`
      : sh`printf '%s\\n' ${key.content} | openssl pkey ${words} -pubout -outform DER 2>/dev/null`;
  const there = key.content === undefined ? sh`[ -r ${pathWord(key.path as string)} ] && printf ${`${name}_there=1\\0`}` : sh`printf ${`${name}_there=1\\0`}`;
  return lines(there, sh`( ${lines(passphrase(key.phrase), sh`printf ${`${name}=%s\\0`} "$(${read} | base64)"`)}\n)`);
}

const ALGORITHMS = ['sha256', 'sha1', 'sha512', 'md5', 'sha224', 'sha384', 'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512', 'blake2b512', 'blake2s256'];
const NAMES: Readonly<Record<string, string>> = { blake2b512: 'blake2b', blake2s256: 'blake2s' };

/** Fingerprints of a public key by the names of Python's algorithms. */
export function fingerprints(spki: Buffer): Record<string, string> {
  const pairs = (hex: string): string => (hex.match(/../g) as string[]).join(':');
  const shakes = ['shake128', 'shake256'].map((name) => [
    name.replace('shake', 'shake_'),
    pairs(createHash(name, { outputLength: 32 }).update(spki).digest('hex')),
  ]);
  return Object.fromEntries([...ALGORITHMS.map((name) => [NAMES[name] ?? name.replace('-', '_'), pairs(hash(name, spki, 'hex'))]), ...shakes]);
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'secp256r1', prime192v1: 'secp192r1' };
/** OpenSSL's name of a curve. */
export const curveForOpenssl = (name: string): string => Object.entries(CURVES).find(([, one]) => one === name)?.[0] ?? name;

/** Type, size in bits and curve in Ansible's words. */
export function kindOf(key: KeyObject): { readonly type: string; readonly size?: number; readonly curve?: string } {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const kind = key.asymmetricKeyType ?? '';
  if (kind === 'ec') return { type: 'ECC', ...(namedCurve !== undefined && { curve: CURVES[namedCurve] ?? namedCurve }) };
  const names: Readonly<Record<string, string>> = { rsa: 'RSA', dsa: 'DSA', ed25519: 'Ed25519', ed448: 'Ed448', x25519: 'X25519', x448: 'X448' };
  return { type: names[kind] ?? kind, ...(modulusLength !== undefined && { size: modulusLength }) };
}
