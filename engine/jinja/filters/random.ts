import { define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { type RandomSource, SeededRandom, systemRandom } from '../python/random.ts';
import { failUndefined, isIterable, listOf } from '../python/sequence.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';
import { wholeNumber } from './keys.ts';

function randomNumber(source: RandomSource, end: number, start: Value, step: Value): number {
  const from = truth(start) ? wholeNumber(start, 'start') : 0;
  const by = truth(step) ? wholeNumber(step, 'step') : 1;
  const count = Math.ceil((end - from) / by);
  if (count <= 0) throw new PyError(`empty range for randrange() (${from}, ${end}, ${by})`);
  return from + by * source.below(count);
}

export const randomFilters: Family = {
  random: define('end, start=None, step=None, seed=None', (_rt, end, start, step, seed) => {
    failUndefined(end);
    const source = seed === null ? systemRandom : new SeededRandom(seed);
    if (typeof end === 'number') return randomNumber(source, wholeNumber(end, 'end'), start, step);
    if (!isIterable(end)) throw new PyError('random can only be used on sequences and integers');
    if (truth(start) || truth(step)) throw new PyError('start and step can only be used with integer values');
    const members = listOf(end);
    if (members.length === 0) throw new PyError('Cannot choose from an empty sequence');
    return members[source.below(members.length)] as Value;
  }),
  shuffle: define('mylist, seed=None', (_rt, list, seed) => {
    if (!isIterable(list)) return list;
    const source = truth(seed) ? new SeededRandom(seed) : systemRandom;
    const members = [...listOf(list)];
    for (let index = members.length - 1; index > 0; index--) {
      const other = source.below(index + 1);
      [members[index], members[other]] = [members[other] as Value, members[index] as Value];
    }
    return members;
  }),
};
