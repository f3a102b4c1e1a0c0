import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix } from 'node:path';
import { define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { globPaths } from '../python/glob.ts';
import { failUndefined } from '../python/sequence.ts';
import type { Family } from '../registry.ts';
import { PyError, tuple, typeName, type Value } from '../values.ts';
import { pathText } from './keys.ts';

/** Python's `os.path.split`. */
function split(path: string): [string, string] {
  const at = path.lastIndexOf('/') + 1;
  const head = path.slice(0, at);
  return [/^\/*$/.test(head) ? head : head.replace(/\/+$/, ''), path.slice(at)];
}

/** Python's `os.path.join`: an absolute part starts anew. */
function join(parts: readonly string[]): string {
  return parts.reduce((path, part) => {
    if (part.startsWith('/') || path === '') return part === '' && path !== '' ? path : part;
    return path.endsWith('/') ? path + part : `${path}/${part}`;
  }, '');
}

function joinAll(parts: readonly string[]): string {
  if (parts.length === 0) throw new PyError("join() missing 1 required positional argument: 'a'");
  return join(parts);
}

/** Python's `os.path.normpath`. */
export function normalise(path: string): string {
  if (path === '') return '.';
  const normal = posix.normalize(path);
  const bare = normal.length > 1 ? normal.replace(/\/+$/, '') : normal;
  return path.startsWith('//') && !path.startsWith('///') ? `/${bare}` : bare;
}

/** Python's `os.path.realpath`: what does not exist is taken as it stands. */
function realPath(path: string): string {
  const whole = posix.resolve(path);
  let [head, tail] = [whole, ''];
  while (!existsSync(head) && head !== '/') [head, tail] = [posix.dirname(head), posix.join(posix.basename(head), tail)];
  return tail === '' ? realpathSync(head) : posix.join(realpathSync(head), tail).replace(/\/$/, '');
}

function relative(path: Value, start: Value): string {
  if (!truth(path)) throw new PyError('no path specified');
  return posix.relative(start === null ? '.' : pathText(start), pathText(path)) || '.';
}

/** `~` of the user who runs qplay, `~other` of another; an unknown one stays as it is. */
export const expandUser = (path: string): string =>
  path.replace(/^~([^/]*)/, (whole, user: string) => (user === '' ? (process.env.HOME ?? homedir()) : (homeOf(user) ?? whole)).replace(/\/+$/, '') || whole);

/** A user's folder, as the control node's list of users has it. */
function homeOf(user: string): string | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${user}:`));
  return line?.split(':')[5];
}

const expandVariables = (path: string): string =>
  path.replace(/\$(?:(\w+)|\{([^}]*)\})/g, (whole, plain?: string, braced?: string) => process.env[plain ?? (braced as string)] ?? whole);

function splitExtension(path: string): Value[] {
  const start = path.lastIndexOf('/') + 1;
  const name = path.slice(start);
  const dot = name.lastIndexOf('.');
  // dots that lead the name are no extension
  if (dot <= 0 || /^\.+$/.test(name.slice(0, dot))) return tuple([path, '']);
  return tuple([path.slice(0, start + dot), name.slice(dot)]);
}

function commonPath(paths: readonly string[]): string {
  if (paths.length === 0) throw new PyError('commonpath() arg is an empty sequence');
  if (new Set(paths.map((path) => path.startsWith('/'))).size > 1) throw new PyError("Can't mix absolute and relative paths");
  const parts = paths.map((path) => path.split('/').filter((part) => part !== '' && part !== '.'));
  const shortest = Math.min(...parts.map((one) => one.length));
  let shared = 0;
  while (shared < shortest && parts.every((one) => one[shared] === parts[0]?.[shared])) shared++;
  return (paths[0]?.startsWith('/') ? '/' : '') + (parts[0] ?? []).slice(0, shared).join('/');
}

function texts(paths: Value, filter: string): string[] {
  failUndefined(paths);
  if (!Array.isArray(paths)) throw new PyError(`|${filter} expects sequence, got ${typeName(paths)} instead.`);
  return paths.map(pathText);
}

const winSplit = (path: string): [string, string] => {
  const drive = /^(?:[A-Za-z]:|[\\/]{2}[^\\/]+[\\/][^\\/]+)/.exec(path)?.[0] ?? '';
  return [drive, path.slice(drive.length)];
};

function winParts(path: string): [string, string] {
  const [drive, rest] = winSplit(path);
  const at = Math.max(rest.lastIndexOf('\\'), rest.lastIndexOf('/')) + 1;
  const head = rest.slice(0, at);
  return [drive + (/^[\\/]*$/.test(head) ? head : head.replace(/[\\/]+$/, '')), rest.slice(at)];
}

const onPath = (work: (path: string) => Value): ReturnType<typeof define> => define('path', (_rt, path) => work(pathText(path)));

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

export const pathFilters: Family = {
  basename: onPath((path) => split(path)[1]),
  dirname: onPath((path) => split(path)[0]),
  expanduser: onPath(expandUser),
  expandvars: onPath(expandVariables),
  normpath: onPath(normalise),
  realpath: onPath(realPath),
  relpath: define("path, start='.'", (_rt, path, start) => relative(path, start)),
  splitext: onPath(splitExtension),
  path_join: define('paths', (_rt, paths) => (typeof paths === 'string' ? paths : joinAll(texts(paths, 'path_join')))),
  commonpath: define('paths', (_rt, paths) => commonPath(texts(paths, 'commonpath'))),
  win_basename: onPath((path) => winParts(path)[1]),
  win_dirname: onPath((path) => winParts(path)[0]),
  win_splitdrive: onPath((path) => tuple(winSplit(path))),
  fileglob: onPath((pattern) => globPaths(pattern).filter(isFile)),
};
