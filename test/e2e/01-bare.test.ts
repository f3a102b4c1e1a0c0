import { beforeAll, describe, expect, it } from 'vitest';
import { differences, type Fingerprint, fingerprint } from './support/fingerprint.ts';
import { bare, HOSTS, INSTALL, INVENTORY } from './support/lab.ts';
import { mustEnd, qplay, type Told, tell } from './support/qplay.ts';

describe('a plan for bare hosts', () => {
  let before: Fingerprint;
  let told: Told;

  beforeAll(async () => {
    await bare();
    before = await fingerprint();
    told = await tell('plan', INSTALL, '-i', INVENTORY);
  });

  it('says with exit code 2 that changes wait, and fails nowhere', () => {
    mustEnd(told, 2);
    expect(told.failures).toEqual([]);
  });

  it('names on every host what would change', () => {
    expect(Object.keys(told.counts).filter((host) => host !== 'localhost')).toEqual(expect.arrayContaining([...HOSTS]));
    for (const host of HOSTS) expect([host, (told.counts[host]?.wouldChange ?? 0) > 0]).toEqual([host, true]);
    for (const host of HOSTS) expect([host, told.counts[host]?.changed]).toEqual([host, 0]);
  });

  it('gives the reason of everything it cannot know', () => {
    const unknown = told.of('task.end').flatMap(({ outcome }) => (outcome.status === 'unknown' ? [outcome.why] : []));
    expect(unknown.length).toBeGreaterThan(10);
    expect(unknown.filter((why) => why.trim().length < 10)).toEqual([]);
    expect(unknown).toContain('podman is not installed on this host');
  });

  it('leaves the hosts as they were', async () => {
    expect(differences(before, await fingerprint())).toEqual([]);
  });

  it('is a page that ends with what waits', async () => {
    const page = await qplay('plan', INSTALL, '-i', INVENTORY, '-o', 'plain');
    expect(page.code).toBe(2);
    expect(page.out).toMatch(/^Plan: \d+ tasks change 7 of 7 hosts, \d+ steps are unknown, \d+ already right \(.*\)\. Nothing was changed\.$/m);
    expect(page.out).toContain('~ base │ ');
    expect(page.err).toBe('');
  });
});
