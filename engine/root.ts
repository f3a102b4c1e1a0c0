import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the package lies, whether it was built or runs from its sources: a build has a package.json of its own, too. */
export function packageRoot(): string {
  let here = dirname(fileURLToPath(import.meta.url));
  while (!['package.json', 'playbooks'].every((name) => existsSync(join(here, name))) && here !== dirname(here)) here = dirname(here);
  return here;
}
