import { readdirSync, realpathSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Diagnostic, inputError } from '../error.ts';
import type { Layer } from '../load/model.ts';
import { type Decrypt, loadYamlFile } from '../load/yaml.ts';

const EXTENSIONS = ['.yml', '.yaml', '.json'] as const;

type Kind = 'group_vars' | 'host_vars';

/** Finds and reads `group_vars` and `host_vars`. Every folder is listed once and every file is read once. */
export class VarsFiles {
  readonly #folders: readonly string[];
  readonly #vault: Decrypt | undefined;
  readonly #report: (diagnostic: Diagnostic) => void;
  /** Names in a folder, and whether each is a folder. */
  readonly #listings = new Map<string, ReadonlyMap<string, boolean>>();
  readonly #layers = new Map<string, readonly Layer[]>();
  readonly #kinds = new Map<Kind, boolean>();
  readonly #folderHas = new Map<string, boolean>();
  readonly #isOurs = new Map<string, boolean>();

  /** @param folders those of the inventory's sources, later ones winning */
  constructor(folders: readonly string[], vault: Decrypt | undefined, report: (diagnostic: Diagnostic) => void) {
    this.#folders = folders;
    this.#vault = vault;
    this.#report = report;
  }

  /** Whether the playbook's folder is the only one of the inventory: its files are then read already. */
  isInventoryFolder(folder: string | undefined): boolean {
    if (folder === undefined || this.#folders.length !== 1) return false;
    let same = this.#isOurs.get(folder);
    if (same === undefined) {
      same = real(this.#folders[0] as string) === real(folder);
      this.#isOurs.set(folder, same);
    }
    return same;
  }

  /** Layers beside the inventory: by source, then by name. */
  ofInventory(kind: Kind, names: readonly string[], level: string): Layer[] {
    if (!this.#hasAny(kind)) return [];
    return this.#folders.flatMap((folder) => names.flatMap((name) => this.#named(folder, kind, name, level)));
  }

  /** Layers beside the playbook. */
  ofPlaybook(folder: string | undefined, kind: Kind, names: readonly string[], level: string): Layer[] {
    return folder === undefined || !this.#has(folder, kind) ? [] : names.flatMap((name) => this.#named(folder, kind, name, level));
  }

  /** Whether any inventory folder has files of that kind: most have none, and hosts are many. */
  #hasAny(kind: Kind): boolean {
    let any = this.#kinds.get(kind);
    if (any === undefined) {
      any = this.#folders.some((folder) => this.#has(folder, kind));
      this.#kinds.set(kind, any);
    }
    return any;
  }

  #has(folder: string, kind: Kind): boolean {
    const key = `${folder}\n${kind}`;
    let has = this.#folderHas.get(key);
    if (has === undefined) {
      has = this.#list(join(folder, kind)).size > 0;
      this.#folderHas.set(key, has);
    }
    return has;
  }

  #named(folder: string, kind: Kind, name: string, level: string): readonly Layer[] {
    // a host may be the path of a chroot
    if (name.startsWith('/')) return [];
    const base = join(folder, kind);
    if (this.#list(base).size === 0) return [];
    const key = `${level}\n${join(base, name)}`;
    let layers = this.#layers.get(key);
    if (!layers) {
      layers = this.#find(base, name).flatMap((file) => this.#load(file, level));
      this.#layers.set(key, layers);
    }
    return layers;
  }

  /** `name` as a folder of files or as a file, or with one of the extensions; the first that exists counts. */
  #find(base: string, name: string): string[] {
    const names = this.#list(base);
    for (const candidate of [name, ...EXTENSIONS.map((extension) => name + extension)]) {
      const isFolder = names.get(candidate);
      if (isFolder === undefined) continue;
      return isFolder ? this.#within(join(base, candidate)) : [join(base, candidate)];
    }
    return [];
  }

  #within(folder: string): string[] {
    return [...this.#list(folder)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, isFolder]) => {
        if (name.startsWith('.') || name.endsWith('~')) return [];
        const extension = extname(name);
        const path = join(folder, name);
        if (isFolder) return extension === '' ? this.#within(path) : [];
        return extension === '' || (EXTENSIONS as readonly string[]).includes(extension) ? [path] : [];
      });
  }

  #list(folder: string): ReadonlyMap<string, boolean> {
    let names = this.#listings.get(folder);
    if (!names) {
      names = list(folder);
      this.#listings.set(folder, names);
    }
    return names;
  }

  #load(file: string, level: string): Layer[] {
    const document = loadYamlFile(file, { vault: this.#vault });
    for (const warning of document.warnings) this.#report(warning);
    const { value } = document;
    if (value === null || value === '') return [];
    if (value instanceof Map) return value.size === 0 ? [] : [{ level, from: file, vars: value }];
    throw inputError('vars-file', `A file of variables must be a mapping of names to values, found ${Array.isArray(value) ? 'a list' : 'a single value'}.`, {
      at: document.at,
    });
  }
}

function list(folder: string): ReadonlyMap<string, boolean> {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return new Map(entries.map((entry) => [entry.name, entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(folder, entry.name)))]));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return new Map();
    throw inputError('unreadable-file', `The folder ${folder} cannot be read.`, { cause: message });
  }
}

function isFolder(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
