import { chmodSync, chownSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { inputError } from '../../error.ts';

/** The content of a file, or of standard input for `-`. */
export function contentOf(file: string): Buffer {
  if (file === '-') return readFileSync(0);
  const path = resolve(file);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw inputError('missing-file', `there is no file "${file}"`, {
      says: `Unable to read source file (${file}): [Errno 2] No such file or directory: '${file}'`,
    });
  return readFileSync(path);
}

/** Writes a file at once or not at all, behind a symbolic link too; readable by its owner alone. */
export function replace(file: string, content: Buffer | string, keepRights = false): void {
  if (file === '-') {
    process.stdout.write(content);
    return;
  }
  const path = targetOf(resolve(file));
  const before = statSync(path, { throwIfNoEntry: false });
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, content, { mode: 0o600, flag: 'wx' });
    if (keepRights && before) {
      chmodSync(beside, before.mode & 0o7777);
      if (process.getuid?.() === 0) chownSync(beside, before.uid, before.gid);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw inputError('unwritable-file', `${file} cannot be written`, { cause: (error as Error).message });
  }
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
