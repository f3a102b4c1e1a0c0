import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Case } from './cases.ts';

/** Settings of the one who runs the tests must not speak. */
const QUIET: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(ANSIBLE_|NO_COLOR|FORCE_COLOR|CI$|QPLAY)/.test(name))
    .map((name) => [name, undefined]),
);

/** Runs a case by programs in a folder `bin`: exit code, stdout and what stands on stderr that scripts may look for. */
export function answerOf({ run, files = {}, env = {} }: Case, command: (program: string) => readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'qplay-cli-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const [program = '', ...words] = typeof run === 'string' ? run.split(' ') : run;
    const [first = '', ...rest] = command(program);
    const { status, stdout, stderr } = spawnSync(first, [...rest, ...words], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...QUIET, HOME: folder, ANSIBLE_LOCALHOST_WARNING: 'yes', ...env },
      input: '',
    });
    return settled(`exit ${status}\n${isUsage(stdout) ? '' : stdout}--- stderr\n${warnings(stderr)}`, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How a program is called is said in our own words. */
const isUsage = (text: string): boolean => /^usage: /m.test(text);

/** Headings of warnings and errors; of a mistake only that there is one, since ours says more. */
function warnings(stderr: string): string {
  const mistake = /^(?:\u001b\[[\d;]*m)?(ERROR!|[a-z-]+: error:|fatal:)/m.exec(stderr)?.[1] ?? '';
  const said = stderr.split(/\n(?=\[WARNING\]|ERROR!)/).filter((one) => one.startsWith('[WARNING]'));
  return [...said.map((one) => one.replace(/\n\s*/g, ' ').trim()).filter((one) => !one.includes('Python interpreter')), mistake]
    .filter((one) => one !== '')
    .join('\n');
}

/** Without what no two runs have in common. */
function settled(text: string, folder: string): string {
  return text
    .replaceAll(folder, 'FOLDER')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/g, 'TIME')
    .replace(/\d:\d\d:\d\d\.\d{6}/g, 'DELTA')
    .replace(/(Failed to connect to the host via ssh: )[^"]*/g, '$1REASON')
    .replace(/(\+\+\+ after: ).*\.ansible\/tmp\/.*$/gm, '$1TEMPORARY');
}
