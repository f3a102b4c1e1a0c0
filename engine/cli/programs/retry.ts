import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { settings } from '../../load/settings.ts';
import type { Counts } from '../../report/event.ts';

/**
 * The file with the hosts that failed, for `--limit @FILE`, where `retry_files_enabled` asks for it.
 * @returns what Ansible says of it
 */
export function retryFile(playbook: string, counts: Readonly<Record<string, Counts>>): string | undefined {
  if (settings().boolean('RETRY_FILES_ENABLED') !== true) return undefined;
  const hosts = Object.entries(counts).flatMap(([host, one]) => (one.failed > 0 || one.unreachable > 0 ? [host] : []));
  if (hosts.length === 0) return undefined;
  const folder = settings().path('RETRY_FILES_SAVE_PATH') ?? dirname(playbook);
  const file = join(folder, `${basename(playbook, extname(playbook))}.retry`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      file,
      hosts
        .sort()
        .map((host) => `${host}\n`)
        .join(''),
    );
  } catch (error) {
    process.stderr.write(`[WARNING]: Could not create retry file '${file}'. ${(error as Error).message}\n`);
    return undefined;
  }
  return `\tto retry, use: --limit @${file}\n`;
}
