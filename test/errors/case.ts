import { readFileSync } from 'node:fs';

/** One way to be wrong: what is done, and what is said of it. */
export interface Mistake {
  /** The command line after `qplay`; `$DIR` is the folder of the files. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly { readonly name: string; readonly text: string; readonly mode: number }[];
  /** What was written before the answer. */
  readonly question: string;
  readonly said: string;
}

const SAID = '-- said --\n';

/**
 * Reads a case: a sentence, `args:` and `env:` lines, files each below `-- NAME --` (or `-- NAME mode=0755 --`), and below
 * `-- said --` what qplay says. Without `args` the command is `run $DIR/play.yml`; `args` that begin with a flag come after it.
 */
export function readMistake(path: string): Mistake {
  const text = readFileSync(path, 'utf8');
  const [question = '', said = ''] = text.includes(SAID) ? text.split(SAID) : [text];
  const [head = '', ...parts] = question.split(/^-- (.+?) --\n/m);
  const files = [];
  for (let index = 0; index < parts.length; index += 2) {
    const [, name = '', mode = '644'] = /^(.*?)(?: mode=(\d+))?$/.exec(parts[index] as string) ?? [];
    files.push({ name, text: parts[index + 1] ?? '', mode: Number.parseInt(mode, 8) });
  }
  const given = /^args: (.*)$/m.exec(head)?.[1]?.split(' ') ?? [];
  const env = Object.fromEntries([...head.matchAll(/^env: (\w+)=(.*)$/gm)].map(([, name, value]) => [name as string, value as string]));
  return { words: given[0]?.startsWith('-') === false ? given : ['run', '$DIR/play.yml', ...given], env, files, question, said };
}

/** The case with a new answer. */
export const withSaid = ({ question }: Mistake, said: string): string => question + SAID + said;
