import { didYouMean } from '../error.ts';
import type { Callable } from './binder.ts';

/** Filters or tests of one family, by name. */
export type Family = Readonly<Record<string, Callable>>;

const filters = new Map<string, Callable>();
const tests = new Map<string, Callable>();
/** Collections whose filters and tests go by their short names too. */
const COLLECTIONS = /^(?:ansible\.builtin|ansible\.legacy)\./;

export function addFilters(family: Family): void {
  for (const [name, callable] of Object.entries(family)) filters.set(name, callable);
}
export function addTests(family: Family): void {
  for (const [name, callable] of Object.entries(family)) tests.set(name, callable);
}

/** Filters that ansible-core sends to another collection when they are called by their short names. */
const MOVED: ReadonlyMap<string, string> = new Map([
  ['json_query', 'community.general'],
  ['random_mac', 'community.general'],
  ...['cidr_merge', 'ipaddr', 'ipmath', 'ipwrap', 'ip4_hex', 'ipv4', 'ipv6', 'ipsubnet', 'next_nth_usable', 'network_in_network'].map(moved),
  ...['network_in_usable', 'reduce_on_network', 'nthhost', 'previous_nth_usable', 'slaac', 'hwaddr', 'macaddr'].map(moved),
]);
function moved(name: string): [string, string] {
  return [name, 'ansible.utils'];
}

const short = (name: string): string => name.replace(COLLECTIONS, '').replace(/^ansible\.netcommon\./, 'ansible.utils.');
const canonical = (name: string): string => {
  const collection = MOVED.get(name);
  return collection === undefined ? short(name) : `${collection}.${name}`;
};

export const isFilter = (name: string): boolean => filters.has(canonical(name));
export const isTest = (name: string): boolean => tests.has(short(name));
export const findFilter = (name: string): Callable | undefined => filters.get(canonical(name));
export const findTest = (name: string): Callable | undefined => tests.get(short(name));
export const filterNames = (): string[] => [...filters.keys()];
export const testNames = (): string[] => [...tests.keys()];

export const unknownFilter = (name: string): { message: string; code: string } => ({
  message: `no filter is called '${name}'.${didYouMean(name, filters.keys())}`.replace(/\.$/, ''),
  code: 'unknown-filter',
});
export const unknownTest = (name: string): { message: string; code: string } => ({
  message: `no test is called '${name}'.${didYouMean(name, tests.keys())}`.replace(/\.$/, ''),
  code: 'unknown-test',
});

const lookups = new Set<string>();
/** A lookup's own name, without its collection. */
export const lookupShortName = (name: string): string => name.replace(/^(?:ansible\.builtin|ansible\.legacy|community\.general)\./, '');

export function addLookups(names: readonly string[]): void {
  for (const name of names) lookups.add(name);
}
export const isLookup = (name: string): boolean => lookups.has(lookupShortName(name));
export const unknownLookup = (name: string): { message: string; code: string } => ({
  message: `no lookup is called '${name}'.${didYouMean(name, lookups)}`.replace(/\.$/, ''),
  code: 'unknown-lookup',
});
