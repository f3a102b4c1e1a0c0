import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import serviceKey, { keyOf } from '../../../modules/quay/quay_service_key.ts';
import { withDefaults } from '../harness.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const key = keyOf(privateKey);
const args = withDefaults(serviceKey.options, { db_uri: 'postgresql://a:b@c/d', key_file: '/tmp/none/quay-readonly.pem' });
const row = { approved: true, days: 300, jwk: key.jwk };
const plan = (state: object) => serviceKey.plan(args as never, { key, kidKept: true, row, ...state } as never);

test('only the public part is what goes into the database', () => {
  const jwk = JSON.parse(key.jwk);
  expect(Object.keys(jwk)).toEqual(['e', 'kid', 'kty', 'n']);
  expect(createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })).toBe(
    createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }),
  );
  expect(jwk.kid).toMatch(/^[0-9a-f]{64}$/);
});

test('a key that is there, approved and good for long is right', () => expect(plan({})).toMatchObject({ is: 'right', result: { kid: key.kid } }));

test.each([
  ['missing', { row: undefined }],
  ['not approved', { row: { ...row, approved: false } }],
  ['about to expire', { row: { ...row, days: 3 } }],
  ['expired', { row: { ...row, days: -1 } }],
  ['of no kept id', { kidKept: false }],
])('one that is %s is not', (_what, state) => expect(plan(state)).toMatchObject({ is: 'wrong' }));

test('a private key in the database is not passed over', () => {
  expect(plan({ row: { ...row, jwk: '{"kty":"RSA","d":"abc"}' } })).toMatchObject({ is: 'impossible', why: expect.stringContaining('private part') });
});

test('what is no RSA key is refused', () => {
  expect(() => keyOf('nonsense')).toThrow();
  const { privateKey: other } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  expect(() => keyOf(other)).toThrow('no RSA key');
});
