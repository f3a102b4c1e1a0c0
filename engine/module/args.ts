import { type At, type Diagnostic, didYouMean } from '../error.ts';
import { keyPositionOf, originOf, positionOf } from '../load/positions.ts';
import { type Data, type Dict, isDict, toPlain } from '../value.ts';
import { coerce, describe } from './coerce.ts';
import type { OptionRules, OptionSpec, Options } from './options.ts';
import { ruleMistakes } from './rules.ts';

/** What the arguments are for: a module, or a role's entry point. */
export interface Checked {
  /** Name as messages say it: `firewalld`, `role registry`. */
  readonly name: string;
  readonly options: Options;
  readonly rules?: OptionRules;
  readonly freeForm?: string;
  /** Nothing is checked, and nothing is handed over, or everything as it was given. */
  readonly anyOptions?: true | 'handed over';
}

/** Keys and indexes that lead to a value. */
export type Path = readonly (string | number)[];

/** Where the arguments stand, as well as it is known. */
export interface Where {
  /** Place of the task; used where nothing nearer is known. */
  readonly at?: At | undefined;
  /** Place of the option at this path. */
  keyAt?(path: Path): At | undefined;
  readonly host?: string | undefined;
  readonly task?: string | undefined;
}

/** Typed arguments, and everything that is wrong with what was given. The arguments are complete only when nothing is. */
export interface CheckedArguments {
  readonly args: Record<string, unknown>;
  readonly diagnostics: readonly Diagnostic[];
  /** What is odd but no mistake: an option and its alias both given. */
  readonly warnings: readonly Diagnostic[];
  /** Values of options that are secret, as text: to be masked. */
  readonly secrets: readonly string[];
}

/** Positions of arguments that were written as a YAML mapping. `container` is the mapping as it was read. */
export function whereOf(container: unknown, at?: At, more: Pick<Where, 'host' | 'task'> = {}): Where {
  return { ...more, at, keyAt: (path) => placeIn(container, path) };
}

function placeIn(container: unknown, path: Path): At | undefined {
  let here = container;
  for (const step of path.slice(0, -1)) here = here instanceof Map ? here.get(step) : Array.isArray(here) ? here[step as number] : undefined;
  const last = path.at(-1);
  if (last === undefined) return positionOf(here);
  return keyPositionOf(here, last) ?? positionOf(here, last) ?? originOf(here, last)?.at(0);
}

/**
 * Checks templated arguments against the options of a module or a role, as Ansible's argument_spec does, and finds all
 * mistakes at once. `omit` must have been taken out before.
 * @returns plain JavaScript values; options without a value and without a default are absent
 */
export function checkArguments(given: Dict, target: Checked, where: Where): CheckedArguments {
  if (target.anyOptions) return { args: target.anyOptions === true ? {} : asGiven(given), diagnostics: [], warnings: [], secrets: [] };
  const check = new Check(target, where);
  const args = check.level(given, target.options, [], target.rules);
  return { args, diagnostics: check.diagnostics, warnings: check.warnings, secrets: check.secrets };
}

/** Values of the language by their names, nothing made plain. */
const asGiven = (given: Dict): Record<string, Data> => Object.fromEntries([...given].map(([key, value]) => [String(key), value]));

/** The part of the check that needs no values: unknown names and options that are missing. For the analysis before a run. */
export function checkOptionNames(keys: Iterable<string>, target: Checked, where: Where, options: { readonly missing?: boolean } = {}): Diagnostic[] {
  if (target.anyOptions) return [];
  const check = new Check(target, where);
  const index = indexOf(target.options);
  const present = new Set<string>();
  for (const key of keys) {
    const name = index.names.get(key);
    if (name === undefined) check.unknown(key, target.options, [key]);
    else present.add(name);
  }
  if (options.missing !== false) check.missing(present, target.options, []);
  return [...check.diagnostics];
}

/** The part of the check that needs only what is written out: type, choice and pattern of values without a template. */
export function checkWritten(given: Dict, target: Checked, where: Where, isWritten: (value: Data) => boolean): Diagnostic[] {
  const check = new Check(target, where);
  const { names } = indexOf(target.options);
  for (const [key, value] of given) {
    const name = names.get(String(key));
    if (name !== undefined && isWritten(value)) check.option(name, target.options[name] as OptionSpec, { key: String(key), value }, [], {});
  }
  return check.diagnostics;
}

/** Names of all options, without their aliases. */
export const optionNames = (target: Pick<Checked, 'options'>): readonly string[] => Object.keys(target.options);

/** Name or alias to name. */
interface Index {
  readonly names: ReadonlyMap<string, string>;
}
const indexes = new WeakMap<Options, Index>();

function indexOf(options: Options): Index {
  let index = indexes.get(options);
  if (!index) {
    const names = new Map<string, string>();
    for (const [name, spec] of Object.entries(options)) {
      names.set(name, name);
      for (const alias of spec.aliases ?? []) names.set(alias, name);
    }
    index = { names };
    indexes.set(options, index);
  }
  return index;
}

