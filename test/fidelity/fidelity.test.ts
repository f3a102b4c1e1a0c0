import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { oracle } from '../oracle/oracle.ts';
import { PlayServer } from '../oracle/play-server.ts';
import { byAnsible } from './ansible.ts';
import { type Case, readCases } from './case.ts';
import { byQplay } from './qplay.ts';

/** `record` writes the answers of ansible-core anew, `check` asks it again for every case, else a few are asked again. */
const mode = process.env.FIDELITY;
const only = process.env.ONLY;
const VERSION = '2.18.19';
/** Cases that are asked again while the tests of the day run; another few each day. */
const SAMPLE = 40;

const cases = readCases().filter((one) => only === undefined || new RegExp(only).test(one.name));
const answerFile = (one: Case): string => join(import.meta.dirname, 'answers', `${one.name}.txt`);
const header = (one: Case): string => `ansible-core ${VERSION}, form 4, case ${one.hash}\n`;
const lacking = ((): string | undefined => {
  const it = oracle();
  return 'lacking' in it ? it.lacking : undefined;
})();

let server: PlayServer | undefined;
const ask = (one: Case): Promise<string> => {
  server ??= new PlayServer();
  return byAnsible(one, server);
};
afterAll(async () => server?.close());

function recorded(one: Case): string {
  const text = existsSync(answerFile(one)) ? readFileSync(answerFile(one), 'utf8') : '';
  if (!text.startsWith(header(one))) throw new Error(`the answer of ansible-core to ${one.name} is missing or old: npm run fidelity:record`);
  return text.slice(header(one).length);
}

if (mode === 'record')
  describe('recording', () => {
    test.each(cases.filter((one) => process.env.ALL || !upToDate(one)))('$name', { timeout: 120_000 }, async (one) => {
      const answer = await ask(one);
      mkdirSync(dirname(answerFile(one)), { recursive: true });
      writeFileSync(answerFile(one), header(one) + answer);
      expect(answer).toContain('EXIT');
    });
  });

function upToDate(one: Case): boolean {
  return existsSync(answerFile(one)) && readFileSync(answerFile(one), 'utf8').startsWith(header(one));
}

describe('a playbook does what ansible-core does with it', () => {
  test.each(cases)('$name', { timeout: 60_000 }, async (one) => {
    expect(await byQplay(one)).toBe(recorded(one));
  });
});

describe.skipIf(lacking !== undefined || mode === 'record')(`ansible-core still says so${lacking === undefined ? '' : ` (skipped: ${lacking})`}`, () => {
  const day = Math.floor(Date.now() / 86_400_000);
  const sample = mode === 'check' ? cases : cases.filter((_, index) => (index + day) % Math.max(1, Math.ceil(cases.length / SAMPLE)) === 0);
  test.each(sample)('$name', { timeout: 120_000 }, async (one) => {
    expect(await ask(one)).toBe(recorded(one));
  });
});
