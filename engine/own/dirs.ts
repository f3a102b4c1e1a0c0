import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { settings } from '../load/settings.ts';

/** What a user may bring in Python, by the folder beside a playbook or in a role that holds it. */
export type Kind = 'library' | 'module_utils' | 'action_plugins' | 'filter_plugins' | 'test_plugins';

/** Files in a folder of modules that are none. */
const NO_MODULE: ReadonlySet<string> = new Set(['.pyc', '.pyo', '.swp', '.bak', '.rpm', '.md', '.txt', '.rst', '.yaml', '.yml', '.ini']);

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/**
 * Folders in which the user's own code is looked for, in the order in which they became known: those of the command line, those
 * beside the playbook, those of roles as they come, at last the configured ones. The first that has a name wins.
 */
export class OwnDirs {
  /** Playbook folders and roles, in order. */
  readonly #bases: string[];
  readonly #first: readonly string[];
  /** Names in a folder, read once. */
  readonly #listed: Map<string, ReadonlyMap<string, string>>;

  /** @param first folders of modules from the command line (`--module-path`) */
  constructor(first: readonly string[] = [], bases: readonly string[] = [], listed: Map<string, ReadonlyMap<string, string>> = new Map()) {
    this.#first = first.map((one) => resolve(one.replace(/^~(?=\/|$)/, homedir())));
    this.#bases = [...bases];
    this.#listed = listed;
  }

  /** Makes a playbook's folder or a role known. */
  add(base: string): void {
    if (!this.#bases.includes(base)) this.#bases.push(base);
  }

  /** The same folders, for a look at what may never come: what is added there stays unknown here. */
  apart(): OwnDirs {
    return new OwnDirs(this.#first, this.#bases, this.#listed);
  }

  /** Folders of one kind, best first. */
  folders(kind: Kind): string[] {
    const beside = this.#bases.map((base) => join(base, kind)).filter(isFolder);
    return [...(kind === 'library' ? this.#first : []), ...beside, ...configured(kind)];
  }

  /** The file of a module or plugin by its short name. */
  file(kind: Kind, name: string): string | undefined {
    for (const folder of this.folders(kind)) {
      const file = this.#names(kind, folder).get(name);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  /** Files of a kind, best first. */
  files(kind: Kind): string[] {
    return this.folders(kind).flatMap((folder) => [...new Set(this.#names(kind, folder).values())]);
  }

  #names(kind: Kind, folder: string): ReadonlyMap<string, string> {
    const known = this.#listed.get(folder);
    if (known !== undefined) return known;
    const names = namesIn(kind, folder);
    this.#listed.set(folder, names);
    return names;
  }
}

function namesIn(kind: Kind, folder: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  if (!isFolder(folder)) return names;
  for (const entry of readdirSync(folder)) {
    const extension = extname(entry);
    if (entry === '__init__.py' || entry.startsWith('.') || entry.endsWith('~')) continue;
    if (kind === 'library' ? NO_MODULE.has(extension) : extension !== '.py') continue;
    const path = join(folder, entry);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    const bare = entry.slice(0, entry.length - extension.length);
    for (const name of [bare, entry]) if (!names.has(name)) names.set(name, path);
  }
  return names;
}

const SETTING = {
  library: 'DEFAULT_MODULE_PATH',
  module_utils: 'DEFAULT_MODULE_UTILS_PATH',
  action_plugins: 'DEFAULT_ACTION_PLUGIN_PATH',
  filter_plugins: 'DEFAULT_FILTER_PLUGIN_PATH',
  test_plugins: 'DEFAULT_TEST_PLUGIN_PATH',
} as const satisfies Record<Kind, string>;

const SUBFOLDER = { library: 'modules', module_utils: 'module_utils', action_plugins: 'action', filter_plugins: 'filter', test_plugins: 'test' } as const;

function configured(kind: Kind): string[] {
  const home = settings().path('ANSIBLE_HOME') ?? join(homedir(), '.ansible');
  const plain = [home, '/usr/share/ansible'].map((base) => join(base, 'plugins', SUBFOLDER[kind]));
  const paths = settings().paths(SETTING[kind]) ?? plain;
  return paths.filter(isFolder).flatMap((path) => (kind === 'library' ? [...below(path), path] : [path]));
}

/** Folders of modules are searched two levels deep. */
function below(path: string): string[] {
  const inside = (folder: string): string[] =>
    readdirSync(folder)
      .sort()
      .map((one) => join(folder, one))
      .filter(isFolder);
  const first = inside(path);
  return [...first, ...first.flatMap(inside)];
}
