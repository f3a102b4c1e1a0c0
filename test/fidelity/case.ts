import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** A promise of the language, as files that both engines run. */
export interface Case {
  /** Path below `cases/` without its ending. */
  readonly name: string;
  /** What is promised: the text at the top of the file. */
  readonly promise: string;
  /** Words of the command line after `ansible-playbook`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `hosts`: only what each host did is compared, for strategies in which hosts do not wait for each other. */
  readonly compare: 'order' | 'hosts';
  readonly files: readonly File[];
  /** Changes when anything in the case changes. */
  readonly hash: string;
}

interface File {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** Hosts of cases that bring no inventory: this machine under several names. */
const HOSTS = '[all]\na\nb\nc\n\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n';

const CASES = join(import.meta.dirname, 'cases');

/** Every case in `cases/`, in the order of their names. */
export function readCases(): Case[] {
  return (readdirSync(CASES, { recursive: true }) as string[])
    .filter((one) => one.endsWith('.case'))
    .sort()
    .map((one) => parseCase(one.slice(0, -'.case'.length), readFileSync(join(CASES, one), 'utf8')));
}

/**
 * A case is one file: the promise in a line or two, lines `args:`, `env:` and `compare:` where they are needed, then files,
 * each after a line `-- path --` or `-- path mode=0755 --`. `play.yml` is the playbook unless `args` name others; `hosts` is
 * the inventory, three local hosts a, b and c when it is absent.
 */
export function parseCase(name: string, text: string): Case {
  const [head = '', ...parts] = text.split(/^-- (?=\S.* --$)/m);
  const settings = new Map([...head.matchAll(/^(args|env|compare): *(.*)$/gm)].map((one) => [one[1], one[2] as string]));
  const files = parts.map((part): File => {
    const [first = ''] = part.split('\n', 1);
    const [, path = '', mode] = /^(\S+)(?: mode=(\d+))? --$/.exec(first) ?? [];
    if (path === '') throw new Error(`${name}: no file in "-- ${first}"`);
    return { path, mode: Number.parseInt(mode ?? '644', 8), content: part.slice(first.length + 1) };
  });
  if (!files.some((one) => one.path === 'hosts')) files.push({ path: 'hosts', mode: 0o644, content: HOSTS });
  const args = words(settings.get('args') ?? '');
  return {
    name,
    promise: head.replace(/^(args|env|compare):.*\n?/gm, '').trim(),
    argv: [...(args.includes('-i') ? [] : ['-i', 'hosts']), ...(args.some((one) => /\.ya?ml$/.test(one) && !one.startsWith('@')) ? [] : ['play.yml']), ...args],
    env: Object.fromEntries(words(settings.get('env') ?? '').map((one) => [one.split('=', 1)[0], one.slice(one.indexOf('=') + 1)])),
    compare: settings.get('compare') === 'hosts' ? 'hosts' : 'order',
    files,
    hash: createHash('sha256').update(text).digest('hex').slice(0, 16),
  };
}

/** Words as a shell splits them; quotes are the only thing special. */
const words = (text: string): string[] =>
  [...text.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, a, b) => a ?? b));

/** Writes the case into a new folder, lets it be used, and removes it. */
export async function inFolder<T>(one: Case, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fidelity-')));
  try {
    mkdirSync(join(folder, 'out'));
    for (const { path, content, mode } of one.files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
      chmodSync(join(folder, path), mode);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Name of a case by its path, as `-t` of vitest takes it. */
export const pathOf = (one: Case): string => relative(process.cwd(), join(CASES, `${one.name}.case`));
