import { dumpJson } from '../jinja/python/json.ts';
import { toText } from '../jinja/python/text.ts';
import { pythonLiteral } from '../load/literal.ts';
import { parseYaml } from '../load/yaml.ts';
import { type Data, type Dict, Float, isDict, toPlain } from '../value.ts';
import type { OptionSpec } from './options.ts';

type Type = OptionSpec['type'];

/** A value of the wanted type, or what was found instead, in words. */
export type Coerced = { readonly value: unknown } | { readonly found: string; readonly wanted: string };

/**
 * A value as an option of that type takes it, with Ansible's leniency: `yes` is a boolean, `"8080"` an integer, `"a,b"` a
 * list, `"a=1 b=2"` a dict. Lists and dicts stay `Data`, so that their members can be checked in turn.
 */
export function coerce(type: Type, value: Data): Coerced {
  switch (type) {
    case 'str':
    case 'path':
      return value === null ? not('text', value) : { value: toText(value) };
    case 'bool':
      return toBoolean(value);
    case 'int':
      return toInteger(value);
    case 'float':
      return toFloat(value);
    case 'list':
      return toList(value);
    case 'dict':
      return toDict(value);
    case 'json':
      if (typeof value === 'string') return { value: value.trim() };
      return isDict(value) || Array.isArray(value) ? { value: dumpJson(value) } : not('JSON', value);
    case 'raw':
      return { value: toPlain(value) };
  }
}

const not = (wanted: string, value: Data): Coerced => ({ wanted, found: describe(value) });

const TRUE = new Set(['y', 'yes', 'on', '1', 'true', 't']);
const FALSE = new Set(['n', 'no', 'off', '0', 'false', 'f']);

function toBoolean(value: Data): Coerced {
  if (typeof value === 'boolean') return { value };
  const number = numberOf(value);
  if (number === 1 || number === 0) return { value: number === 1 };
  const word = typeof value === 'string' ? value.toLowerCase().trim() : '';
  if (TRUE.has(word)) return { value: true };
  if (FALSE.has(word)) return { value: false };
  return not('a boolean (yes or no)', value);
}

const DECIMAL = /^[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?$/;

function toInteger(value: Data): Coerced {
  if (typeof value === 'boolean') return { value: Number(value) };
  const text = typeof value === 'string' ? value.trim() : '';
  const number = DECIMAL.test(text) ? Number(text.replaceAll('_', '')) : numberOf(value);
  return number !== undefined && Number.isInteger(number) ? { value: number } : not('an integer', value);
}

function toFloat(value: Data): Coerced {
  if (typeof value === 'boolean') return { value: Number(value) };
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (DECIMAL.test(text)) return { value: Number(text.replaceAll('_', '')) };
  const special = /^([-+]?)(inf|infinity|nan)$/.exec(text);
  if (special) return { value: special[2] === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity };
  const number = numberOf(value);
  return number === undefined ? not('a number', value) : { value: number };
}

function numberOf(value: Data): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Float ? value.value : undefined;
}

function toList(value: Data): Coerced {
  if (Array.isArray(value)) return { value };
  // Ansible keeps the blanks of "a, b"; nobody means them
  if (typeof value === 'string') return { value: value.split(',').map((one) => one.trim()) };
  if (typeof value === 'boolean' || numberOf(value) !== undefined) return { value: [toText(value)] };
  return not('a list', value);
}

function toDict(value: Data): Coerced {
  if (isDict(value)) return { value };
  if (typeof value !== 'string') return not('a mapping', value);
  const dict = value.trimStart().startsWith('{') ? dictOfText(value) : dictOfPairs(value);
  return dict ? { value: dict } : not('a mapping', value);
}

function dictOfText(text: string): Dict | undefined {
  try {
    JSON.parse(text);
    const { value } = parseYaml(text, 'JSON');
    if (isDict(value)) return value;
  } catch {
    // not JSON: Python's notation is the other way to write a dict
  }
  const literal = pythonLiteral(text);
  return literal !== undefined && isDict(literal) ? literal : undefined;
}

/** `k1=v1, k2="v 2"`; blanks and commas part the pairs, a backslash keeps the next character. */
function dictOfPairs(text: string): Dict | undefined {
  const dict: Dict = new Map();
  for (const field of fieldsOf(text.trim())) {
    const equals = field.indexOf('=');
    if (equals < 0) return undefined;
    dict.set(field.slice(0, equals), field.slice(equals + 1));
  }
  return dict.size > 0 ? dict : undefined;
}

function fieldsOf(text: string): string[] {
  const fields = [''];
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '\\') fields[fields.length - 1] += text[++i] ?? '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (quote === char) quote = '';
    else if (quote === '' && (char === ',' || char === ' ')) fields.push('');
    else fields[fields.length - 1] += char;
  }
  return fields.filter((field) => field !== '');
}

/** What a value is, for a message: `the text "abc"`, `a list`, `nothing`. */
export function describe(value: Data): string {
  if (value === null) return 'nothing (null)';
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)}`;
  if (typeof value === 'boolean') return `the boolean ${value ? 'yes' : 'no'}`;
  if (isDict(value)) return 'a mapping';
  if (Array.isArray(value)) return 'a list';
  return `the number ${toText(value)}`;
}
