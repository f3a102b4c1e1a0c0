import type { OptionRules } from './options.ts';

/** A broken rule between options. The message goes on after the name of the module. */
export interface RuleMistake {
  readonly message: string;
  /** Option to point at. */
  readonly option?: string;
}

/**
 * Rules between options that do not hold.
 * @param given names of options that were written
 * @param args typed values, defaults included
 * @param faulty options whose value is wrong already: no rule is reported on account of them
 */
export function ruleMistakes(
  rules: OptionRules | undefined,
  given: ReadonlySet<string>,
  args: Readonly<Record<string, unknown>>,
  faulty: ReadonlySet<string>,
): RuleMistake[] {
  if (!rules) return [];
  const has = (name: string): boolean => given.has(name) || args[name] !== undefined;
  return [
    ...(rules.mutuallyExclusive ?? []).flatMap((group) => exclusive(group, given)),
    ...(rules.requiredOneOf ?? []).filter((group) => !group.some(has)).map((group) => ({ message: `needs one of the options ${quoted(group)}` })),
    ...(rules.requiredTogether ?? []).flatMap((group) => together(group, has)),
    ...(rules.requiredIf ?? []).flatMap(([option, value, needed]) => {
      const missing = faulty.has(option) || args[option] !== value ? [] : needed.filter((name) => !has(name));
      return missing.length === 0 ? [] : [{ message: `needs ${quoted(missing)} when "${option}" is ${JSON.stringify(value)}`, option }];
    }),
    ...Object.entries(rules.requiredBy ?? {}).flatMap(([option, needed]) => {
      const missing = args[option] === undefined ? [] : needed.filter((name) => args[name] === undefined && !faulty.has(name));
      return missing.length === 0 ? [] : [{ message: `needs ${quoted(missing)} beside "${option}"`, option }];
    }),
  ];
}

function exclusive(group: readonly string[], given: ReadonlySet<string>): RuleMistake[] {
  const found = group.filter((name) => given.has(name));
  return found.length < 2 ? [] : [{ message: `takes only one of ${quoted(group)}, found ${quoted(found)}`, option: found.at(-1)! }];
}

function together(group: readonly string[], has: (name: string) => boolean): RuleMistake[] {
  const found = group.filter(has);
  if (found.length === 0 || found.length === group.length) return [];
  return [{ message: `takes ${quoted(group)} only together; ${quoted(group.filter((name) => !has(name)))} is missing`, option: found[0]! }];
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
