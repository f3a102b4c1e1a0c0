import { type Callable, define } from '../../binder.ts';
import { truth } from '../../python/compare.ts';
import { integer } from '../../python/number.ts';
import { repr } from '../../python/text.ts';
import type { Family } from '../../registry.ts';
import { PyError, typeName, type Value } from '../../values.ts';
import { textOnly } from '../keys.ts';
import { addressOf, explode, formatAddress, formatPlain, hexGroups, parseAddress, widthOf } from './address.ts';
import { hwaddr, interfaceBits, parseHardware } from './hardware.ts';
import { parseNetwork } from './network.ts';
import { ipaddr } from './query.ts';
import { type Argument, specified } from './specified.ts';
import { ipsubnet, merge, networkIn, networksOf, spanning } from './subnet.ts';

const VALUE: Argument = { name: 'value', type: 'raw' };
const TEXT: Argument = { name: 'value', type: 'str' };
const QUERY: Argument = { name: 'query', type: 'str', otherwise: '' };
const optional = (name: string, type: Argument['type'], otherwise: Value = null): Argument => ({ name, type, otherwise });

/** `ipaddr`, `ipv4`, `ipv6` and `ipwrap` take text, a list or (the first three) a number. */
function checkKind(value: Value, filter: string, numbers: boolean): void {
  const isList = Array.isArray(value) && typeName(value) === 'list';
  const isNumber = typeof value === 'boolean' || (numbers && (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))));
  if (typeof value === 'string' || isList || isNumber) return;
  throw new PyError(`Unrecognized type <<class '${typeName(value)}'>> for ${filter} filter <value>`);
}

const only = (filter: string, version: 4 | 6): Callable =>
  specified([VALUE, QUERY], (_rt, value, query) => {
    checkKind(value, filter, true);
    return ipaddr(value, query as string, version, filter);
  });

/** The address of a text without prefix, or one with it where that is allowed. */
function addressIn(text: string, prefixed: boolean): { version: 4 | 6; value: bigint } {
  const found = prefixed && text.includes('/') ? parseNetwork(text) : parseAddress(text);
  if (found === undefined) throw new PyError(`You must pass a valid IP address; ${text} is invalid`);
  return found;
}

function wholeAmount(amount: Value): bigint {
  if (typeof amount === 'number' || typeof amount === 'bigint' || typeof amount === 'boolean') return BigInt(amount);
  throw new PyError(`You must pass an integer for arithmetic; ${repr(amount)} is not a valid integer`);
}

function ipmath(text: string, amount: Value): Value {
  const address = addressIn(text, true);
  const moved = addressOf(address.value + wholeAmount(amount), address.version);
  if (moved === undefined) throw new PyError('result outside valid IP address boundary!');
  return formatAddress(moved);
}

/** The host `offset` further on, when a host may have that address. */
function usableAt(value: Value, offset: Value, sign: bigint): Value {
  const net = networkIn(value);
  if (net === undefined) return false;
  if (offset === null) throw new PyError('Must pass in an integer');
  const from = parseNetwork(String(ipaddr(value, ipaddr(value, 'type', 0) === 'address' ? 'cidr' : 'subnet', 0)));
  const usable = net.usable();
  const wanted = (from?.value ?? net.value) + sign * BigInt(offset as number);
  return usable !== undefined && wanted >= usable.first && wanted <= usable.last ? net.at(wanted) : null;
}

function nthHost(value: Value, query: Value): Value {
  const net = networkIn(value);
  if (net === undefined || !truth(query) || !/^\s*[+-]?\d+\s*$/.test(query as string)) return false;
  const nth = BigInt((query as string).trim());
  if (nth >= net.size) return false;
  const host = net.member(nth);
  if (host === undefined) throw new PyError('index out range for address range size!');
  return host;
}

