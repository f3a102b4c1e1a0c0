import { createHash, getHashes, hash } from 'node:crypto';
import { define } from '../binder.ts';
import { decode, encode } from '../methods/scalar.ts';
import { cryptSchemes, randomSalt, shaCrypt } from '../python/crypt.ts';
import type { Family } from '../registry.ts';
import { Bytes, PyError, type Value } from '../values.ts';
import { text, wholeNumber } from './keys.ts';

let hashes: ReadonlySet<string> | undefined;

function digest(value: Value, algorithm: string): string {
  const name = algorithm.replace('_', '-').toLowerCase();
  hashes ??= new Set(getHashes().map((one) => one.toLowerCase()));
  if (!hashes.has(name)) throw new PyError(`unsupported hash type ${algorithm}`);
  return hash(name, value instanceof Bytes ? value.buffer : text(value), 'hex');
}

const hashWith = (algorithm: string): ReturnType<typeof define> => define('data', (_rt, value) => digest(value, algorithm));

/** RFC 4122, version 5. */
function uuid5(namespace: string, name: string): string {
  if (!/^\{?[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}\}?$/i.test(namespace))
    throw new PyError(`Invalid value '${namespace}' for 'namespace': badly formed hexadecimal UUID string`);
  const space = Buffer.from(namespace.replace(/[{}-]/g, ''), 'hex');
  const id = createHash('sha1').update(space).update(name, 'utf8').digest().subarray(0, 16);
  id[6] = ((id[6] as number) & 0x0f) | 0x50;
  id[8] = ((id[8] as number) & 0x3f) | 0x80;
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const SCHEMES: Readonly<Record<string, string>> = { sha512: 'sha512_crypt', sha256: 'sha256_crypt', md5: 'md5_crypt', blowfish: 'bcrypt' };

/** A password as `crypt(3)` stores it; `hashType` is Ansible's name. */
export function hashPassword(password: string, hashType: string, salt: string | undefined, rounds: number | undefined, saltSize = 16): string {
  const scheme = Object.hasOwn(SCHEMES, hashType) ? (SCHEMES[hashType] as string) : hashType;
  if (!cryptSchemes().includes(scheme)) {
    throw new PyError(`password_hash: '${hashType}' is not supported`, 'template', 'Supported: sha512 and sha256, which every system of today reads');
  }
  return shaCrypt(scheme, password, salt ?? randomSalt(saltSize), rounds);
}

export const hashFilters: Family = {
  b64encode: define("string, encoding='utf-8'", (_rt, value, encoding) =>
    (value instanceof Bytes ? value.buffer : encode(text(value), text(encoding))).toString('base64'),
  ),
  b64decode: define("string, encoding='utf-8'", (_rt, value, encoding) => decode(fromBase64(text(value)), text(encoding))),
  hash: define("data, hashtype='sha1'", (_rt, value, algorithm) => digest(value, text(algorithm))),
  md5: hashWith('md5'),
  sha1: hashWith('sha1'),
  checksum: hashWith('sha1'),
  to_uuid: define("string, namespace='361E6D51-FAEC-444A-9079-341386DA8E2E'", (_rt, value, namespace) => uuid5(text(namespace), text(value))),
  password_hash: define("password, hashtype='sha512', salt=None, salt_size=None, rounds=None, ident=None", (rt, password, type, salt, saltSize, rounds) => {
    const hash = hashPassword(
      text(password),
      text(type),
      salt === null ? undefined : text(salt),
      rounds === null ? undefined : wholeNumber(rounds, 'rounds'),
      saltSize === null ? undefined : wholeNumber(saltSize, 'salt_size'),
    );
    rt.context.secret(hash);
    return hash;
  }),
};

function fromBase64(value: string): Buffer {
  const clean = value.replace(/[^A-Za-z0-9+/=]/g, '');
  const bare = clean.replace(/=+$/, '');
  if (bare.length % 4 === 1 || clean.length % 4 !== 0) throw new PyError('b64decode: Incorrect padding');
  return Buffer.from(bare, 'base64');
}
