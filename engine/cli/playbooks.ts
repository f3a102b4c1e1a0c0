import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { didYouMean, inputError } from '../error.ts';
import { packageRoot } from '../root.ts';

const EXTENSIONS = ['', '.yaml', '.yml'];

const folders = (): string[] => ['.', 'playbooks', join(packageRoot(), 'playbooks')];

/** The file of a playbook by path or by name: `upgrade-3.8` is `playbooks/upgrade-3.8.yaml`, here or in the package. */
export function resolvePlaybook(name: string): string {
  const places = name.startsWith('/') ? [''] : folders();
  for (const folder of places) {
    for (const extension of EXTENSIONS) {
      const path = resolve(folder, name + extension);
      if (existsSync(path) && statSync(path).isFile()) return path;
    }
  }
  // a path as the README writes it, from another folder
  const shipped = join(packageRoot(), name);
  if (existsSync(shipped) && statSync(shipped).isFile()) return shipped;
  throw inputError('no-playbook', `there is no playbook "${name}".${didYouMean(name, playbookNames())}`, {
    hint: `looked in ${places.map((one) => resolve(one)).join(', ')}`,
  });
}

/** Names of the playbooks at hand. */
export function playbookNames(): string[] {
  const found = folders()
    .slice(1)
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => file.replace(/\.ya?ml$/, ''));
  return [...new Set(found)].sort();
}
