import { isIP } from 'node:net';
import { inputError } from '../../engine/error.ts';
import { dotted, ia5, implicit, type Node, oid, printable, read, sequence, set, utf8 } from './der.ts';

/** Parts of a name: short and long name, and number. RFC 4519, RFC 2985. */
const PARTS: readonly (readonly [string, string, string])[] = [
  ['CN', 'commonName', '2.5.4.3'],
  ['SN', 'surname', '2.5.4.4'],
  ['serialNumber', 'serialNumber', '2.5.4.5'],
  ['C', 'countryName', '2.5.4.6'],
  ['L', 'localityName', '2.5.4.7'],
  ['ST', 'stateOrProvinceName', '2.5.4.8'],
  ['street', 'streetAddress', '2.5.4.9'],
  ['O', 'organizationName', '2.5.4.10'],
  ['OU', 'organizationalUnitName', '2.5.4.11'],
  ['title', 'title', '2.5.4.12'],
  ['businessCategory', 'businessCategory', '2.5.4.15'],
  ['postalCode', 'postalCode', '2.5.4.17'],
  ['GN', 'givenName', '2.5.4.42'],
  ['dnQualifier', 'dnQualifier', '2.5.4.46'],
  ['pseudonym', 'pseudonym', '2.5.4.65'],
  ['UID', 'userId', '0.9.2342.19200300.100.1.1'],
  ['DC', 'domainComponent', '0.9.2342.19200300.100.1.25'],
  ['emailAddress', 'emailAddress', '1.2.840.113549.1.9.1'],
];

/** One part of a name: its number and its text. */
export type Part = readonly [oid: string, text: string];

/** The number of a part by its name; a mistake in `option` when nobody knows it. */
export function partOid(name: string, option: string): string {
  const found = PARTS.find(([short, long, number]) => [short.toLowerCase(), long.toLowerCase(), number].includes(name.toLowerCase()));
  if (found === undefined) throw inputError('value', `${option}: Unknown part of a name: ${name}`);
  return found[2];
}

export const partName = (number: string): string => PARTS.find(([, , one]) => one === number)?.[1] ?? number;

/** Country and the like are of a plainer kind of text. */
const PLAIN = new Set(['2.5.4.6', '2.5.4.5', '2.5.4.46']);
const ASCII = new Set(['1.2.840.113549.1.9.1', '0.9.2342.19200300.100.1.25']);

export const nameDer = (parts: readonly Part[]): Buffer =>
  sequence(...parts.map(([number, text]) => set(sequence(oid(number), (PLAIN.has(number) ? printable : ASCII.has(number) ? ia5 : utf8)(text)))));

/** Parts of a name that was read, whatever kind of text they are. */
export function partsOf(name: Node): Part[] {
  return read(name.content).flatMap((group) =>
    read(group.content).map((one): Part => {
      const [number, text] = read(one.content) as [Node, Node];
      return [dotted(number), text.tag === 0x1e ? Buffer.from(text.content).swap16().toString('utf16le') : text.content.toString()];
    }),
  );
}

/** `DNS:host`, `IP:1.2.3.4`, `email:a@b`, `URI:https://x`, `RID:1.2.3` as one of RFC 5280's general names. */
export function generalName(text: string, option: string): Buffer {
  const [, kind = '', value = ''] = /^([A-Za-z]+):(.*)$/s.exec(text) ?? [];
  switch (kind.toLowerCase()) {
    case 'dns':
      return implicit(2, Buffer.from(value));
    case 'email':
      return implicit(1, Buffer.from(value));
    case 'uri':
      return implicit(6, Buffer.from(value));
    case 'rid':
      return implicit(8, oid(value).subarray(2));
    case 'ip':
      return implicit(7, addressBytes(value, option));
    default:
      throw inputError('value', `${option}: Cannot parse Subject Alternative Name "${text}": DNS:, IP:, email:, URI: and RID: are known`);
  }
}

function addressBytes(text: string, option: string): Buffer {
  const [address = '', length] = text.split('/');
  const kind = isIP(address);
  if (kind === 0) throw inputError('value', `${option}: ${text} is no IP address`);
  const bytes = kind === 4 ? Buffer.from(address.split('.').map(Number)) : six(address);
  if (length === undefined) return bytes;
  const mask = Buffer.from(bytes.map((_, i) => 0xff & ~(0xff >> Math.max(0, Math.min(8, Number(length) - 8 * i)))));
  return Buffer.concat([Buffer.from(bytes.map((byte, i) => byte & (mask[i] as number))), mask]);
}

function six(address: string): Buffer {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => `${((+a << 8) | +b).toString(16)}:${((+c << 8) | +d).toString(16)}`);
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Buffer.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}
