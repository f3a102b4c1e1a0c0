import { inputError } from '../../engine/error.ts';

const UNITS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };

/** A moment as Ansible writes it: `+1w2d3h4m5s` or `-...` from now, or `YYYYMMDDHHMM[SS]Z`. Whole seconds. */
export function moment(text: string, now: Date): Date {
  const relative = /^([+-])((?:\d+[wdhms])+)$/.exec(text.trim());
  if (relative !== null) {
    const seconds = [...(relative[2] as string).matchAll(/(\d+)([wdhms])/g)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit as string] as number),
      0,
    );
    return new Date(Math.floor(now.getTime() / 1000 + (relative[1] === '-' ? -seconds : seconds)) * 1000);
  }
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:Z|[+-]\d{4})$/.exec(text.trim());
  if (found === null) throw inputError('value', `"${text}" is no time: write it as +365d, or as 20301231235959Z`);
  return new Date(`${found[1]}-${found[2]}-${found[3]}T${found[4]}:${found[5]}:${found[6] ?? '00'}Z`);
}

/** `YYYYMMDDHHMMSSZ` */
export const asn1Time = (date: Date): string => date.toISOString().replace(/[-:T]|\.\d+/g, '');
