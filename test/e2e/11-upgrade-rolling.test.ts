import { beforeAll, describe, expect, it } from 'vitest';
import { type Load, underLoad } from './support/load.ts';
import { changes, mustEnd } from './support/qplay.ts';
import { begin, releases, revision, upgrade } from './support/upgrade.ts';

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
