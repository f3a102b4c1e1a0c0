import { closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { type Callable, define } from '../binder.ts';
import { pathText, text } from '../filters/keys.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';

/** What Python's `os.stat` takes: a path, or the number of an open file. */
function statOf(value: Value): Stats {
  if (typeof value === 'boolean') return fstatSync(Number(value));
  if (typeof value === 'number' && Number.isInteger(value)) return fstatSync(value);
  if (typeof value === 'bigint') throw new PyError('fd is greater than maximum');
  return statSync(pathText(value));
}

/** What is said of a path of the control node; false when it does not exist. */
const test = (holds: (path: Value) => boolean): Callable =>
  define('path', (_rt, path) => {
    try {
      return holds(path);
    } catch (error) {
      if (error instanceof Error && ('errno' in error || (error as NodeJS.ErrnoException).code === 'ERR_OUT_OF_RANGE')) return false;
      throw error;
    }
  });

const directory = test((path) => statOf(path).isDirectory());
const file = test((path) => statOf(path).isFile());
const link = test((path) => lstatSync(pathText(path)).isSymbolicLink());
const absolute = test((path) => isAbsolute(pathText(path)));

const same = define('path, other', (_rt, path, other) => {
  try {
    const [a, b] = [statOf(path), statOf(other)];
    return a.dev === b.dev && a.ino === b.ino;
  } catch (error) {
    throw new PyError(`cannot compare the files: ${error instanceof Error ? error.message : String(error)}`);
  }
});

const mount = test((given) => {
  const path = pathText(given);
  if (lstatSync(path).isSymbolicLink()) return false;
  const [own, parent] = [lstatSync(path), lstatSync(dirname(realpathSync(path)))];
  return own.dev !== parent.dev || own.ino === parent.ino;
});

/** Whether a file begins as vault files do. */
const vaultedFile = define('path', (_rt, path) => {
  const head = Buffer.alloc(14);
  try {
    const handle = openSync(text(path), 'r');
    try {
      readSync(handle, head, 0, head.length, 0);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new PyError(`Cannot test if the file ${text(path)} is a vault: ${error instanceof Error ? error.message : String(error)}`);
  }
  return head.toString('latin1') === '$ANSIBLE_VAULT';
});

export const fileTests: Family = {
  directory,
  is_dir: directory,
  file,
  is_file: file,
  link,
  is_link: link,
  exists: test((path) => statOf(path) !== undefined),
  link_exists: test((path) => lstatSync(pathText(path)) !== undefined),
  abs: absolute,
  is_abs: absolute,
  mount,
  is_mount: mount,
  same_file: same,
  is_same_file: same,
  vaulted_file: vaultedFile,
};
