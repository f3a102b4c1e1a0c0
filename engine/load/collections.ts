import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Data, isDict } from '../value.ts';
import { settings } from './settings.ts';
import { loadYamlFile } from './yaml.ts';

const QUALIFIED = /^([A-Za-z_]\w*\.[A-Za-z_]\w*)\.([\w.]+)$/;

/** `NAMESPACE.COLLECTION` and what stands behind it; `undefined` for a name without a collection. */
export function qualified(name: string): { readonly collection: string; readonly rest: string } | undefined {
  const found = QUALIFIED.exec(name);
  return found ? { collection: found[1] as string, rest: found[2] as string } : undefined;
}

/** Folders named `ansible_collections`, best first: beside the playbook, then those of the settings, which default to Ansible's. */
export function collectionRoots(playbookDir: string): string[] {
  const home = settings().path('ANSIBLE_HOME') ?? join(homedir(), '.ansible');
  const paths = settings().paths('COLLECTIONS_PATHS') ?? [join(home, 'collections'), '/usr/share/ansible/collections'];
  const roots = [join(playbookDir, 'collections'), ...paths].map((path) => (path.endsWith('/ansible_collections') ? path : join(path, 'ansible_collections')));
  return [...new Set(roots.map((path) => resolve(path)))];
}

/** Folder of a collection that is on disk. */
export function collectionFolder(collection: string, roots: readonly string[]): string | undefined {
  return roots.map((root) => join(root, ...collection.split('.'))).find((path) => existsSync(path) && statSync(path).isDirectory());
}

/** The collection a path lies in, if it does. */
export function collectionOf(path: string): string | undefined {
  const found = /\/ansible_collections\/([^/]+)\/([^/]+)\//.exec(path);
  return found ? `${found[1]}.${found[2]}` : undefined;
}

/** Folder of a role in a collection; dots in its name are folders. */
export function collectionRole(collection: string, role: string, roots: readonly string[]): string | undefined {
  const folder = collectionFolder(collection, roots);
  const path = folder === undefined ? undefined : join(folder, 'roles', ...role.split('.'));
  return path !== undefined && existsSync(path) && statSync(path).isDirectory() ? path : undefined;
}

/** File of a playbook in a collection. */
export function collectionPlaybook(name: string, roots: readonly string[]): string | undefined {
  const found = qualified(name);
  const folder = found && collectionFolder(found.collection, roots);
  if (folder === undefined) return undefined;
  const base = join(folder, 'playbooks', ...(found?.rest ?? '').split('.'));
  return ['', '.yml', '.yaml'].map((extension) => base + extension).find((file) => existsSync(file) && statSync(file).isFile());
}

/** Redirects that are followed one after the other; more is a circle. */
const MOST_REDIRECTS = 10;

/** Where `meta/runtime.yml` of a collection sends the name of a module; `undefined` when it sends it nowhere. */
export function redirectedModule(name: string, roots: readonly string[]): string | undefined {
  let current: string | undefined = name;
  for (let steps = 0; current !== undefined && steps < MOST_REDIRECTS; steps++) {
    const next = redirectOf(current, roots);
    if (next === undefined) return current === name ? undefined : current;
    current = next;
  }
  return undefined;
}

function redirectOf(name: string, roots: readonly string[]): string | undefined {
  const found = qualified(name);
  const folder = found && collectionFolder(found.collection, roots);
  const file = folder === undefined ? undefined : join(folder, 'meta', 'runtime.yml');
  if (found === undefined || file === undefined || !existsSync(file)) return undefined;
  const inside = (value: Data | undefined, key: string): Data | undefined => (isDict(value) ? value.get(key) : undefined);
  const routing = inside(loadYamlFile(file).value, 'plugin_routing');
  for (const kind of ['action', 'modules']) {
    const redirect = inside(inside(inside(routing, kind), found.rest), 'redirect');
    if (typeof redirect === 'string') return redirect;
  }
  return undefined;
}
