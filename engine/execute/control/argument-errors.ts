import { equal, literalEval, repr, toText } from '../../jinja/index.ts';
import { type Data, type Dict, Float, isDict } from '../../value.ts';

/** Where in nested options a level stands, and whether its text was written as it is. */
interface Level {
  readonly above: readonly string[];
  readonly written: boolean;
}

/** What a conversion says when it cannot be done. */
class Unfit extends Error {}

/**
 * Values against an `argument_spec`, in the words of ansible-core 2.18 (`argument_errors`), in its order.
 * @param spec options by name, as `meta/argument_specs.yml` has them
 * @param given values by name, templates rendered; not changed
 * @param written whether the text of a value was written as it is, with no template: Ansible names the type of such text otherwise
 */
export function argumentErrors(spec: Dict, given: Dict, written: (name: string) => boolean): string[] {
  const errors: string[] = [];
  const unsupported = new Map<string, string>();
  const values = copied(given) as Dict;
  const names = [...given.keys()].map(String);
  const level = { above: [], written: names.every(written) };
  checkLevel(new Map(), spec, values, level, errors, unsupported, (name) => ({ ...level, written: written(name) }));
  if (unsupported.size > 0) {
    const all = [...unsupported.keys()].sort();
    errors.push(`${all.join(', ')}. Supported parameters include: ${unsupported.get(all.at(-1) as string)}.`);
  }
  return errors;
}

const copied = (value: Data): Data =>
  Array.isArray(value) ? value.map(copied) : value instanceof Map ? new Map([...value].map(([key, one]) => [key, copied(one)])) : value;

type Rules = ReadonlyMap<Data, Data>;

function checkLevel(
  rules: Rules,
  spec: Dict,
  values: Dict,
  level: Level,
  errors: string[],
  unsupported: Map<string, string>,
  of: (name: string) => Level = () => level,
): void {
  const noting = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      errors.push(error.message);
    }
  };
  const aliases = new Map<string, string>();
  noting(() => takeAliases(spec, values, aliases));
  noting(() => checkSecrets(spec, values));
  noteUnsupported(spec, values, aliases, level, unsupported);
  noting(() => checkExclusive(rules.get('mutually_exclusive'), values, level));
  setDefaults(spec, values, false);
  noting(() => checkRequired(spec, values, level));
  for (const [name, option] of options(spec)) if (values.has(name)) checkType(name, option, values, of(name), errors);
  for (const [name, option] of options(spec)) checkChoices(name, option, values, level, errors);
  for (const check of [checkTogether, checkOneOf, checkIf, checkBy]) noting(() => check(rules, values, level));
  setDefaults(spec, values, true);
  for (const [name, option] of options(spec)) checkInner(name, option, values, of(name), errors, unsupported);
}

/** An option that says nothing is a text. */
const options = (spec: Dict): [string, Dict][] => [...spec].map(([name, option]) => [String(name), isDict(option) ? option : new Map()]);

const typeOf = (option: Dict): string => String(option.get('type') ?? 'str');
const listOf = (value: Data | undefined): readonly Data[] => (Array.isArray(value) ? value : []);
const inside = (level: Level, text: string): string => (level.above.length === 0 ? text : `${text} found in ${level.above.join(' -> ')}`);

function takeAliases(spec: Dict, values: Dict, aliases: Map<string, string>): void {
  for (const [name, option] of options(spec)) {
    if ((option.get('default') ?? null) !== null && option.get('required') === true)
      throw new Unfit(`internal error: required and default are mutually exclusive for ${name}`);
    for (const alias of listOf(option.get('aliases')).map(String)) {
      aliases.set(alias, name);
      if (values.has(alias)) values.set(name, values.get(alias) as Data);
    }
  }
}

/** Ansible looks for secrets in nested options first, and there meets values that are no mappings. */
function checkSecrets(spec: Dict, values: Dict): void {
  for (const [name, option] of options(spec)) {
    const inner = option.get('options');
    const value = values.get(name) ?? null;
    if (!isDict(inner) || value === null || !holdsDicts(option)) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      const dict = typeof one === 'string' ? convert('dict', one, true) : one;
      if (!isDict(dict)) throw new Unfit(`Value '${toText(one)}' in the sub parameter field '${name}' must be a ${typeOf(option)}, not '${className(one)}'`);
      checkSecrets(inner, dict);
    }
  }
}

const holdsDicts = (option: Dict): boolean => typeOf(option) === 'dict' || (typeOf(option) === 'list' && option.get('elements') === 'dict');

function noteUnsupported(spec: Dict, values: Dict, aliases: ReadonlyMap<string, string>, { above }: Level, unsupported: Map<string, string>): void {
  const known = [...spec.keys()].map(String).filter((name) => !aliases.has(name));
  const others = aliases.size > 0 ? ` (${[...aliases.keys()].sort().join(', ')})` : '';
  for (const key of values.keys())
    if (!spec.has(key) && !aliases.has(String(key))) unsupported.set([...above, String(key)].join('.'), known.sort().join(', ') + others);
}

