import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inputError } from '../../error.ts';
import { loadYamlFile } from '../../load/yaml.ts';
import { type Data, type Dict, isDict, toPlain } from '../../value.ts';
import { candidates, searchPath } from '../lookups.ts';
import { effect } from '../task-run.ts';
import { argument, type Control, type ControlCall, ok } from './types.ts';

/** `include_vars`: variables of a file or of the files of a folder. */
export const includeVars: Control = (call) => {
  const { taskRun } = call;
  const { task, run } = taskRun;
  const files = filesOf(call);
  const merged: Dict = new Map();
  for (const file of files) {
    const value = loadYamlFile(file, { vault: run.vault }).value;
    if (value === null) continue;
    if (!isDict(value)) throw inputError('not-a-mapping', `${file} must hold a mapping of variables`, { at: task.at });
    for (const [key, one] of value) merged.set(key, one);
  }
  const name = argument(call, 'name');
  const vars: Dict = typeof name === 'string' ? new Map<Data, Data>([[name, merged]]) : merged;
  effect(taskRun, (host) => host.include(vars));
  return ok({ ansible_facts: toPlain(vars), ansible_included_var_files: files });
};

function filesOf(call: ControlCall): string[] {
  const { task, run } = call.taskRun;
  const path = searchPath(task, run.playbookDir);
  const folder = argument(call, 'dir');
  if (folder !== undefined && folder !== null) {
    const found = candidates('vars', String(folder), path).find((one) => existsSync(one) && statSync(one).isDirectory());
    if (found === undefined) throw inputError('missing-file', `there is no folder "${String(folder)}"`, { at: task.at });
    return walk(call, found, 1);
  }
  const file = argument(call, 'file', '_raw_params');
  if (typeof file !== 'string' || file === '') throw inputError('missing-option', 'include_vars needs "file" or "dir"', { at: task.at });
  const tried = candidates('vars', file, path);
  const found = tried.find((one) => existsSync(one) && statSync(one).isFile());
  if (found === undefined) throw inputError('missing-file', `there is no file "${file}"`, { at: task.at, hint: `looked for ${tried.join(', ')}` });
  return [found];
}

function walk(call: ControlCall, folder: string, level: number): string[] {
  const depth = Number(argument(call, 'depth') ?? 0);
  const extensions = texts(argument(call, 'extensions') ?? ['yaml', 'yml', 'json']);
  const ignored = texts(argument(call, 'ignore_files') ?? []);
  const matching = argument(call, 'files_matching');
  const pattern = typeof matching === 'string' ? new RegExp(matching) : undefined;
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return depth === 0 || level < depth ? walk(call, path, level + 1) : [];
      const wanted =
        extensions.includes(basename(name).split('.').at(-1) ?? '') && !ignored.some((one) => new RegExp(one).test(name)) && (pattern?.test(name) ?? true);
      return wanted ? [path] : [];
    });
}

const texts = (value: Data): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);
