import { beforeAll, describe, expect, it } from 'vitest';
import { findLine, headIn } from '../../modules/quay/upgrade/graph.ts';
import { health } from '../e2e/support/health.ts';
import { onHosts, QUAY } from '../e2e/support/lab.ts';
import { underLoad } from '../e2e/support/load.ts';
import { mustEnd, type Told, tell, watch } from '../e2e/support/qplay.ts';
import { begin, fill, INVENTORY, type Pushed, upgrade } from '../e2e/support/upgrade.ts';
import * as faults from './support/faults.ts';
import { BACK, record, said } from './support/faults.ts';

function versionOf(release: string): faults.Version {
  const line = findLine(release);
  if (line === undefined) throw new Error(`nothing is known of ${release}`);
  return { release, head: headIn(line, release) ?? null };
}

const OLD = versionOf('3.12.0');
const NEW = versionOf('3.12.20');
const UP = ['run', 'upgrade-3.12', '-i', INVENTORY] as const;

let images: readonly Pushed[];
const whole = (version: faults.Version): Promise<void> => faults.whole(version, images);
const serves = async (): Promise<number> => (await health('db01', 'endtoend')).code;

describe('an upgrade within a line that goes wrong', () => {
  beforeAll(async () => {
    await begin(OLD.release);
    images = await fill(2, 'rolled');
  });

  describe('qplay killed at task after task, while the registry serves', () => {
    it.each([
      'Let the requests to quay01 end',
      'Run quay now and after a reboot',
      'Take quay01 into the balancer and wait until it is up there',
      'All are ready for quay02',
      'Record the step rolled quay02',
      'Take quay03 into the balancer and wait until it is up there',
      'Count what the registry has',
    ])('in "%s"', async (task) => {
      await faults.killed(task, UP);
      expect(await serves()).toBe(200);
    });

    it('and the next run ends it', async () => {
      mustEnd(await upgrade('3.12'), 0);
      await whole(NEW);
      expect(await record()).toMatchObject({ step: 'done' });
      expect(mustEnd(await upgrade('3.12'), 0).failures).toEqual([]);
    });

    it('which can be taken back', async () => {
      mustEnd(await tell(...BACK), 0);
      await whole(OLD);
    });
  });

  it.each([
    [
      'before it is changed',
      'quay02',
      'Let the requests to quay02 end',
      OLD,
      /was abandoned, and Quay 3\.12\.0 runs on every other node\..*[Nn]ot reached: quay02/s,
    ],
    [
      'when it has changed',
      'quay01',
      'Take quay03 into the balancer and wait until it is up there',
      NEW,
      /Quay 3\.12\.20 serves, .*not ended.*Not reached: quay01/s,
    ],
  ] as const)('a node that loses its power %s: the others are of one release and serve, and the next run ends it', async (_when, host, task, version, text) => {
    const told = await faults.withoutPower(host, task, UP);
    expect(said(told)).toMatch(text);
    expect(await serves()).toBe(200);
    const others = QUAY.filter((node) => node !== host);
    expect(Object.values(await onHosts(others, "podman ps --filter name=^quay$ --format '{{.Image}}'")).map((image) => image.trim().split(':v')[1])).toEqual(
      others.map(() => version.release),
    );
    mustEnd(await upgrade('3.12'), 0);
    await whole(NEW);
    mustEnd(await tell(...BACK), 0);
    await whole(OLD);
  });

  it('somebody else is kept out while it runs: no upgrade, no backup, no way back', async () => {
    let others: Promise<Told[]> | undefined;
    const { done } = watch(UP, (event) => {
      if (event.type === 'task.start' && event.task.name === 'Let the requests to quay01 end')
        others ??= Promise.all([tell(...UP), tell('run', 'backup', '-i', INVENTORY), tell(...BACK)]);
    });
    mustEnd(await done, 0);
    const told = (await others) ?? [];
    expect(told).toHaveLength(3);
    for (const one of told) {
      expect(one.code).not.toBe(0);
      expect(said(one)).toMatch(/worked on by \S+ on \S+ \(qplay, pid \d+\), since \S+, for the upgrade from 3\.12\.0 to 3\.12\.20/);
    }
    await whole(NEW);
  });
});

/** When the drain of each node began, as milliseconds. */
const drains = (told: Told): number[] =>
  told.of('task.start').flatMap(({ task, time }) => (/^Let (?:the requests to .* end|no new request in)$/.test(task.name) ? [time] : []));

describe('an upgrade within a line while images are pulled and pushed, and large layers are on their way', () => {
  it.each([
    ['3.7.0', '3.7.13'],
    ['3.13.0', '3.13.11'],
    ['3.17.0', '3.17.3'],
  ])('%s to %s fails no request, and cuts no layer off', async (from, to) => {
    await begin(from);
    const pushed = await fill(1, 'loaded');
    let told: Told | undefined;
    const load = await underLoad(async () => {
      told = mustEnd(await upgrade(to.replace(/\.\d+$/, '')), 0);
    }, 3);
    const across = drains(told as Told).flatMap((at) => load.long.filter((one) => one.from < at && at < one.to));
    console.log(
      `${from} to ${to}: ${load.pulls} pulls, ${load.pushes} pushes, ${load.long.length} large layers, ${across.length} of them over the begin of a drain; ${load.failed.length} failed`,
    );
    expect(load.failed).toEqual([]);
    expect(load.pulls).toBeGreaterThan(20);
    expect(load.pushes).toBeGreaterThan(5);
    expect(across.length).toBeGreaterThan(2);
    await faults.whole(versionOf(to), pushed);
  });

  it('3.17.3 to 3.18.0, which stops every node, cuts no layer off either', async () => {
    let told: Told | undefined;
    const load = await underLoad(async () => {
      told = mustEnd(await upgrade('3.18'), 0);
    }, 3);
    const [at] = drains(told as Told) as [number];
    expect(load.long.filter((one) => one.from < at && at < one.to).length).toBeGreaterThan(0);
    expect(load.failed.filter((one) => one.includes('cut off'))).toEqual([]);
    await faults.whole(versionOf('3.18.0'), []);
  });
});
