import { randomBytes } from 'node:crypto';
import { closeSync, constants, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { hashPassword } from '../filters/hash.ts';
import { expandUser } from '../filters/path.ts';
import { randomSalt } from '../python/crypt.ts';
import { SeededRandom, systemRandom } from '../python/random.ts';
import type { Runtime } from '../runtime.ts';
import type { Value } from '../values.ts';
import { type Lookup, lookup, lookupError, termText } from './lookup.ts';

const OPTIONS = ['length', 'encrypt', 'chars', 'ident', 'seed'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LETTERS.toUpperCase();
/** Python's `string` module. */
const SETS: Readonly<Record<string, string>> = {
  ascii_letters: LETTERS + UPPER,
  ascii_lowercase: LETTERS,
  ascii_uppercase: UPPER,
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  whitespace: ' \t\n\r\v\f',
  printable: `0123456789${LETTERS}${UPPER}!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~ \t\n\r\v\f`,
};

interface Stored {
  readonly password: string;
  readonly salt?: string | undefined;
  readonly ident?: string | undefined;
}

interface Request {
  readonly path: string;
  readonly length: number;
  readonly chars: string;
  readonly encrypt: string | undefined;
  readonly ident: string | undefined;
  readonly seed: Value;
}

/** Splits `path length=20 chars=digits` as Ansible does: the path may hold blanks. */
function splitParameters(term: string): { path: string; given: Map<string, string> } {
  const match = /^(.*?)((?:\s+\w+=(?:"[^"]*"|'[^']*'|\S*))*)\s*$/s.exec(term) as RegExpExecArray;
  const given = new Map<string, string>();
  for (const pair of (match[2] as string).matchAll(/(\w+)=(?:"([^"]*)"|'([^']*)'|(\S*))/g)) given.set(pair[1] as string, pair[2] ?? pair[3] ?? pair[4] ?? '');
  return { path: match[1] as string, given };
}

function readRequest(rt: Runtime, term: string, options: ReadonlyMap<string, Value>): Request {
  const { path, given } = splitParameters(term);
  const unknown = [...given.keys()].filter((name) => !OPTIONS.includes(name));
  if (unknown.length > 0) throw lookupError(`Unrecognized parameter(s) given to password lookup: ${unknown.join(', ')}`, `It knows ${OPTIONS.join(', ')}`);
  const merged = new Map<string, Value>([...options, ...given]);
  const length = Number(termText(merged.get('length') ?? 20));
  if (!Number.isInteger(length) || length < 0)
    throw lookupError(`password lookup: length must be a whole number, not '${termText(merged.get('length') ?? '')}'`);
  const text = (name: string): string | undefined => {
    const value = merged.get(name);
    return value === undefined || value === null || value === '' ? undefined : termText(value);
  };
  return {
    path: path === '/dev/null' ? path : resolve(rt.context.playbookDir, expandUser(path)),
    length,
    chars: candidates(merged.get('chars') ?? ['ascii_letters', 'digits', '.,:-_']),
    encrypt: text('encrypt'),
    ident: text('ident'),
    seed: text('seed') ?? null,
  };
}

/** The characters a password is drawn from. */
function candidates(chars: Value): string {
  const specs = Array.isArray(chars)
    ? chars.map(termText)
    : [
        ...(termText(chars).includes(',,') ? [','] : []),
        ...termText(chars)
          .replaceAll(',,', ',')
          .split(',')
          .filter((one) => one !== ''),
      ];
  const all = specs
    .map((spec) => (Object.hasOwn(SETS, spec) ? SETS[spec] : spec))
    .join('')
    .replace(/["']/g, '');
  if (all === '') throw lookupError('password lookup: there are no characters to choose from');
  return all;
}

function draw({ length, chars, seed }: Request): string {
  const source = seed === null ? systemRandom : new SeededRandom(seed);
  const letters = [...chars];
  return Array.from({ length }, () => letters[source.below(letters.length)]).join('');
}

function parse(content: string): Stored {
  const at = content.lastIndexOf(' salt=');
  if (at < 0) return { password: content };
  const rest = content.slice(at + 6);
  const ident = rest.lastIndexOf(' ident=');
  return { password: content.slice(0, at), salt: ident < 0 ? rest : rest.slice(0, ident), ident: ident < 0 ? undefined : rest.slice(ident + 7) };
}

const format = ({ password, salt, ident }: Stored): string =>
  password + (salt === undefined ? '' : ` salt=${salt}`) + (ident === undefined ? '' : ` ident=${ident}`);

function readStored(path: string): Stored | undefined {
  if (path === '/dev/null') return undefined;
  try {
    return parse(readFileSync(path, 'utf8').trimEnd());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw lookupError(`the password file ${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Writes a file beside the wanted one, so that a kill leaves either no file or a whole one; gives its name. */
function writeBeside(path: string, content: string): string {
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.qplay`);
  const handle = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    writeSync(handle, `${content}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return temporary;
}

/** Stores a new password; when another run was faster, its password is the one. */
function store(path: string, stored: Stored): Stored {
  if (path === '/dev/null') return stored;
  return onDisk(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = writeBeside(path, format(stored));
    try {
      linkSync(temporary, path);
      return stored;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return readStored(path) ?? stored;
    } finally {
      unlinkSync(temporary);
    }
  });
}

function replace(path: string, stored: Stored): Stored {
  if (path !== '/dev/null') onDisk(path, () => renameSync(writeBeside(path, format(stored)), path));
  return stored;
}

function onDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw lookupError(`the password file ${path} cannot be written: ${(error as Error).message}`);
  }
}

function withSalt(stored: Stored, request: Request): Stored {
  return { password: stored.password, salt: stored.salt ?? randomSalt(16), ident: stored.ident ?? request.ident };
}

/** The stored password, or a new one that is stored from now on. */
function passwordOf(request: Request): Stored {
  const { path, encrypt, ident } = request;
  const held = readStored(path);
  if (held === undefined) {
    const fresh = { password: draw(request) };
    return store(path, encrypt === undefined ? fresh : withSalt(fresh, request));
  }
  if (held.ident !== undefined && ident !== undefined && held.ident !== ident)
    throw lookupError(`The ident parameter provided (${ident}) does not match the stored one (${held.ident}).`);
  return encrypt !== undefined && held.salt === undefined ? replace(path, withSalt(held, request)) : held;
}

/** Ansible's `password`: made once, kept in a file that only its owner reads. */
export const passwordLookup: Lookup = lookup(OPTIONS, (rt, terms, options) =>
  terms.map((term) => {
    const request = readRequest(rt, termText(term), options);
    const stored = passwordOf(request);
    rt.context.secret(stored.password);
    if (request.encrypt === undefined) return stored.password;
    const hash = hashPassword(stored.password, request.encrypt, { salt: stored.salt, ident: stored.ident ?? request.ident });
    rt.context.secret(hash);
    return hash;
  }),
);
