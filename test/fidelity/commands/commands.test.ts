import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { built } from '../../cli/built.ts';
import { oracle } from '../../oracle/oracle.ts';
import { answerOf } from './answer.ts';
import { type Commands, readCommands } from './case.ts';

/** `record` writes the answers of ansible-core anew, where they are missing; with `ALL` all. */
const mode = process.env.FIDELITY;
const only = process.env.ONLY;
/** Cases that ansible-core is asked again in a usual run: another one each day. */
const SAMPLE = 1;

const cases = readCommands().filter((one) => only === undefined || new RegExp(only).test(one.name));
const answerFile = (one: Commands): string => join(import.meta.dirname, 'answers', `${one.name}.txt`);
const judge = oracle();
const ansibleBin = 'home' in judge ? join(judge.home, 'bin') : '';

let qplayBin = '';
beforeAll(() => {
  const main = process.env.QPLAY_MAIN ?? built();
  qplayBin = mkdtempSync(join(tmpdir(), 'qplay-bin-'));
  for (const name of [
    'ansible',
    'ansible-config',
    'ansible-doc',
    'ansible-galaxy',
    'ansible-inventory',
    'ansible-playbook',
    'ansible-pull',
    'ansible-vault',
    'ansible-console',
  ])
    writeFileSync(join(qplayBin, name), `#!/bin/sh\nQPLAY_PROGRAM=${name} exec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 });
}, 120_000);

if (mode === 'record')
  describe('recording', () => {
    test.concurrent.each(cases.filter((one) => process.env.ALL || !upToDate(one)))('$name', { timeout: 600_000 }, async (one) => {
      const answer = await answerOf(one, ansibleBin);
      mkdirSync(join(import.meta.dirname, 'answers'), { recursive: true });
      writeFileSync(answerFile(one), answer);
      expect(answer).toContain('--- exit');
    });
  });

/** Whether the answer is to the same command lines. */
function upToDate(one: Commands): boolean {
  if (!existsSync(answerFile(one))) return false;
  const asked = [...readFileSync(answerFile(one), 'utf8').matchAll(/^\$ (.*)$/gm)].map(([, line]) => line);
  return one.lines.join('\n') === asked.join('\n');
}

describe('command lines that are answered as ansible-core answers them', () => {
  test.each(cases)('$name', { timeout: 300_000 }, async (one) => {
    expect(await answerOf(one, qplayBin, undefined, !one.name.startsWith('vault'))).toBe(readFileSync(answerFile(one), 'utf8'));
  });
});

describe.skipIf('lacking' in judge || mode === 'record')('ansible-core still says so', () => {
  const day = Math.floor(Date.now() / 86_400_000);
  const sample = mode === 'check' ? cases : Array.from({ length: SAMPLE }, (_, index) => cases[(day + index) % cases.length] as Commands);
  test.each(sample)('$name', { timeout: 600_000 }, async (one) => {
    expect(await answerOf(one, ansibleBin)).toBe(readFileSync(answerFile(one), 'utf8'));
  });
});
