import { readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oracle } from '../../oracle/oracle.ts';
import { allCases } from './cases.ts';
import { differences, MEANT } from './difference.ts';
import { type Answers, askAnsible, askQplay } from './play.ts';
import { webServer } from './server.ts';

/**
 * The same tasks by ansible-core 2.18 and by qplay, on this machine: the registered values and the files afterwards must be equal,
 * but for what is in `MEANT`. Ansible's answers are recorded (`ALIKE=record npx vitest run --project unit test/modules/alike`, or
 * `ALIKE=new` for those that have none yet); some, by a seed, are asked for again in each run (`ALIKE_SEED`).
 */
const FILE = join(import.meta.dirname, 'answers.json');
const RECORD = process.env.ALIKE === 'record' || process.env.ALIKE === 'new';
const LIVE = 16;

const lacking = 'lacking' in oracle() ? (oracle() as { lacking: string }).lacking : process.getuid?.() === 0 ? undefined : 'it wants root';
const recorded: Answers = process.env.ALIKE === 'record' ? {} : JSON.parse(readFileSync(FILE, 'utf8'));
const cases = allCases();
const web: { port: number; server?: Server } = { port: 0 };

/** Some of the cases, another handful with every seed. */
function sample(seed: number) {
  let state = seed;
  const random = (): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
  return cases
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, LIVE)
    .map(({ one }) => one);
}

beforeAll(async () => {
  Object.assign(web, await webServer());
});
afterAll(() => void web.server?.close());

describe.skipIf(!RECORD || lacking !== undefined)('recording', () => {
  it('asks ansible-core for everything, or for what is new', async () => {
    const known = Object.entries(recorded).filter(([name]) => cases.some((one) => one.name === name));
    const answers = await askAnsible(
      cases.filter(({ name }) => recorded[name] === undefined),
      web.port,
    );
    Object.assign(recorded, answers);
    const all = { ...Object.fromEntries(known), ...answers };
    writeFileSync(FILE, `${JSON.stringify(all, null, 1)}\n`);
  }, 900_000);
});

describe.skipIf(process.getuid?.() !== 0)('tasks by qplay', () => {
  let ours: Answers = {};
  beforeAll(async () => {
    ours = await askQplay(cases, web.port);
  }, 300_000);

  it('are many, with an answer each, and no exception is idle', () => {
    expect(cases.length).toBeGreaterThan(300);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.map(({ name }) => name).filter((name) => recorded[name] === undefined)).toEqual([]);
    expect(MEANT.filter(({ cases: of }) => !cases.some(({ name }) => of.test(name))).map(({ why }) => why)).toEqual([]);
  });

  it.each(cases.map(({ name }) => name))('%s', (name) => {
    const answer = recorded[name];
    expect(answer && ours[name] ? differences(name, answer, ours[name]) : ['no answer']).toEqual([]);
  });
});

describe.skipIf(lacking !== undefined || RECORD)(`recorded answers${lacking === undefined ? '' : ` (${lacking})`}`, () => {
  it('are what ansible-core answers today, for some of them', async () => {
    const seed = Number(process.env.ALIKE_SEED ?? 20261121);
    const some = sample(seed);
    const now = await askAnsible(some, web.port);
    for (const { name } of some) expect({ seed, name, ...now[name] }).toEqual({ seed, name, ...recorded[name] });
  }, 300_000);
});
