import { inputError } from '../../engine/error.ts';
import { type Diff, lines, type Script, sh } from '../../engine/module/contract.ts';
import type { FileArgs } from './file.ts';
import type { Records } from './records.ts';

const NAMES = ['modification_time', 'access_time'] as const;
type Name = (typeof NAMES)[number];

/** `preserve`, `now`, or a stamp for `touch -t` (`YYYYMMDDhhmm.ss`, local time of the host). */
export function timeOf(args: FileArgs, name: Name, standard: 'now' | 'preserve' = 'preserve'): string {
  const text = args[name] ?? standard;
  if (text === 'now' || text === 'preserve') return text;
  return stamp(text, args[`${name}_format`], name);
}

const given = (args: FileArgs): Name[] => NAMES.filter((name) => !['now', 'preserve'].includes(timeOf(args, name)));

/** Script that prints the times of `$p` as stamps of the host's own time zone, when a time is asked for. */
export function readTimes(args: FileArgs): Script | undefined {
  if (given(args).length === 0) return undefined;
  return sh`if [ -e "$p" ]; then
  printf 'modification_time=%s\\0' "$(date -d "@$(stat -Lc %Y -- "$p")" +%Y%m%d%H%M.%S)"
  printf 'access_time=%s\\0' "$(date -d "@$(stat -Lc %X -- "$p")" +%Y%m%d%H%M.%S)"
fi`;
}

/** Script and diff that set the times that are given and differ; `now` is an event, not a state, and is left to `touch`. */
export function applyTimes(args: FileArgs, path: string, records: Records): { apply: Script; diff: Diff } | undefined {
  const wrong = given(args).filter((name) => records.get(name) !== timeOf(args, name));
  if (wrong.length === 0) return undefined;
  return {
    apply: lines(...wrong.map((name) => sh`touch -c ${name === 'access_time' ? '-a' : '-m'} -t ${timeOf(args, name)} -- ${path} || exit 1`)),
    diff: {
      before: Object.fromEntries(wrong.map((name) => [name, records.get(name) ?? null])),
      after: Object.fromEntries(wrong.map((name) => [name, timeOf(args, name)])),
      label: path,
    },
  };
}

const DIGITS: Record<string, number> = { Y: 4, y: 2, m: 2, d: 2, H: 2, M: 2, S: 2 };

/** A time in a strftime format as a stamp. Throws an input error when they do not fit. */
function stamp(text: string, format: string, name: string): string {
  const letters: string[] = [];
  const pattern = format.replace(/%([A-Za-z%])|[.*+?^${}()|[\]\\]/g, (all, letter: string | undefined) => {
    if (letter === undefined) return '\\' + all;
    if (letter === '%') return '%';
    const digits = DIGITS[letter];
    if (digits === undefined) throw inputError('time', `${name}_format: %${letter} is not known`, { hint: `Known are %${Object.keys(DIGITS).join(', %')}` });
    letters.push(letter);
    return `(\\d{1,${digits}})`;
  });
  const found = new RegExp(`^${pattern}$`).exec(text);
  if (found === null) throw inputError('time', `${name}: "${text}" is not of the form ${format}`);
  const of = (letter: string, standard: string): string =>
    letters.includes(letter) ? (found[letters.indexOf(letter) + 1] as string).padStart(2, '0') : standard;
  const year = letters.includes('Y') ? of('Y', '1900') : letters.includes('y') ? (Number(of('y', '0')) < 69 ? '20' : '19') + of('y', '00') : '1970';
  return `${year}${of('m', '01')}${of('d', '01')}${of('H', '00')}${of('M', '00')}.${of('S', '00')}`;
}
