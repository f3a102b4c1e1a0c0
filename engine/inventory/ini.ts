import { type At, type Diagnostic, didYouMean, inputError, QplayError } from '../error.ts';
import { pythonLiteral } from '../load/literal.ts';
import { STYLE } from '../load/origin.ts';
import { Places, packFlags, rememberPlaces } from '../load/positions.ts';
import { Source } from '../load/source.ts';
import type { Data, Dict } from '../value.ts';
import { expandHosts } from './address.ts';
import type { Builder } from './builder.ts';
import type { Group } from './model.ts';
import { shellWords } from './words.ts';

const SECTION = /^\[([^:\]\s]+)(?::([\p{L}\p{N}_]+))?\]\s*(?:#.*)?$/u;
const GROUP = /^([^:\]\s]+)\s*(?:#.*)?$/;
const KINDS = ['hosts', 'children', 'vars'] as const;
type Kind = (typeof KINDS)[number];

/** A group that was spoken of but not declared yet. */
interface Pending {
  readonly at: At;
  readonly parents: Group[];
  /** `[group:vars]` stands alone so far. */
  readonly onlyVars: boolean;
}

/** Reads an INI inventory. All mistakes are collected in `diagnostics`. */
export class IniReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: Source;
  readonly #builder: Builder;
  readonly #pending = new Map<string, Pending>();
  #group: Group;
  #kind: Kind = 'hosts';
  /** Variables of the section that is being read. */
  #vars: { dict: Dict; places: Places } | undefined;

  constructor(text: string, file: string, builder: Builder) {
    this.#source = new Source(file, text);
    this.#builder = builder;
    this.#group = builder.inventory.addGroup('ungrouped');
  }

  read(): void {
    const { text } = this.#source;
    for (const found of text.matchAll(/[^\r\n]+/g)) {
      const line = found[0].trim();
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
      const offset = found.index + found[0].indexOf(line);
      try {
        this.#line(line, offset);
      } catch (error) {
        if (!(error instanceof QplayError)) throw error;
        const at = this.#source.at(offset, line.length);
        this.diagnostics.push(...error.diagnostics.map((one) => (one.at ? one : { ...one, at })));
      }
    }
    for (const [name, pending] of this.#pending) this.diagnostics.push(this.#undeclared(name, pending));
  }

  #line(line: string, offset: number): void {
    const section = line.startsWith('[') ? SECTION.exec(line) : null;
    if (section) this.#section(section[1]!, section[2] ?? 'hosts', offset);
    else if (line.startsWith('[') && line.endsWith(']'))
      throw inputError('inventory', `${line} is not a section: [group], [group:vars] or [group:children], without blanks.`);
    else if (this.#kind === 'hosts') this.#host(line, offset);
    else if (this.#kind === 'vars') this.#variable(line, offset);
    else this.#child(line, offset);
  }

  #section(name: string, kind: string, offset: number): void {
    if (!(KINDS as readonly string[]).includes(kind))
      throw inputError('inventory', `The section [${name}:${kind}] has an unknown kind "${kind}".${didYouMean(kind, KINDS)}`, {
        hint: 'Kinds are hosts, children and vars.',
      });
    const { inventory } = this.#builder;
    this.#kind = kind as Kind;
    const at = this.#source.at(offset + 1, name.length);
    if (!inventory.groups.has(name) && kind === 'vars' && !this.#pending.has(name)) this.#pending.set(name, { at, parents: [], onlyVars: true });
    this.#group = this.#builder.group(name, at);
    this.#vars = undefined;
    if (kind !== 'vars') this.#declared(name);
  }

  /** A group that others waited for is here: it becomes the child of those that named it. */
  #declared(name: string): void {
    const pending = this.#pending.get(name);
    if (!pending) return;
    this.#pending.delete(name);
    for (const parent of pending.parents) this.#builder.inventory.addChild(parent, this.#group);
  }

  #child(line: string, offset: number): void {
    const name = GROUP.exec(line)?.[1];
    if (name === undefined) throw inputError('inventory', `The name of a group is expected, found "${line}".`);
    const { inventory } = this.#builder;
    const child = inventory.groups.get(name);
    if (child) {
      inventory.addChild(this.#group, child);
      return;
    }
    const pending = this.#pending.get(name);
    if (pending) pending.parents.push(this.#group);
    else this.#pending.set(name, { at: this.#source.at(offset, name.length), parents: [this.#group], onlyVars: false });
  }

  #variable(line: string, offset: number): void {
    const equals = line.indexOf('=');
    if (equals < 0) throw inputError('inventory', `"name = value" is expected in the section [${this.#group.name}:vars], found "${line}".`);
    const name = line.slice(0, equals).trim();
    const text = line.slice(equals + 1).trim();
    const value = iniValue(text);
    if (name === 'ansible_group_priority') {
      this.#builder.priority(this.#group, value, this.#source.at(offset, name.length));
      return;
    }
    this.#vars ??= this.#newVars(offset, this.#group);
    this.#vars.dict.set(name, value);
    this.#place(this.#vars.places, name, offset, line.length - text.length + offset, text.length);
  }

  #newVars(offset: number, owner: Group): { dict: Dict; places: Places } {
    const vars = this.#dict(offset);
    this.#builder.groupVars(owner, vars.dict);
    return vars;
  }

  #dict(offset: number): { dict: Dict; places: Places } {
    const dict: Dict = new Map();
    const places = new Places(this.#source, offset, true);
    rememberPlaces(dict, places);
    return { dict, places };
  }

  #place(places: Places, name: string, keyStart: number, start: number, length: number): void {
    places.add(name, keyStart, keyStart + name.length, { start, end: start + length, flags: packFlags(STYLE.plain, true, false, -1) });
  }

  #host(line: string, offset: number): void {
    const [first, ...assignments] = shellWords(line);
    if (!first) return;
    const { hosts, port } = expandHosts(first.text);
    const vars = assignments.length > 0 ? this.#dict(offset + first.offset) : undefined;
    for (const { text, offset: at } of assignments) {
      const equals = text.indexOf('=');
      if (equals < 0)
        throw inputError('inventory', `"name=value" is expected behind a host, found "${text}".`, {
          at: this.#source.at(offset + at, text.length),
          hint: 'A value with blanks needs quotes; a comment begins with "#".',
        });
      const name = text.slice(0, equals);
      vars?.dict.set(name, iniValue(text.slice(equals + 1)));
      const start = offset + at + equals + 1;
      const quoted = /["']/.test(this.#source.text[start] ?? '') ? 1 : 0;
      if (vars) this.#place(vars.places, name, offset + at, start + quoted, text.length - equals - 1);
    }
    for (const name of hosts) this.#builder.host(name, this.#group, port, vars?.dict);
  }

  #undeclared(name: string, { at, parents, onlyVars }: Pending): Diagnostic {
    const known = [...this.#builder.inventory.groups.keys()].filter((one) => one !== name);
    const message = onlyVars
      ? `The section [${name}:vars] is for a group that is declared nowhere.${didYouMean(name, known)}`
      : `The section [${parents.at(-1)?.name}:children] names a group that is declared nowhere: ${name}.${didYouMean(name, known)}`;
    return { kind: 'input', severity: 'error', code: 'inventory', message, at, hint: `An empty section [${name}] declares it.` };
  }
}

/** A value of an INI inventory: a Python literal where it is one, else text. */
export function iniValue(text: string): Data {
  // what most values are, without a look at all of Python's literals
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  if (/^[a-z][a-z0-9_-]*$/.test(text) && !text.includes('--')) return text;
  const value = pythonLiteral(text);
  return value === undefined ? text : value;
}
