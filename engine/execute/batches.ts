import { inputError } from '../error.ts';
import type { Play } from '../load/model.ts';
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
  throw inputError('serial', `"serial" needs a number or a percentage, and this is "${text}"`, { at: play.at });
}
