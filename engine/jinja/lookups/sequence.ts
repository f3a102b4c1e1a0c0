import { percentFormat } from '../python/format.ts';
import { LIMITS } from '../python/limits.ts';
import { tooMany } from '../python/sequence.ts';
import type { Value } from '../values.ts';
import { type Lookup, lookup, lookupError, splitTerm, termText } from './lookup.ts';

const NUMBER = '(?:0x?)?[0-9a-f]+';
const SHORTCUT = new RegExp(`^(?:(${NUMBER})-)?(${NUMBER})(?:/(${NUMBER}))?(?::(.+))?$`, 'i');

interface Sequence {
  start: number;
  end: number | undefined;
  count: number | undefined;
  stride: number;
  format: string;
}

function whole(value: Value, name: string): number {
  const text = termText(value);
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw lookupError(`can't parse ${name}=${text} as integer`);
  return Number(text);
}

/** Reads `4-16/2:host%02d` or `start=1 end=5`. */
function read(term: string, options: ReadonlyMap<string, Value>): Sequence {
  const sequence: Sequence = { start: 1, end: undefined, count: undefined, stride: 1, format: '%d' };
  const match = SHORTCUT.exec(term);
  if (match !== null && term !== '') {
    if (match[1] !== undefined) sequence.start = whole(match[1], 'start');
    sequence.end = whole(match[2] as string, 'end');
    if (match[3] !== undefined) sequence.stride = whole(match[3], 'stride');
    if (match[4] !== undefined) sequence.format = match[4];
    return sequence;
  }
  const given = new Map<string, Value>([...options, ...splitTerm(term).options]);
  const { first } = splitTerm(term);
  if (first !== '') throw lookupError(`unrecognized arguments to with_sequence: ${first}`);
  for (const [name, value] of given) {
    if (name === 'format') sequence.format = termText(value);
    else if (name === 'start' || name === 'end' || name === 'count' || name === 'stride') sequence[name] = whole(value, name);
    else throw lookupError(`unrecognized arguments to with_sequence: ${name}`, 'It knows start, end, count, stride and format');
  }
  return sequence;
}

function generate({ start, end, count, stride, format }: Sequence): string[] {
  if (count === undefined && end === undefined) throw lookupError('must specify count or end in with_sequence');
  if (count !== undefined && end !== undefined) throw lookupError("can't specify both count and end in with_sequence");
  let [last, step] = [end ?? 0, stride];
  if (count !== undefined) {
    if (count === 0) return [];
    last = start + count * stride - 1 * Math.sign(stride || 1);
  }
  if (step > 0 && last < start) throw lookupError('to count backwards make stride negative');
  if (step < 0 && last > start) throw lookupError("to count forward don't make stride negative");
  if (step === 0) [step, last] = [1, start - 1];
  if (format.split('%').length !== 2) throw lookupError(`bad formatting string: ${format}`);
  if (Math.abs(last - start) / Math.abs(step) > LIMITS.items) throw tooMany();
  const numbers: string[] = [];
  for (let number = start; step > 0 ? number <= last : number >= last; number += step) numbers.push(percentFormat(format, number, undefined));
  return numbers;
}

export const sequenceLookup: Lookup = lookup(['start', 'end', 'count', 'stride', 'format'], (_rt, terms, options) => {
  return terms.flatMap((term) => {
    if (typeof term !== 'string') throw lookupError(`unknown error parsing with_sequence arguments: ${termText(term)}`);
    return generate(read(term, options));
  });
});
