import { expect, test } from 'vitest';
import { cephxKey, keyring } from '../../../modules/ceph/keys.ts';

test('a key has the layout that Ceph reads: type 1, a time, length 16, sixteen bytes', () => {
  const bytes = Buffer.from(cephxKey('secret', 'client.admin'), 'base64');
  expect(bytes.length).toBe(28);
  expect([bytes.readUInt16LE(0), bytes.readUInt32LE(2), bytes.readUInt32LE(6), bytes.readUInt16LE(10)]).toEqual([1, 0, 0, 16]);
});

test('every host derives the same key, and each entity and secret another one', () => {
  const key = cephxKey('secret', 'mon.');
  expect(cephxKey('secret', 'mon.')).toBe(key);
  expect(cephxKey('secret', 'client.admin')).not.toBe(key);
  expect(cephxKey('secret2', 'mon.')).not.toBe(key);
});

test('a keyring file has a section an entity, capabilities in a fixed order', () => {
  expect(
    keyring([
      { entity: 'mon.', key: 'K1' },
      { entity: 'client.a', key: 'K2', caps: { osd: 'allow *', mon: 'allow r' } },
    ]),
  ).toBe('[mon.]\n\tkey = K1\n[client.a]\n\tkey = K2\n\tcaps mon = "allow r"\n\tcaps osd = "allow *"\n');
});
