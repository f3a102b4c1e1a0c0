import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { didYouMean, inputError } from '../../error.ts';
import { settings } from '../../load/settings.ts';
import { loadYamlFile } from '../../load/yaml.ts';
import { type Data, type Dict, isDict, toPlain } from '../../value.ts';
import { mergeDicts } from '../../vars/merge.ts';
import { candidates, searchPath } from '../lookups.ts';
import { isTrue } from '../target.ts';
import { effect } from '../task-run.ts';
import { argument, type Control, type ControlCall, ok } from './types.ts';

const OF_FOLDERS = ['dir', 'depth', 'files_matching', 'ignore_files', 'extensions', 'ignore_unknown_extensions'];
const OF_FILES = ['file', '_raw_params'];
const OPTIONS: readonly string[] = [...OF_FOLDERS, ...OF_FILES, 'name', 'hash_behaviour'];

/** `include_vars`: variables of a file or of the files of a folder. */
export const includeVars: Control = (call) => {
  const { taskRun } = call;
  checkOptions(call);
  const files = filesOf(call);
  const found: Dict = new Map();
  for (const file of files) for (const [key, value] of read(call, file)) found.set(key, value);
  const name = argument(call, 'name');
  const vars: Dict = typeof name === 'string' && name !== '' ? new Map<Data, Data>([[name, found]]) : found;
  joinWithOld(call, vars);
  effect(taskRun, (host) => host.include(vars), { level: 'include_vars', from: 'include_vars', vars });
  return ok({ ansible_facts: toPlain(vars), ansible_included_var_files: files });
};

function checkOptions({ taskRun: { task } }: ControlCall): void {
  const given = [...task.args.keys()].map(String);
  const unknown = given.find((one) => !OPTIONS.includes(one));
  if (unknown !== undefined) throw inputError('unknown-option', `include_vars has no option "${unknown}".${didYouMean(unknown, OPTIONS)}`, { at: task.at });
  if (given.some((one) => OF_FOLDERS.includes(one)) && given.some((one) => OF_FILES.includes(one)))
    throw inputError('arguments', 'include_vars takes options of a file or of a folder, and these are of both', { at: task.at });
}

function read({ taskRun: { run, task } }: ControlCall, file: string): Dict {
  const { value } = loadYamlFile(file, { vault: run.vault });
  if (isDict(value)) return value;
  if (value === null || value === '' || value === false) return new Map();
  throw inputError('not-a-mapping', `${file} must hold a mapping of variables`, { at: task.at });
}

/** `hash_behaviour` other than the setting: dicts join those that the host has under these names. */
function joinWithOld(call: ControlCall, vars: Dict): void {
  const wanted = argument(call, 'hash_behaviour') ?? null;
  if (wanted === null || wanted === (settings().text('DEFAULT_HASH_BEHAVIOUR') ?? 'replace')) return;
  for (const [key, value] of vars) {
    const old = call.scope.layerOf(String(key))?.vars.get(key);
    if (!isDict(old) || !isDict(value))
      throw inputError('arguments', `"${String(key)}" cannot be joined: hash_behaviour needs a mapping in the file and one that is there before`, {
        at: call.taskRun.task.at,
      });
    vars.set(key, wanted === 'merge' ? mergeDicts(old, value) : new Map([...old, ...value]));
  }
}

function filesOf(call: ControlCall): string[] {
  const { task, run } = call.taskRun;
  const folder = argument(call, 'dir');
  if (folder !== undefined && folder !== null) return filesBelow(call, folderOf(call, String(folder)));
  const file = argument(call, 'file', '_raw_params');
  if (typeof file !== 'string' || file === '') throw inputError('missing-option', 'include_vars needs "file" or "dir"', { at: task.at });
  const tried = candidates('vars', file, searchPath(task, run.playbookDir));
  const found = tried.find((one) => existsSync(one) && statSync(one).isFile());
  if (found === undefined) throw inputError('missing-file', `there is no file "${file}"`, { at: task.at, hint: `looked for ${tried.join(', ')}` });
  return [found];
}

/** In a role `vars/` of the role, else beside the file of the task. */
function folderOf({ taskRun: { task } }: ControlCall, name: string): string {
  const role = task.context.role?.role.path;
  const own = role !== undefined && name.split('/')[0] === 'vars' ? resolve(role, name) : undefined;
  const folder = role === undefined ? resolve(dirname(task.at.file), name) : own !== undefined && existsSync(own) ? own : resolve(role, 'vars', name);
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder;
  throw inputError('missing-file', `there is no folder "${name}"`, { at: task.at, hint: `looked for ${folder}` });
}

function filesBelow(call: ControlCall, folder: string): string[] {
  const depth = Number(argument(call, 'depth') ?? 0);
  const extensions = texts(argument(call, 'extensions') ?? ['yaml', 'yml', 'json']);
  const ignored = texts(argument(call, 'ignore_files') ?? []).map((one) => new RegExp(`${one}$`));
  const matching = argument(call, 'files_matching');
  const pattern = typeof matching === 'string' ? new RegExp(matching) : undefined;
  const lenient = isTrue(argument(call, 'ignore_unknown_extensions') ?? false);
  const files: string[] = [];
  for (const inner of foldersBelow(folder, depth === 0 ? Number.POSITIVE_INFINITY : depth)) {
    for (const name of readdirSync(inner).sort()) {
      const path = join(inner, name);
      if (statSync(path).isDirectory() || ignored.some((one) => one.test(name)) || (pattern && !pattern.test(name))) continue;
      if (extensions.includes(extname(name).slice(1))) files.push(path);
      else if (!lenient)
        throw inputError('arguments', `${path} does not have one of the extensions ${extensions.join(', ')}`, {
          at: call.taskRun.task.at,
          hint: '`ignore_unknown_extensions: true` passes such files over.',
        });
    }
  }
  return files;
}

/** A folder and those below it, by path. */
function foldersBelow(folder: string, depth: number): string[] {
  if (depth < 1) return [];
  const inner = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isDirectory());
  return [folder, ...inner.flatMap((path) => foldersBelow(path, depth - 1))].sort();
}

const texts = (value: Data): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);
