import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const hmac = (key: Buffer, text: string | Buffer): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();

/** The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) as PostgreSQL wants it: no user name, no channel binding. */
export class Scram {
  readonly first: string;
  private readonly password: string;
  private readonly nonce: string;
  private expected: Buffer = Buffer.alloc(0);

  constructor(password: string, nonce = randomBytes(18).toString('base64')) {
    this.password = password.normalize('NFKC');
    this.nonce = nonce;
    this.first = `n,,n=,r=${nonce}`;
  }

  /** The answer to the server's challenge. Throws when the server does not speak the protocol. */
  answer(challenge: string): string {
    const part = (name: string): string => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(challenge)?.[1] ?? '';
    const [nonce, salt, rounds] = [part('r'), part('s'), Number(part('i'))];
    if (!nonce.startsWith(this.nonce) || salt === '' || !(rounds > 0))
      throw new Error('the server sent a SCRAM challenge that does not belong to our question');
    const salted = pbkdf2Sync(this.password, Buffer.from(salt, 'base64'), rounds, 32, 'sha256');
    const bare = `c=biws,r=${nonce}`;
    const signed = `${this.first.slice(3)},${challenge},${bare}`;
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(sha256(clientKey), signed);
    this.expected = hmac(hmac(salted, 'Server Key'), signed);
    return `${bare},p=${Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] as number))).toString('base64')}`;
  }

  /** Whether the server knows the password too. */
  verify(final: string): boolean {
    const proof = Buffer.from(/^v=([^,]*)/.exec(final)?.[1] ?? '', 'base64');
    return proof.length === this.expected.length && timingSafeEqual(proof, this.expected);
  }
}
