import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../harness.ts';

/** Why accounts of this machine cannot be played with in a mount namespace, or `undefined`. */
export const noSandbox = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'it needs root';
  const tried = spawnSync(sandbox()[0] as string, [...sandbox().slice(1), '-c', 'touch /etc/qp-probe && command -v useradd'], { encoding: 'utf8' });
  return tried.status === 0 ? undefined : `no mount namespace with an overlay can be had, or no useradd: ${tried.stderr.trim()}`;
};

/**
 * A shell that sees /etc, /home and /var/mail of this machine but writes to a folder of its own: real programs may change
 * accounts there, and what they did is still there in the next script.
 */
export function sandbox(program: readonly string[] = ['sh']): readonly string[] {
  const dir = scratch();
  const mounts = ['/etc', '/home', '/var'].map((path) => {
    const name = path.replaceAll('/', '_');
    for (const part of ['up', 'work']) mkdirSync(join(dir, name, part), { recursive: true });
    return `mount -t overlay overlay -o lowerdir=${path},upperdir=${dir}/${name}/up,workdir=${dir}/${name}/work ${path} || exit 99`;
  });
  const enter = join(dir, 'enter.sh');
  writeFileSync(enter, `${mounts.join('\n')}\nexec ${program.join(' ')} "$@"\n`);
  return ['unshare', '-m', 'sh', enter];
}
