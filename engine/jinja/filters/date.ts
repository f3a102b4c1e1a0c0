import { define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { DateTime, strftime, strptime } from '../python/datetime.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';
import { text, textOnly } from './keys.ts';
import { realOf } from './number.ts';

/** Milliseconds that dates reach to, on either side of 1970. */
const LAST = 8.64e15;

function format(template: string, second: Value, utc: boolean): string {
  const epoch = second === null ? Date.now() / 1000 : realOf(second);
  if (epoch === undefined) throw new PyError(`Invalid value for epoch value (${text(second)})`);
  const moment = Math.floor(epoch) * 1000;
  if (Math.abs(moment) > LAST) throw new PyError(`${text(second)} seconds are beyond the year 275760`, 'too-large', 'A time is given in seconds since 1970');
  // the C library calls this zone GMT
  return utc
    ? strftime(
        new Date(moment),
        template.replace(/%(.)/gs, (whole, letter) => (letter === 'Z' ? 'GMT' : whole)),
      )
    : DateTime.local(moment).strftime(template);
}

export const dateFilters: Family = {
  strftime: define('string_format, second=None, utc=False', (_rt, template, second, utc) => format(textOnly(template, 'strftime'), second, truth(utc))),
  to_datetime: define("string, format='%Y-%m-%d %H:%M:%S'", (_rt, value, template) =>
    strptime(textOnly(value, 'to_datetime'), textOnly(template, 'to_datetime')),
  ),
};
