/** A size as `lvol` takes it. */
export interface Size {
  /** How much, in `reported` for an absolute one, in per cent for a share. */
  readonly amount: number;
  readonly sign: '' | '+' | '-';
  /** What it is a share of. */
  readonly of?: 'VG' | 'PVS' | 'FREE' | 'ORIGIN';
  /** For LVM, without the sign. */
  readonly text: string;
  /** Unit that LVM is asked to report in, so that the two can be compared. */
  readonly reported: string;
}

const SHARES = ['VG', 'PVS', 'FREE', 'ORIGIN'] as const;

/** Reads a size; text says what is wrong with it. */
export function sizeOf(given: string | undefined): Size | string | undefined {
  if (given === undefined || given === '') return undefined;
  const sign = given[0] === '+' || given[0] === '-' ? given[0] : '';
  const rest = given.slice(sign.length);
  if (rest.includes('%')) return share(rest, sign);
  const [, number, unit = 'm'] = /^(\d+(?:\.\d+)?)([bskmgtpeBSKMGTPE])?$/.exec(rest) ?? [];
  if (number === undefined) return `Bad size specification of '${rest}'`;
  return { amount: Number(number), sign, text: `${number}${unit}`, reported: unit.toLowerCase() };
}

function share(rest: string, sign: Size['sign']): Size | string {
  const [percent = '', whole = ''] = rest.split('%', 2);
  const of = SHARES.find((one) => one === whole);
  if (!/^\d+$/.test(percent)) return `Bad size specification of '${rest}'`;
  if (Number(percent) > 100) return 'Size percentage cannot be larger than 100%';
  if (of === undefined) return 'Specify extents as a percentage of VG|PVS|FREE|ORIGIN';
  return { amount: Number(percent), sign, of, text: rest, reported: 'm' };
}
