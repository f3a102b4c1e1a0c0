import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { oracle, program } from '../oracle/oracle.ts';
import { answerOf } from './answer.ts';
import { built } from './built.ts';
import { CASES, type Case } from './cases.ts';

const ANSWERS = join(import.meta.dirname, 'answers');
const RECORD = process.env.UPDATE_CLI === '1';
/** Cases that ansible-core is asked anew in each run of the tests: other ones each day. */
const ASKED = 6;

const answerFile = ({ name }: Case): string => join(ANSWERS, `${name}.txt`);
const byAnsible = (one: Case): string => answerOf(one, (name) => [program(name)]);

let main = '';
beforeAll(() => {
  main = built();
});

const byQplay = (one: Case): string => answerOf(one, (name) => ['env', `QPLAY_PROGRAM=${name}`, process.execPath, main]);

describe('qplay called by the names of Ansible says what Ansible said', () => {
  for (const one of CASES) {
    test(one.name, () => {
      if (RECORD) {
        mkdirSync(ANSWERS, { recursive: true });
        if (!existsSync(answerFile(one)) || process.env.ALL) writeFileSync(answerFile(one), byAnsible(one));
      }
      expect(byQplay(one)).toBe(readFileSync(answerFile(one), 'utf8'));
    });
  }
});

describe('the recorded answers are still those of ansible-core', () => {
  const judge = oracle();
  const day = Math.floor(Date.now() / 86_400_000);
  const asked = Array.from({ length: ASKED }, (_, index) => CASES[(day * ASKED + index * 11) % CASES.length] as Case);
  for (const one of new Set(asked))
    test.skipIf('lacking' in judge)(`${one.name}${'lacking' in judge ? ` (skipped: ${judge.lacking})` : ''}`, () => {
      expect(byAnsible(one)).toBe(readFileSync(answerFile(one), 'utf8'));
    });
});

test('links are programs that are qplay, and no program of others is replaced', () => {
  const { folder, run } = linked();
  const said = spawnSync(join(folder, 'ansible'), ['localhost', '-m', 'debug', '-a', 'msg=linked'], { encoding: 'utf8' });
  expect(said.stdout).toBe('localhost | SUCCESS => {\n    "msg": "linked"\n}\n');
  expect(run().status).toBe(0);
  writeFileSync(join(folder, 'ansible-vault'), '#!/bin/sh\n');
  expect(run()).toMatchObject({ status: 3, stderr: expect.stringContaining('qplay has not made it') });
});

function linked(): { folder: string; run: () => { status: number | null; stderr: string } } {
  const folder = join(main, '..', `links-${process.pid}`);
  const run = () => spawnSync(process.execPath, [main, 'links', folder], { encoding: 'utf8' });
  run();
  return { folder, run };
}
