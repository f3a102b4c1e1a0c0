import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { inputError } from '../../engine/error.ts';
import { Lib, lines, type Script, sh } from '../../engine/module/contract.ts';
import { type Node, NULL, oid, read, sequence } from './der.ts';

const RSA: Readonly<Record<string, number>> = { sha1: 5, sha224: 14, sha256: 11, sha384: 12, sha512: 13 };
const ECDSA: Readonly<Record<string, number>> = { sha224: 1, sha256: 2, sha384: 3, sha512: 4 };
const EDWARDS: Readonly<Record<string, string>> = { ed25519: '1.3.101.112', ed448: '1.3.101.113' };

/** A public key in DER as Node has it; `undefined` when it is none. */
export function publicKey(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** The algorithm of a signature by a key of that kind, as X.509 writes it. */
export function algorithm(key: KeyObject, digest: string): Buffer {
  const kind = key.asymmetricKeyType ?? '';
  const name = digest.toLowerCase().replace('-', '');
  if (EDWARDS[kind] !== undefined) return sequence(oid(EDWARDS[kind]));
  if (kind === 'rsa' && RSA[name] !== undefined) return sequence(oid(`1.2.840.113549.1.1.${RSA[name]}`), NULL);
  if (kind === 'ec' && ECDSA[name] !== undefined) return sequence(oid(`1.2.840.10045.4.3.${ECDSA[name]}`));
  if (kind === 'dsa' && name === 'sha256') return sequence(oid('2.16.840.1.101.3.4.3.2'));
  throw inputError('value', `A key of type ${kind} cannot sign with ${digest}`);
}

/** What stands before a signature in a request or a certificate, and the signature. */
export interface Signed {
  readonly body: Node;
  readonly parts: readonly Node[];
  readonly algorithm: Node;
  readonly signature: Buffer;
}

export function readSigned(der: Buffer): Signed | undefined {
  try {
    const [outer] = read(der) as [Node];
    const [body, algo, signature] = read(outer.content) as [Node, Node, Node];
    return { body, parts: read(body.content), algorithm: algo, signature: signature.content.subarray(1) };
  } catch {
    return undefined;
  }
}

const digestOf = (algo: Node): string | null | undefined => {
  const number = (read(algo.content)[0] as Node).bytes;
  const is = (dotted: string): boolean => number.equals(oid(dotted));
  for (const [name, last] of Object.entries(RSA)) if (is(`1.2.840.113549.1.1.${last}`)) return name;
  for (const [name, last] of Object.entries(ECDSA)) if (is(`1.2.840.10045.4.3.${last}`)) return name;
  if (Object.values(EDWARDS).some(is)) return null;
  return is('2.16.840.1.101.3.4.3.2') ? 'sha256' : undefined;
};

/** Whether a signature is by that key. */
export function isSignedBy(one: Signed, key: KeyObject): boolean {
  const digest = digestOf(one.algorithm);
  if (digest === undefined) return false;
  try {
    return verify(digest, one.body.bytes, key, one.signature);
  } catch {
    return false;
  }
}

/**
 * `qp_signed LABEL DIGEST KEY TBS ALG OUT`: signs TBS by KEY (whose passphrase is in QP_PASS) and writes the whole as PEM.
 * DIGEST is empty where the key needs none. `$qp_t` is a private folder. The head of an element is its tag and length.
 */
export const SIGNED = new Lib(
  'crypto.signed',
  `
qp_byte() { printf "\\\\$(printf %03o "$1")"; }
qp_head() {
  qp_byte "$1"
  if [ "$2" -lt 128 ]; then qp_byte "$2"
  elif [ "$2" -lt 256 ]; then qp_byte 129; qp_byte "$2"
  else qp_byte 130; qp_byte $(($2 / 256)); qp_byte $(($2 % 256)); fi
}
qp_size() { wc -c <"$1" | tr -d ' '; }
qp_signed() {
  if [ -n "$2" ]; then openssl dgst "-$2" -sign "$3" \${QP_PASS+-passin env:QP_PASS} -out "$qp_t/sig" "$4" >&2 || return
  else openssl pkeyutl -sign -rawin -inkey "$3" \${QP_PASS+-passin env:QP_PASS} -in "$4" -out "$qp_t/sig" >&2 || return; fi
  qp_n=$(($(qp_size "$qp_t/sig") + 1))
  { qp_head 3 "$qp_n"; qp_byte 0; cat -- "$qp_t/sig"; } >"$qp_t/bits"
  qp_n=$(($(qp_size "$4") + $(qp_size "$5") + $(qp_size "$qp_t/bits")))
  { qp_head 48 "$qp_n"; cat -- "$4" "$5" "$qp_t/bits"; } >"$qp_t/der"
  { printf '%s\\n' "-----BEGIN $1-----"; openssl base64 -in "$qp_t/der"; printf '%s\\n' "-----END $1-----"; } >"$6"
}`,
);

/** Whether the key signs without a digest of its own choice. */
export const isEdwards = (key: KeyObject): boolean => EDWARDS[key.asymmetricKeyType ?? ''] !== undefined;

/** The option that chooses Python's library in Ansible. */
export const BACKEND = {
  type: 'str',
  default: 'auto',
  choices: ['auto', 'cryptography'],
  description: 'Taken for compatibility: openssl of the host signs.',
} as const;

/** Shell text that puts the passphrase where openssl finds it; it is in no argument. */
export const passphrase = (text: string | undefined): Script | undefined => (text === undefined ? undefined : sh`QP_PASS=${text}; export QP_PASS`);

/** Signs `$up_tbs` by the algorithm `$up_alg` and leaves the PEM in `$qp_t/new`. */
export function signWith(
  key: KeyObject,
  digest: string,
  order: { readonly label: string; readonly key: Script; readonly phrase?: string | undefined },
): Script {
  const hash = isEdwards(key) ? '' : digest.toLowerCase();
  return lines(passphrase(order.phrase), sh`${SIGNED}qp_signed ${order.label} ${hash} ${order.key} "$up_tbs" "$up_alg" "$qp_t/new" || exit`);
}