/** The number of the first of these answers that is one, 0 when none is. */
function boundOf(subnet: Value, query: string): bigint {
  const found = ipaddr(subnet, query, 0);
  const bound = ipaddr(truth(found) ? found : ipaddr(subnet, 'address', 0), 'int', 0);
  return typeof bound === 'number' || typeof bound === 'bigint' ? BigInt(bound) : 0n;
}

/** The subnet of an address or a network, False for what is none. */
const subnetOf = (value: Value): Value => (ipaddr(value, 'type', 0) === false ? false : ipaddr(value, 'subnet', 0));

/** Whether all of one network lies in another; of the other only what hosts may have, if so asked. */
function holds(outer: Value, inner: Value, usableOnly: boolean): boolean {
  const [whole, part] = [subnetOf(outer), subnetOf(inner)];
  const first = boundOf(whole, usableOnly ? 'first_usable' : 'network');
  const last = boundOf(whole, usableOnly ? 'last_usable' : 'broadcast');
  const ends = [boundOf(part, 'network'), boundOf(part, 'broadcast')];
  return ends.every((end) => first <= end && end <= last);
}

function mergeAll(values: Value[], action: string): Value {
  if (action === 'merge') return merge(networksOf(values)).map(String);
  if (action !== 'span') throw new PyError(`cidr_merge: invalid action '${action}'`);
  if (values.length === 0) return null;
  const networks = networksOf(values);
  return String(networks.length === 1 ? networks[0] : spanning(networks));
}

function slaac(value: string, query: Value): Value {
  const net = networkIn(value);
  if (net === undefined || net.version !== 6 || !truth(query)) return false;
  const hardware = parseHardware(query as string);
  const address = hardware && addressOf(net.first + interfaceBits(hardware), 6);
  return address === undefined ? false : formatAddress(address);
}

function wrap(value: Value, query: string): Value {
  if (Array.isArray(value)) return value.map((member) => (answers(member, query) ? ipaddr(member, 'wrap', 0) : member));
  const found = answers(value, query);
  return truth(found) ? ipaddr(found, 'wrap', 0) : value;
}

function answers(value: Value, query: string): Value {
  return truth(value) ? ipaddr(value, query, 0, 'ipwrap') : false;
}

/** What fails leaves the value as it is. */
function wrapSafely(value: Value, query: string): Value {
  try {
    return wrap(value, query);
  } catch (error) {
    if (error instanceof PyError) return value;
    throw error;
  }
}

function cut(text: string, amount: Value): Value {
  const address = addressIn(text, false);
  const bits = address.value.toString(2).padStart(widthOf(address.version), '0');
  const count = Number(wholeAmount(amount));
  const kept = count < 0 ? bits.slice(count) : bits.slice(0, count);
  const size = address.version === 6 ? 16 : 8;
  const parts = kept.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
  return parts.map((part) => Number.parseInt(part, 2).toString(address.version === 6 ? 16 : 10)).join(address.version === 6 ? ':' : '.');
}

function sixForm(text: string, format: Value): Value {
  const address = addressIn(text, false);
  if (format === 'expand') return explode(address);
  if (format === 'compress') return formatPlain(address);
  if (format === 'x509') return (address.version === 6 ? hexGroups(address.value) : [address.value.toString(16)]).join(':');
  if (format === null) throw new PyError('You must pass valid format; None is not a valid format');
  throw new PyError(`value of format must be one of: compress, expand, x509, got: ${String(format)}`);
}

const MOST_ADDRESSES = 1_000_000n;

function usableRange(text: string): Value {
  const net = parseNetwork(text);
  if (net === undefined || !net.isNetwork)
    throw new PyError(`Error while using plugin 'usable_range': '${text}' does not appear to be an IPv4 or IPv6 network`);
  if (net.size > MOST_ADDRESSES) throw new PyError(`usable_range: ${text} has ${net.size} addresses`, 'too-large', `It lists at most ${MOST_ADDRESSES}`);
  const ips = Array.from({ length: Number(net.size) }, (_, at) => formatPlain({ version: net.version, value: net.first + BigInt(at) }));
  return new Map<Value, Value>([
    ['usable_ips', ips],
    ['number_of_ips', integer(net.size)],
  ]);
}

