import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { QplayError } from '../error.ts';
import { loadYamlFile } from '../load/yaml.ts';
import { type Data, isDict } from '../value.ts';

/** Actions that bring variables from elsewhere. */
const FROM_ELSEWHERE: ReadonlySet<string> = new Set(['include_vars', 'add_host', 'include_role', 'import_role']);

/**
 * Adds every name that the YAML files of a folder may define: what an include may bring, it may define.
 * `false`: they bring more from where it cannot be seen.
 */
export function definedBelow(folder: string, names: Set<string>): boolean {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return true;
  let sure = true;
  const variables = /\/(defaults|vars)$/.test(folder);
  for (const file of readdirSync(folder)) {
    if (!/\.(ya?ml|json)$/.test(file)) continue;
    const value = read(join(folder, file));
    if (variables && isDict(value)) for (const key of value.keys()) names.add(String(key));
    else sure = collect(value, names) && sure;
  }
  return sure;
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

function collect(value: Data, names: Set<string>): boolean {
  if (Array.isArray(value)) return value.map((one) => collect(one, names)).every(Boolean);
  if (!isDict(value)) return true;
  let sure = true;
  for (const [name, member] of value) {
    const key = String(name).replace(/^ansible\.builtin\./, '');
    if ((key === 'set_fact' || key === 'vars') && isDict(member)) for (const one of member.keys()) names.add(String(one));
    if ((key === 'register' || key === 'loop_var' || key === 'index_var') && typeof member === 'string') names.add(member);
    if (FROM_ELSEWHERE.has(key)) sure = false;
    sure = collect(member, names) && sure;
  }
  return sure;
}
