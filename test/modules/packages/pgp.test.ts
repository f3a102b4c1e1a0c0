import { describe, expect, it } from 'vitest';
import aptKey from '../../../modules/packages/apt_key.ts';
import { dearmored, keysIn } from '../../../modules/packages/pgp.ts';

const KEY = aptKey.examples[1]?.args.data as string;

describe('OpenPGP keys', () => {
  it('are found in armor and without, one or several', () => {
    const [key] = keysIn(dearmored(Buffer.from(KEY))) ?? [];
    expect(key?.ids).toEqual(['1716B240F0787B4B']);
    expect(key?.bytes.length).toBe(236);
    expect(keysIn(Buffer.concat([key?.bytes ?? Buffer.alloc(0), dearmored(Buffer.from(KEY))]))).toHaveLength(2);
    expect(keysIn(dearmored(Buffer.from(`${KEY}\n${KEY}`)))).toHaveLength(2);
    expect(keysIn(Buffer.alloc(0))).toEqual([]);
  });
  it('are not taken for what they are not', () => {
    for (const text of ['<html>', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----', '\x00\x00\x00 KBXf'])
      expect([text, keysIn(dearmored(Buffer.from(text)))]).toEqual([text, undefined]);
    const whole = dearmored(Buffer.from(KEY));
    expect(keysIn(whole.subarray(0, whole.length - 1))).toBeUndefined();
  });
});