function hexOf(text: string, delimiter: string): Value {
  const address = addressIn(text, false);
  if (address.version === 6) throw new PyError(`invalid literal for int() with base 10: '${text}'`);
  return (address.value.toString(16).padStart(8, '0').match(/../g) as string[]).join(delimiter);
}

/** Filters of ansible.utils for addresses and networks. */
export const networkFilters: Family = {
  'ansible.utils.ipaddr': specified([VALUE, QUERY, optional('version', 'int'), optional('alias', 'str')], (_rt, value, query, version, alias) => {
    checkKind(value, 'ipaddr', true);
    return ipaddr(value, query as string, Number(version ?? 0), (alias as string | null) ?? 'None');
  }),
  'ansible.utils.ipv4': only('ipv4', 4),
  'ansible.utils.ipv6': only('ipv6', 6),
  'ansible.utils.ipwrap': specified([VALUE, { ...QUERY, byName: true }], (_rt, value, query) => {
    checkKind(value, 'ipwrap', false);
    return wrapSafely(value, query as string);
  }),
  'ansible.utils.ipsubnet': specified([TEXT, QUERY, optional('index', 'int')], (_rt, value, query, index) => ipsubnet(value, query as string, index)),
  'ansible.utils.ipmath': specified([TEXT, optional('amount', 'int')], (_rt, value, amount) => ipmath(value as string, amount)),
  'ansible.utils.ipcut': specified([TEXT, optional('amount', 'int')], (_rt, value, amount) => cut(value as string, amount)),
  'ansible.utils.ipv6form': specified([TEXT, optional('format', 'str')], (_rt, value, format) => sixForm(value as string, format)),
  'ansible.utils.ip4_hex': specified([{ name: 'arg', type: 'str' }, optional('delimiter', 'str', '')], (_rt, value, delimiter) =>
    hexOf(value as string, delimiter as string),
  ),
  'ansible.utils.nthhost': specified([TEXT, optional('query', 'str')], (_rt, value, query) => nthHost(value, query)),
  'ansible.utils.next_nth_usable': specified([TEXT, optional('offset', 'int')], (_rt, value, offset) => usableAt(value, offset, 1n)),
  'ansible.utils.previous_nth_usable': specified([TEXT, optional('offset', 'int')], (_rt, value, offset) => usableAt(value, offset, -1n)),
  'ansible.utils.network_in_network': specified([TEXT, optional('test', 'str')], (_rt, value, test) => holds(value, test, false)),
  'ansible.utils.network_in_usable': specified([TEXT, optional('test', 'str')], (_rt, value, test) => holds(value, test, true)),
  'ansible.utils.reduce_on_network': specified([{ name: 'value', type: 'list' }, optional('network', 'str')], (_rt, value, network) =>
    (value as Value[]).filter((member) => holds(network, member, false)),
  ),
  'ansible.utils.cidr_merge': specified([{ name: 'value', type: 'list' }, optional('action', 'str', 'merge')], (_rt, value, action) =>
    mergeAll(value as Value[], action as string),
  ),
  'ansible.utils.slaac': specified([TEXT, optional('query', 'str')], (_rt, value, query) => slaac(value as string, query)),
  'ansible.utils.hwaddr': specified([TEXT, QUERY, optional('alias', 'str', 'hwaddr')], (_rt, value, query, alias) =>
    hwaddr(value as string, query as string, alias as string),
  ),
  'ansible.utils.macaddr': specified([TEXT, QUERY], (_rt, value, query) => hwaddr(value as string, query as string, 'macaddr')),
  'ansible.utils.usable_range': define('ip', (_rt, ip) => usableRange(textOnly(ip, 'usable_range'))),
};
