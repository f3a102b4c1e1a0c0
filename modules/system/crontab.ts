import { textLines } from './lib.ts';

const MARK = '#Ansible: ';

/** What shall stand in a crontab. */
export type CronWish =
  | { readonly kind: 'job'; readonly name: string; readonly line: string | undefined }
  | {
      readonly kind: 'env';
      readonly name: string;
      readonly line: string | undefined;
      readonly after?: string | undefined;
      readonly before?: string | undefined;
    };

/** The text of a crontab with the job or variable as asked (`line: undefined` removes it); a message when that cannot be. */
export function editCrontab(text: string, wish: CronWish): { readonly text: string } | { readonly why: string } {
  const lines = textLines(text);
  if (wish.kind === 'job') return { text: joined(editJob(lines, wish.name, wish.line)) };
  const edited = editVariable(lines, wish);
  return typeof edited === 'string' ? { why: edited } : { text: joined(edited) };
}

const joined = (lines: readonly string[]): string => (lines.length === 0 ? '' : `${lines.join('\n').replace(/[\r\n]+$/, '')}\n`);

/** A job is known by the comment before it; a line that is the very same job without one gets it. */
function editJob(lines: readonly string[], name: string, line: string | undefined): string[] {
  const out: string[] = [];
  let there = false;
  for (let i = 0; i < lines.length; i++) {
    const one = lines[i] as string;
    if (one === MARK + name) {
      i++;
      if (line !== undefined && !there) out.push(one, line);
      there = true;
    } else out.push(one);
  }
  if (line === undefined || there) return out;
  const bare = out.findIndex((one, i) => one === line && !(out[i - 1] ?? '').startsWith(MARK));
  if (bare >= 0) return [...out.slice(0, bare), MARK + name, ...out.slice(bare)];
  return [...out, MARK + name, line];
}

function editVariable(lines: readonly string[], wish: Extract<CronWish, { kind: 'env' }>): string[] | string {
  const is = (name: string) => (line: string) => line.startsWith(`${name}=`);
  if (wish.line === undefined) return lines.filter((line) => !is(wish.name)(line));
  if (lines.some(is(wish.name))) return lines.map((line) => (is(wish.name)(line) ? (wish.line as string) : line));
  const other = wish.after ?? wish.before;
  if (other === undefined) return [wish.line, ...lines];
  const at = lines.findIndex(is(other));
  if (at < 0) return `Variable named '${other}' not found.`;
  const place = wish.after === undefined ? at : at + 1;
  return [...lines.slice(0, place), wish.line, ...lines.slice(place)];
}

export const jobNames = (text: string): string[] => textLines(text).flatMap((line) => (line.startsWith(MARK) ? [line.slice(MARK.length)] : []));
export const variableNames = (text: string): string[] => textLines(text).flatMap((line) => /^(\S+?)=/.exec(line)?.[1] ?? []);
