import { type At, didYouMean, inputError } from '../error.ts';
import type { Play } from '../load/model.ts';
import { originOf } from '../load/yaml.ts';
import type { Data } from '../value.ts';

/** `hosts` as one pattern. */
export function patternOf(value: Data | undefined): string {
  if (Array.isArray(value)) return value.map(String).join(',');
  return String(value ?? '');
}

/** `serial`: a number, a percentage, or a list of these whose last one repeats. */
export function batchesOf(hosts: readonly string[], serial: Data | undefined, play: Play): (readonly string[])[] {
  const sizes = (Array.isArray(serial) ? serial : serial === undefined || serial === null ? [] : [serial]).map((one) => sizeOf(one, hosts.length, play));
  if (sizes.length === 0) return [hosts];
  const batches: (readonly string[])[] = [];
  let at = 0;
  for (let i = 0; at < hosts.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)] as number;
    const take = size <= 0 ? hosts.length - at : size;
    batches.push(hosts.slice(at, at + take));
    at += take;
  }
  return batches;
}

function sizeOf(value: Data, total: number, play: Play): number {
  const text = String(value).trim();
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (percent) return Math.max(1, Math.floor((Number(percent[1]) / 100) * total));
  if (/^-?\d+$/.test(text)) return Number(text);
  throw inputError('serial', `"serial" needs a number or a percentage, and this is "${text}"`, { at: placeOf(play, 'serial') });
}

/** Where the value of a play's keyword stands. */
function placeOf({ at, keywords }: Pick<Play, 'at' | 'keywords'>, key: string): At {
  const slot = keywords[key];
  return (slot && originOf(slot.holder, slot.key)?.at(0)) ?? at;
}

/** `free` and `host_pinned` let hosts run ahead of each other; `linear` and `debug` keep them in step. */
export function isFree(strategy: string, play: Pick<Play, 'at' | 'keywords'>): boolean {
  const name = strategy.replace(/^ansible\.builtin\./, '');
  if (name === 'linear' || name === 'debug') return false;
  if (name === 'free' || name === 'host_pinned') return true;
  throw inputError('unsupported', `there is no strategy "${strategy}".${didYouMean(strategy, ['linear', 'free', 'host_pinned', 'debug'])}`, {
    says: `Invalid play strategy specified: ${strategy}`,
    at: placeOf(play, 'strategy'),
    hint: `qplay has linear, free, host_pinned and debug${/mitogen/.test(strategy) ? '; what Mitogen adds to Ansible it does anyway' : ''}`,
  });
}