class Check {
  readonly diagnostics: Diagnostic[] = [];
  readonly warnings: Diagnostic[] = [];
  readonly secrets: string[] = [];
  readonly #target: Checked;
  readonly #where: Where;

  constructor(target: Checked, where: Where) {
    this.#target = target;
    this.#where = where;
  }

  /** One level of options: the module's own, or those of a dict inside. */
  level(given: Dict, options: Options, path: Path, rules?: OptionRules): Record<string, unknown> {
    const named = this.#canonical(given, options, path);
    const args: Record<string, unknown> = {};
    const faulty = new Set<string>();
    for (const [name, spec] of Object.entries(options)) {
      const value = named.get(name);
      const before = this.diagnostics.length;
      if (value) this.option(name, spec, value, path, args);
      else if (spec.default !== undefined && spec.default !== null) args[name] = spec.default;
      if (this.diagnostics.length > before) faulty.add(name);
    }
    this.missing(new Set(named.keys()), options, path);
    for (const mistake of ruleMistakes(rules, new Set(named.keys()), args, faulty))
      this.#say(
        'option-conflict',
        `${this.#owner(path)} ${mistake.message}`,
        mistake.option === undefined ? path : [...path, named.get(mistake.option)?.key ?? mistake.option],
      );
    return args;
  }

  /** Values under the names of their options, aliases resolved. */
  #canonical(given: Dict, options: Options, path: Path): Map<string, { key: string; value: Data }> {
    const { names } = indexOf(options);
    const named = new Map<string, { key: string; value: Data }>();
    for (const [dataKey, value] of given) {
      const key = String(dataKey);
      const name = names.get(key);
      if (name === undefined) {
        this.unknown(key, options, [...path, key]);
        continue;
      }
      const other = named.get(name);
      if (other)
        this.#say(
          'option-conflict',
          `${this.#owner(path)} is given both "${other.key}" and "${key}", which are the same option`,
          [...path, key],
          {},
          'warning',
        );
      // As in Ansible, the alias wins
      if (!other || key !== name) named.set(name, { key, value });
    }
    return named;
  }

  option(name: string, spec: OptionSpec, { key, value }: { key: string; value: Data }, path: Path, args: Record<string, unknown>): void {
    if (value === null && !spec.required && (spec.default === undefined || spec.default === null)) return;
    const place = [...path, key];
    const coerced = coerce(spec.type, value);
    if ('wanted' in coerced) {
      this.#wrongType(key, spec, coerced, value, path, place);
      return;
    }
    const typed = this.#members(spec, coerced.value, place);
    if (spec.secret) this.#secret(typed);
    args[name] = this.#choice(key, spec, typed, value, path, place);
    this.#pattern(key, spec, args[name], path, place);
  }

  #wrongType(key: string, spec: OptionSpec, { wanted, found }: { wanted: string; found: string }, value: Data, path: Path, place: Path): void {
    const shown = spec.secret ? 'something else' : found;
    this.#say('option-type', `"${key}" of ${this.#owner(path)} must be ${wanted}, found ${shown}`, place, {
      says: unconverted(key, spec, value),
      ...optionHint(spec),
    });
  }

  /** Members of lists and dicts, checked in turn and made plain. */
  #members(spec: OptionSpec, value: unknown, place: Path): unknown {
    if (spec.type === 'dict') return spec.options ? this.level(value as Dict, spec.options, place) : toPlain(value as Data);
    if (spec.type !== 'list') return value;
    const elements = spec.elements ?? (spec.options ? 'dict' : 'raw');
    return Array.from(value as Data[], (member, index) => {
      const coerced = coerce(elements, member);
      if ('wanted' in coerced) {
        const shown = spec.secret ? 'something else' : coerced.found;
        this.#say('option-type', `Entry ${index + 1} of "${place.join('.')}" of ${this.#target.name} must be ${coerced.wanted}, found ${shown}`, [
          ...place,
          index,
        ]);
        return undefined;
      }
      if (elements === 'dict' && spec.options) return this.level(coerced.value as Dict, spec.options, [...place, index]);
      return toPlain(coerced.value as Data);
    });
  }

  #choice(key: string, spec: OptionSpec, typed: unknown, given: Data, path: Path, place: Path): unknown {
    const { choices } = spec;
    if (!choices) return typed;
    if (Array.isArray(typed)) {
      typed.forEach((one, index) => {
        if (one !== undefined && !choices.includes(one)) this.#wrongChoice(key, choices, one, path, [...place, index]);
      });
      return typed;
    }
    if (choices.includes(typed as string)) return typed;
    // YAML 1.1 reads an unquoted yes, no, on or off as a boolean; the one choice that means the same is what was meant
    const words =
      typeof given === 'boolean' || typed === 'True' || typed === 'False'
        ? choices.filter((one) => (typed === 'True' || typed === true ? TRUE : FALSE).has(one))
        : [];
    if (words.length === 1) return words[0];
    this.#wrongChoice(key, choices, spec.secret ? '…' : typed, path, place);
    return typed;
  }

  #wrongChoice(key: string, choices: readonly unknown[], found: unknown, path: Path, place: Path): void {
    const near = didYouMean(String(found), choices.map(String));
    this.#say('option-choice', `"${key}" of ${this.#owner(path)} must be ${either(choices.map(String))}, found ${JSON.stringify(found)}.${near}`, place, {
      says: `value of ${key} must be one of: ${choices.join(', ')}, got: ${String(found)}`,
    });
  }

  #pattern(key: string, spec: OptionSpec, value: unknown, path: Path, place: Path): void {
    if (spec.pattern === undefined || value === undefined) return;
    const pattern = new RegExp(spec.pattern, 'u');
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one !== 'string' || pattern.test(one)) continue;
      const wanted = spec.patternHint ?? `text that matches ${spec.pattern}`;
      this.#say('option-pattern', `"${key}" of ${this.#owner(path)} must be ${wanted}, found ${spec.secret ? 'something else' : describe(one)}`, place);
    }
  }

  unknown(key: string, options: Options, place: Path): void {
    const owner = this.#owner(place.slice(0, -1));
    const names = Object.keys(options);
    const see = this.#target.name.startsWith('role ') ? '' : `: see qplay doc ${this.#target.name}`;
    const takes = names.length === 0 ? `${owner} takes no options${see}` : `${owner} takes ${names.slice().sort().join(', ')}${see}`;
    this.#say('unknown-option', `${owner} has no option "${key}".${didYouMean(key, indexOf(options).names.keys())}`, place, {
      says: unsupported(this.#target, key, options),
      hint: takes,
    });
  }

  missing(present: ReadonlySet<string>, options: Options, path: Path): void {
    const missing = Object.entries(options).filter(([name, spec]) => spec.required && !present.has(name));
    const says = `missing required arguments: ${missing
      .map(([name]) => name)
      .sort()
      .join(', ')}${path.length === 0 ? '' : ` found in ${path.join(' -> ')}`}`;
    for (const [name, spec] of missing) {
      const known =
        path.length === 0 && name === this.#target.freeForm
          ? `${this.#owner(path)} needs a command: option "${name}" is missing`
          : `${this.#owner(path)} needs the option "${name}"`;
      this.#say('missing-option', known, path, { says, hint: `${name}: ${spec.description}` });
    }
  }

  #secret(value: unknown): void {
    if (typeof value === 'string' && value !== '') this.secrets.push(value);
    else if (typeof value === 'number') this.secrets.push(String(value));
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) this.#secret(one);
  }

  #owner(path: Path): string {
    return path.length === 0 ? this.#target.name : `"${path.join('.')}" of ${this.#target.name}`;
  }

  #say(code: string, message: string, place: Path, more: Partial<Diagnostic> = {}, severity: Diagnostic['severity'] = 'error'): void {
    const at = this.#place(place);
    const { host, task } = this.#where;
    const text = /[.?]$/.test(message) ? message : `${message}.`;
    (severity === 'warning' ? this.warnings : this.diagnostics).push({
      kind: 'input',
      severity,
      code,
      message: text,
      ...(at ? { at } : {}),
      ...(host === undefined ? {} : { host }),
      ...(task === undefined ? {} : { task }),
      ...more,
    });
  }

  /** The nearest place known: the option, what it stands in, the task. */
  #place(path: Path): At | undefined {
    for (let length = path.length; length > 0; length--) {
      const at = this.#where.keyAt?.(path.slice(0, length));
      if (at) return at;
    }
    return this.#where.at;
  }
}

