import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import run from '../../engine/cli/run.ts';
import { diagnosticsOf, EXIT, QplayError } from '../../engine/error.ts';
import { renderDiagnostics } from '../../engine/report/diagnostic.ts';
import { type Mistake, readMistake, withSaid } from './case.ts';

const CASES = join(import.meta.dirname, 'cases');
const UPDATE = process.env.UPDATE_ERRORS === '1';

const before = { ...process.env };
beforeAll(() => {
  for (const name of Object.keys(process.env)) if (/^(ANSIBLE_|FORCE_COLOR)/.test(name)) delete process.env[name];
  process.env.NO_COLOR = '1';
});
afterAll(() => {
  process.env = before;
});

const names = readdirSync(CASES).sort();

describe('each way to be wrong is told with its place, in one frame', () => {
  for (const file of names) {
    const mistake = readMistake(join(CASES, file));
    test(`${file.replace('.txt', '')}: ${mistake.question.split('\n')[0]}`, async () => {
      const said = await told(mistake);
      if (UPDATE) writeFileSync(join(CASES, file), withSaid(mistake, said));
      else expect(said).toBe(mistake.said);
    });
  }
});

test('there are at least 190 of them', () => {
  expect(names.length).toBeGreaterThanOrEqual(190);
});

/** All that qplay prints, and its exit code. */
async function told({ words, env, files }: Mistake): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'qplay-error-'));
  for (const { name, text, mode } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, { mode });
  }
  Object.assign(process.env, env);
  try {
    const { text, exit } = await printed(words.map((word) => word.replaceAll('$DIR', folder)));
    return settled(`${text.trim()}\nexit ${exit}\n`, folder);
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    rmSync(folder, { recursive: true, force: true });
  }
}

async function printed([command = '', ...words]: readonly string[]): Promise<{ text: string; exit: number }> {
  let text = '';
  const real = process.stdout.write;
  process.stdout.write = ((chunk: string | Buffer) => {
    text += String(chunk);
    return true;
  }) as typeof process.stdout.write;
  try {
    return {
      exit: await run(command, words.some((word) => word === '-o') ? words : [...words, '-o', 'plain']),
      get text() {
        return text;
      },
    };
  } catch (error) {
    return { text: text + renderDiagnostics(diagnosticsOf(error)), exit: error instanceof QplayError ? error.exitCode : EXIT.internal };
  } finally {
    process.stdout.write = real;
  }
}

/** Without what no two runs and no two machines have in common. */
const settled = (text: string, folder: string): string =>
  text
    .replaceAll(`${folder}/`, '')
    .replaceAll(folder, 'DIR')
    .replaceAll(process.cwd(), 'HERE')
    .replaceAll(process.env.HOME ?? '/nonexistent', 'HOME')
    .replace(/\d+(\.\d)? s$/gm, 'TIME')
    .replace(/(?<= )\d+(\.\d+)? s\b/g, 'TIME');
