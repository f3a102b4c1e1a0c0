import { float } from '../../value.ts';
import { define, Func } from '../binder.ts';
import { PyError, PyObject, type Value } from '../values.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const two = (value: number): string => String(value).padStart(2, '0');

/** Python's naive `datetime`: the fields are kept as if they were UTC, whatever zone they were read in. */
export class DateTime extends PyObject {
  readonly type = 'datetime';
  /** The fields as a JavaScript date in UTC. */
  readonly fields: Date;
  readonly microsecond: number;
  /** Minutes east of UTC, for `%z` and `timestamp`. */
  readonly offset: number;
  constructor(fields: Date, microsecond = 0, offset = -fields.getTimezoneOffset()) {
    super();
    this.fields = fields;
    this.microsecond = microsecond;
    this.offset = offset;
  }
  static now(): DateTime {
    return DateTime.local(Date.now());
  }
  static utcNow(): DateTime {
    const now = new Date();
    return new DateTime(now, now.getUTCMilliseconds() * 1000, 0);
  }
  /** A moment (milliseconds since 1970) in the control node's zone. */
  static local(moment: number): DateTime {
    const offset = -new Date(moment).getTimezoneOffset();
    const fields = new Date(moment + offset * 60_000);
    return new DateTime(fields, fields.getUTCMilliseconds() * 1000, offset);
  }
  override attribute(name: string): Value | undefined {
    const { fields } = this;
    switch (name) {
      case 'year':
        return fields.getUTCFullYear();
      case 'month':
        return fields.getUTCMonth() + 1;
      case 'day':
        return fields.getUTCDate();
      case 'hour':
        return fields.getUTCHours();
      case 'minute':
        return fields.getUTCMinutes();
      case 'second':
        return fields.getUTCSeconds();
      case 'microsecond':
        return this.microsecond;
      case '__str__':
        return this.isoformat(' ');
      case '__order__':
        return this.#micros();
      default:
        return this.#method(name);
    }
  }
  #method(name: string): Value | undefined {
    switch (name) {
      case 'strftime':
        return new Func(
          name,
          define('format', (_rt, format) => this.strftime(String(format))),
        );
      case 'isoformat':
        return new Func(
          name,
          define("sep='T'", (_rt, separator) => this.isoformat(String(separator))),
        );
      case 'timestamp':
        return new Func(
          name,
          define('', () => float(this.timestamp())),
        );
      case 'weekday':
        return new Func(
          name,
          define('', () => (this.fields.getUTCDay() + 6) % 7),
        );
      case 'isoweekday':
        return new Func(
          name,
          define('', () => this.fields.getUTCDay() || 7),
        );
      case 'date':
        return new Func(
          name,
          define('', () => this.strftime('%Y-%m-%d')),
        );
      case 'time':
        return new Func(
          name,
          define('', () => this.strftime('%H:%M:%S')),
        );
      default:
        return undefined;
    }
  }
  #micros(): number {
    return Math.floor(this.fields.getTime() / 1000) * 1e6 + this.microsecond;
  }
  /** Seconds since 1970. */
  timestamp(): number {
    return Math.floor(this.fields.getTime() / 1000) - this.offset * 60 + this.microsecond / 1e6;
  }
  isoformat(separator: string): string {
    const micro = this.microsecond === 0 ? '' : `.${String(this.microsecond).padStart(6, '0')}`;
    return this.strftime(`%Y-%m-%d${separator.replaceAll('%', '%%')}%H:%M:%S`) + micro;
  }
  strftime(format: string): string {
    return strftime(this.fields, format, this.offset, this.microsecond);
  }
  format(spec: string): string {
    return this.strftime(spec);
  }
  operate(name: string, other: Value): Value | undefined {
    if (name === '__sub__' && other instanceof DateTime) return new TimeDelta(this.#micros() - other.#micros());
    if (!(other instanceof TimeDelta)) return undefined;
    const micros = this.#micros() + (name === '__sub__' ? -other.micros : other.micros);
    const second = Math.floor(micros / 1e6);
    return new DateTime(new Date(second * 1000), micros - second * 1e6, this.offset);
  }
  override equals(other: Value): boolean {
    return other instanceof DateTime && other.#micros() === this.#micros();
  }
  override repr(): string {
    const { fields } = this;
    const parts = [fields.getUTCFullYear(), fields.getUTCMonth() + 1, fields.getUTCDate(), fields.getUTCHours(), fields.getUTCMinutes()];
    if (fields.getUTCSeconds() > 0 || this.microsecond > 0) parts.push(fields.getUTCSeconds());
    if (this.microsecond > 0) parts.push(this.microsecond);
    return `datetime.datetime(${parts.join(', ')})`;
  }
}

