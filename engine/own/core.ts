import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../root.ts';

/** Where `ansible.module_utils` comes from. */
export interface Core {
  /** Folder `module_utils`. */
  readonly folder: string;
  /** Of the ansible-core it belongs to; what we bring ourselves says the version that we are compared with. */
  readonly version: string;
  /** Whether it is what we bring ourselves. */
  readonly ours: boolean;
}

let known: { readonly asked: string; readonly core: Core } | undefined;

/**
 * The ansible-core of the control node, if one is installed that we know how to use, else what qplay brings. It is looked for once,
 * when the first module is met that wants it. `QPLAY_MODULE_UTILS`: `own` for ours in any case, or a folder `module_utils`.
 */
export function core(): Core {
  const asked = process.env.QPLAY_MODULE_UTILS ?? '';
  if (known?.asked !== asked) known = { asked, core: asked === 'own' ? ours() : asked !== '' ? at(asked) : (installed() ?? ours()) };
  return known.core;
}

const ours = (): Core => ({ folder: join(packageRoot(), 'python', 'ansible', 'module_utils'), version: '2.18.0', ours: true });

const at = (folder: string): Core => ({ folder, version: versionOf(folder) ?? '2.18.0', ours: false });

function versionOf(folder: string): string | undefined {
  const release = join(folder, '..', 'release.py');
  return existsSync(release) ? /^__version__ = ['"]([^'"]+)/m.exec(readFileSync(release, 'utf8'))?.[1] : undefined;
}

/** Versions whose modules are begun as we begin them. */
const KNOWN = /^2\.(?:9|1[0-8])\./;

function installed(): Core | undefined {
  for (const python of [pythonOfAnsible(), 'python3']) {
    if (python === undefined) continue;
    const folder = ask(python, 'import importlib.util as u; s = u.find_spec("ansible"); print(list(s.submodule_search_locations)[0] if s else "")');
    if (folder === undefined || folder === '' || !existsSync(join(folder, 'module_utils', 'basic.py'))) continue;
    const found = at(join(folder, 'module_utils'));
    if (KNOWN.test(found.version)) return found;
  }
  return undefined;
}

/** The Python that the program `ansible` of the PATH is run by, where that is a script of Python's. */
function pythonOfAnsible(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = join(folder, 'ansible');
    if (folder === '' || !existsSync(program)) continue;
    try {
      return /^#!\s*(\S*python[\d.]*)\s*$/m.exec(readFileSync(realpathSync(program), 'latin1').slice(0, 256).split('\n')[0] as string)?.[1];
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function ask(python: string, program: string): string | undefined {
  try {
    return execFileSync(python, ['-I', '-c', program], { encoding: 'utf8', timeout: 10_000, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
