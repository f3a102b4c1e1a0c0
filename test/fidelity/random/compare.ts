import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { oracle } from '../../oracle/oracle.ts';
import { PlayServer } from '../../oracle/play-server.ts';
import { byAnsible } from '../ansible.ts';
import { byQplay } from '../qplay.ts';
import { caseOf } from './case.ts';
import type { Generated } from './generate.ts';
import { shrink } from './shrink.ts';

/**
 * `record` writes the answers anew; `search` asks ansible-core for seeds FROM to TO, or for SEEDS, and shows what differs, smaller
 * for the first SHRINK of them; `show` shows them whole, `ask` only asks. TEXTS names a folder that keeps what ansible-core said,
 * so that it is asked once.
 */
const mode = process.env.PLAYS;
/** Seeds that are asked again while the tests of the day run; others each day. */
const SAMPLE = 5;

/** What makes random playbooks out of seeds. */
export interface Grammar {
  /** Of the file in `answers/`. */
  readonly name: string;
  readonly generate: (seed: number) => Generated;
  /** Seeds from 0 on whose answers are kept. */
  readonly recorded: number;
}

/** Hashes of the case and of what ansible-core did, by seed. */
type Answers = Record<string, readonly [string, string]>;

/** `differing`: seeds in which qplay is known to do something else, which docs/known-gaps.md counts. */
interface Recorded {
  readonly seeds: Answers;
  readonly differing: readonly number[];
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
const lacking = ((): string | undefined => {
  const it = oracle();
  return 'lacking' in it ? it.lacking : undefined;
})();

let server: PlayServer | undefined;
async function ask(generated: Generated, name: string): Promise<string> {
  const one = caseOf(name, generated);
  const kept = process.env.TEXTS === undefined ? undefined : join(process.env.TEXTS, one.hash);
  if (kept !== undefined && existsSync(kept)) return readFileSync(kept, 'utf8');
  server ??= new PlayServer();
  const text = await byAnsible(one, server);
  if (kept !== undefined) writeFileSync(kept, text);
  return text;
}

const seeds = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

/** The tests of a grammar, in the mode that PLAYS names. */
export function compareRandom(grammar: Grammar): void {
  afterAll(async () => server?.close());
  if (mode === undefined) compare(grammar);
  else if (mode === 'record') record(grammar);
  else if (mode === 'ask') askAll(grammar);
  else if (mode === 'search') search(grammar);
  else show(grammar);
}

const answersOf = (name: string): string => join(import.meta.dirname, 'answers', `${name}.json`);

function compare({ name, generate, recorded }: Grammar): void {
  const { seeds: answers, differing: known } = JSON.parse(readFileSync(answersOf(name), 'utf8')) as Recorded;
  describe('random playbooks do what ansible-core does with them', () => {
    test.each(seeds(0, recorded).filter((seed) => !known.includes(seed)))('seed %i', { timeout: 120_000 }, async (seed) => {
      const one = caseOf(`seed ${seed}`, generate(seed));
      const [asked, answer] = answers[seed] ?? ['', ''];
      expect(asked, `the answer for seed ${seed} is old: PLAYS=record`).toBe(one.hash);
      const text = expected(generate(seed), await byQplay(one));
      if (hash(text) !== answer) expect(text, `seed ${seed}`).toBe(lacking === undefined ? await ask(generate(seed), one.name) : answer);
    });

    const day = Math.floor(Date.now() / 86_400_000);
    describe.skipIf(lacking !== undefined)(`ansible-core still says so${lacking === undefined ? '' : ` (skipped: ${lacking})`}`, () => {
      test.each(seeds(0, SAMPLE))('sample %i', { timeout: 120_000 }, async (index) => {
        const seed = (index * Math.floor(recorded / SAMPLE) + day) % recorded;
        expect(hash(await ask(generate(seed), `seed ${seed}`)), `seed ${seed}`).toBe(answers[seed]?.[1]);
      });
    });
  });
}

function record({ name, generate, recorded }: Grammar): void {
  test('answers of ansible-core', { timeout: 3_600_000 }, async () => {
    const seedsOf: Answers = {};
    const differing: number[] = [];
    for (const seed of seeds(0, recorded)) {
      const one = caseOf(`seed ${seed}`, generate(seed));
      const answer = await ask(generate(seed), one.name);
      seedsOf[seed] = [one.hash, hash(answer)];
      if (expected(generate(seed), await byQplay(one)) !== answer) differing.push(seed);
    }
    writeFileSync(answersOf(name), `${JSON.stringify({ version: 'ansible-core 2.18.19', differing, seeds: seedsOf }).replaceAll('],', '],\n')}\n`);
    expect(Object.keys(seedsOf)).toHaveLength(recorded);
  });
}

/** A `--limit` that leaves a play no host is meant to be refused. */
function expected({ argv, files }: Generated, text: string): string {
  if (text !== 'EXIT refused\n' || !argv.includes('--limit')) return text;
  const plays = files['play.yml'] as { name: string }[];
  return `${plays.map(({ name }) => `PLAY [${name}]\nNO HOSTS []\n`).join('')}EXIT done\n`;
}

const range = (): number[] =>
  process.env.SEEDS === undefined ? seeds(Number(process.env.FROM ?? 0), Number(process.env.TO ?? 100)) : process.env.SEEDS.split(' ').map(Number);

function askAll({ generate }: Grammar): void {
  test('answers', { timeout: 36_000_000 }, async () => {
    const all = range();
    const some = async (): Promise<void> => {
      for (let seed = all.shift(); seed !== undefined; seed = all.shift()) await ask(generate(seed), `seed ${seed}`);
    };
    await Promise.all([some(), some(), some()]);
    expect(all).toEqual([]);
  });
}

function search({ generate }: Grammar): void {
  test('differences', { timeout: 36_000_000 }, async () => {
    const differing: string[] = [];
    for (const seed of range()) {
      process.stderr.write(`${seed} `);
      const generated = generate(seed);
      const theirs = await ask(generated, `seed ${seed}`);
      const ours = expected(generated, await byQplay(caseOf(`seed ${seed}`, generated)));
      if (ours !== theirs) {
        differing.push(String(seed));
        console.log(`---- ${seed}${theirs.includes('EXIT refused') ? ' REFUSED' : ''}\n${difference(theirs, ours)}`);
      }
    }
    console.log(`differing: ${differing.join(' ')}`);
    if (process.env.SHRINK)
      for (const seed of differing.slice(0, Number(process.env.SHRINK))) console.log(await smallest(generate(Number(seed)), Number(seed)));
    expect(differing).toEqual([]);
  });
}

function show({ generate }: Grammar): void {
  test.each(range())('seed %i', { timeout: 120_000 }, async (seed) => {
    const text = await shown(seed, generate(seed));
    console.log(text);
    expect(text).toContain('---- qplay');
  });
}

/** The first lines in which two traces differ. */
function difference(theirs: string, ours: string): string {
  const [left, right] = [theirs.split('\n'), ours.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  return [...left.slice(Math.max(0, at - 3), at), ...left.slice(at, at + 4).map((one) => `- ${one}`), ...right.slice(at, at + 4).map((one) => `+ ${one}`)].join(
    '\n',
  );
}

/** A small case that still differs. */
async function smallest(generated: Generated, seed: number): Promise<string> {
  const found = await shrink(generated, async (one) => {
    try {
      const [theirs, ours] = await both(one);
      return theirs !== ours && !theirs.includes('EXIT refused') && !ours.includes('EXIT refused') && !theirs.includes('EXIT error');
    } catch {
      return false;
    }
  });
  return shown(seed, found);
}

const both = async (one: Generated): Promise<[string, string]> => [await ask(one, 'smaller'), await byQplay(caseOf('smaller', one))];

/** A case with both traces. */
async function shown(seed: number, found: Generated): Promise<string> {
  const [theirs, ours] = await both(found);
  const one = caseOf(`seed ${seed}`, found);
  const text = one.files.filter(({ path }) => path !== 'hosts').map(({ path, content }) => `-- ${path} --\n${content}`);
  return [`==== seed ${seed} ${found.argv.join(' ')}`, ...text, '---- ansible', theirs, '---- qplay', ours].join('\n');
}
