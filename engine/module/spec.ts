import { type Diagnostic, didYouMean } from '../error.ts';
import { keyPositionOf, positionOf } from '../load/positions.ts';
import { type Data, type Dict, isDict, toPlain } from '../value.ts';
import type { OptionRules, OptionSpec, Options } from './options.ts';

/** Options of a role's entry point, out of `meta/argument_specs.yml`. */
export interface SpecOptions {
  readonly summary?: string;
  readonly options: Options;
  readonly rules: OptionRules;
  readonly diagnostics: readonly Diagnostic[];
}

const TYPES: Readonly<Record<string, OptionSpec['type']>> = {
  str: 'str',
  bool: 'bool',
  int: 'int',
  float: 'float',
  list: 'list',
  dict: 'dict',
  path: 'path',
  raw: 'raw',
  json: 'json',
  jsonarg: 'json',
  // sizes such as 10M: their text is left to whoever uses the variable
  bytes: 'raw',
  bits: 'raw',
};

const KNOWN = new Set([
  'type',
  'description',
  'required',
  'default',
  'choices',
  'aliases',
  'elements',
  'options',
  'no_log',
  'version_added',
  'removed_in_version',
  'removed_at_date',
  'deprecated_aliases',
  'fallback',
  'apply_defaults',
  'required_if',
  'required_by',
  'required_one_of',
  'required_together',
  'mutually_exclusive',
  'short_description',
  'author',
  'pattern',
  'pattern_hint',
]);

/**
 * One entry point (`main: {short_description, options, required_if, ...}`) as options that `checkArguments` understands.
 * Mistakes in the specification itself come as diagnostics.
 */
export function optionsFromSpec(entry: Dict): SpecOptions {
  const diagnostics: Diagnostic[] = [];
  const summary = entry.get('short_description');
  const options = readOptions(entry, diagnostics);
  return { ...(typeof summary === 'string' ? { summary } : {}), options, rules: rulesOf(entry), diagnostics };
}

function readOptions(holder: Dict, diagnostics: Diagnostic[]): Options {
  const given = holder.get('options');
  const options: Record<string, OptionSpec> = {};
  if (given === undefined || given === null) return options;
  if (!isDict(given)) {
    diagnostics.push(mistake('"options" must be a mapping of option names', holder, 'options'));
    return options;
  }
  for (const [name, spec] of given) {
    if (isDict(spec)) options[String(name)] = readOption(String(name), spec, diagnostics);
    else if (spec === null) options[String(name)] = { type: 'str', description: '' };
    else diagnostics.push(mistake(`Option "${String(name)}" must be a mapping with type, description and so on`, given, name));
  }
  return options;
}

function readOption(name: string, spec: Dict, diagnostics: Diagnostic[]): OptionSpec {
  for (const key of spec.keys())
    if (!KNOWN.has(String(key)))
      diagnostics.push({
        ...mistake(`Option "${name}" has an unknown field "${String(key)}".${didYouMean(String(key), KNOWN)}`, spec, key),
        severity: 'warning',
      });
  const options = spec.has('options') ? { options: readOptions(spec, diagnostics) } : {};
  const elements = spec.has('elements') ? { elements: typeOf(name, spec, 'elements', diagnostics) } : {};
  const fallback = spec.get('default');
  const choices = spec.get('choices');
  return {
    type: typeOf(name, spec, 'type', diagnostics),
    description: description(spec.get('description')),
    ...(spec.get('required') === true ? { required: true } : {}),
    ...(fallback === undefined || fallback === null ? {} : { default: toPlain(fallback) }),
    ...(Array.isArray(choices) ? { choices: choices.map((one) => toPlain(one) as string | number | boolean) } : {}),
    ...(spec.has('aliases') ? { aliases: words(spec.get('aliases')) } : {}),
    ...(spec.get('no_log') === true ? { secret: true } : {}),
    ...texts(spec),
    ...elements,
    ...options,
  };
}

function texts(spec: Dict): Pick<OptionSpec, 'pattern' | 'patternHint'> {
  const pattern = spec.get('pattern');
  const hint = spec.get('pattern_hint');
  return { ...(typeof pattern === 'string' ? { pattern } : {}), ...(typeof hint === 'string' ? { patternHint: hint } : {}) };
}

function typeOf(name: string, spec: Dict, key: 'type' | 'elements', diagnostics: Diagnostic[]): OptionSpec['type'] {
  const given = spec.get(key) ?? 'str';
  const type = typeof given === 'string' && Object.hasOwn(TYPES, given) ? TYPES[given] : undefined;
  if (type) return type;
  const known = Object.keys(TYPES);
  diagnostics.push(mistake(`Option "${name}" has an unknown type "${String(given)}".${didYouMean(String(given), known)}`, spec, key));
  return 'raw';
}

const description = (value: Data | undefined): string => (Array.isArray(value) ? value.map(String).join(' ') : typeof value === 'string' ? value.trim() : '');

const words = (value: Data | undefined): string[] => (Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : []);

/** A list of lists; a plain list is one group. */
function groups(value: Data | undefined): string[][] {
  if (!Array.isArray(value) || value.length === 0) return [];
  return value.every((one) => typeof one === 'string') ? [words(value)] : value.map(words);
}

function rulesOf(entry: Dict): OptionRules {
  const requiredIf = entry.get('required_if');
  const requiredBy = entry.get('required_by');
  return {
    mutuallyExclusive: groups(entry.get('mutually_exclusive')),
    requiredOneOf: groups(entry.get('required_one_of')),
    requiredTogether: groups(entry.get('required_together')),
    ...(Array.isArray(requiredIf)
      ? {
          requiredIf: requiredIf.flatMap((one) =>
            Array.isArray(one) && one.length >= 3 ? [[String(one[0]), toPlain(one[1] as Data), words(one[2])] as const] : [],
          ),
        }
      : {}),
    ...(requiredBy instanceof Map ? { requiredBy: Object.fromEntries([...requiredBy].map(([key, value]) => [String(key), words(value)])) } : {}),
  };
}

function mistake(message: string, container: Dict, key: Data): Diagnostic {
  const at = keyPositionOf(container, key) ?? positionOf(container);
  return { kind: 'input', severity: 'error', code: 'argument-spec', message: /[.?]$/.test(message) ? message : `${message}.`, ...(at ? { at } : {}) };
}
