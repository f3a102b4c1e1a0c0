import { type Data, float } from '../value.ts';

// What a plain (unquoted) scalar of YAML 1.1 means, as PyYAML reads it: https://yaml.org/type/ with PyYAML's own corners
// (`1e5` is text, `0o17` is text, `08` is text). Dates stay text, which is how Ansible shows them.
const BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const TRUE = /^(?:yes|true|on)$/i;
const NULL = /^(?:~|null|Null|NULL|)$/;
const INTEGER = /^[-+]?(?:0b[0-1_]+|0[0-7_]+|(?:0|[1-9][0-9_]*)|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** Characters a plain scalar that is not text can begin with; every other first character makes it text at once. */
const SPECIAL = new Set([...'yYnNtTfFoO~.+-0123456789'].map((one) => one.charCodeAt(0)));

/** The value of a plain scalar. */
export function plainValue(text: string): Data {
  if (text === '') return null;
  if (!SPECIAL.has(text.charCodeAt(0))) return text;
  if (BOOLEAN.test(text)) return TRUE.test(text);
  if (NULL.test(text)) return null;
  return integer(text) ?? floating(text) ?? text;
}

/** The value of an unquoted word in a JSON file, whose numbers may have an exponent without a point. */
export function jsonValue(text: string): Data {
  if (JSON_NUMBER.test(text)) return /[.eE]/.test(text) ? float(Number(text)) : whole(BigInt(text));
  return plainValue(text);
}

/** A YAML 1.1 boolean; `undefined` when the text is none. */
export const booleanOf = (text: string): boolean | undefined => (BOOLEAN.test(text) ? TRUE.test(text) : undefined);

/** A YAML 1.1 integer: decimal, octal `0644`, `0x`, `0b`, base sixty `1:30`; `undefined` when the text is none. */
export function integer(text: string): number | bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const [negative, digits] = unsigned(text);
  const value = magnitude(digits);
  return value === undefined ? undefined : whole(negative ? -value : value);
}

function magnitude(digits: string): bigint | undefined {
  if (/^0[bx]$/.test(digits)) return undefined;
  if (/^0[bx]/.test(digits)) return BigInt(digits);
  if (digits.includes(':')) return digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  if (/^0./.test(digits)) return BigInt(`0o${digits}`);
  return BigInt(digits);
}

/** A YAML 1.1 float, base sixty too; `undefined` when the text is none. */
export function floating(text: string): Data | undefined {
  if (!FLOAT.test(text)) return undefined;
  const [negative, digits] = unsigned(text.toLowerCase());
  const value =
    digits === '.inf'
      ? Infinity
      : digits === '.nan'
        ? NaN
        : digits.includes(':')
          ? digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
          : Number(digits);
  return float(negative ? -value : value);
}

function unsigned(text: string): [negative: boolean, digits: string] {
  const bare = text.replaceAll('_', '');
  const first = bare.charCodeAt(0);
  return [first === 45, first === 45 || first === 43 ? bare.slice(1) : bare];
}

/** An integer as this language holds it: a number as long as it is exact. */
function whole(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