function setDefaults(spec: Dict, values: Dict, empty: boolean): void {
  for (const [name, option] of options(spec)) {
    const value = option.get('default') ?? null;
    if (!values.has(name) && (value !== null || empty)) values.set(name, copied(value));
  }
}

function checkRequired(spec: Dict, values: Dict, level: Level): void {
  const missing = options(spec).filter(([name, option]) => option.get('required') === true && !values.has(name));
  if (missing.length > 0)
    throw new Unfit(
      inside(
        level,
        `missing required arguments: ${missing
          .map(([name]) => name)
          .sort()
          .join(', ')}`,
      ),
    );
}

function checkType(name: string, option: Dict, values: Dict, level: Level, errors: string[]): void {
  const value = values.get(name) as Data;
  if (value === null && option.get('required') !== true && (option.get('default') ?? null) === null) return;
  const type = typeOf(option);
  const where = level.above.length > 0 ? ` found in '${level.above.join(' -> ')}'.` : '';
  try {
    const converted = convert(type, value, level.written);
    values.set(name, converted);
    const elements = option.get('elements');
    if (typeof elements !== 'string') return;
    if (type !== 'list') errors.push(`Invalid type ${type} for option '${toText(converted)}'${where}, elements value check is supported only with 'list' type`);
    values.set(name, elementsOf(name, elements, converted, level, errors));
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    errors.push(`argument '${name}' is of type ${classOf(value, level.written)}${where} and we were unable to convert to ${type}: ${error.message}`);
  }
}

function elementsOf(name: string, type: string, value: Data, level: Level, errors: string[]): Data[] {
  const where = level.above.length > 0 ? ` found in '${level.above.join(' -> ')}'` : '';
  return listOf(isDict(value) ? [...value.keys()] : value).flatMap((one) => {
    try {
      return [convert(type, one, level.written)];
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      errors.push(
        `Elements value for option '${name}'${where} is of type ${classOf(one, level.written)} and we were unable to convert to ${type}: ${error.message}`,
      );
      return [];
    }
  });
}

function checkChoices(name: string, option: Dict, values: Dict, level: Level, errors: string[]): void {
  const choices = option.get('choices') ?? null;
  if (choices === null || !values.has(name)) return;
  if (!Array.isArray(choices)) {
    errors.push(inside(level, `internal error: choices for argument ${name} are not iterable: ${toText(choices)}`));
    return;
  }
  const among = (value: Data): boolean => choices.some((one) => equal(one, value));
  const value = values.get(name) as Data;
  const words = choices.map(toText).join(', ');
  if (Array.isArray(value)) {
    const wrong = value.filter((one) => !among(one));
    if (wrong.length > 0) errors.push(inside(level, `value of ${name} must be one or more of: ${words}. Got no match for: ${wrong.map(toText).join(', ')}`));
    return;
  }
  const meant = value === 'True' || value === 'False' ? truthAmong(choices, value === 'True') : undefined;
  if (meant !== undefined) values.set(name, meant);
  else if (!among(value)) errors.push(inside(level, `value of ${name} must be one of: ${words}, got: ${toText(value)}`));
}

const TRUE: readonly Data[] = ['y', 'yes', 'on', '1', 'true', 't', 1, true];
const FALSE: readonly Data[] = ['n', 'no', 'off', '0', 'false', 'f', 0, false];

/** YAML makes booleans of some words: the one choice that means the same. */
function truthAmong(choices: readonly Data[], truth: boolean): Data | undefined {
  const found = choices.filter((one) => (truth ? TRUE : FALSE).includes(one));
  return found.length === 1 ? found[0] : undefined;
}

function checkInner(name: string, option: Dict, values: Dict, level: Level, errors: string[], unsupported: Map<string, string>): void {
  const inner = option.get('options');
  if (!holdsDicts(option) || !isDict(inner)) return;
  if ((values.get(name) ?? null) === null) {
    if (option.get('apply_defaults') !== true) return;
    values.set(name, new Map());
  }
  const value = values.get(name) as Data;
  for (const one of Array.isArray(value) ? value : [value]) {
    if (isDict(one)) checkLevel(option, inner, one, { ...level, above: [...level.above, name] }, errors, unsupported);
    else errors.push(`value of '${name}' must be of type dict or list of dicts`);
  }
}

const texts = (value: Data): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);
const given = (names: Data, values: Dict): number => texts(names).filter((name) => values.has(name)).length;

function checkExclusive(terms: Data | undefined, values: Dict, level: Level): void {
  const found = listOf(terms).filter((one) => given(one, values) > 1);
  if (found.length > 0) throw new Unfit(inside(level, `parameters are mutually exclusive: ${found.map((one) => texts(one).join('|')).join(', ')}`));
}

function checkTogether(rules: Rules, values: Dict, level: Level): void {
  for (const one of listOf(rules.get('required_together'))) {
    const there = given(one, values);
    if (there > 0 && there < texts(one).length) throw new Unfit(inside(level, `parameters are required together: ${texts(one).join(', ')}`));
  }
}

function checkOneOf(rules: Rules, values: Dict, level: Level): void {
  for (const one of listOf(rules.get('required_one_of')))
    if (given(one, values) === 0) throw new Unfit(inside(level, `one of the following is required: ${texts(one).join(', ')}`));
}

