import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { collectionFolder, qualified } from '../load/collections.ts';
import type { UserModule } from '../load/model.ts';
import type { OwnDirs } from './dirs.ts';

/** Actions whose work Ansible does on the control node, before any module: a file in a `library/` does not take their place. */
const ACTIONS: ReadonlySet<string> = new Set(
  (
    'add_host assemble assert copy debug fail fetch gather_facts group_by import_playbook import_role import_tasks include_role include_tasks ' +
    'include_vars meta package pause raw reboot script service set_fact set_stats shell template unarchive validate_argument_spec wait_for_connection'
  ).split(' '),
);

/** A module of the user's folders by its short name (`x` or `ansible.legacy.x`). */
export function userModule(name: string, dirs: OwnDirs, collectionRoots: readonly string[]): UserModule | undefined {
  const short = name.replace(/^ansible\.legacy\./, '');
  if (ACTIONS.has(short) || /^ansible\./.test(short)) return undefined;
  const file = dirs.file('library', short);
  return file === undefined ? undefined : { name, file, collection: undefined, collectionRoots, utils: dirs.folders('module_utils') };
}

/** An action plugin in Python that the user brings for a name, which Ansible would run in place of a module. */
export function actionPlugin(name: string, dirs: OwnDirs, collectionRoots: readonly string[]): string | undefined {
  const found = qualified(name);
  if (found === undefined) return dirs.file('action_plugins', name);
  const folder = collectionFolder(found.collection, collectionRoots);
  const file = folder === undefined ? '' : join(folder, 'plugins', 'action', `${found.rest}.py`);
  return existsSync(file) ? file : undefined;
}

/** A module of a collection on disk by its full name. */
export function collectionModule(name: string, dirs: OwnDirs, roots: readonly string[]): UserModule | undefined {
  const found = qualified(name);
  if (found === undefined || found.collection.startsWith('ansible.builtin') || found.collection === 'ansible.legacy') return undefined;
  const folder = collectionFolder(found.collection, roots);
  const file = folder === undefined ? undefined : moduleFile(join(folder, 'plugins', 'modules', ...found.rest.split('.')));
  return file === undefined ? undefined : { name, file, collection: found.collection, collectionRoots: roots, utils: dirs.folders('module_utils') };
}

const EXTENSIONS: ReadonlySet<string> = new Set(['', '.py', '.sh', '.ps1', '.pl', '.rb']);

/** `plugins/modules/NAME` with whatever extension it has; one in Python first. */
function moduleFile(base: string): string | undefined {
  const folder = dirname(base);
  if (existsSync(`${base}.py`)) return `${base}.py`;
  if (!existsSync(folder)) return undefined;
  const entry = readdirSync(folder).find((one) => basename(one, extname(one)) === basename(base) && EXTENSIONS.has(extname(one)));
  const file = entry === undefined ? undefined : join(folder, entry);
  return file !== undefined && statSync(file).isFile() ? file : undefined;
}
