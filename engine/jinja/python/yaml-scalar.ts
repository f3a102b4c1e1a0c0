import { type Data, float } from '../../value.ts';
import { integer } from './number.ts';

const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const TRUE = /^(?:yes|true|on)$/i;
const NULL = /^(?:~|null|Null|NULL|)$/;
const INT = /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const TIMESTAMP =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/;

/** Whether a plain scalar is read as something else than text by YAML 1.1 as PyYAML knows it. */
export const isSpecialPlain = (text: string): boolean =>
  BOOL.test(text) || NULL.test(text) || INT.test(text) || FLOAT.test(text) || TIMESTAMP.test(text) || text === '<<' || text === '=';

/** Value of a plain scalar; dates stay text. */
export function plainScalar(text: string): Data {
  if (BOOL.test(text)) return TRUE.test(text);
  if (NULL.test(text)) return null;
  if (INT.test(text)) return intOf(text);
  return FLOAT.test(text) ? floatOf(text) : text;
}

export function intOf(text: string): Data {
  const plain = text.replaceAll('_', '');
  const sign = plain.startsWith('-') ? -1n : 1n;
  const digits = plain.replace(/^[-+]/, '');
  if (digits === '' || digits === '0') return 0;
  if (digits.startsWith('0b') || digits.startsWith('0x')) return integer(sign * BigInt(digits));
  if (digits.startsWith('0')) return integer(sign * BigInt(`0o${digits}`));
  return integer(sign * digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n));
}

export function floatOf(text: string): Data {
  const plain = text.replaceAll('_', '').toLowerCase();
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY;
  if (digits === '.nan') return Number.NaN;
  return float(sign * digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0));
}
