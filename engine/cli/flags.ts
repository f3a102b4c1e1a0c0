import { parseArgs } from 'node:util';
import { didYouMean, inputError } from '../error.ts';

export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Other long names it answers to. */
  readonly aliases?: readonly string[];
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** Values by the flag's first name, and the words that are no flags. */
export interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly words: readonly string[];
}

/** Reads words as flags. An unknown flag names the nearest known one. */
export function parseFlags(flags: Flags, words: readonly string[]): Parsed {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> = {};
  const first = new Map<string, string>();
  for (const [name, flag] of Object.entries(flags)) {
    for (const one of [name, ...(flag.aliases ?? [])]) {
      first.set(one, name);
      options[one] = { type: flag.type, ...(one === name && flag.short !== undefined && { short: flag.short }), multiple: flag.multiple ?? false };
    }
  }
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    return { values: merged(values as Parsed['values'], first), words: positionals };
  } catch (error) {
    throw flagError(error as NodeJS.ErrnoException, [...first.keys()]);
  }
}

function merged(values: Parsed['values'], first: ReadonlyMap<string, string>): Parsed['values'] {
  const found: Record<string, string | boolean | (string | boolean)[] | undefined> = {};
  for (const [name, value] of Object.entries(values)) {
    const key = first.get(name) ?? name;
    const old = found[key];
    found[key] = Array.isArray(old) && Array.isArray(value) ? [...old, ...value] : value;
  }
  return found;
}

function flagError(error: NodeJS.ErrnoException, known: readonly string[]): Error {
  const unknown = /Unknown option '(-+)([^']+)'/.exec(error.message);
  if (unknown)
    return inputError('flag', `there is no option "${unknown[1]}${unknown[2]}".${didYouMean(unknown[2] as string, known)}`, {
      hint: '--help lists the options',
    });
  const without = /Option '(?:-\w, )?(--?[\w-]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(error.message);
  if (without) return inputError('flag', `the option "${without[1]}" needs a value`, { hint: 'A value that begins with a dash is given as --option=-value.' });
  return inputError('flag', error.message.split('.')[0] as string, { hint: '--help lists the options' });
}

/** The options as help text. */
export function describeFlags(flags: Flags): string {
  return Object.entries(flags)
    .map(([name, flag]) => {
      const names = [...(flag.short ? [`-${flag.short}`] : []), `--${name}`, ...(flag.aliases ?? []).map((one) => `--${one}`)].join(', ');
      const head = `  ${names}${flag.type === 'string' ? ` ${flag.value ?? 'VALUE'}` : ''}`;
      return head.length < 38 ? `${head.padEnd(38)} ${flag.help}` : `${head}\n${' '.repeat(39)}${flag.help}`;
    })
    .join('\n');
}
