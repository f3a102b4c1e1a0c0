import { randomInt } from 'node:crypto';
import { truth } from '../python/compare.ts';
import type { Value } from '../values.ts';
import { type Lookup, lookup, lookupError, termText } from './lookup.ts';

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

type Options = ReadonlyMap<string, Value>;

const SWITCHES = ['upper', 'lower', 'numbers', 'special'];
const MINIMA = ['min_numeric', 'min_lower', 'min_upper', 'min_special'] as const;
const OPTIONS = ['length', 'base64', 'override_all', 'override_special', 'ignore_similar_chars', 'similar_chars', ...SWITCHES, ...MINIMA];

function number(options: Options, name: string, otherwise: number): number {
  const value = options.get(name);
  if (value === undefined || value === null) return otherwise;
  const text = termText(value);
  if (!/^-?\d+$/.test(text)) throw lookupError(`random_string: ${name} must be an integer, not '${text}'`);
  return Number(text);
}

function pick(characters: string, count: number): string[] {
  const chars = [...characters];
  if (chars.length === 0) throw lookupError('Available characters cannot be None, please change constraints');
  return Array.from({ length: Math.max(0, count) }, () => chars[randomInt(chars.length)] as string);
}

function shuffled(chars: string[]): string {
  for (let index = chars.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [chars[index], chars[other]] = [chars[other] as string, chars[index] as string];
  }
  return chars.join('');
}

/** Which characters there are of each sort, and how many of each at least. */
function sorts(options: Options): { readonly on: boolean; readonly characters: string; readonly least: number }[] {
  const similar = truth(options.get('ignore_similar_chars') ?? false) ? termText(options.get('similar_chars') ?? 'il1LoO0') : '';
  const kept = (characters: string): string => [...characters].filter((char) => !similar.includes(char)).join('');
  const special = options.get('override_special');
  const sets = {
    upper: kept(LOWER.toUpperCase()),
    lower: kept(LOWER),
    numbers: kept(DIGITS),
    special: special === undefined || !truth(special) ? kept(PUNCTUATION) : termText(special),
  };
  const minimum = { upper: 'min_upper', lower: 'min_lower', numbers: 'min_numeric', special: 'min_special' } as const;
  return (['upper', 'lower', 'numbers', 'special'] as const).map((name) => ({
    on: truth(options.get(name) ?? true),
    characters: sets[name],
    least: number(options, minimum[name], 0),
  }));
}

function make(options: Options): string {
  const length = number(options, 'length', 8);
  const all = options.get('override_all');
  if (all !== undefined && truth(all)) return shuffled(pick(termText(all), length));
  const each = sorts(options);
  const first = each.flatMap(({ characters, least }) => (least === 0 ? [] : pick(characters, least)));
  const allowed = each.map(({ on, characters }) => (on ? characters : '')).join('');
  return shuffled([...first, ...pick(allowed, length - first.length)]);
}

/** community.general's `random_string`: another one each time; masked in all output. */
export const randomStringLookup: Lookup = lookup(OPTIONS, (rt, _terms, options) => {
  const made = make(options);
  rt.context.secret(made);
  return [truth(options.get('base64') ?? false) ? Buffer.from(made).toString('base64') : made];
});
