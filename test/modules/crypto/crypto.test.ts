import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { AnyModule, StateModule } from '../../../engine/module/contract.ts';
import { readCertificate } from '../../../modules/crypto/certificate.ts';
import { dotted, integer, type Node, oid, read, sequence } from '../../../modules/crypto/der.ts';
import { alternativeNames, basicConstraints, keyUsage, meaning } from '../../../modules/crypto/extensions.ts';
import { generalName } from '../../../modules/crypto/names.ts';
import csr from '../../../modules/crypto/openssl_csr.ts';
import dhparam from '../../../modules/crypto/openssl_dhparam.ts';
import privatekey from '../../../modules/crypto/openssl_privatekey.ts';
import { readRequest } from '../../../modules/crypto/request.ts';
import { asn1Time, moment } from '../../../modules/crypto/time.ts';
import x509 from '../../../modules/crypto/x509_certificate.ts';
import { runState, SHELLS, scratch } from '../harness.ts';

const noOpenssl = spawnSync('openssl', ['version']).status !== 0;

describe('DER', () => {
  test('numbers of any size come back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 200n }), (value) => {
        const [node] = read(integer(value)) as [Node];
        expect(BigInt(`0x${node.content.toString('hex')}`)).toBe(value);
      }),
    );
  });
  test('names of things come back', () => {
    for (const name of ['2.5.4.3', '1.2.840.113549.1.9.14', '0.9.2342.19200300.100.1.25', '2.999.3']) expect(dotted(read(oid(name))[0] as Node)).toBe(name);
  });
  test('what is cut off is refused', () => {
    const whole = sequence(integer(1), Buffer.concat(Array.from({ length: 60 }, () => oid('1.2.3'))));
    for (const size of [1, 2, 3, whole.length - 1]) expect(() => read(whole.subarray(0, size))).toThrow(RangeError);
  });
});

describe('extensions', () => {
  test.each([
    [['digitalSignature'], '03020780'],
    [['keyCertSign', 'cRLSign'], '03020106'],
    [['decipherOnly'], '0303070080'],
    [['Digital Signature', 'decipherOnly'], '0303078080'],
  ])('key usage %j', (names, hex) => expect(keyUsage(names, false).value.toString('hex')).toBe(hex));
  test('constraints', () => {
    expect(basicConstraints(['CA:TRUE', 'pathlen:0'], true).value.toString('hex')).toBe('30060101ff020100');
    expect(() => basicConstraints(['CA:MAYBE'], true)).toThrow('Cannot parse basic constraints "CA:MAYBE"');
  });
  test.each([
    ['IP:192.0.2.1', '8704c0000201'],
    ['IP:2001:db8::1', '871020010db8000000000000000000000001'],
    ['IP:::ffff:192.0.2.1', '871000000000000000000000ffffc0000201'],
    ['IP:10.1.2.3/9', '87080a000000ff800000'],
    ['RID:1.2.3', '88022a03'],
  ])('the name %s', (text, hex) => expect(generalName(text, 'san').toString('hex')).toBe(hex));
  test('the order of names means nothing', () => {
    const of = (...names: string[]) => meaning([alternativeNames(names, false)]);
    expect(of('DNS:a', 'DNS:b')).toBe(of('DNS:b', 'DNS:a'));
    expect(of('DNS:a')).not.toBe(of('DNS:b'));
  });
});

test('times', () => {
  const now = new Date('2026-11-21T12:00:00.700Z');
  expect(asn1Time(moment('+1w2d3h4m5s', now))).toBe('20261130150405Z');
  expect(asn1Time(moment('-1h', now))).toBe('20261121110000Z');
  expect(asn1Time(moment('20301231235959Z', now))).toBe('20301231235959Z');
  expect(() => moment('tomorrow', now)).toThrow('is no time');
});

describe.skipIf(noOpenssl).each(SHELLS)(`keys and what they sign, under %s${noOpenssl ? ' (no openssl here)' : ''}`, (...shell) => {
  const folder = scratch();
  const at = (name: string): string => join(folder, name);
  const run = (module: AnyModule, args: Record<string, unknown>) => runState(module as StateModule, args, { shell });

  it.each([
    ['RSA', { size: 2048 }],
    ['ECC', { curve: 'secp384r1' }],
    ['Ed25519', {}],
  ])('%s: a CA that openssl believes', async (type, more) => {
    const secret = { privatekey_path: at(`${type}.key`), privatekey_passphrase: "it's" };
    const name = `${type} & Söhne`;
    const steps: [AnyModule, Record<string, unknown>][] = [
      [privatekey, { path: at(`${type}.key`), type, passphrase: "it's", ...more }],
      [csr, { path: at(`${type}.csr`), ...secret, subject: { CN: name, C: 'CH' }, basic_constraints: ['CA:TRUE'], basic_constraints_critical: true }],
      [x509, { path: at(`${type}.ca`), ...secret, csr_path: at(`${type}.csr`), provider: 'selfsigned' }],
      [csr, { path: at(`${type}.www.csr`), ...secret, common_name: 'www' }],
      [
        x509,
        {
          path: at(`${type}.www`),
          csr_path: at(`${type}.www.csr`),
          ownca_path: at(`${type}.ca`),
          ownca_privatekey_path: at(`${type}.key`),
          ownca_privatekey_passphrase: "it's",
          provider: 'ownca',
        },
      ],
    ];
    for (const [module, args] of steps) {
      const ran = await run(module, args);
      expect([ran.plan.is, ran.applied?.stderr, ran.after?.is]).toEqual(['wrong', '', 'right']);
      expect((await run(module, args)).plan.is).toBe('right');
    }
    expect(execFileSync('openssl', ['verify', '-CAfile', at(`${type}.ca`), at(`${type}.www`)], { encoding: 'utf8' })).toContain('OK');
    expect(readFileSync(at(`${type}.key`), 'utf8')).toContain('ENCRYPTED');
    expect(readCertificate(readFileSync(at(`${type}.www`), 'latin1'))).toMatchObject({
      version: 3,
      issuer: {
        parts: [
          ['2.5.4.3', name],
          ['2.5.4.6', 'CH'],
        ],
      },
    });
    expect(readRequest(readFileSync(at(`${type}.csr`), 'latin1'))).toMatchObject({ valid: true });
  });

  it('makes parameters of the size that is asked', async () => {
    for (const [size, is] of [
      [512, 'wrong'],
      [512, 'right'],
      [520, 'wrong'],
    ]) {
      const ran = await run(dhparam, { path: at('dh'), size });
      expect([ran.plan.is, ran.after?.is ?? 'right']).toEqual([is, 'right']);
    }
    expect(execFileSync('openssl', ['dhparam', '-in', at('dh'), '-noout', '-text'], { encoding: 'utf8' })).toContain('(520 bit)');
  });

  it('refuses what is none', async () => {
    writeFileSync(at('none'), 'nothing');
    expect((await run(csr, { path: at('x'), privatekey_path: at('none'), common_name: 'x' })).plan).toMatchObject({ is: 'impossible' });
    expect((await run(csr, { path: at('x'), privatekey_path: at('missing'), common_name: 'x' })).plan).toMatchObject({ is: 'premature' });
    expect((await run(x509, { path: at('x'), privatekey_path: at('none'), provider: 'selfsigned' })).plan).toMatchObject({ is: 'impossible' });
    expect((await run(privatekey, { path: at('none'), regenerate: 'partial_idempotence' })).plan).toMatchObject({ is: 'impossible' });
    expect((await run(x509, { path: at('x'), provider: 'acme' })).plan).toMatchObject({ is: 'impossible', why: expect.stringContaining('acme') });
  });
});
