import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { LookupContext } from '../jinja/api.ts';
import type { Task } from '../load/model.ts';
import type { RunState } from './run-state.ts';

type Kind = 'files' | 'templates' | 'tasks' | 'vars';

/** Folders in which a task's files are searched, nearest first (`ansible_search_path`). */
export function searchPath(task: Task | undefined, playbookDir: string): string[] {
  if (task === undefined) return [playbookDir];
  const role = task.context.role;
  const roles = role ? [role.role.path, join(role.role.path, 'tasks')] : [];
  return [...new Set([...roles, task.context.dir, dirname(task.at.file), playbookDir])];
}

/** Where a named file may be, best first. */
export function candidates(kind: Kind, name: string, path: readonly string[]): string[] {
  if (isAbsolute(name)) return [name];
  if (name.startsWith('~/')) return [join(process.env.HOME ?? '', name.slice(2))];
  return path.flatMap((folder) => (name.startsWith(`${kind}/`) ? [resolve(folder, name)] : [resolve(folder, kind, name), resolve(folder, name)]));
}

/** What lookups of one task may ask of the control node. */
export function lookupsOf(run: Pick<RunState, 'vault' | 'secrets' | 'inventory' | 'playbookDir' | 'emit'>, task: Task | undefined): LookupContext {
  const path = searchPath(task, run.playbookDir);
  return {
    find: (kind, name) => candidates(kind, name, path).find((one) => existsSync(one)),
    read: (file) => readClear(run.vault, file),
    playbookDir: run.playbookDir,
    hosts: (pattern) => run.inventory.select(pattern),
    warn: (message) =>
      run.emit({ type: 'diagnostic', diagnostic: { kind: 'input', severity: 'warning', code: 'lookup', message, ...(task && { at: task.at }) } }),
    secret: (value) => run.secrets.add(value),
    secrecy: (text) => run.secrets.of(text),
  };
}

const VAULT = '$ANSIBLE_VAULT;';

/** A file's content, decrypted when it is a vault file. */
export function readClear(decrypt: RunState['vault'], file: string): Buffer {
  const content = readFileSync(file);
  return content.subarray(0, VAULT.length).toString('latin1') === VAULT ? decrypt(content.toString('utf8'), file) : content;
}
