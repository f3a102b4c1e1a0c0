import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Data, isDict } from '../value.ts';
import { collectionFolder, qualified } from './collections.ts';
import { loadYamlFile } from './yaml.ts';

/** Groups of Ansible's own, each made of groups of collections. */
const BUILTIN: Readonly<Record<string, readonly string[]>> = {
  aws: ['amazon.aws.aws', 'community.aws.aws'],
  acme: ['community.crypto.acme'],
  azure: ['azure.azcollection.azure'],
  cpm: ['wti.remote.cpm'],
  docker: ['community.general.docker', 'community.docker.docker'],
  gcp: ['google.cloud.gcp'],
  k8s: ['community.kubernetes.k8s', 'community.general.k8s', 'community.kubevirt.k8s', 'community.okd.k8s', 'kubernetes.core.k8s'],
  os: ['openstack.cloud.os'],
  ovirt: ['ovirt.ovirt.ovirt', 'community.general.ovirt'],
  vmware: ['community.vmware.vmware'],
};

/**
 * Full names of the modules in a group of `module_defaults` (`group/NAME`), as `meta/runtime.yml` of its collection says, with
 * those of the groups it extends; `undefined` when there is no such group on disk.
 */
export function actionsOfGroup(name: string, roots: readonly string[]): ReadonlySet<string> | undefined {
  const key = [name, ...roots].join('\n');
  if (!known.has(key)) known.set(key, read(name, roots));
  return known.get(key);
}

/** Files of large collections are long, and every task asks. */
const known = new Map<string, ReadonlySet<string> | undefined>();

function read(name: string, roots: readonly string[]): ReadonlySet<string> | undefined {
  const own = name.replace(/^ansible\.builtin\./, '');
  if (!own.includes('.')) return Object.hasOwn(BUILTIN, own) ? joined(BUILTIN[own] as readonly string[], roots, new Set([own])) : undefined;
  return found(own, roots, new Set());
}

function found(name: string, roots: readonly string[], seen: Set<string>): ReadonlySet<string> | undefined {
  if (seen.has(name)) return new Set();
  seen.add(name);
  const parts = qualified(name);
  const folder = parts && collectionFolder(parts.collection, roots);
  const file = folder === undefined ? undefined : join(folder, 'meta', 'runtime.yml');
  if (parts === undefined || file === undefined || !existsSync(file)) return undefined;
  const { value } = loadYamlFile(file);
  const groups = isDict(value) ? value.get('action_groups') : undefined;
  const members = isDict(groups) ? (groups.get(name) ?? groups.get(parts.rest)) : undefined;
  if (!Array.isArray(members)) return undefined;
  const full = (one: string): string => (one.split('.').length > 2 ? one : `${parts.collection}.${one}`);
  const actions = members.filter((one) => typeof one === 'string').map(full);
  return new Set([...actions, ...joined(members.flatMap(extended).map(full), roots, seen)]);
}

const joined = (names: readonly string[], roots: readonly string[], seen: Set<string>): Set<string> =>
  new Set(names.flatMap((one) => [...(found(one, roots, seen) ?? [])]));

/** `metadata: {extend_group: [...]}` among the members of a group. */
function extended(member: Data): string[] {
  const metadata = isDict(member) ? member.get('metadata') : undefined;
  const groups = isDict(metadata) ? (metadata.get('extend_group') ?? []) : [];
  return (Array.isArray(groups) ? groups : [groups]).map(String);
}
