/** A line of a file in /etc/pam.d: a rule, or text that is kept as it is (comments, includes, empty lines). */
export type PamLine = { readonly text: string } | PamRule;

export interface PamRule {
  readonly type: string;
  readonly control: string;
  readonly path: string;
  readonly args: readonly string[];
}

/** What rules are meant, and what shall become of them. */
export interface PamWish {
  readonly state: 'absent' | 'after' | 'args_absent' | 'args_present' | 'before' | 'updated';
  readonly type: string;
  readonly control: string;
  readonly path: string;
  readonly newType?: string | undefined;
  readonly newControl?: string | undefined;
  readonly newPath?: string | undefined;
  readonly args?: readonly string[] | undefined;
}

const RULE = /(-?(?:auth|account|session|password))\s+(\[.*\]|\S*)\s+(\S*)\s*(.*)\s*/;
const isRule = (line: PamLine | undefined): line is PamRule => line !== undefined && 'type' in line;
const controlText = (text: string): string => (text.startsWith('[') ? `[${text.replaceAll(' = ', '=').replace(/[[\]]/g, '')}]` : text);

/** Arguments as one by one; what is in brackets is one. */
export const pamArgs = (given: readonly string[]): string[] => given.flatMap((one) => one.match(/\[.*\]|\S+/g) ?? []);

export function readPam(text: string): PamLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => {
    const found = /^\s*(?:#|@include|$)/.test(line) ? null : RULE.exec(line);
    if (found === null) return { text: line };
    return { type: found[1] as string, control: controlText(found[2] as string), path: found[3] as string, args: pamArgs([found[4] as string]) };
  });
}

const MARK = '# Updated by Ansible';

/** The file's text, with the line that Ansible puts second. */
export function writePam(lines: readonly PamLine[], date: string): string {
  const out = lines.map((line) => (isRule(line) ? `${line.type.padEnd(11)}${[line.control, line.path, ...line.args].join(' ')}` : line.text));
  if (out.length <= 1) out.unshift('');
  out.splice(1, out[1]?.startsWith(MARK) ? 1 : 0, `${MARK} - ${date}`);
  return `${out.join('\n')}\n`;
}

/** Lines as wished, and how many rules that changes. */
export function editPam(lines: readonly PamLine[], wish: PamWish): { readonly lines: readonly PamLine[]; readonly count: number } {
  const meant = (line: PamLine): line is PamRule =>
    isRule(line) && line.type === wish.type && line.control === controlText(wish.control) && line.path === wish.path;
  if (wish.state === 'absent') {
    const kept = lines.filter((line) => !meant(line));
    return { lines: kept, count: lines.length - kept.length };
  }
  if (wish.state === 'before' || wish.state === 'after') return inserted(lines, wish, meant);
  let count = 0;
  const made = lines.map((line) => {
    if (!meant(line)) return line;
    const next = changed(line, wish);
    if (JSON.stringify(next) !== JSON.stringify(line)) count++;
    return next;
  });
  return { lines: made, count };
}

function changed(rule: PamRule, wish: PamWish): PamRule {
  const args = pamArgs(wish.args ?? []);
  if (wish.state === 'args_absent') return { ...rule, args: rule.args.filter((one) => !args.includes(one)) };
  if (wish.state === 'args_present') return { ...rule, args: merged(rule.args, args) };
  return {
    type: wish.newType ?? rule.type,
    control: wish.newControl === undefined ? rule.control : controlText(wish.newControl),
    path: wish.newPath ?? rule.path,
    args: wish.args === undefined ? rule.args : args,
  };
}

/** `key=value` takes the place of another value of the key. */
function merged(old: readonly string[], more: readonly string[]): string[] {
  const out = [...old];
  for (const one of more) {
    const key = /^[^[=]+=/.exec(one)?.[0];
    const at = key === undefined ? out.indexOf(one) : out.findIndex((other) => other.startsWith(key));
    if (at < 0) out.push(one);
    else out[at] = one;
  }
  return out;
}

function inserted(lines: readonly PamLine[], wish: PamWish, meant: (line: PamLine) => boolean): { lines: PamLine[]; count: number } {
  const rule: PamRule = {
    type: wish.newType as string,
    control: controlText(wish.newControl as string),
    path: wish.newPath as string,
    args: pamArgs(wish.args ?? []),
  };
  const same = (line: PamLine | undefined): boolean => isRule(line) && line.type === rule.type && line.control === rule.control && line.path === rule.path;
  const solid = (line: PamLine): boolean => isRule(line) || line.text.trimStart().startsWith('@include');
  let count = 0;
  const out = lines.flatMap((line, i): PamLine[] => {
    if (!meant(line)) return [line];
    const beside = wish.state === 'before' ? lines.slice(0, i).findLast(solid) : lines.slice(i + 1).find(solid);
    if (same(beside)) return [line];
    count++;
    return wish.state === 'before' ? [rule, line] : [line, rule];
  });
  return { lines: out, count };
}

const SIMPLE = ['required', 'requisite', 'sufficient', 'optional', 'include', 'substack', 'definitive'];
const ACTIONS = ['ignore', 'bad', 'die', 'ok', 'done', 'reset'];

/** What PAM would not take, in Ansible's words. */
export function pamMistake(lines: readonly PamLine[]): string | undefined {
  for (const line of lines) {
    if (!isRule(line)) {
      if (/^\s*(?:#|@include|$)/.test(line.text)) continue;
      return `Rule is not valid ${line.text}`;
    }
    const text = `${line.type.padEnd(11)}${[line.control, line.path, ...line.args].join(' ')}`;
    if (!line.control.startsWith('[')) {
      if (!SIMPLE.includes(line.control)) return `Rule control, ${line.control}, is not valid in rule ${text}`;
      continue;
    }
    for (const one of line.control.slice(1, -1).split(' ')) {
      const action = one.split('=')[1] ?? '';
      if (!ACTIONS.includes(action) && !/^\d+$/.test(action)) return `Rule control action, ${action}, is not valid in rule ${text}`;
    }
  }
  return undefined;
}
