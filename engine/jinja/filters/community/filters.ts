import { crc32 } from 'node:zlib';
import { define } from '../../binder.ts';
import { dictGet, dictHas, dictSet } from '../../python/compare.ts';
import { add } from '../../python/number.ts';
import { SeededRandom, systemRandom } from '../../python/random.ts';
import { failUndefined, iterate, listOf } from '../../python/sequence.ts';
import { repr } from '../../python/text.ts';
import type { Family } from '../../registry.ts';
import { compareVersions } from '../../tests/version.ts';
import { PyError, Range, typeName, type Value } from '../../values.ts';
import { text, textOnly, wholeNumber } from '../keys.ts';
import { dialectOf, readCsv } from './csv.ts';
import { readIni, writeIni } from './ini.ts';
import { keyFilters } from './keys.ts';
import { listFilters } from './lists.ts';
import { search } from './query.ts';
import { timeFilters } from './time.ts';

/** A list or a text. */
function sequence(value: Value, filter: string): Value[] {
  failUndefined(value);
  if (Array.isArray(value) || typeof value === 'string' || value instanceof Range) return listOf(value);
  throw new PyError(`Argument for community.general.${filter} must be a sequence (string or list). ${repr(value)} is <class '${typeName(value)}'>`);
}

function accumulate(members: readonly Value[]): Value[] {
  const sums: Value[] = [];
  for (const member of members) sums.push(sums.length === 0 ? member : add(sums[sums.length - 1] as Value, member));
  return sums;
}

function count(members: readonly Value[]): Value {
  const counts = new Map<Value, Value>();
  for (const member of members) dictSet(counts, member, ((dictGet(counts, member) as number | undefined) ?? 0) + 1);
  return counts;
}

function pairs(value: Value): Value {
  const dict = new Map<Value, Value>(value instanceof Map ? value : []);
  if (value instanceof Map) return dict;
  for (const pair of iterate(value)) {
    const members = listOf(pair);
    if (members.length !== 2) throw new PyError(`dictionary update sequence element has length ${members.length}; 2 is required`);
    dictSet(dict, members[0] as Value, members[1] as Value);
  }
  return dict;
}

function groupAsDict(members: readonly Value[], attribute: Value): Value {
  const groups = new Map<Value, Value>();
  members.forEach((member, index) => {
    if (!(member instanceof Map)) throw new PyError(`Sequence element #${index} is not a mapping`);
    const key = dictGet(member, attribute);
    if (key === undefined) throw new PyError(`Attribute not contained in element #${index} of sequence`);
    if (dictHas(groups, key)) throw new PyError(`Multiple sequence entries have attribute value ${repr(key)}`);
    dictSet(groups, key, member);
  });
  return groups;
}

/** The rest of a MAC address by chance; the same for the same seed. */
function randomMac(value: string, seed: Value): string {
  const begin = value.toLowerCase();
  const items = begin.split(':');
  if (items.length > 5) throw new PyError(`Invalid value (${begin}) for random_mac: 5 colon(:) separated items max`);
  const wrong = items.filter((item) => !/^[a-f0-9]{2}/.test(item)).map((item) => (item === '' ? 'empty item' : `${item} not hexa byte`));
  if (wrong.length > 0) throw new PyError(`Invalid value (${begin}) for random_mac: ${wrong.join(',')}`);
  const source = seed === null ? systemRandom : new SeededRandom(seed);
  const [low, high] = [68_719_476_736, 1_099_511_627_775];
  const digits = (low + source.below(high - low + 1)).toString(16).slice(0, 2 * (6 - items.length));
  return begin + digits.replace(/../g, ':$&');
}

const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'];

function csvColumns(names: Value): string[] | undefined {
  return names === null || (Array.isArray(names) && names.length === 0) ? undefined : listOf(names).map((name) => textOnly(name, 'from_csv'));
}

/** Filters of community.general. */
export const communityFilters: Family = {
  ...keyFilters,
  ...listFilters,
  ...timeFilters,
  'community.general.accumulate': define('sequence', (_rt, value) => accumulate(sequence(value, 'accumulate'))),
  'community.general.counter': define('sequence', (_rt, value) => count(sequence(value, 'counter'))),
  'community.general.crc32': define('value', (_rt, value) => crc32(Buffer.from(textOnly(value, 'crc32'))).toString(16)),
  'community.general.dict': define('sequence', (_rt, value) => pairs(value)),
  'community.general.dict_kv': define('value, key', (_rt, value, key) => {
    const dict = new Map<Value, Value>();
    dictSet(dict, key, value);
    return dict;
  }),
  'community.general.from_csv': define(
    "data, dialect='excel', fieldnames=None, delimiter=None, skipinitialspace=None, strict=None",
    (_rt, data, dialect, columns, delimiter, skip, strict) =>
      readCsv(text(data), dialectOf(textOnly(dialect, 'from_csv'), delimiter, skip, strict), csvColumns(columns)),
  ),
  'community.general.from_ini': define('obj', (_rt, value) => readIni(textOnly(value, 'from_ini'))),
  'community.general.to_ini': define('obj', (_rt, value) => {
    failUndefined(value);
    return writeIni(value);
  }),
  'community.general.groupby_as_dict': define('sequence, attribute', (_rt, value, attribute) => groupAsDict(sequence(value, 'groupby_as_dict'), attribute)),
  'community.general.json_query': define('data, expr', (_rt, data, expression) => {
    failUndefined(data);
    return search(textOnly(expression, 'json_query'), data);
  }),
  'community.general.random_mac': define('value, seed=None', (_rt, value, seed) => randomMac(textOnly(value, 'random_mac'), seed)),
  'community.general.unicode_normalize': define("data, form='NFC'", (_rt, value, form) => {
    const given = textOnly(value, 'unicode_normalize');
    if (!FORMS.includes(form as string)) throw new PyError(`${repr(form)} is not a valid form`);
    return given.normalize(form as string);
  }),
  'community.general.version_sort': define('value, reverse=False', (_rt, value, reverse) => {
    const sign = wholeNumber(reverse, 'reverse') === 0 ? 1 : -1;
    return [...listOf(value)].sort((a, b) => sign * compareVersions(textOnly(a, 'version_sort'), textOnly(b, 'version_sort'), 'loose'));
  }),
};
