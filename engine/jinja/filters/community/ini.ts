import { toText } from '../../python/text.ts';
import { PyError, typeName, type Value } from '../../values.ts';

type Section = Map<Value, Value>;

const fail = (reason: string): PyError => new PyError(`from_ini failed to parse given string: ${reason}`);

/** Reads line by line: sections, `name = value` or `name: value`, indented lines go on with the value before. */
class Parser {
  readonly sections = new Map<string, Section>();
  readonly defaults: Section = new Map();
  #current: Section | undefined;
  #last: { readonly name: string; readonly indent: number; readonly lines: string[] } | undefined;

  line(line: string): void {
    const bare = line.replace(/^\s*[#;].*$/, '').trim();
    const indent = line.length - line.trimStart().length;
    if (bare === '') {
      // a comment within a value does not end it, an empty line is part of it
      if (this.#last !== undefined && line.trim() === '') this.#last.lines.push('');
      return;
    }
    if (this.#last !== undefined && indent > this.#last.indent) {
      this.#last.lines.push(bare);
      return;
    }
    const header = /^\[(.+)\]/.exec(bare);
    if (header === null) this.#option(bare, indent);
    else this.#open(header[1] as string);
  }

  #open(name: string): void {
    this.finish();
    if (this.sections.has(name)) throw fail(`section '${name}' already exists`);
    this.#current = name === 'DEFAULT' ? this.defaults : new Map();
    if (name !== 'DEFAULT') this.sections.set(name, this.#current);
  }

  #option(bare: string, indent: number): void {
    this.finish();
    if (this.#current === undefined) throw fail(`File contains no section headers: '${bare}'`);
    const pair = /^(.*?)\s*(?:[=:]\s*(.*))$/.exec(bare);
    const name = pair?.[1]?.trimEnd();
    if (pair === null || name === undefined || name === '') throw fail(`Source contains parsing errors: '${bare}'`);
    if (this.#current.has(name)) throw fail(`option '${name}' already exists`);
    this.#current.set(name, '');
    this.#last = { name, indent, lines: [(pair[2] as string).trim()] };
  }

  finish(): void {
    if (this.#last !== undefined) this.#current?.set(this.#last.name, this.#last.lines.join('\n').trimEnd());
    this.#last = undefined;
  }
}

/** An INI text as dicts by section; what stands in DEFAULT is in all of them. */
export function readIni(text: string): Value {
  const parser = new Parser();
  for (const line of text.split(/\r?\n/)) parser.line(line);
  parser.finish();
  const result = new Map<Value, Value>();
  for (const [name, section] of parser.sections) result.set(name, new Map([...parser.defaults, ...section]));
  if (parser.defaults.size > 0) result.set('DEFAULT', parser.defaults);
  return result;
}

/** A dict of dicts as an INI text. */
export function writeIni(value: Value): string {
  if (!(value instanceof Map)) throw new PyError(`to_ini requires a dict, got ${typeName(value)}`);
  if (value.size === 0) throw new PyError('to_ini received an empty dict. An empty dict cannot be converted.');
  const sections = [...value].sort(([a], [b]) => Number(b === 'DEFAULT') - Number(a === 'DEFAULT'));
  return sections.map(([name, section]) => writeSection(toText(name), section)).join('\n');
}

function writeSection(name: string, section: Value): string {
  if (!(section instanceof Map)) throw new PyError(`to_ini failed to parse given dict: '${typeName(section)}' object has no attribute 'items'`);
  const lines = Array.from(section, ([key, value]) => {
    if (value === null) throw new PyError('to_ini failed to parse given dict:option values must be strings');
    return `${toText(key)} = ${toText(value).replaceAll('\n', '\n\t')}`;
  });
  return `[${name}]\n${lines.map((line) => `${line}\n`).join('')}`;
}
