import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QplayError } from '../../engine/error.ts';
import { oracle } from '../oracle/oracle.ts';
import { PlayServer } from '../oracle/play-server.ts';
import { Random } from '../support/random.ts';
import { answerOf } from './answer.ts';
import { type Case, inventoryCase } from './generate.ts';

// Random inventories, asked of ansible-inventory and of qplay. INVENTORY_SEED and INVENTORY_COUNT make longer runs.
const SEED = Number(process.env.INVENTORY_SEED ?? 4);
const COUNT = Number(process.env.INVENTORY_COUNT ?? 300);
const AT_ONCE = 4;

const judge = oracle();
const lacking = 'lacking' in judge ? judge.lacking : undefined;

describe.skipIf(lacking !== undefined)(`random inventories${lacking === undefined ? '' : ` (${lacking})`}`, () => {
  let server: PlayServer;
  const folders: string[] = [];
  beforeAll(() => {
    server = new PlayServer();
  });
  afterAll(async () => {
    await server.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test(`${COUNT} from seed ${SEED}`, { timeout: 60_000 + COUNT * 1_000 }, async () => {
    const left = Array.from({ length: COUNT }, (_, index) => SEED * 1_000_003 + index);
    const differences: string[] = [];
    let refused = 0;
    const worker = async (): Promise<void> => {
      for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
        const random = new Random(seed);
        const one = inventoryCase(random);
        const folder = mkdtempSync(join(tmpdir(), 'qplay-inventory-'));
        folders.push(folder);
        write(folder, one);
        const question = random.pick(one.questions);
        const argv = [...one.sources.flatMap((source) => ['-i', source]), ...question];
        const theirs = await server.run({ program: 'ansible-inventory', argv, cwd: folder });
        const refusedThere = theirs.exit !== 0 || /Unable to parse|Failed to parse|Attempted to read/.test(theirs.stderr);
        const ours = said(folder, one, question);
        const shown = `seed ${seed}: ansible-inventory ${argv.join(' ')}\n${Object.entries(one.files)
          .map(([name, text]) => `--- ${name}\n${text}`)
          .join('')}`;
        if (refusedThere) refused++;
        if (refusedThere !== ours.refused) differences.push(`${shown}theirs: ${theirs.exit} ${theirs.stderr}\nours: ${ours.text}`);
        else if (!refusedThere && theirs.stdout.trimEnd() !== ours.text.trimEnd())
          differences.push(`${shown}${createTwoFilesPatch('theirs', 'ours', `${theirs.stdout.trimEnd()}\n`, `${ours.text.trimEnd()}\n`)}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(differences.slice(0, 3).join('\n\n'), `${differences.length} differ`).toBe('');
    // most of what is generated must be readable, or nothing much is compared
    expect(refused).toBeLessThan(COUNT / 4);
  });
});

function write(folder: string, { files }: Case): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function said(folder: string, { sources }: Case, question: readonly string[]): { refused: boolean; text: string } {
  try {
    return { refused: false, text: answerOf(folder, sources, question) };
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    return { refused: true, text: error.message };
  }
}
