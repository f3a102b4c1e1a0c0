import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { appendFileSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname } from 'node:path';

/** One line of a known_hosts file. */
export interface KnownKey {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly revoked: boolean;
  readonly type: string;
  readonly key: Buffer;
}

/** What is known of a key that a server showed. */
export type Verdict =
  | { readonly is: 'known' }
  | { readonly is: 'unknown' }
  | { readonly is: 'revoked'; readonly by: KnownKey }
  /** Other keys of this type are known for this host. */
  | { readonly is: 'changed'; readonly known: KnownKey };

/** Every line of the files that speaks of one of the names. Certificate authorities are left out. */
export function knownKeys(files: readonly string[], names: readonly string[]): KnownKey[] {
  return files.filter((file) => existsSync(file)).flatMap((file) => keysOf(file, readFileSync(file, 'utf8'), names));
}

function keysOf(file: string, text: string, names: readonly string[]): KnownKey[] {
  const found: KnownKey[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [patterns, type, key] = words;
    if (patterns === undefined || patterns.startsWith('#') || type === undefined || key === undefined || marker === '@cert-authority') return;
    if (names.some((name) => speaksOf(patterns, name)))
      found.push({ file, line: i + 1, revoked: marker === '@revoked', type, key: Buffer.from(key, 'base64') });
  });
  return found;
}

/** Whether the first field of a line matches a name: hashed, or a list of patterns with `*`, `?` and `!`. */
function speaksOf(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) {
    const [, , salt, hash] = patterns.split('|');
    const expected = Buffer.from(hash ?? '', 'base64');
    const got = createHmac('sha1', Buffer.from(salt ?? '', 'base64'))
      .update(name)
      .digest();
    return expected.length === got.length && timingSafeEqual(expected, got);
  }
  const list = patterns.split(',');
  const hit = (pattern: string) => wildcard(pattern.toLowerCase()).test(name.toLowerCase());
  return list.some((one) => !one.startsWith('!') && hit(one)) && !list.some((one) => one.startsWith('!') && hit(one.slice(1)));
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

/** The name under which known_hosts keeps a server. */
export const hostName = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`);

/** What the known keys say of the one that a server showed. */
export function judge(known: readonly KnownKey[], type: string, key: Buffer): Verdict {
  const revoked = known.find((one) => one.revoked && one.key.equals(key));
  if (revoked !== undefined) return { is: 'revoked', by: revoked };
  const trusted = known.filter((one) => !one.revoked);
  if (trusted.some((one) => one.key.equals(key))) return { is: 'known' };
  const other = trusted.find((one) => one.type === type) ?? trusted[0];
  return other === undefined ? { is: 'unknown' } : { is: 'changed', known: other };
}

/** Adds a key by one write at the end of the file; makes the file (0600) and its folder (0700) when they are missing. */
export function remember(file: string, name: string, type: string, key: Buffer, hashed: boolean): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  appendFileSync(file, `${endsOpen(file) ? '\n' : ''}${hashed ? hash(name) : name} ${type} ${key.toString('base64')}\n`, { mode: 0o600 });
}

function hash(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

/** Whether the last line of a file has no end. */
function endsOpen(file: string): boolean {
  if (!existsSync(file)) return false;
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
  } finally {
    closeSync(handle);
  }
}

/** As ssh shows it: `SHA256:` and base64 without padding. */
export const fingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** Type of a key as the wire has it: a length and a name come first. */
export const typeOf = (key: Buffer): string => key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
