import { PyError, type Value } from '../../values.ts';

/** A MAC address's 48 bits, or 64 of an EUI-64. */
export interface Hardware {
  readonly value: bigint;
  readonly bits: 48 | 64;
}

const FORMATS: readonly { readonly bits: 48 | 64; readonly words: number; readonly separators: string; readonly digits: string }[] = [
  { bits: 48, words: 6, separators: ':-', digits: '1,2' },
  { bits: 48, words: 3, separators: ':.-', digits: '1,4' },
  { bits: 48, words: 2, separators: ':-', digits: '5,6' },
  { bits: 48, words: 1, separators: ':', digits: '11,12' },
  { bits: 64, words: 8, separators: ':-', digits: '1,2' },
  { bits: 64, words: 4, separators: ':.-', digits: '1,4' },
  { bits: 64, words: 1, separators: ':', digits: '16' },
];

/** Reads an address in any of the usual spellings, or as a number; undefined for what is none. */
export function parseHardware(text: string): Hardware | undefined {
  return parseSpelt(text, 48) ?? parseNumber(text, 48) ?? parseSpelt(text, 64) ?? parseNumber(text, 64);
}

function parseNumber(text: string, bits: 48 | 64): Hardware | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < 1n << BigInt(bits) ? { value, bits } : undefined;
}

function parseSpelt(text: string, wanted: 48 | 64): Hardware | undefined {
  for (const { bits, words, separators, digits } of FORMATS) {
    if (bits !== wanted) continue;
    for (const separator of separators) {
      const parts = text.split(separator);
      if (parts.length !== words || !parts.every((part) => new RegExp(`^[\\da-fA-F]{${digits}}$`).test(part))) continue;
      return { bits, value: BigInt(`0x${parts.map((part) => part.padStart(bits / 4 / words, '0')).join('')}`) };
    }
  }
  return undefined;
}

const digitsOf = ({ value, bits }: Hardware): string => value.toString(16).padStart(bits / 4, '0');
const grouped = (digits: string, size: number): string[] => digits.match(new RegExp(`.{${size}}`, 'g')) as string[];

function word(address: Hardware, size: number, separator: string, upper = false, short = false): string {
  const words = grouped(digitsOf(address), size).map((part) => (short ? part.replace(/^0(?=.)/, '') : part));
  return upper ? words.join(separator).toUpperCase() : words.join(separator);
}

const windows = (address: Hardware): string => word(address, 2, '-', true);
const postgres = (address: Hardware): string => word(address, 6, ':');

const SPELLINGS: Readonly<Record<string, (address: Hardware) => Value>> = {
  bare: (address) => digitsOf(address).toUpperCase(),
  cisco: (address) => word(address, 4, '.'),
  eui48: windows,
  int: ({ value }) => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value),
  linux: (address) => word(address, 2, ':'),
  pgsql: postgres,
  postgresql: postgres,
  psql: postgres,
  unix: (address) => word(address, 2, ':', false, true),
  win: windows,
};

/** Ansible's `hwaddr`: the address in another spelling, or as it was given without a query; None for what is no address. */
export function hwaddr(value: string, query: string, alias: string): Value {
  const address = parseHardware(value);
  if (address === undefined && query !== '' && query !== 'bool') throw new PyError(`${alias}: not a hardware address: ${value}`);
  if (query === '') return address === undefined ? null : value;
  if (query === 'bool') return address === undefined ? null : true;
  const spell = Object.hasOwn(SPELLINGS, query) ? SPELLINGS[query] : undefined;
  if (spell === undefined) throw new PyError(`${alias}: unknown filter type: ${query}`);
  return spell(address as Hardware);
}

/** The last 64 bits of an IPv6 address that a host makes of its hardware address. */
export function interfaceBits({ value, bits }: Hardware): bigint {
  const long = bits === 64 ? value : ((value >> 24n) << 40n) | (0xfffen << 24n) | (value & 0xffffffn);
  return long ^ (1n << 57n);
}
