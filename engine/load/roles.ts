import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type At, didYouMean, inputError } from '../error.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { collectionOf, collectionRole, collectionRoots, qualified } from './collections.ts';
import type { Layer, Role } from './model.ts';
import { type Decrypt, loadYamlFile, positionOf } from './yaml.ts';

const EXTENSIONS = ['.yml', '.yaml', '.json', ''];
const EMPTY: ReadonlyMap<Data, Data> = new Map();

export interface RoleFinder {
  /**
   * A role by name or path, loaded once; `collections` are searched first for a name without one.
   * Throws an `input` diagnostic that lists the folders searched.
   */
  load(name: string, at: At | undefined, from: string, collections?: readonly string[]): Role;
}

/**
 * Finds roles as Ansible does: `roles/` beside the playbook, the folder of the play that asks, `roles_path`,
 * and, which Ansible lacks, `roles/` beside the playbook's own folder (`playbooks/x.yaml` and `roles/` as neighbours).
 */
export function roleFinder(playbookDir: string, rolesPath: readonly string[], vault: Decrypt | undefined): RoleFinder {
  const cache = new Map<string, Role>();
  return {
    load(name, at, from, collections = []) {
      const path = inCollections(name, collections, playbookDir) ?? locate(name, at, searchPath(playbookDir, from, rolesPath));
      const known = cache.get(`${name} ${path}`);
      if (known) return known;
      const role = readRole(name, path, collectionOf(path), vault);
      cache.set(`${name} ${path}`, role);
      return role;
    },
  };
}

export function searchPath(playbookDir: string, from: string, rolesPath: readonly string[]): string[] {
  const all = [join(playbookDir, 'roles'), ...rolesPath, join(playbookDir, '..', 'roles'), from, playbookDir];
  return [...new Set(all.map((path) => resolve(path)))];
}

function inCollections(name: string, collections: readonly string[], playbookDir: string): string | undefined {
  const found = qualified(name);
  if (found === undefined && (collections.length === 0 || name.includes('/'))) return undefined;
  const roots = collectionRoots(playbookDir);
  if (found) return collectionRole(found.collection, found.rest, roots);
  for (const collection of collections) {
    const path = collectionRole(collection, name, roots);
    if (path !== undefined) return path;
  }
  return undefined;
}

function locate(name: string, at: At | undefined, folders: readonly string[]): string {
  const candidates = name.includes('/') ? [resolve(at ? join(at.file, '..') : '.', name)] : folders.map((folder) => join(folder, name));
  for (const path of candidates) if (isFolder(path)) return path;
  const known = folders.flatMap((folder) => (isFolder(folder) ? readdirSync(folder).filter((one) => isFolder(join(folder, one))) : []));
  throw inputError('missing-role', `there is no role "${name}".${didYouMean(name, known)}`, {
    says: `the role '${name}' was not found in ${folders.filter((one) => one !== resolve(folders.at(-1) ?? '.', '..', 'roles')).join(':')}`,
    ...(at && { at }),
    hint: `searched ${folders.filter((folder) => folder.endsWith('roles')).join(', ')}`,
  });
}

function readRole(name: string, path: string, collection: string | undefined, vault: Decrypt | undefined): Role {
  const meta = readMain(path, 'meta', vault);
  const shortName = collection === undefined ? name : basename(path);
  return {
    name: collection === undefined ? shortName : `${collection}.${shortName}`,
    shortName,
    collection,
    path,
    defaults: layer('role defaults', path, 'defaults', vault),
    vars: layer('role vars', path, 'vars', vault),
    meta: isDict(meta) ? meta : undefined,
    tasksFile: mainFile(path, 'tasks'),
    handlersFile: mainFile(path, 'handlers'),
    specs: specs(path, meta, vault),
  };
}

/** `tasks/NAME.yml` and its spellings in a role's folder; `undefined` when there is none. */
export function roleFile(path: string, folder: string, name: string): string | undefined {
  const base = join(path, folder, name);
  return [...(/\.(ya?ml|json)$/.test(name) ? [''] : []), ...EXTENSIONS].map((extension) => base + extension).find((file) => isFile(file));
}

/** Variables of `defaults/` or `vars/` of a role, `NAME.yml` or a folder `NAME/` of files. */
export function roleVars(role: Role, folder: 'defaults' | 'vars', name: string, vault: Decrypt | undefined): Layer | undefined {
  const files = varFiles(role.path, folder, name);
  if (files.length === 0) return undefined;
  return merge(folder === 'defaults' ? 'role defaults' : 'role vars', files, vault);
}

function layer(level: string, path: string, folder: string, vault: Decrypt | undefined): Layer {
  return merge(level, varFiles(path, folder, 'main'), vault);
}

function varFiles(path: string, folder: string, name: string): string[] {
  const single = roleFile(path, folder, name);
  const many = join(path, folder, name);
  const inside = isFolder(many)
    ? readdirSync(many)
        .filter((file) => /\.(ya?ml|json)$/.test(file))
        .sort()
        .map((file) => join(many, file))
    : [];
  return [...(single ? [single] : []), ...inside];
}

function merge(level: string, files: readonly string[], vault: Decrypt | undefined): Layer {
  const maps = files.map((file) => readDict(file, vault));
  if (maps.length === 0) return { level, from: '', vars: EMPTY };
  const first = maps[0] as Dict;
  if (maps.length === 1) return { level, from: files[0] as string, vars: first };
  return { level, from: files.join(', '), vars: new Map(maps.flatMap((map) => [...map])) };
}

function readDict(file: string, vault: Decrypt | undefined): Dict {
  const value = loadYamlFile(file, { vault }).value;
  if (value === null) return new Map();
  if (isDict(value)) return value;
  throw inputError('not-a-mapping', 'a file of variables must hold a mapping', { at: { file, line: 1, column: 1 } });
}

function readMain(path: string, folder: string, vault: Decrypt | undefined): Data {
  const file = mainFile(path, folder);
  return file === undefined ? null : loadYamlFile(file, { vault }).value;
}

const mainFile = (path: string, folder: string): string | undefined => roleFile(path, folder, 'main');

function specs(path: string, meta: Data, vault: Decrypt | undefined): ReadonlyMap<string, Dict> {
  const file = roleFile(path, 'meta', 'argument_specs');
  const source = file === undefined ? meta : loadYamlFile(file, { vault }).value;
  const entries = isDict(source) ? source.get('argument_specs') : undefined;
  const found = new Map<string, Dict>();
  if (isDict(entries)) for (const [name, spec] of entries) if (isDict(spec)) found.set(String(name), spec);
  return found;
}

/** The dependencies a role names in `meta/main.yml`, each with its place. */
export function dependencies(role: Role): { entry: Data; at: At | undefined }[] {
  const list = role.meta?.get('dependencies');
  if (!Array.isArray(list)) return [];
  return list.map((entry, index) => ({ entry, at: positionOf(list, index) }));
}

export const allowsDuplicates = (role: Role): boolean => role.meta?.get('allow_duplicates') === true;

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();
