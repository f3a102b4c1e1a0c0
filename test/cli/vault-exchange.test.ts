import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decrypt, encrypt, parseEnvelope } from '../../engine/vault.ts';
import { oracle, program } from '../oracle/oracle.ts';

/** Files that each side makes for the other. */
const FILES = 100;
const SEED = 20_261_121;

interface Sealed {
  readonly plain: Buffer;
  readonly password: string;
  readonly label: string | null;
}

const unicode = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const password = fc.oneof(fc.string({ minLength: 1, maxLength: 60 }), unicode).filter((text) => text.trim() !== '');
const label = fc.oneof(fc.constant(null), fc.constant('default'), fc.stringMatching(/^[A-Za-z][\w .@-]{0,20}\w$/));
const plain = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  fc.array(unicode, { maxLength: 60 }).map((lines) => Buffer.from(lines.join('\n'))),
  fc.integer({ min: 1000, max: 100_000 }).map((size) => Buffer.alloc(size, 'a long line of text: ä\n')),
  fc.constantFrom('', '\n', 'x', ' $ANSIBLE_VAULT;1.1;AES256 is how it begins', '---\na: !vault |\n').map((text) => Buffer.from(text)),
);
const sealed: fc.Arbitrary<Sealed> = fc.record({ plain, password, label });

const judge = oracle();
const lacking = 'lacking' in judge;

describe('vault files of ansible-core and of qplay', () => {
  test.skipIf(lacking)(
    `${2 * FILES} files, made by either and read by the other${lacking ? ` (skipped: ${judge.lacking})` : ''}`,
    () => {
      const all = fc.sample(sealed, { numRuns: 2 * FILES, seed: SEED });
      const [theirs, ours] = [all.slice(0, FILES), all.slice(FILES)];
      const envelopes = ours.map((one) => encrypt(one.plain, { label: one.label ?? 'default', password: Buffer.from(one.password) }));
      const answer = ask({
        encrypt: theirs.map((one) => ({ ...one, plain: one.plain.toString('base64') })),
        decrypt: ours.map((one, index) => ({
          envelope: envelopes[index],
          secrets: [
            ['another', 'wrong'],
            [one.label ?? 'default', one.password],
          ],
        })),
      });
      ours.forEach((one, index) => expect(answer.decrypt[index], `${index}`).toEqual({ plain: one.plain.toString('base64') }));
      theirs.forEach((one, index) => {
        const envelope = answer.encrypt[index] as string;
        const secrets = [
          { label: 'another', password: Buffer.from('wrong') },
          { label: one.label ?? 'default', password: Buffer.from(one.password) },
        ];
        expect(decrypt(envelope, secrets).equals(one.plain), `${index}`).toBe(true);
        // the same header, and the same form of lines
        const mine = encrypt(one.plain, secrets[1] as (typeof secrets)[0]);
        expect(mine.split('\n')[0]).toBe(envelope.split('\n')[0]);
        expect(mine.split('\n').map((line) => line.length)).toEqual(envelope.split('\n').map((line) => line.length));
        expect(parseEnvelope(mine).version).toBe(one.label === null || one.label === 'default' ? '1.1' : '1.2');
      });
    },
    60_000,
  );

  test.skipIf(lacking)('what is damaged, neither opens', () => {
    const secret = { label: 'default', password: Buffer.from('p') };
    const whole = encrypt('text', secret);
    const broken = [whole.replace(/.$/m, 'z'), whole.replace(/(\n.{10})(.)/, (_, head, digit) => head + (digit === '3' ? '4' : '3')), whole.slice(0, -60)];
    const answer = ask({ encrypt: [], decrypt: broken.map((envelope) => ({ envelope, secrets: [['default', 'p']] })) });
    for (const [index, envelope] of broken.entries()) {
      expect(answer.decrypt[index]).toHaveProperty('error');
      expect(() => decrypt(envelope, [secret])).toThrow();
    }
  });
});

function ask(question: unknown): { encrypt: string[]; decrypt: unknown[] } {
  const script = join(import.meta.dirname, '../oracle/vault.py');
  return JSON.parse(execFileSync(program('python'), [script], { input: JSON.stringify(question), encoding: 'utf8', maxBuffer: 1 << 28 }));
}
