import { truth } from '../../python/compare.ts';
import { PyError, type Value } from '../../values.ts';
import { widthOf } from './address.ts';
import { Network, parseNetwork } from './network.ts';
import { ipaddr } from './query.ts';

/** The network that a value means: an address alone is one of a single address. */
export function networkIn(value: Value): Network | undefined {
  const kind = ipaddr(value, 'type', 0);
  if (kind !== 'address' && kind !== 'network') return undefined;
  return parseNetwork(ipaddr(value, kind === 'address' ? 'cidr' : 'subnet', 0) as string);
}

/** Ansible's `ipsubnet`: how many subnets of that size, the one at an index, or the place of a subnet in a larger one. */
export function ipsubnet(value: Value, query: string, index: Value): Value {
  const found = networkIn(value);
  if (found === undefined) return false;
  const net = found.cidr;
  if (query === '') return net.toString();
  if (!/^\d+$/.test(query)) return placeIn(net, query);
  const width = widthOf(net.version);
  const size = Number(query);
  if (size > width) return false;
  const single = net.size === 1n;
  if (index === null) return single ? supernet(net, size, 0n) : countOf(net, size);
  const at = BigInt(index as number | bigint);
  return single ? supernetAt(net, size, at, width) : subnetAt(net, size, at, width);
}

function countOf(net: Network, size: number): Value {
  if (size < net.prefix) throw new PyError(`Requested subnet size of ${size} is invalid`);
  return String(1n << BigInt(size - net.prefix));
}

/** The networks around a single address, widest first. */
function supernet(net: Network, size: number, index: bigint): Value {
  const length = size + Number(index < 0n ? BigInt(net.prefix - size) + index : index);
  if (length < size || length >= net.prefix) throw new PyError('list index out of range');
  return new Network(net.version, net.value, length).cidr.toString();
}

function supernetAt(net: Network, size: number, index: bigint, width: number): Value {
  if (index > BigInt(width) + 1n - index || index < BigInt(size - width)) return false;
  return supernet(net, size, index);
}

function subnetAt(net: Network, size: number, index: bigint, width: number): Value {
  // a larger network than this one: only its own place is there
  if (size < net.prefix) return index === 0n ? new Network(net.version, net.first, size).toString() : false;
  const count = 1n << BigInt(size - net.prefix);
  const at = index < 0n ? index + count : index;
  if (at < 0n || at >= count) return false;
  return new Network(net.version, net.first + (at << BigInt(width - size)), size).toString();
}

function placeIn(net: Network, query: string): Value {
  const outer = networkIn(query);
  if (outer === undefined) throw new PyError(`You must pass a valid subnet or IP address; ${query} is invalid`);
  const shift = BigInt(widthOf(net.version) - outer.prefix);
  if (shift < 0n || net.value >> shift !== outer.value >> shift) throw new PyError(`${net.cidr} is not in the subnet ${outer.cidr}`);
  if (net.prefix < outer.prefix) throw new PyError('negative shift count');
  const own = BigInt(widthOf(net.version) - net.prefix);
  return String(((net.value - outer.first) >> own) + 1n);
}

/** Networks joined where they touch, sorted, none within another; one that is joined with none stays as it was written. */
export function merge(networks: readonly Network[]): Network[] {
  const merged: Network[] = [];
  const sorted = [...networks].sort((a, b) => a.version - b.version || (a.first < b.first ? -1 : a.first > b.first ? 1 : a.prefix - b.prefix));
  for (const net of sorted) {
    const last = merged[merged.length - 1];
    if (last !== undefined && last.version === net.version && net.last <= last.last) continue;
    merged.push(net);
    joinTail(merged);
  }
  return merged;
}

function joinTail(merged: Network[]): void {
  for (;;) {
    const [left, right] = merged.slice(-2);
    if (left === undefined || right === undefined || left.version !== right.version || left.prefix !== right.prefix) return;
    const parent = new Network(left.version, left.first, left.prefix - 1);
    if (left.prefix === 0 || !parent.isNetwork || left.last + 1n !== right.first) return;
    merged.splice(-2, 2, parent);
  }
}

/** The smallest network that holds all of these. */
export function spanning(networks: readonly Network[]): Network {
  const [one] = networks as [Network];
  if (networks.some((net) => net.version !== one.version)) throw new PyError('IP sequence cannot contain both IPv4 and IPv6!');
  const first = networks.reduce((low, net) => (net.first < low ? net.first : low), one.first);
  const last = networks.reduce((high, net) => (net.last > high ? net.last : high), one.last);
  let prefix = widthOf(one.version);
  while (prefix > 0 && new Network(one.version, first, prefix).last < last) prefix--;
  return new Network(one.version, first, prefix).cidr;
}

/** The networks that texts mean; fails for one that is none. */
export function networksOf(values: readonly Value[]): Network[] {
  return values.map((value) => {
    const net = typeof value === 'string' && truth(value) ? parseNetwork(value) : undefined;
    if (net === undefined) throw new PyError(`cidr_merge: invalid IPNetwork ${String(value)}`);
    return net;
  });
}
