import { createHash, getHashes, hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { define } from '../binder.ts';
import { decode, encode } from '../methods/scalar.ts';
import { cryptSchemes, randomSalt, shaCrypt } from '../python/crypt.ts';
import { md5Crypt } from '../python/md5-crypt.ts';
import { decodeEscaped, encodeEscaped } from '../python/surrogates.ts';
import type { Family } from '../registry.ts';
import { Bytes, PyError, type Value } from '../values.ts';
import { text, textOnly, wholeNumber } from './keys.ts';

let hashes: ReadonlySet<string> | undefined;

/** Node's names of what Python calls otherwise. */
const BLAKE: Readonly<Record<string, string>> = { blake2b: 'blake2b512', blake2s: 'blake2s256' };

function digest(value: Value, algorithm: string): string {
  const name = BLAKE[algorithm] ?? algorithm.replace('_', '-').toLowerCase();
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

/** bcrypt's default cost, as Ansible sets it. */
const COST = 12;
const IDENTS = ['2', '2a', '2b', '2y'];

interface Bcrypt {
  genSaltSync(rounds: number): string;
  hashSync(password: string, salt: string): string;
}

/** The library hashes as `2b`; the others name the same hash. */
function bcrypt(password: string, salt: string | undefined, rounds: number | undefined, ident: string): string {
  if (!IDENTS.includes(ident)) throw new PyError(`Could not hash the secret: ident must be one of ${IDENTS.join(', ')}, not ${ident}`);
  const cost = rounds ?? COST;
  if (cost < 4 || cost > 31) throw new PyError(`Could not hash the secret: rounds must be between 4 and 31, not ${cost}`);
  if (salt !== undefined && !/^[./0-9A-Za-z]{22}$/.test(salt))
    throw new PyError('Could not hash the secret: the salt of bcrypt has 22 letters, digits, dots and slashes');
  const library = createRequire(import.meta.url)('bcryptjs') as Bcrypt;
  const begin = salt === undefined ? library.genSaltSync(cost) : `$2b$${String(cost).padStart(2, '0')}$${salt}`;
  return library.hashSync(password, begin).replace(/^\$2b/, `$${ident}`);
}

/** How a password is to be hashed; what is absent is Ansible's default. */
export interface Hashing {
  readonly salt?: string | undefined;
  readonly rounds?: number | undefined;
  readonly saltSize?: number | undefined;
  /** Of bcrypt: 2, 2a, 2b or 2y. */
  readonly ident?: string | undefined;
}

/** A password as `crypt(3)` stores it; `hashType` is Ansible's name. */
export function hashPassword(password: string, hashType: string, { salt, rounds, saltSize, ident }: Hashing): string {
  const scheme = Object.hasOwn(SCHEMES, hashType) ? (SCHEMES[hashType] as string) : hashType;
  if (scheme === 'bcrypt') return bcrypt(password, salt, rounds, ident ?? '2b');
  if (scheme === 'md5_crypt') return md5Crypt(password, salt ?? randomSalt(saltSize ?? 8));
  if (!cryptSchemes().includes(scheme)) {
    throw new PyError(`password_hash: '${hashType}' is not supported`, 'template', 'Supported: sha512, sha256, md5 and blowfish');
  }
  return shaCrypt(scheme, password, salt ?? randomSalt(saltSize ?? 16), rounds);
}

export const hashFilters: Family = {
  b64encode: define("string, encoding='utf-8'", (_rt, value, encoding) =>
    (value instanceof Bytes ? value.buffer : bytesIn(text(value), text(encoding))).toString('base64'),
  ),
  b64decode: define("string, encoding='utf-8'", (_rt, value, encoding) => textOf(fromBase64(text(value)), textOnly(encoding, 'b64decode'))),
  hash: define("data, hashtype='sha1'", (_rt, value, algorithm) => digest(value, text(algorithm))),
  md5: hashWith('md5'),
  sha1: hashWith('sha1'),
  checksum: hashWith('sha1'),
  to_uuid: define("string, namespace='361E6D51-FAEC-444A-9079-341386DA8E2E'", (_rt, value, namespace) => uuid5(text(namespace), text(value))),
  password_hash: define("password, hashtype='sha512', salt=None, salt_size=None, rounds=None, ident=None", (rt, password, type, salt, size, rounds, ident) => {
    const secret = textOnly(password, 'password_hash');
    const hash = hashPassword(secret, text(type), {
      salt: salt === null ? undefined : text(salt),
      rounds: rounds === null ? undefined : wholeNumber(rounds, 'rounds'),
      saltSize: size === null ? undefined : wholeNumber(size, 'salt_size'),
      ident: ident === null ? undefined : text(ident),
    });
    rt.context.secret(hash);
    return hash;
  }),
};

const isUtf8 = (encoding: string): boolean => /^utf[-_]?8$/i.test(encoding);
/** Bytes that are no text survive the way through one. */
const bytesIn = (value: string, encoding: string): Buffer => (isUtf8(encoding) ? encodeEscaped(value) : encode(value, encoding));
function textOf(bytes: Buffer, encoding: string): string {
  if (isUtf8(encoding)) return decodeEscaped(bytes);
  return bytes.length === 0 ? '' : decode(bytes, encoding);
}

function fromBase64(value: string): Buffer {
  const clean = value.replace(/[^A-Za-z0-9+/=]/g, '');
  const bare = clean.replace(/=+$/, '');
  if (bare.length % 4 === 1 || clean.length % 4 !== 0) throw new PyError('b64decode: Incorrect padding');
  return Buffer.from(bare, 'base64');
}
