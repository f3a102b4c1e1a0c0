import { createHash } from 'node:crypto';
import { inputError } from '../../engine/error.ts';
import { bits, context, dotted, element, implicit, integer, type Node, octets, oid, read, sequence, TRUE } from './der.ts';
import { generalName } from './names.ts';

/** An extension of a request or a certificate. RFC 5280, section 4.2. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

export const SKI = '2.5.29.14';
export const AKI = '2.5.29.35';

const USAGES: readonly (readonly string[])[] = [
  ['digitalSignature', 'Digital Signature'],
  ['nonRepudiation', 'Non Repudiation', 'contentCommitment', 'Content Commitment'],
  ['keyEncipherment', 'Key Encipherment'],
  ['dataEncipherment', 'Data Encipherment'],
  ['keyAgreement', 'Key Agreement'],
  ['keyCertSign', 'Certificate Sign'],
  ['cRLSign', 'CRL Sign'],
  ['encipherOnly', 'Encipher Only'],
  ['decipherOnly', 'Decipher Only'],
];

const PURPOSES: Readonly<Record<string, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  'TLS Web Server Authentication': '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  'TLS Web Client Authentication': '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  'Code Signing': '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  'E-mail Protection': '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  'Time Stamping': '1.3.6.1.5.5.7.3.8',
  OCSPSigning: '1.3.6.1.5.5.7.3.9',
  'OCSP Signing': '1.3.6.1.5.5.7.3.9',
  anyExtendedKeyUsage: '2.5.29.37.0',
  'Any Extended Key Usage': '2.5.29.37.0',
};

export function keyUsage(names: readonly string[], critical: boolean): Extension {
  let word = 0;
  for (const name of names) {
    const at = USAGES.findIndex((all) => all.some((one) => one.toLowerCase() === name.toLowerCase()));
    if (at < 0) throw inputError('value', `Unknown key usage "${name}": ${USAGES.map(([one]) => one).join(', ')}`);
    word |= 0x8000 >> at;
  }
  const last = 15 - Math.max(0, [...Array(16).keys()].find((i) => word & (1 << i)) ?? 0);
  const bytes = Buffer.from(last < 8 ? [word >> 8] : [word >> 8, word & 0xff]);
  return { oid: '2.5.29.15', critical, value: bits(bytes, bytes.length * 8 - 1 - last) };
}

export function extendedKeyUsage(names: readonly string[], critical: boolean): Extension {
  const purposes = names.map((name) => {
    const known = PURPOSES[name] ?? Object.entries(PURPOSES).find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1];
    const found = known ?? (/^\d+(\.\d+)+$/.test(name) ? name : undefined);
    if (found === undefined) throw inputError('value', `Unknown extended key usage "${name}": its number (such as 1.3.6.1.5.5.7.3.1) is taken, too`);
    return oid(found);
  });
  return { oid: '2.5.29.37', critical, value: sequence(...purposes) };
}

export function basicConstraints(given: readonly string[], critical: boolean): Extension {
  let ca = false;
  let length: number | undefined;
  for (const one of given) {
    const path = /^pathlen:(\d+)$/i.exec(one);
    if (/^CA:(TRUE|FALSE)$/i.test(one)) ca = /true$/i.test(one);
    else if (path !== null) length = Number(path[1]);
    else throw inputError('value', `Cannot parse basic constraints "${one}": CA:TRUE, CA:FALSE and pathlen:NUMBER are known`);
  }
  return { oid: '2.5.29.19', critical, value: sequence(...(ca ? [TRUE] : []), ...(length === undefined ? [] : [integer(length)])) };
}

export const alternativeNames = (names: readonly string[], critical: boolean): Extension => ({
  oid: '2.5.29.17',
  critical,
  value: sequence(...names.map((name) => generalName(name, 'subject_alt_name'))),
});

export function nameConstraints(permitted: readonly string[], excluded: readonly string[], critical: boolean): Extension {
  const trees = (number: number, names: readonly string[], option: string): Buffer[] =>
    names.length === 0 ? [] : [context(number, ...names.map((name) => sequence(generalName(name, option))))];
  const value = sequence(...trees(0, permitted, 'name_constraints_permitted'), ...trees(1, excluded, 'name_constraints_excluded'));
  return { oid: '2.5.29.30', critical, value };
}

/** RFC 7633: the server must staple an answer of OCSP. */
export const mustStaple = (critical: boolean): Extension => ({ oid: '1.3.6.1.5.5.7.1.24', critical, value: sequence(integer(5)) });

/** SHA-1 of the key's bits, or what is given in hexadecimal. */
export const subjectKey = (id: Buffer): Extension => ({ oid: SKI, critical: false, value: octets(id) });

export function keyIdOf(spki: Buffer): Buffer {
  const [outer] = read(spki) as [Node];
  const [, key] = read(outer.content) as [Node, Node];
  return createHash('sha1').update(key.content.subarray(1)).digest();
}

export function authorityKey(id: Buffer | undefined, issuer: readonly string[] = [], serial?: number): Extension {
  const parts = [
    ...(id === undefined ? [] : [implicit(0, id)]),
    ...(issuer.length === 0 ? [] : [context(1, ...issuer.map((name) => generalName(name, 'authority_cert_issuer')))]),
    ...(serial === undefined ? [] : [implicit(2, integer(serial).subarray(2))]),
  ];
  return { oid: AKI, critical: false, value: sequence(...parts) };
}

export const extensionsDer = (all: readonly Extension[]): Buffer =>
  sequence(...all.map((one) => sequence(oid(one.oid), ...(one.critical ? [TRUE] : []), octets(one.value))));

/** Of the content of a sequence of extensions. */
export function readExtensions(list: Node): Extension[] {
  return read(list.content).map((one) => {
    const parts = read(one.content);
    return { oid: dotted(parts[0] as Node), critical: parts.length > 2, value: (parts.at(-1) as Node).content };
  });
}

/** Lists whose order means nothing. */
const UNORDERED = new Set(['2.5.29.17', '2.5.29.37']);

/** One text for extensions that say the same. */
export function meaning(all: readonly Extension[]): string {
  return all
    .map(({ oid: number, critical, value }) => {
      const inner = UNORDERED.has(number) ? (read(value)[0] as Node) : undefined;
      const said =
        inner === undefined
          ? value
          : element(
              inner.tag,
              ...read(inner.content)
                .map(({ bytes }) => bytes)
                .sort(Buffer.compare),
            );
      return `${number} ${critical} ${said.toString('hex')}`;
    })
    .sort()
    .join('\n');
}
