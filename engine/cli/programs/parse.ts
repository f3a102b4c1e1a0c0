import { QplayError } from '../../error.ts';
import { type Flags, type Parsed, parseFlags } from '../flags.ts';
import { pythonUsage, UsageError } from './ending.ts';

/** Reads words as Python's argparse does: long names may be shortened as far as they stay clear. */
export function parseLikePython(flags: Flags, words: readonly string[]): Parsed {
  try {
    return parseFlags(flags, expanded(flags, words));
  } catch (error) {
    if (error instanceof QplayError) throw new UsageError(withShort(pythonUsage(error.message), flags));
    throw error;
  }
}

/** `argument -e/--extra-vars: ...`, as argparse names an option with a short form. */
function withShort(message: string, flags: Flags): string {
  return message.replace(/^argument --([\w-]+):/, (whole, name: string) =>
    flags[name]?.short === undefined ? whole : `argument -${flags[name]?.short}/--${name}:`,
  );
}

function expanded(flags: Flags, words: readonly string[]): string[] {
  const names = Object.entries(flags).flatMap(([name, flag]) => [name, ...(flag.aliases ?? [])]);
  const stop = words.indexOf('--');
  return words.map((word, index) => {
    if (!word.startsWith('--') || word === '--' || (stop >= 0 && index > stop)) return word;
    const [given = '', ...value] = word.slice(2).split('=');
    if (names.includes(given)) return word;
    const meant = names.filter((name) => name.startsWith(given));
    if (meant.length > 1) throw new UsageError(`ambiguous option: --${given} could match ${meant.map((name) => `--${name}`).join(', ')}`);
    if (meant.length === 0) throw new UsageError(`unrecognized arguments: ${word}`);
    return `--${[meant[0], ...value].join('=')}`;
  });
}

/** Some of these flags. */
export const without = (flags: Flags, names: readonly string[]): Flags => Object.fromEntries(Object.entries(flags).filter(([name]) => !names.includes(name)));
