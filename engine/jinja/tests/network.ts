import { type Callable, define } from '../binder.ts';
import { textOnly } from '../filters/keys.ts';
import { type Address, parseAddress } from '../filters/network/address.ts';
import { isLoopback, isMulticast, type Network, parseNetwork } from '../filters/network/network.ts';
import { failUndefined, listOf } from '../python/sequence.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';

/** What the tests of ansible.utils refuse; what is no text is no address. */
function given(value: Value): string | undefined {
  failUndefined(value);
  if (value === null) throw new PyError("'None' is not a string and conversion is not allowed");
  return typeof value === 'string' ? value : undefined;
}

/** A network without bits of a host, or an address. */
function strictNetwork(value: Value): Network | undefined {
  const text = given(value);
  const net = text === undefined ? undefined : parseNetwork(text);
  return net?.isNetwork === true ? net : undefined;
}

function addressIn(value: Value): Address | undefined {
  const text = given(value);
  return text === undefined ? undefined : parseAddress(text);
}

const onNetwork = (holds: (net: Network) => boolean): Callable =>
  define('ip', (_rt, value) => {
    const net = strictNetwork(value);
    return net !== undefined && holds(net);
  });

const onAddress = (holds: (address: Address) => boolean): Callable =>
  define('ip', (_rt, value) => {
    const address = addressIn(value);
    return address !== undefined && holds(address);
  });

function lies(inner: Value, outer: Value): boolean {
  const [a, b] = [strictNetwork(inner), strictNetwork(outer)];
  return a !== undefined && b !== undefined && a.version === b.version && b.first <= a.first && b.last >= a.last;
}

const networks = (...texts: readonly string[]): readonly Network[] => texts.map((text) => parseNetwork(text) as Network);
const isIn = (list: readonly Network[], address: Address): boolean => list.some((one) => one.contains(address));

// what Python's `ipaddress` calls private and reserved
const PRIVATE = networks(
  ...['0.0.0.0/8', '10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/29', '192.0.0.170/31', '192.0.2.0/24', '192.168.0.0/16'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4', '::1/128', '::/128', '::ffff:0:0/96', '100::/64', '2001::/23', '2001:db8::/32'],
  ...['fc00::/7', 'fe80::/10'],
);
const SHARED = networks('100.64.0.0/10');
const RESERVED = networks(
  ...['240.0.0.0/4', '::/8', '100::/8', '200::/7', '400::/6', '800::/5', '1000::/4', '4000::/3', '6000::/3', '8000::/3', 'a000::/3', 'c000::/3'],
  ...['e000::/4', 'f000::/5', 'f800::/6', 'fe00::/9'],
);

const mask = (name: string, read: (net: Network) => string): Callable =>
  define(name, (_rt, value) => {
    const text = given(value);
    const net = text === undefined ? undefined : parseNetwork(`10.0.0.0/${text}`);
    return net?.isNetwork === true && read(net) === value;
  });

const MAC = /^(?:(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$|[0-9a-f]{12}$)/i;

const two = (a: string, b: string, holds: (a: Value, b: Value) => boolean): Callable => define(`${a}, ${b}`, (_rt, first, second) => holds(first, second));

/** Tests of ansible.utils for addresses and networks. */
export const networkTests: Family = {
  'ansible.utils.in_network': two('ip', 'network', lies),
  'ansible.utils.in_any_network': define('ip, networks', (_rt, ip, list) => listOf(list).some((one) => lies(ip, one))),
  'ansible.utils.in_one_network': define('ip, networks', (_rt, ip, list) => listOf(list).filter((one) => lies(ip, one)).length === 1),
  'ansible.utils.subnet_of': two('network_a', 'network_b', lies),
  'ansible.utils.supernet_of': two('network_a', 'network_b', (a, b) => lies(b, a)),
  'ansible.utils.ip': onNetwork(() => true),
  'ansible.utils.ipv4': onNetwork((net) => net.version === 4),
  'ansible.utils.ipv6': onNetwork((net) => net.version === 6),
  'ansible.utils.ip_address': onAddress(() => true),
  'ansible.utils.ipv4_address': onAddress(({ version }) => version === 4),
  'ansible.utils.ipv6_address': onAddress(({ version }) => version === 6),
  'ansible.utils.ipv4_hostmask': mask('ip', (net) => net.hostmask),
  'ansible.utils.ipv4_netmask': mask('mask', (net) => net.netmask),
  'ansible.utils.ipv6_ipv4_mapped': onAddress(({ version, value }) => version === 6 && value >> 32n === 0xffffn),
  'ansible.utils.ipv6_sixtofour': onAddress(({ version, value }) => version === 6 && value >> 112n === 0x2002n),
  'ansible.utils.ipv6_teredo': onAddress(({ version, value }) => version === 6 && value >> 96n === 0x20010000n),
  'ansible.utils.loopback': onAddress(isLoopback),
  'ansible.utils.multicast': onAddress(isMulticast),
  'ansible.utils.private': onAddress((address) => isIn(PRIVATE, address)),
  'ansible.utils.public': onAddress((address) => !isIn(PRIVATE, address) && !isIn(SHARED, address)),
  'ansible.utils.reserved': onAddress((address) => isIn(RESERVED, address)),
  'ansible.utils.unspecified': onAddress(({ value }) => value === 0n),
  'ansible.utils.mac': define('mac', (_rt, value) => MAC.test(textOnly(value, 'mac'))),
};
