import { float } from '../../../value.ts';
import { type Callable, define } from '../../binder.ts';
import { numeric } from '../../python/compare.ts';
import { round } from '../../python/number.ts';
import type { Family } from '../../registry.ts';
import { PyError, type Value } from '../../values.ts';
import { refuseOthers, textOnly } from '../keys.ts';

const DAY = 24 * 3600 * 1000;
/** Milliseconds of each unit, by its short name. */
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: DAY, w: 7 * DAY, mo: 30 * DAY, y: 365 * DAY };
const SHORT: Readonly<Record<string, string>> = {
  ...{ millisecond: 'ms', msec: 'ms', msecond: 'ms', sec: 's', second: 's', hour: 'h', min: 'm', minute: 'm' },
  ...{ day: 'd', week: 'w', month: 'mo', year: 'y' },
};

const shortOf = (unit: string): string => {
  const singular = unit.replace(/s+$/, '');
  return Object.hasOwn(SHORT, singular) ? (SHORT[singular] as string) : unit;
};

/** How long a unit is: a year and a month are as many days as asked for. */
function lengths(named: Map<Value, Value>): Record<string, number> {
  refuseOthers(named, ['year', 'month'], 'to_time_unit');
  const days = (name: string, unit: string): number => {
    const given = named.get(name);
    return given === undefined ? (MILLISECONDS[unit] as number) : Number(numeric(given)) * DAY;
  };
  return { ...MILLISECONDS, y: days('year', 'y'), mo: days('month', 'mo') };
}

function convert(given: Value, unit: string, named: Map<Value, Value>): Value {
  if (given === '0') return 0;
  const milliseconds = lengths(named);
  const wanted = shortOf(unit);
  if (!Object.hasOwn(milliseconds, wanted))
    throw new PyError(`to_time_unit() can not convert to the following unit: ${wanted}. Available short units: ${Object.keys(MILLISECONDS).join(', ')}`);
  const text = textOnly(given, 'to_time_unit');
  let total = 0;
  for (const part of text.split(/\s+/).filter((one) => one !== '')) {
    const [, count, name] = /^(-?\d+)(\w+)/.exec(part) ?? [];
    const own = name === undefined ? undefined : shortOf(name);
    if (count === undefined || own === undefined || !Object.hasOwn(milliseconds, own))
      throw new PyError(`to_time_unit() can not interpret following string: ${text}`);
    total += Number(count) * (milliseconds[own] as number);
  }
  return float(round(total / (milliseconds[wanted] as number), 12));
}

const to = (unit: string): Callable => define('human_time, **kwargs', (_rt, time, named) => convert(time, unit, named as Map<Value, Value>));

export const timeFilters: Family = {
  'community.general.to_time_unit': define("human_time, unit='ms', **kwargs", (_rt, time, unit, named) =>
    convert(time, textOnly(unit, 'to_time_unit'), named as Map<Value, Value>),
  ),
  'community.general.to_milliseconds': to('ms'),
  'community.general.to_seconds': to('s'),
  'community.general.to_minutes': to('m'),
  'community.general.to_hours': to('h'),
  'community.general.to_days': to('d'),
  'community.general.to_weeks': to('w'),
  'community.general.to_months': to('mo'),
  'community.general.to_years': to('y'),
};
