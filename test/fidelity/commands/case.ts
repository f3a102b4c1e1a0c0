import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Command lines, typed one after the other in a folder of files. */
export interface Commands {
  /** Name of the file below `cases/` without its ending. */
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly mode: number; readonly content: string }[];
  /** Each is a line for `sh`. */
  readonly lines: readonly string[];
}

const CASES = join(import.meta.dirname, 'cases');

/** Two hosts in two groups, both this machine. */
const HOSTS = '[web]\nh1\n[db]\nd1\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n';

export const readCommands = (): Commands[] =>
  readdirSync(CASES)
    .filter((name) => name.endsWith('.case'))
    .sort()
    .map((name) => parse(name.replace(/\.case$/, ''), readFileSync(join(CASES, name), 'utf8')));

/** A case: what it is about, then files, each after `-- path --` or `-- path mode=0755 --`; the command lines come after `-- run --`. */
function parse(name: string, text: string): Commands {
  const [, ...parts] = text.split(/^-- (?=\S.* --$)/m);
  const files = parts.map((part) => {
    const [first = ''] = part.split('\n', 1);
    const [, path = '', mode = '644'] = /^(\S+)(?: mode=(\d+))? --$/.exec(first) ?? [];
    return { path, mode: Number.parseInt(mode, 8), content: part.slice(first.length + 1) };
  });
  const lines = files
    .filter((one) => one.path === 'run')
    .flatMap((one) => one.content.split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'));
  return { name, files: [{ path: 'hosts', mode: 0o644, content: HOSTS }, ...files.filter((one) => one.path !== 'run')], lines };
}

/** Writes the files into a new folder, lets it be used, and removes it. */
export async function inFolder<T>({ files }: Commands, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'qplay-commands-')));
  try {
    for (const { path, mode, content } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { mode });
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
