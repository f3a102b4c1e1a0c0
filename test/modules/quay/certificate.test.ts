import { expect, test } from 'vitest';
import { certificateFindings } from '../../../modules/quay/certificate.ts';
import { pair } from './sample.ts';

const good = pair(['quay.example.com', '*.lab.example.com']);
const told = (it: { certificate: string; key: string }, name: string, now = new Date()) => certificateFindings(it, name, now).map(({ message }) => message);

test('a certificate for the name, with its key, is right; the port does not count', () => {
  expect(told(good, 'quay.example.com:8443')).toEqual([]);
  expect(told(good, 'q1.lab.example.com')).toEqual([]);
});

test('names', () => {
  expect(told(good, 'registry.example.com')).toEqual([
    'ssl.cert is not for registry.example.com (SERVER_HOSTNAME) but for DNS:quay.example.com, DNS:*.lab.example.com',
  ]);
  expect(told(pair([]), 'quay.example.com')).toEqual(['ssl.cert has no subject alternative names: container clients ignore the common name']);
});

test('dates', () => {
  const later = (days: number): Date => new Date(Date.now() + days * 86_400_000);
  expect(told(good, 'quay.example.com', later(91))[0]).toMatch(/^ssl\.cert expired on \d{4}-\d\d-\d\d$/);
  expect(certificateFindings(good, 'quay.example.com', later(70))).toMatchObject([
    { severity: 'warning', message: expect.stringMatching(/^ssl\.cert expires in (19|20) days, on /) as string },
  ]);
  expect(told(good, 'quay.example.com', later(-2))[0]).toMatch(/^ssl\.cert is not valid before /);
});

test('the key', () => {
  expect(told({ ...good, key: pair(['quay.example.com']).key }, 'quay.example.com')).toEqual(['ssl.key does not belong to ssl.cert']);
  expect(told({ ...good, key: 'rubbish' }, 'quay.example.com')).toEqual(['ssl.key is not an unencrypted PEM private key']);
  expect(told({ certificate: 'rubbish', key: good.key }, 'quay.example.com')).toEqual(['ssl.cert is not a PEM certificate']);
});