function checkIf(rules: Rules, values: Dict, level: Level): void {
  for (const one of listOf(rules.get('required_if'))) {
    const [key = '', wanted = null, names = [], any = false] = listOf(one);
    if (!values.has(key) || !equal(values.get(key) as Data, wanted)) continue;
    const missing = texts(names).filter((name) => !values.has(name));
    if (missing.length === 0 || (any === true && missing.length < texts(names).length)) continue;
    const how = any === true ? 'any' : 'all';
    throw new Unfit(inside(level, `${String(key)} is ${toText(wanted)} but ${how} of the following are missing: ${missing.join(', ')}`));
  }
}

function checkBy(rules: Rules, values: Dict, level: Level): void {
  const by = rules.get('required_by');
  if (!isDict(by)) return;
  const lacks = (name: Data): boolean => (values.get(name) ?? null) === null;
  for (const [key, names] of by) {
    const missing = lacks(key) ? [] : texts(names).filter(lacks);
    if (missing.length > 0) throw new Unfit(inside(level, `missing parameter(s) required by '${String(key)}': ${missing.join(', ')}`));
  }
}

function className(value: Data): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof Float) return 'float';
  if (Array.isArray(value)) return 'list';
  return isDict(value) ? 'dict' : 'int';
}

const classOf = (value: Data, written: boolean): string =>
  `<class '${typeof value === 'string' && written ? 'ansible.parsing.yaml.objects.AnsibleUnicode' : className(value)}'>`;

function convert(type: string, value: Data, written: boolean): Data {
  const unfit = (what: string): never => {
    throw new Unfit(`${classOf(value, written)} cannot be converted to a ${what}`);
  };
  switch (type) {
    case 'str':
    case 'path':
      if (value === null) throw new Unfit("'None' is not a string and conversion is not allowed");
      return toText(value);
    case 'list':
      if (Array.isArray(value)) return value;
      if (typeof value === 'string') return value.split(',');
      return value === null || isDict(value) ? unfit('list') : [toText(value)];
    case 'dict':
      return isDict(value) ? value : typeof value === 'string' ? dictOf(value) : unfit('dict');
    case 'bool':
      return typeof value === 'boolean' ? value : value === null || (typeof value === 'object' && !(value instanceof Float)) ? unfit('bool') : truthOf(value);
    case 'int':
      return integerOf(value);
    case 'float':
      return floatOf(value) ?? unfit('float');
    case 'bytes':
    case 'bits':
      return /^\s*\d*\.?\d+\s*([kmgtpezy]?(i?b(its|ytes)?)?)?\s*$/i.test(toText(value)) ? value : unfit(type === 'bytes' ? 'Byte value' : 'Bit value');
    case 'json':
    case 'jsonarg':
      return typeof value === 'string' || Array.isArray(value) || isDict(value) ? value : unfit('json string');
    default:
      return value;
  }
}

function truthOf(value: Data): boolean {
  const word = typeof value === 'string' ? value.toLowerCase().trim() : value;
  if (TRUE.some((one) => equal(one, word))) return true;
  if (FALSE.some((one) => equal(one, word))) return false;
  throw new Unfit(
    `The value '${toText(value)}' is not a valid boolean.  Valid booleans include: 0, 1, '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'`,
  );
}

function integerOf(value: Data): Data {
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return value;
  const number =
    value instanceof Float
      ? value.value
      : typeof value === 'string' && /^\s*[+-]?[\d_]*\.?\d+(e[+-]?\d+)?\s*$/i.test(value)
        ? Number(value.replaceAll('_', ''))
        : Number.NaN;
  if (Number.isInteger(number)) return number;
  throw new Unfit(`"${repr(value)}" cannot be converted to an int`);
}

function floatOf(value: Data): Data | undefined {
  if (value instanceof Float) return value;
  const text = typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value.trim() === '' ? Number.NaN : value;
  const number = value === null || typeof value === 'object' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? undefined : new Float(number);
}

/** Text as a dict: JSON, Python, or `k=v` pairs. */
function dictOf(text: string): Dict {
  if (text.startsWith('{')) {
    const value = evaluated(text);
    if (isDict(value)) return value;
    throw new Unfit('unable to evaluate string as dictionary');
  }
  if (!text.includes('=')) throw new Unfit('dictionary requested, could not parse JSON or key=value');
  const fields = text.trim().match(/(?:\\.|"[^"]*"|'[^']*'|[^,\s"'])+/g) ?? [];
  if (fields.some((one) => !one.includes('='))) throw new Unfit('unable to evaluate string in the "key=value" format as dictionary');
  return new Map(fields.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1).replace(/\\(.)|["']/g, '$1')]));
}

function evaluated(text: string): Data | undefined {
  try {
    return literalEval(
      text
        .replaceAll(/\btrue\b/g, 'True')
        .replaceAll(/\bfalse\b/g, 'False')
        .replaceAll(/\bnull\b/g, 'None'),
    );
  } catch {
    return undefined;
  }
}