/** Ansible's sentences for the same mistakes. */
function unconverted(key: string, spec: OptionSpec, value: Data): string {
  const kind = spec.type === 'path' ? 'str' : spec.type;
  const why =
    kind === 'bool'
      ? `The value '${String(value)}' is not a valid boolean.  Valid booleans include: 'y', 'yes', 'on', '1', 'true', 't', 'n', 'no', 'off', '0', 'false', 'f', 1, 0`
      : `${pythonClass(value)} cannot be converted to ${kind === 'int' ? 'an int' : `a ${kind}`}`;
  return `argument '${key}' is of type ${pythonClass(value)} and we were unable to convert to ${kind}: ${why}`;
}

function unsupported({ name }: Checked, key: string, options: Options): string {
  const known = Object.entries(options).map(([one, { aliases = [] }]) => (aliases.length === 0 ? one : `${one} (${[...aliases].sort().join(', ')})`));
  return `Unsupported parameters for (${name}) module: ${key}. Supported parameters include: ${known.sort().join(', ')}.`;
}

function pythonClass(value: Data): string {
  const kind = Array.isArray(value) ? 'list' : isDict(value) ? 'dict' : typeof value === 'string' ? 'str' : typeof value === 'boolean' ? 'bool' : 'int';
  return `<class '${value === null ? 'NoneType' : kind}'>`;
}

const TRUE = new Set<unknown>(['y', 'yes', 'on', '1', 'true', 't', 1, true]);
const FALSE = new Set<unknown>(['n', 'no', 'off', '0', 'false', 'f', 0, false]);

/** `a`, `a or b`, `a, b or c`. */
function either(words: readonly string[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function optionHint(spec: OptionSpec): { hint?: string } {
  return spec.patternHint === undefined ? {} : { hint: `Wanted is ${spec.patternHint}.` };
}
