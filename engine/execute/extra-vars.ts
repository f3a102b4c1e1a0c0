import { resolve } from 'node:path';
import { inputError, QplayError } from '../error.ts';
import { parseKeyValues } from '../load/kv.ts';
import type { Layer } from '../load/model.ts';
import { type Decrypt, loadYamlFile, parseYaml } from '../load/yaml.ts';
import { type Data, type Dict, isDict } from '../value.ts';

/** `-e` values in the order given: `@file`, a YAML or JSON mapping, or `k=v` text. */
export function extraVars(given: readonly string[], vault: Decrypt | undefined): Layer {
  const only = given.length === 1 ? read(given[0] as string, vault) : undefined;
  const vars: Dict = only ?? new Map();
  if (only === undefined) for (const one of given) for (const [key, value] of read(one, vault)) vars.set(key, value);
  return { level: 'extra vars', from: '-e', vars };
}

function read(text: string, vault: Decrypt | undefined): Dict {
  if (text.startsWith('@')) return mapping(loadYamlFile(resolve(text.slice(1)), { vault }).value, text);
  if (/^\s*[[{]/.test(text)) return mapping(parsed(text), text);
  const { args } = parseKeyValues(text);
  const rest = args.get('_raw_params');
  if (rest !== undefined) throw inputError('extra-vars', `"${rest}" is no variable: -e takes key=value, a mapping in JSON or YAML, or @file`);
  return new Map<Data, Data>(args);
}

/** The text of a mistake is shown with it: it stands in no file. */
function parsed(text: string): Data {
  try {
    return parseYaml(text, '-e').value;
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    throw new QplayError(error.diagnostics.map((one) => ({ ...one, source: text.split('\n')[(one.at?.line ?? 1) - 1] ?? text })));
  }
}

function mapping(value: Data, text: string): Dict {
  if (value === null) return new Map();
  if (isDict(value)) return value;
  throw inputError('extra-vars', `-e needs a mapping, and ${text.startsWith('@') ? text.slice(1) : 'this text'} holds none`);
}
