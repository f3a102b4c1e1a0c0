import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadYamlFile } from '../../engine/load/yaml.ts';
import { type Data, isDict, toPlain } from '../../engine/value.ts';
import { ROOT } from './pages.ts';

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** As it is written, ready for a table. */
  readonly default: string;
  readonly description: string;
}

interface Spec {
  readonly type: string;
  readonly elements?: string;
  readonly required?: boolean;
  readonly choices?: readonly unknown[];
  readonly description: string | readonly string[];
}

/** What a role says of its variables: `meta/argument_specs.yml`, with the defaults of `defaults/main.yml`. */
export function parse(role: string): { description: string; options: readonly Variable[] } {
  const main = at(load(`roles/${role}/meta/argument_specs.yml`), 'argument_specs', 'main');
  const { short_description, options } = toPlain(main) as { short_description: string; options: Record<string, Spec> };
  const defaults = load(`roles/${role}/defaults/main.yml`);
  return {
    description: `${short_description.replace(/\.$/, '')}.`,
    options: Object.entries(options).map(([name, spec]) => ({
      name,
      type: spec.type === 'list' && spec.elements ? `list of ${spec.elements}` : spec.type,
      required: spec.required === true,
      default: isDict(defaults) && defaults.has(name) ? written(defaults.get(name) as Data) : '',
      description: [spec.description].flat().join(' ') + (spec.choices ? ` One of ${spec.choices.map((one) => `\`${String(one)}\``).join(', ')}.` : ''),
    })),
  };
}

function load(path: string): Data {
  return existsSync(join(ROOT, path)) ? loadYamlFile(join(ROOT, path), { vault: undefined }).value : null;
}

function at(value: Data, ...keys: readonly string[]): Data {
  return keys.reduce<Data>((one, key) => (isDict(one) ? (one.get(key) ?? null) : null), value);
}

/** Generated secrets and derived values are said in words: the template would fill the table. */
function written(value: Data): string {
  if (typeof value !== 'string') return `\`${JSON.stringify(toPlain(value))}\``;
  if (value.includes("lookup('password'")) return 'generated once, kept in `secrets_dir`';
  if (value === '') return 'empty';
  return value.length > 60 ? 'derived from the inventory' : `\`${value}\``;
}
