import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { address, ended, NAME, SECRETS, start } from './support/lab.ts';
import { changes, mustEnd } from './support/qplay.ts';
import { begin, releases, revision, upgrade } from './support/upgrade.ts';

interface Load {
  readonly pulls: number;
  readonly pushes: number;
  readonly failed: readonly string[];
}

const LOAD = fileURLToPath(new URL('support/load.mjs', import.meta.url));

/** Pulls and pushes through the balancer while something else is done. */
async function underLoad(action: () => Promise<unknown>): Promise<Load> {
  const password = join(SECRETS, 'quay_admin_password');
  const child = start(['lab/lab', 'ctl', process.execPath, LOAD, address('db01'), NAME, join(SECRETS, 'tls/ca.crt'), 'quayadmin', password]);
  const done = ended(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('close', () => reject(new Error('the load ended before it began')));
  });
  await action().finally(() => child.kill('SIGTERM'));
  const { out, err } = await done;
  const line = out.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(`the load said: ${out}${err}`);
  return JSON.parse(line) as Load;
}

describe('an upgrade within 3.12, whose schema stays', () => {
  let load: Load;

  beforeAll(async () => {
    await begin('3.12.0');
    load = await underLoad(async () => mustEnd(await upgrade('3.12'), 0));
    console.log(`under load: ${load.pulls} pulls, ${load.pushes} pushes, ${load.failed.length} failed`);
  });

  it('ends with every node at the last release of the line', async () => {
    expect(await releases()).toEqual(['3.12.20', '3.12.20', '3.12.20']);
    expect(await revision()).toBe('3f8d7acdf7f9');
  });

  it('fails no request', () => {
    expect(load.failed).toEqual([]);
    expect(load.pulls).toBeGreaterThan(20);
    expect(load.pushes).toBeGreaterThan(5);
  });

  it('changes nothing the second time', async () => {
    expect(changes(mustEnd(await upgrade('3.12'), 0))).toEqual([]);
  });
});
