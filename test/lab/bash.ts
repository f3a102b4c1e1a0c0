import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const LAB = fileURLToPath(new URL('../../lab', import.meta.url));

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs bash text with the lab's functions loaded, in a home of its own that is gone afterwards. */
export function inLab(text: string, options: { home: string; env?: Record<string, string> }): Said {
  const parts = ['conf', 'say', 'need', 'net', 'cgroup', 'host', 'instance', 'services', 'commands'].map((part) => `. ${LAB}/lib/${part}.sh`);
  const stages = ['stage', 'chroot', 'keys', 'root', 'debs', 'hosts', 'services', 'repo', 'images', 'build'].map((part) => `. ${LAB}/build/${part}.sh`);
  return run(['bash', '-euo', 'pipefail', '-c', [`LAB_DIR=${LAB}`, ...parts, ...stages, text].join('\n')], options);
}

/** Runs lab/lab itself. */
export const lab = (words: readonly string[], options: { home: string; env?: Record<string, string> }): Said => run([`${LAB}/lab`, ...words], options);

function run(words: readonly string[], options: { home: string; env?: Record<string, string> }): Said {
  const env = { ...process.env, QLAB: 'unit', QPLAY_LAB_HOME: options.home, ...options.env };
  // bash takes a socket as its input for a login from afar, and reads bashrc
  const done = spawnSync(words[0] as string, words.slice(1), { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** A folder for one test. */
export function home(): { readonly path: string; readonly [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'qplay-lab-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
