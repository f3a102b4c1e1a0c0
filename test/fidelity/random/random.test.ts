import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { oracle } from '../../oracle/oracle.ts';
import { PlayServer } from '../../oracle/play-server.ts';
import { byAnsible } from '../ansible.ts';
import { byQplay } from '../qplay.ts';
import { caseOf } from './case.ts';
import { type Generated, generate } from './generate.ts';
import { shrink } from './shrink.ts';

/**
 * `record` writes answers.json anew; `search` asks ansible-core for seeds FROM to TO, or for SEEDS, and shows what differs, smaller for
 * the first SHRINK of them; `show` shows them whole, `ask` only asks. TEXTS names a folder that keeps what ansible-core said, so that it is asked once.
 */
const mode = process.env.PLAYS;
const RECORDED = 500;
/** Seeds that are asked again while the tests of the day run; others each day. */
const SAMPLE = 5;
const answerFile = join(import.meta.dirname, 'answers.json');

/** Hashes of the case and of what ansible-core did, by seed. */
type Answers = Record<string, readonly [string, string]>;

/** `differing`: seeds in which qplay is known to do something else, which docs/known-gaps.md counts. */
interface Recorded {
  readonly seeds: Answers;
  readonly differing: readonly number[];
}

const { seeds: answers, differing: known }: Recorded = existsSync(answerFile)
  ? (JSON.parse(readFileSync(answerFile, 'utf8')) as Recorded)
  : { seeds: {}, differing: [] };
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
afterAll(async () => server?.close());

const seeds = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe.skipIf(mode !== undefined)('random playbooks do what ansible-core does with them', () => {
  test.each(seeds(0, RECORDED).filter((seed) => !known.includes(seed)))('seed %i', { timeout: 120_000 }, async (seed) => {
    const one = caseOf(`seed ${seed}`, generate(seed));
    const [asked, answer] = answers[seed] ?? ['', ''];
    expect(asked, `the answer for seed ${seed} is old: PLAYS=record`).toBe(one.hash);
    const text = expected(generate(seed), await byQplay(one));
    if (hash(text) !== answer) expect(text, `seed ${seed}`).toBe(lacking === undefined ? await ask(generate(seed), one.name) : answer);
  });

  const day = Math.floor(Date.now() / 86_400_000);
  describe.skipIf(lacking !== undefined)(`ansible-core still says so${lacking === undefined ? '' : ` (skipped: ${lacking})`}`, () => {
    test.each(seeds(0, SAMPLE))('sample %i', { timeout: 120_000 }, async (index) => {
      const seed = (index * Math.floor(RECORDED / SAMPLE) + day) % RECORDED;
      expect(hash(await ask(generate(seed), `seed ${seed}`)), `seed ${seed}`).toBe(answers[seed]?.[1]);
    });
  });
});

describe.runIf(mode === 'record')('recording', () => {
  test('answers of ansible-core', { timeout: 3_600_000 }, async () => {
    const seedsOf: Answers = {};
    const differing: number[] = [];
    for (const seed of seeds(0, RECORDED)) {
      const one = caseOf(`seed ${seed}`, generate(seed));
      const answer = await ask(generate(seed), one.name);
      seedsOf[seed] = [one.hash, hash(answer)];
      if (expected(generate(seed), await byQplay(one)) !== answer) differing.push(seed);
    }
    writeFileSync(answerFile, `${JSON.stringify({ version: 'ansible-core 2.18.19', differing, seeds: seedsOf }).replaceAll('],', '],\n')}\n`);
    expect(Object.keys(seedsOf)).toHaveLength(RECORDED);
  });
});

/** A `--limit` that leaves a play no host is meant to be refused. */
function expected({ argv, files }: Generated, text: string): string {
  if (text !== 'EXIT refused\n' || !argv.includes('--limit')) return text;
  const plays = files['play.yml'] as { name: string }[];
  return `${plays.map(({ name }) => `PLAY [${name}]\nNO HOSTS []\n`).join('')}EXIT done\n`;
}

const range = (): number[] =>
  process.env.SEEDS === undefined ? seeds(Number(process.env.FROM ?? 0), Number(process.env.TO ?? 100)) : process.env.SEEDS.split(' ').map(Number);

describe.runIf(mode === 'ask')('asking', () => {
  test('answers', { timeout: 36_000_000 }, async () => {
    const all = range();
    const some = async (): Promise<void> => {
      for (let seed = all.shift(); seed !== undefined; seed = all.shift()) await ask(generate(seed), `seed ${seed}`);
    };
    await Promise.all([some(), some(), some()]);
    expect(all).toEqual([]);
  });
});

describe.runIf(mode === 'search')('searching', () => {
  test('differences', { timeout: 36_000_000 }, async () => {
    const differing: string[] = [];
    const all = range();
    const two = async (): Promise<void> => {
      for (let seed = all.shift(); seed !== undefined; seed = all.shift()) {
        process.stderr.write(`${seed} `);
        const generated = generate(seed);
        const theirs = await ask(generated, `seed ${seed}`);
        const ours = expected(generated, await byQplay(caseOf(`seed ${seed}`, generated)));
        if (ours !== theirs) {
          differing.push(String(seed));
          console.log(`---- ${seed}${theirs.includes('EXIT refused') ? ' REFUSED' : ''}\n${difference(theirs, ours)}`);
        }
      }
    };
    await two();
    console.log(`differing: ${differing.join(' ')}`);
    if (process.env.SHRINK) for (const seed of differing.slice(0, Number(process.env.SHRINK))) console.log(await smallest(Number(seed)));
    expect(differing).toEqual([]);
  });
});

describe.runIf(mode === 'show')('showing', () => {
  test.each(range())('seed %i', { timeout: 120_000 }, async (seed) => {
    const text = await shown(seed, generate(seed));
    console.log(text);
    expect(text).toContain('---- qplay');
  });
});

/** The first lines in which two traces differ. */
function difference(theirs: string, ours: string): string {
  const [left, right] = [theirs.split('\n'), ours.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  return [...left.slice(Math.max(0, at - 3), at), ...left.slice(at, at + 4).map((one) => `- ${one}`), ...right.slice(at, at + 4).map((one) => `+ ${one}`)].join(
    '\n',
  );
}

/** A small case that still differs. */
async function smallest(seed: number): Promise<string> {
  const found = await shrink(generate(seed), async (one) => {
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
