import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** The command line as it is shipped, bundled from these sources: path of its main file. */
export function built(): string {
  const root = join(import.meta.dirname, '../..');
  const parent = join(root, 'node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'cli-'));
  execFileSync(process.execPath, ['bundle.mjs', join(folder, 'engine/cli')], { cwd: root, stdio: 'pipe' });
  process.on('exit', () => execFileSync('rm', ['-rf', folder]));
  return join(folder, 'engine/cli/main.js');
}
