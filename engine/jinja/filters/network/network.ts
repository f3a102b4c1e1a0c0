import { type Address, addressOf, formatAddress, parseAddress, widthOf } from './address.ts';

/** An address with the length of its network's prefix: `192.0.2.7/24` keeps its 7. */
export class Network {
  readonly version: 4 | 6;
  readonly value: bigint;
  readonly prefix: number;
  constructor(version: 4 | 6, value: bigint, prefix: number) {
    this.version = version;
    this.value = value;
    this.prefix = prefix;
  }
  get size(): bigint {
    return 1n << BigInt(widthOf(this.version) - this.prefix);
  }
  get first(): bigint {
    return this.value & ~(this.size - 1n);
  }
  get last(): bigint {
    return this.first + this.size - 1n;
  }
  get isNetwork(): boolean {
    return this.value === this.first;
  }
  get hasBroadcast(): boolean {
    return this.size > 2n;
  }
  get ip(): string {
    return this.at(this.value);
  }
  get network(): string {
    return this.at(this.first);
  }
  get netmask(): string {
    return this.at((1n << BigInt(widthOf(this.version))) - this.size);
  }
  get hostmask(): string {
    return this.at(this.size - 1n);
  }
  get cidr(): Network {
    return new Network(this.version, this.first, this.prefix);
  }
  toString(): string {
    return `${this.ip}/${this.prefix}`;
  }
  at(value: bigint): string {
    return formatAddress({ version: this.version, value });
  }
  contains(other: Address): boolean {
    return other.version === this.version && other.value >= this.first && other.value <= this.last;
  }
  /** The address at an index from the first one, or from the last one when it is below 0. */
  member(index: bigint): string | undefined {
    if (index >= 0n) return index < this.size ? this.at(this.first + index) : undefined;
    return index >= -this.size ? this.at(this.last + index + 1n) : undefined;
  }
  /** First and last address that a host may have; undefined for a single address. */
  usable(): { readonly first: bigint; readonly last: bigint } | undefined {
    if (this.size === 1n) return undefined;
    return this.size === 2n ? { first: this.first, last: this.last } : { first: this.first + 1n, last: this.last - 1n };
  }
}

/** Length of the prefix that a netmask or hostmask stands for. */
function maskLength({ version, value }: Address): number | undefined {
  const width = BigInt(widthOf(version));
  const all = (1n << width) - 1n;
  for (const host of [value ^ all, value]) {
    if ((host & (host + 1n)) !== 0n) continue;
    return Number(width) - (host === 0n ? 0 : host.toString(2).length);
  }
  return undefined;
}

function prefixLength(text: string, version: 4 | 6): number | undefined {
  if (/^\s*[+-]?\d+\s*$/.test(text)) {
    const length = Number(text);
    return length >= 0 && length <= widthOf(version) ? length : undefined;
  }
  const mask = parseAddress(text);
  return mask === undefined || mask.version !== version ? undefined : maskLength(mask);
}

/** Reads `10.0.0.1/24`, `10.0.0.1/255.255.255.0` or an address alone; undefined for what is none. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const prefix = slash < 0 ? widthOf(address.version) : prefixLength(text.slice(slash + 1), address.version);
  return prefix === undefined ? undefined : new Network(address.version, address.value, prefix);
}

/** A network of numbers, of IPv4 if they fit; undefined when they fit neither. */
export function networkOf(value: bigint, prefix: number | undefined, versions: readonly (4 | 6)[]): Network | undefined {
  for (const version of versions) {
    const length = prefix ?? widthOf(version);
    if (addressOf(value, version) !== undefined && length >= 0 && length <= widthOf(version)) return new Network(version, value, length);
  }
  return undefined;
}

const networks = (...texts: readonly string[]): readonly Network[] => texts.map((text) => parseNetwork(text) as Network);

// IANA's registries of special purpose addresses: what is not to be reached from everywhere, and what is nevertheless
const LOCAL = networks(
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4', '::1/128', '::/128', '::ffff:0:0/96', '64:ff9b:1::/48', '100::/64'],
  ...['2001::/23', '2001:db8::/32', '2002::/16', 'fc00::/7', 'fe80::/10'],
);
const NEVERTHELESS = networks(
  '192.0.0.9/32',
  '192.0.0.10/32',
  '2001:1::1/128',
  '2001:1::2/128',
  '2001:3::/32',
  '2001:4:112::/48',
  '2001:20::/28',
  '2001:30::/28',
);
const LOOPBACK = networks('127.0.0.0/8', '::1/128');
const MULTICAST = networks('224.0.0.0/4', 'ff00::/8');

const within = (list: readonly Network[], address: Address): boolean => list.some((one) => one.contains(address));

export const isGlobal = (address: Address): boolean => !within(LOCAL, address) || within(NEVERTHELESS, address);
export const isLoopback = (address: Address): boolean => within(LOOPBACK, address);
export const isMulticast = (address: Address): boolean => within(MULTICAST, address);
/** Whether the bits are ones and then zeros, or zeros and then ones, as those of masks. */
export const isMask = (address: Address): boolean => maskLength(address) !== undefined;
