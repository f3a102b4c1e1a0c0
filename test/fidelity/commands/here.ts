import { ended } from '../../../engine/cli/programs/ending.ts';
import { PROGRAMS } from '../../../engine/cli/programs/names.ts';

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly exit: number | null;
}

/** A command line without pipes and the like: its variables, the program, and its words. `undefined` for one that needs a shell. */
export function simple(line: string): { env: Record<string, string>; program: string; words: string[] } | undefined {
  if (/[|;&<>`$]/.test(line)) return undefined;
  const words = [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, a, b) => a ?? b));
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  const program = words[first] ?? '';
  if (!Object.hasOwn(PROGRAMS, program)) return undefined;
  const env = Object.fromEntries(words.slice(0, first).map((word) => [word.split('=', 1)[0] as string, word.slice(word.indexOf('=') + 1)]));
  return { env, program, words: words.slice(first + 1) };
}

/** Runs the program in this process, with its folder and environment: a tenth of the time that a process of its own takes. */
export async function runHere({ program, words }: { program: string; words: readonly string[] }, folder: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const before = { folder: process.cwd(), env: { ...process.env }, out: process.stdout.write, err: process.stderr.write, argv: process.argv };
  const said = { out: '', err: '' };
  const into = (stream: 'out' | 'err') => (chunk: string | Uint8Array) => {
    said[stream] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return true;
  };
  process.chdir(folder);
  // the names that the system itself reads must be set for it, too
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, program, ...words];
  process.stdout.write = into('out') as typeof process.stdout.write;
  process.stderr.write = into('err') as typeof process.stderr.write;
  try {
    const exit = await called(program, words);
    return { ...said, exit };
  } finally {
    process.stdout.write = before.out;
    process.stderr.write = before.err;
    for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name];
    Object.assign(process.env, before.env);
    process.argv = before.argv;
    process.chdir(before.folder);
  }
}

async function called(program: string, words: readonly string[]): Promise<number> {
  try {
    const { default: run } = await (PROGRAMS[program] as (typeof PROGRAMS)[string])();
    return await run(program, words);
  } catch (error) {
    return ended(program, error);
  }
}
