import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const ITERATIONS = 4096;

interface Keys {
  readonly stored: Buffer;
  readonly server: Buffer;
}

/** RFC 5802's keys of a password. */
function keys(password: string, salt: Buffer, iterations: number): Keys {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const client = createHmac('sha256', salted).update('Client Key').digest();
  return { stored: createHash('sha256').update(client).digest(), server: createHmac('sha256', salted).update('Server Key').digest() };
}

/** What PostgreSQL keeps of a password, so that the password itself need not travel. */
export function verifier(password: string, salt: Buffer = randomBytes(16)): string {
  const { stored, server } = keys(password, salt, ITERATIONS);
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored.toString('base64')}:${server.toString('base64')}`;
}

/** Whether a text is what PostgreSQL keeps rather than a password. */
export const isVerifier = (text: string): boolean => /^(?:md5[0-9a-f]{32}$|SCRAM-SHA-256\$)/.test(text);

/** Whether `kept`, a value of pg_authid.rolpassword, was made of this password (or is this very verifier). */
export function verifies(password: string, user: string, kept: string | null): boolean {
  if (kept === null) return false;
  if (isVerifier(password)) return equal(password, kept);
  const parts = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(kept);
  if (parts === null) return equal(`md5${createHash('md5').update(`${password}${user}`).digest('hex')}`, kept);
  const { stored } = keys(password, Buffer.from(parts[2] as string, 'base64'), Number(parts[1]));
  return equal(stored.toString('base64'), parts[3] as string);
}

function equal(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
