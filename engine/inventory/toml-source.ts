import { parse, TomlDate, TomlError } from 'smol-toml';
import { type Diagnostic, inputError, type QplayError } from '../error.ts';
import { type Data, type Dict, Float, isDict } from '../value.ts';
import { expandHosts } from './address.ts';
import type { Builder } from './builder.ts';

/**
 * Reads an inventory in TOML: tables of groups with `hosts` (a table), `vars` (a table) and `children` (a list of names),
 * as Ansible's plugin `toml` does. What can be left out is left out with a warning in `diagnostics`.
 * @throws QplayError `inventory` for text that is no TOML, and for sections of another type
 */
export class TomlReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #path: string;
  readonly #builder: Builder;

  constructor(path: string, builder: Builder) {
    this.#path = path;
    this.#builder = builder;
  }

  read(text: string): void {
    const root = parsed(text, this.#path);
    if (root.size === 0) throw inputError('inventory', `${this.#path}: the inventory is empty.`);
    if (root.has('plugin')) throw inputError('inventory', `${this.#path}: the configuration of an inventory plugin is written in YAML, not in TOML.`);
    for (const [name, data] of root) {
      if (isDict(data)) this.#group(name as string, data);
      else this.#warn(`Skipping '${name}' as this is not a valid group definition`);
    }
  }

  #group(name: string, data: Dict): void {
    const group = this.#builder.group(name);
    for (const [section, content] of data) {
      switch (section) {
        case 'vars':
          this.#builder.groupVars(group, this.#table(content, section, name));
          break;
        case 'children':
          if (!Array.isArray(content)) throw this.#wrong(section, name, 'a list of names');
          for (const child of content) this.#builder.inventory.addChild(group, this.#builder.group(String(child)));
          break;
        case 'hosts':
          for (const [pattern, vars] of this.#table(content, section, name)) {
            const { hosts, port } = expandHosts(pattern as string);
            const own = this.#table(vars, `hosts.${pattern}`, name);
            for (const host of hosts) this.#builder.host(host, group, port, own);
          }
          break;
        default:
          this.#warn(`Skipping unexpected key "${section}" in group "${name}", only "vars", "children" and "hosts" are valid`);
      }
    }
  }

  #table(content: Data, section: string, group: string): Dict {
    if (isDict(content)) return content;
    throw this.#wrong(section, group, 'a table');
  }

  #wrong(section: string, group: string, wanted: string): QplayError {
    return inputError('inventory', `${this.#path}: "${section}" of the group "${group}" must be ${wanted}.`);
  }

  #warn(message: string): void {
    this.diagnostics.push({ kind: 'input', severity: 'warning', code: 'inventory', message: `${this.#path}: ${message}.` });
  }
}

function parsed(text: string, file: string): Dict {
  try {
    return value(parse(text, { integersAsBigInt: true })) as Dict;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ''] = error.message.split('\n');
    throw inputError('inventory', `This is not TOML: ${what.replace(/^Invalid TOML document: /, '')}.`, {
      at: { file, line: error.line, column: error.column },
    });
  }
}

/** TOML tells integers from floats; times become text as Python writes them in JSON. */
function value(found: unknown): Data {
  if (typeof found === 'bigint') return Number.isSafeInteger(Number(found)) ? Number(found) : found;
  if (typeof found === 'number') return Number.isInteger(found) ? new Float(found) : found;
  if (Array.isArray(found)) return found.map(value);
  if (found instanceof TomlDate) return found.toISOString();
  if (typeof found === 'object' && found !== null) return new Map(Object.entries(found).map(([key, one]) => [key, value(one)]));
  return found as Data;
}
