import { integer } from '../../python/number.ts';
import { listOf } from '../../python/sequence.ts';
import { PyError, type Value } from '../../values.ts';
import { text } from '../keys.ts';
import { isGlobal, isLoopback, isMask, isMulticast, type Network, networkOf, parseNetwork } from './network.ts';

/** What is asked of: the network, whether it was written with a prefix, and how it was written. */
interface Asked {
  readonly net: Network;
  readonly kind: 'address' | 'network';
  readonly value: string;
}
type Query = (asked: Asked) => Value;

const when = (holds: boolean, value: Value): Value => (holds ? value : null);
const inNetwork = (net: Network, text: string): boolean => (parseNetwork(text) as Network).contains(net);

/** Queries that only a network has an answer to. */
const ofNetwork =
  (query: (net: Network) => Value): Query =>
  ({ net, kind }) => {
    if (kind === 'address') throw new PyError('Not a network address');
    return query(net);
  };

/** A neighbour that a host may have. */
const neighbour = (step: bigint): Query =>
  ofNetwork((net) => {
    const usable = net.usable();
    const wanted = net.value + step;
    return usable !== undefined && wanted >= usable.first && wanted <= usable.last ? net.at(wanted) : null;
  });

function peer(net: Network): Value {
  if (net.size === 2n) return net.at(net.value ^ 1n);
  if (net.size !== 4n) throw new PyError('Not a point-to-point network');
  if (net.value % 4n === 0n) throw new PyError('Network address of /30 has no peer');
  if (net.value % 4n === 3n) throw new PyError('Broadcast address of /30 has no peer');
  return net.at(net.value ^ 3n);
}

function sixToFour({ net, kind, value }: Asked): Value {
  if (net.version === 6) {
    const fits = (kind === 'address' || !net.isNetwork) && inNetwork(net, '2002::/16');
    return fits ? value : false;
  }
  if (net.size > 1n && net.isNetwork) return false;
  const address = { version: net.version, value: net.value };
  // neither public nor private: nothing that has a number
  if (!isPublic(net) && isGlobal(address)) return false;
  const hex = net.value.toString(16).padStart(8, '0');
  return `2002:${hex.slice(0, 4)}:${hex.slice(4)}::1/48`;
}

const isPublic = (net: Network): boolean => !isMulticast(net) && isGlobal(net) && !isLoopback(net) && !isMask(net);

function toFour(net: Network): Value {
  if (net.value <= 0xffffffffn) return net.prefix >= 96 ? `${net.at(net.value).replace(/^::/, '')}/${net.prefix - 96}` : false;
  return false;
}

function fourOf({ net, value }: Asked): Value {
  if (net.version === 4) return value;
  const inner = net.value > 0xffffffffn && net.value <= 0xffffffffffffn ? net.value - 0xffff00000000n : net.value;
  const four = networkOf(inner, net.prefix - 96, [4]);
  return four === undefined ? toFour(net) : four.toString();
}

function sixOf({ net, value }: Asked): Value {
  return net.version === 6 ? value : (networkOf(0xffff00000000n + net.value, net.prefix + 96, [6]) as Network).toString();
}

function reverseName(net: Network): string {
  if (net.version === 4) return `${net.ip.split('.').reverse().join('.')}.in-addr.arpa.`;
  return `${[...net.value.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa.`;
}

const hostPrefix: Query = ({ net }) => (net.hasBroadcast && (net.isNetwork || net.value === net.last) ? false : net.toString());
const address: Query = ({ net }) => when(net.version === 6 || !net.isNetwork || !net.hasBroadcast, net.ip);
const hostmask: Query = ({ net }) => net.hostmask;
const network: Query = ({ net }) => net.network;
const loopback: Query = ({ net, value }) => when(isLoopback(net), value);