/** Python's `timedelta`. */
export class TimeDelta extends PyObject {
  readonly type = 'timedelta';
  readonly micros: number;
  constructor(micros: number) {
    super();
    this.micros = micros;
  }
  override attribute(name: string): Value | undefined {
    const days = Math.floor(this.micros / 86_400e6);
    const rest = this.micros - days * 86_400e6;
    if (name === 'days') return days;
    if (name === 'seconds') return Math.floor(rest / 1e6);
    if (name === 'microseconds') return rest % 1e6;
    if (name === '__order__') return this.micros;
    if (name === 'total_seconds')
      return new Func(
        name,
        define('', () => float(this.micros / 1e6)),
      );
    return undefined;
  }
  operate(name: string, other: Value): Value | undefined {
    if (!(other instanceof TimeDelta)) return undefined;
    return new TimeDelta(name === '__sub__' ? this.micros - other.micros : this.micros + other.micros);
  }
  override truth(): boolean {
    return this.micros !== 0;
  }
  override equals(other: Value): boolean {
    return other instanceof TimeDelta && other.micros === this.micros;
  }
  override repr(): string {
    const days = Math.floor(this.micros / 86_400e6);
    const rest = (this.micros - days * 86_400e6) / 1e6;
    const clock = `${Math.floor(rest / 3600)}:${two(Math.floor(rest / 60) % 60)}:${two(Math.floor(rest) % 60)}`;
    const micro = rest % 1 === 0 ? '' : `.${String(Math.round((rest % 1) * 1e6)).padStart(6, '0')}`;
    return (days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `) + clock + micro;
  }
}

function dayOfYear(date: Date): number {
  return Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** ISO 8601 year and week. */
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 4 - (date.getUTCDay() || 7)));
  return { year: thursday.getUTCFullYear(), week: Math.ceil(dayOfYear(thursday) / 7) };
}

type Field = (date: Date, offset: number, micro: number) => string;
const FIELDS: Readonly<Record<string, Field>> = {
  a: (d) => (DAYS[d.getUTCDay()] as string).slice(0, 3),
  A: (d) => DAYS[d.getUTCDay()] as string,
  b: (d) => (MONTHS[d.getUTCMonth()] as string).slice(0, 3),
  B: (d) => MONTHS[d.getUTCMonth()] as string,
  c: (d, o, m) => strftime(d, '%a %b %e %H:%M:%S %Y', o, m),
  C: (d) => two(Math.floor(d.getUTCFullYear() / 100)),
  d: (d) => two(d.getUTCDate()),
  D: (d, o, m) => strftime(d, '%m/%d/%y', o, m),
  e: (d) => String(d.getUTCDate()).padStart(2, ' '),
  f: (_d, _o, m) => String(m).padStart(6, '0'),
  F: (d, o, m) => strftime(d, '%Y-%m-%d', o, m),
  G: (d) => String(isoWeek(d).year),
  h: (d) => (MONTHS[d.getUTCMonth()] as string).slice(0, 3),
  H: (d) => two(d.getUTCHours()),
  I: (d) => two(d.getUTCHours() % 12 || 12),
  j: (d) => String(dayOfYear(d)).padStart(3, '0'),
  m: (d) => two(d.getUTCMonth() + 1),
  M: (d) => two(d.getUTCMinutes()),
  n: () => '\n',
  p: (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM'),
  r: (d, o, m) => strftime(d, '%I:%M:%S %p', o, m),
  R: (d, o, m) => strftime(d, '%H:%M', o, m),
  s: (d, o) => String(Math.floor(d.getTime() / 1000) - o * 60),
  S: (d) => two(d.getUTCSeconds()),
  t: () => '\t',
  T: (d, o, m) => strftime(d, '%H:%M:%S', o, m),
  u: (d) => String(d.getUTCDay() || 7),
  U: (d) => two(Math.floor((dayOfYear(d) + 6 - d.getUTCDay()) / 7)),
  V: (d) => two(isoWeek(d).week),
  w: (d) => String(d.getUTCDay()),
  W: (d) => two(Math.floor((dayOfYear(d) + 6 - ((d.getUTCDay() + 6) % 7)) / 7)),
  x: (d, o, m) => strftime(d, '%m/%d/%y', o, m),
  X: (d, o, m) => strftime(d, '%H:%M:%S', o, m),
  y: (d) => two(d.getUTCFullYear() % 100),
  Y: (d) => String(d.getUTCFullYear()),
  z: (_d, o) => `${o < 0 ? '-' : '+'}${two(Math.floor(Math.abs(o) / 60))}${two(Math.abs(o) % 60)}`,
  Z: (d, o) =>
    o === 0
      ? 'UTC'
      : (new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
          .formatToParts(new Date(d.getTime() - o * 60_000))
          .find((part) => part.type === 'timeZoneName')?.value ?? ''),
};

/** C's `strftime` in the C locale; `date` holds the fields in UTC. */
export function strftime(date: Date, format: string, offset = 0, microsecond = 0): string {
  return format.replace(/%([-_0^#]?)([\s\S])/g, (whole, flag: string, kind: string) => {
    if (kind === '%') return '%';
    const field = FIELDS[kind];
    if (field === undefined) return whole;
    const text = field(date, offset, microsecond);
    if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '');
    if (flag === '_') return text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
    return flag === '^' ? text.toUpperCase() : text;
  });
}

const PARSE: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  m: '(?<m>1[0-2]|0?[1-9])',
  d: '(?<d>3[01]|[12]\\d|0?[1-9])',
  H: '(?<H>2[0-3]|[01]?\\d)',
  I: '(?<I>1[0-2]|0?[1-9])',
  M: '(?<M>[0-5]?\\d)',
  S: '(?<S>6[01]|[0-5]?\\d)',
  f: '(?<f>\\d{1,6})',
  y: '(?<y>\\d{2})',
  j: '(?<j>\\d{1,3})',
  p: '(?<p>[AaPp][Mm])',
  b: `(?<b>${MONTHS.map((name) => name.slice(0, 3)).join('|')})`,
  B: `(?<B>${MONTHS.join('|')})`,
  a: `(?:${DAYS.map((name) => name.slice(0, 3)).join('|')})`,
  A: `(?:${DAYS.join('|')})`,
  z: '(?<z>Z|[+-]\\d\\d:?\\d\\d)',
  Z: '(?:UTC|GMT|[A-Z]{3,5})',
  '%': '%',
};

/** Python's `datetime.strptime`. */
export function strptime(text: string, format: string): DateTime {
  const expanded = format.replaceAll('%T', '%H:%M:%S').replaceAll('%F', '%Y-%m-%d').replaceAll('%D', '%m/%d/%y');
  const pattern = expanded.replace(/%([\s\S])|([\\^$.*+?()[\]{}|])|(\s+)/g, (_whole, kind?: string, special?: string) => {
    if (special !== undefined) return `\\${special}`;
    if (kind === undefined) return '\\s+';
    const part = PARSE[kind];
    if (part === undefined) throw new PyError(`'${kind}' is a bad directive in format '${format}'`);
    return part;
  });
  const match = new RegExp(`^${pattern}$`, 'i').exec(text);
  if (match === null) throw new PyError(`time data '${text}' does not match format '${format}'`);
  return fromFields(match.groups ?? {}, text);
}

function fromFields(parts: Record<string, string | undefined>, text: string): DateTime {
  const number = (name: string, otherwise: number): number => (parts[name] === undefined ? otherwise : Number(parts[name]));
  const short = number('y', -1);
  const year = number('Y', short < 0 ? 1900 : short + (short < 69 ? 2000 : 1900));
  const named = parts.B ?? parts.b;
  const month = named === undefined ? number('m', 1) : MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === named.slice(0, 3).toLowerCase()) + 1;
  let hour = number('H', number('I', 0));
  if (parts.p !== undefined) hour = (hour % 12) + (parts.p.toLowerCase() === 'pm' ? 12 : 0);
  const day = number('d', 1);
  const date = new Date(Date.UTC(year, month - 1, day, hour, number('M', 0), number('S', 0)));
  if (date.getUTCDate() !== day) throw new PyError(`day is out of range for month in '${text}'`);
  const micro = Number((parts.f ?? '0').padEnd(6, '0'));
  const zone = parts.z;
  const offset =
    zone === undefined
      ? -new Date(date.getTime()).getTimezoneOffset()
      : zone === 'Z'
        ? 0
        : Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  return new DateTime(date, micro, offset);
}
