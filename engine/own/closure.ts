import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { collectionFolder } from '../load/collections.ts';
import type { UserModule } from '../load/model.ts';
import { type Core, core } from './core.ts';
import { importsOf } from './imports.ts';
import { COMMON } from './kind.ts';

/** A module in Python with all that it imports of Ansible's and of the user's. */
export interface Closure {
  /** Content by the path that a host has it at, below a folder that Python searches. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Dotted name of the module itself. */
  readonly run: string;
  /** What it imports and nobody has. */
  readonly missing: readonly string[];
  readonly core: Core;
}

const EMPTY = Buffer.alloc(0);
/** A package that other folders of the same name on the host may add to. */
const EXTENDED = 'from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n';

/** Reads a module and whatever it imports of `ansible.module_utils` and of `module_utils` of collections. */
export function closureOf(module: UserModule, content: Buffer): Closure {
  const walk = new Walk(module, core());
  return walk.from(content);
}

interface Part {
  readonly path: string;
  readonly content: Buffer;
  readonly name: string;
  readonly isPackage: boolean;
}

class Walk {
  readonly #module: UserModule;
  readonly #core: Core;
  readonly #files = new Map<string, Buffer>();
  readonly #missing = new Set<string>();

  constructor(module: UserModule, from: Core) {
    this.#module = module;
    this.#core = from;
  }

  from(content: Buffer): Closure {
    const { name, collection } = this.#module;
    const last = name.split('.').at(-1) as string;
    const run = collection === undefined ? `ansible.modules.${last}` : `ansible_collections.${collection}.plugins.modules.${last}`;
    const source = content.toString('latin1').replace(COMMON, 'from ansible.module_utils.basic import *');
    this.#files.set('ansible/__init__.py', Buffer.from(`${EXTENDED}__version__ = '${this.#core.version}'\n__author__ = ''\n`));
    this.#files.set('ansible/module_utils/__init__.py', Buffer.from(EXTENDED));
    this.#put({ path: `${run.replaceAll('.', '/')}.py`, content: Buffer.from(source, 'latin1'), name: run, isPackage: false });
    return { files: this.#files, run, missing: [...this.#missing], core: this.#core };
  }

  #put(part: Part): void {
    if (this.#files.has(part.path)) return;
    this.#files.set(part.path, part.content);
    this.#parents(part.path);
    for (const { name, optional } of importsOf(part.content.toString('latin1'), part.name, part.isPackage)) this.#need(name, optional);
  }

  /** Every folder of a package has an `__init__.py`: its own, or an empty one. */
  #parents(path: string): void {
    const parts = path.split('/').slice(0, -1);
    for (let length = parts.length; length > 0; length--) {
      const folder = parts.slice(0, length);
      const init = `${folder.join('/')}/__init__.py`;
      if (this.#files.has(init)) continue;
      const found = this.#locate(folder);
      if (found?.isPackage) this.#put(found);
      else this.#files.set(init, EMPTY);
    }
  }

  #need(name: string, optional: boolean): void {
    const parts = name.split('.');
    const depth = depthOf(parts);
    if (depth === undefined) return;
    // what six has is made when it is loaded
    if (depth === 2 && parts[2] === 'six' && parts.length > 3) {
      this.#need('ansible.module_utils.six', optional);
      return;
    }
    // the last word may be something in a module; `from ansible.module_utils import x` has nothing before it that could be one
    for (let length = parts.length; length > depth && length >= parts.length - 1; length--) {
      const found = this.#locate(parts.slice(0, length));
      if (found === undefined) continue;
      this.#put(found);
      return;
    }
    if (!optional && parts.length > depth) this.#missing.add(name);
  }

  /** The file of a module or package by its dotted name. */
  #locate(parts: readonly string[]): Part | undefined {
    const name = parts.join('.');
    for (const base of this.#places(parts)) {
      for (const [file, isPackage] of [
        [join(base, '__init__.py'), true],
        [`${base}.py`, false],
      ] as const) {
        if (!existsSync(file) || !statSync(file).isFile()) continue;
        const path = `${parts.join('/')}${isPackage ? '/__init__.py' : '.py'}`;
        return { path, content: readFileSync(file), name, isPackage };
      }
    }
    return undefined;
  }

  /** Where a dotted name may lie, without an extension. */
  #places(parts: readonly string[]): string[] {
    const { utils, collectionRoots } = this.#module;
    if (parts[0] === 'ansible_collections') {
      const folder = parts.length < 4 ? undefined : collectionFolder(`${parts[1]}.${parts[2]}`, collectionRoots);
      return folder === undefined ? [] : [join(folder, ...parts.slice(3))];
    }
    if (parts.length < 3) return [];
    return [...utils, this.#core.folder].map((folder) => join(folder, ...parts.slice(2)));
  }
}

/** How many words of a name are only the way to modules that are carried along; `undefined` for what is none of ours. */
function depthOf(parts: readonly string[]): number | undefined {
  if (parts[0] === 'ansible' && parts[1] === 'module_utils') return 2;
  if (parts[0] === 'ansible_collections' && parts[3] === 'plugins' && parts[4] === 'module_utils') return 5;
  return undefined;
}
