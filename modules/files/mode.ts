/** A mode as a task gives it: a number is the number itself (YAML's 0644 is 420), text is octal or symbolic. */
export type ModeText = number | string;

/** Where a symbolic mode starts from. */
export interface ModeBase {
  readonly mode: number;
  readonly directory: boolean;
  /** Of the host's shell; `+x` without who obeys it. */
  readonly umask: number;
}

/** The permission bits that are wanted (0 to 07777), or `undefined` when the text is no mode. */
export function wantedMode(wanted: ModeText, base: ModeBase): number | undefined {
  if (typeof wanted === 'number') return Number.isInteger(wanted) && wanted >= 0 && wanted <= 0o7777 ? wanted : undefined;
  const text = wanted.trim();
  if (/^(0o)?[0-7]{1,5}$/.test(text)) {
    const bits = Number.parseInt(text.replace('0o', ''), 8);
    return bits <= 0o7777 ? bits : undefined;
  }
  return symbolic(text, base);
}

/** `0644`, as Ansible returns it. */
export const modeText = (mode: number): string => '0' + (mode & 0o7777).toString(8).padStart(3, '0');

/** For chmod: GNU's keeps setuid and setgid of a folder unless the number has five digits. */
export const chmodWord = (mode: number): string => (mode & 0o7777).toString(8).padStart(5, '0');

const WHO: Record<string, number> = { u: 0o4700, g: 0o2070, o: 0o1007 };
const CLAUSE = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/;

function symbolic(text: string, base: ModeBase): number | undefined {
  let mode = base.mode & 0o7777;
  for (const clause of text.split(',')) {
    const parts = CLAUSE.exec(clause);
    if (parts === null) return undefined;
    const who = parts[1] as string;
    for (const [, operator, what] of (parts[2] as string).matchAll(/([-+=])([ugo](?![rwxXst])|[rwxXst]*)/g)) {
      mode = change(mode, who, operator as string, what as string, base);
    }
  }
  return mode;
}

function change(mode: number, who: string, operator: string, what: string, base: ModeBase): number {
  const users = who === '' || who.includes('a') ? 'ugo' : who;
  let field = 0;
  for (const user of users) field |= WHO[user] as number;
  const allowed = who === '' ? ~(base.umask & 0o777) : ~0;
  const bits = bitsOf(what, mode, base) & field & allowed;
  if (operator === '+') return mode | bits;
  if (operator === '-') return mode & ~bits;
  return (mode & ~field) | bits;
}

function bitsOf(what: string, mode: number, base: ModeBase): number {
  if (/^[ugo]$/.test(what)) {
    const three = (mode >> { u: 6, g: 3, o: 0 }[what as 'u']) & 7;
    return three * 0o111;
  }
  let bits = 0;
  for (const letter of what) {
    if (letter === 'r') bits |= 0o444;
    else if (letter === 'w') bits |= 0o222;
    else if (letter === 'x' || (letter === 'X' && (base.directory || (mode & 0o111) !== 0))) bits |= 0o111;
    else if (letter === 's') bits |= 0o6000;
    else if (letter === 't') bits |= 0o1000;
  }
  return bits;
}

/**
 * `mode: 644` in YAML is the decimal number 644, octal 1204: Ansible takes it so, and so do we, but it is nearly always a slip.
 * What to say about it, or `undefined`.
 */
export function modeWarning(wanted: unknown): string | undefined {
  if (typeof wanted !== 'number' || !/^[0-7]{3,4}$/.test(String(wanted)) || plausible(wanted)) return undefined;
  return `mode: ${wanted} is a decimal number, which means ${modeText(wanted)} in octal. Write mode: '0${String(wanted).replace(/^0/, '')}' if that was meant.`;
}

function plausible(mode: number): boolean {
  const [owner, group, other] = [(mode >> 6) & 7, (mode >> 3) & 7, mode & 7];
  const within = [group, other].every((three) => (three & ~owner) === 0 && ((three & 2) === 0 || (three & 4) !== 0));
  return (owner & 4) !== 0 && within && (mode & 0o7000) === 0;
}
