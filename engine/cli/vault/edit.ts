import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { inputError } from '../../error.ts';

/** Lets the person change a text in the editor of `$VISUAL` or `$EDITOR`, in a folder nobody else can read. */
export function edited(file: string, before: Buffer): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'qplay-vault-'));
  try {
    const copy = join(folder, `text${extname(file)}`);
    writeFileSync(copy, before, { mode: 0o600 });
    const editor = process.env.VISUAL ?? process.env.EDITOR ?? 'vi';
    const { status } = spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', copy], { stdio: 'inherit' });
    if (status !== 0) throw inputError('editor', `the editor "${editor}" ended with status ${status}; ${file} is as it was`);
    return readFileSync(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
