import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oracle } from '../oracle/oracle.ts';
import { PlayServer } from '../oracle/play-server.ts';
import { runFiles } from '../rig.ts';
import { Random } from '../support/random.ts';
import { LEVELS, type Level, levelFiles } from './levels.ts';

// Variables that are defined on every pair of levels, and on random sets of them: one playbook defines and shows them all.
const judge = oracle();
const lacking = 'lacking' in judge ? judge.lacking : undefined;
const SEED = Number(process.env.PRECEDENCE_SEED ?? 22);
const SETS = 150;

/** Names of variables, and the levels that define each. */
function variables(): Map<string, readonly Level[]> {
  const random = new Random(SEED);
  const found = new Map<string, readonly Level[]>();
  for (const [index, low] of LEVELS.entries()) for (const high of LEVELS.slice(index + 1)) found.set(`p_${low}_${high}`, [low, high]);
  for (let number = 0; number < SETS; number++)
    found.set(
      `s_${number}`,
      LEVELS.filter(() => random.chance(0.3)),
    );
  return found;
}

describe.skipIf(lacking !== undefined)(`precedence of variables${lacking === undefined ? '' : ` (${lacking})`}`, () => {
  let server: PlayServer;
  const folders: string[] = [];
  beforeAll(() => {
    server = new PlayServer();
  });
  afterAll(async () => {
    await server.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['the highest level wins', 'replace'],
    ['dicts of all levels are joined', 'merge'],
  ] as const)('%s', { timeout: 120_000 }, async (_, hash) => {
    const files = levelFiles(variables(), hash === 'merge');
    const folder = mkdtempSync(join(tmpdir(), 'qplay-precedence-'));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const argv = ['-i', 'inv/hosts', '-e', '@extra.yml', 'play.yaml'];
    const theirs = await server.run({ argv, cwd: folder, env: { ANSIBLE_HASH_BEHAVIOUR: hash } });
    expect(theirs.exit, theirs.stdout).toBe(0);
    const told = theirs.events.flatMap(([kind, , , more]) => (kind === 'ok' && JSON.stringify(more).includes('"seen"') ? [more] : []));
    const shown = (told[0] as { result: { seen: Record<string, unknown> } }).result.seen;
    const before = process.env.ANSIBLE_HASH_BEHAVIOUR;
    process.env.ANSIBLE_HASH_BEHAVIOUR = hash;
    try {
      const ran = await runFiles(files, (ours) => ({ inventories: [join(ours, 'inv/hosts')], extraVars: [`@${join(ours, 'extra.yml')}`] }));
      folders.push(ran.folder);
      const outcome = ran.outcome('r : show', 'a');
      expect(outcome.status, ran.text).toBe('ok');
      const { seen } = ('result' in outcome ? outcome.result : {}) as { seen: Record<string, unknown> };
      expect(Object.keys(seen).length).toBeGreaterThan(250);
      expect(seen).toEqual(shown);
    } finally {
      if (before === undefined) delete process.env.ANSIBLE_HASH_BEHAVIOUR;
      else process.env.ANSIBLE_HASH_BEHAVIOUR = before;
    }
  });
});
