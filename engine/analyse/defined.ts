import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { QplayError } from '../error.ts';
import { loadYamlFile } from '../load/yaml.ts';
import { type Data, isDict } from '../value.ts';

/** Adds every name that the YAML files of a folder may define: what an include may bring, it may define. */
export function definedBelow(folder: string, names: Set<string>): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return;
  const variables = /\/(defaults|vars)$/.test(folder);
  for (const file of readdirSync(folder)) {
    if (!/\.(ya?ml|json)$/.test(file)) continue;
    const value = read(join(folder, file));
    if (variables && isDict(value)) for (const key of value.keys()) names.add(String(key));
    else collect(value, names);
  }
}

/** Mistakes in the file are told where it is used. */
function read(file: string): Data {
  try {
    return loadYamlFile(file).value;
  } catch (error) {
    if (error instanceof QplayError) return null;
    throw error;
  }
}

function collect(value: Data, names: Set<string>): void {
  if (Array.isArray(value)) for (const one of value) collect(one, names);
  if (!isDict(value)) return;
  for (const [name, member] of value) {
    const key = String(name).replace(/^ansible\.builtin\./, '');
    if ((key === 'set_fact' || key === 'vars') && isDict(member)) for (const one of member.keys()) names.add(String(one));
    if ((key === 'register' || key === 'loop_var' || key === 'index_var') && typeof member === 'string') names.add(member);
    collect(member, names);
  }
}
