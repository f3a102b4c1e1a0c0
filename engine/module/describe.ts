import type { Diff } from './contract.ts';

const LINES = 12;

/** A diff in a few lines of text, for messages; reporters have better ways. */
export const describeDiff = (diffs: readonly Diff[]): string => diffs.map(describe).join('\n');

function describe({ before, after, label }: Diff): string {
  const head = label === undefined ? [] : [`${label}:`];
  const body = typeof before === 'string' || typeof after === 'string' ? textLines(String(before), String(after)) : keyLines(before, after);
  const shown = body.length > LINES ? [...body.slice(0, LINES), `… ${body.length - LINES} more`] : body;
  return [...head, ...shown].join('\n');
}

/** Lines that only one side has: what is there now, then what is asked. */
function textLines(before: string, after: string): string[] {
  const [was, asked] = [before.split('\n'), after.split('\n')];
  const [inWas, inAsked] = [new Set(was), new Set(asked)];
  return [...was.filter((one) => !inAsked.has(one)).map((one) => `-${one}`), ...asked.filter((one) => !inWas.has(one)).map((one) => `+${one}`)];
}

function keyLines(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return keys.map((key) => `${key}: ${JSON.stringify(before[key]) ?? 'absent'}, asked for ${JSON.stringify(after[key]) ?? 'absent'}`);
}