const QUERIES: Readonly<Record<string, Query>> = {
  '': ({ net, kind }) => (kind === 'address' ? net.ip : net.toString()),
  '6to4': sixToFour,
  address,
  'address/prefix': hostPrefix,
  bool: () => true,
  broadcast: ({ net }) => when(net.hasBroadcast, net.at(net.last)),
  cidr: ({ net }) => net.toString(),
  first_usable: ofNetwork((net) => when(net.size > 1n, net.at(net.size === 2n ? net.first : net.first + 1n))),
  gateway: hostPrefix,
  gw: hostPrefix,
  host: ({ net }) => when(!net.isNetwork || !net.hasBroadcast, net.toString()),
  'host/prefix': hostPrefix,
  hostmask,
  hostnet: hostPrefix,
  int: ({ net, kind }) => (kind === 'address' ? integer(net.value) : `${net.value}/${net.prefix}`),
  ip: address,
  'ip/prefix': ({ net }) => when(net.size === 2n || (net.size > 1n && !net.isNetwork), net.toString()),
  ip_netmask: ({ net }) => when(net.size === 2n || (net.size > 1n && !net.isNetwork), `${net.ip} ${net.netmask}`),
  ipv4: fourOf,
  ipv6: sixOf,
  last_usable: ofNetwork((net) => when(net.size > 1n, net.at(net.usable()?.last ?? net.last))),
  'link-local': ({ net, value }) => when(inNetwork(net, net.version === 4 ? '169.254.0.0/16' : 'fe80::/10'), value),
  lo: loopback,
  loopback,
  multicast: ({ net, value }) => when(isMulticast(net), value),
  net: ({ net }) => when(net.size > 1n && net.isNetwork, `${net.network}/${net.prefix}`),
  next_usable: neighbour(1n),
  netmask: ({ net }) => net.netmask,
  network,
  network_id: network,
  'network/prefix': ({ net }) => net.cidr.toString(),
  network_netmask: ({ net }) => `${net.network} ${net.netmask}`,
  network_wildcard: ({ net }) => `${net.network} ${net.hostmask}`,
  peer: ofNetwork(peer),
  prefix: ({ net }) => net.prefix,
  previous_usable: neighbour(-1n),
  private: ({ net, value }) => when(!isGlobal(net), value),
  public: ({ net, value }) => when(isPublic(net), value),
  range_usable: ofNetwork((net) => {
    const usable = net.usable();
    return usable === undefined ? null : `${net.at(usable.first)}-${net.at(usable.last)}`;
  }),
  revdns: ({ net }) => reverseName(net),
  router: hostPrefix,
  size: ({ net }) => integer(net.size),
  size_usable: ({ net }) => integer(net.size === 1n ? 0n : net.size === 2n ? 2n : net.size - 2n),
  subnet: ({ net }) => net.cidr.toString(),
  type: ({ net }) => (net.size === 1n || !net.isNetwork ? 'address' : 'network'),
  unicast: ({ net, value }) => when(!isMulticast(net), value),
  version: ({ net }) => net.version,
  wildcard: hostmask,
  wrap: ({ net, kind, value }) => (net.version === 4 ? value : kind === 'address' ? `[${net.ip}]` : `[${net.ip}]/${net.prefix}`),
};

/** What a value that is no list means; undefined when it is no address and no network. */
function readAsked(value: Value, version: number): Asked | undefined {
  const written = text(value);
  const versions: readonly (4 | 6)[] = version === 6 ? [6] : [4, 6];
  if (/^\d+$/.test(written)) {
    if (version !== 0 && version !== 4 && version !== 6) throw new PyError(`no IP address is of version ${version}`);
    const net = networkOf(BigInt(written), undefined, versions);
    return net && { net, kind: 'address', value: net.toString() };
  }
  if (typeof value !== 'string') return undefined;
  const net = parseNetwork(value);
  if (net !== undefined) return { net, kind: value.split('/').length === 2 ? 'network' : 'address', value };
  const numeric = /^\s*([+-]?\d+)\s*\/\s*([+-]?\d+)\s*$/.exec(value);
  if (numeric === null) return undefined;
  const built = networkOf(BigInt(numeric[1] as string), Number(numeric[2]), [4, 6]);
  return built && { net: built, kind: 'network', value: built.toString() };
}

/**
 * Ansible's `ipaddr`: a list keeps what has an answer, a single value gives its answer, and False when it is neither an
 * address nor a network. `version` 4 or 6 takes only those, 0 both.
 */
export function ipaddr(value: Value, query: string, version: number, alias = 'ipaddr'): Value {
  if (Array.isArray(value)) {
    return listOf(value)
      .map((member) => ipaddr(member, query, version))
      .filter((found) => found !== null && found !== false && found !== '' && found !== 0);
  }
  if (value === null || value === false || value === true || value === '' || value === 0) return false;
  const asked = readAsked(value, version);
  if (asked === undefined || (version !== 0 && asked.net.version !== version)) return false;
  if (Object.hasOwn(QUERIES, query)) return (QUERIES[query] as Query)(asked);
  const found = within(asked, query);
  return found === undefined ? memberOf(asked, query, alias) : found;
}

/** The value when the query is a network that holds it; undefined when the query is none. */
function within({ net, value }: Asked, query: string): Value | undefined {
  if (/^\d+$/.test(query)) return undefined;
  const outer = readAsked(query, 0)?.net;
  if (outer === undefined) return undefined;
  const holds = outer.version === net.version && net.first >= outer.first && net.last <= outer.last;
  return holds ? value : null;
}

function memberOf({ net, kind }: Asked, query: string, alias: string): Value {
  if (!/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(query)) throw new PyError(`${alias}: unknown filter type: ${query}`);
  if (net.size === 1n) return kind === 'address' ? net.ip : net.toString();
  const member = /^\s*[+-]?\d+\s*$/.test(query) ? net.member(BigInt(query.trim())) : undefined;
  return member === undefined ? false : `${member}/${net.prefix}`;
}
