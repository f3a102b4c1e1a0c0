import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { health, healthy, untilHealthy } from './support/health.ts';
import { HOSTS, INSTALL, INVENTORY, lab, onHost } from './support/lab.ts';
import { changes, install, mustEnd, type Told, watch } from './support/qplay.ts';

/** Seconds in which the registry must serve again after a host came back. */
const RECOVERY = 240;

/** Whether the host has all of its own part running again. */
async function whole(host: string): Promise<string> {
  if (!host.startsWith('ceph')) return onHost(host, `systemctl is-active ${host === 'db01' ? 'haproxy postgresql' : 'redis quay'} || true`);
  return onHost('ceph01', 'ceph status --format json | grep -o \'"num_up_osds":[0-9]*\'; ceph quorum_status --format json | grep -o \'"quorum_names":[^]]*\'');
}

const WHOLE = (host: string): string => (host.startsWith('ceph') ? '"num_up_osds":3\n"quorum_names":["ceph01","ceph02","ceph03"\n' : 'active\nactive\n');

describe('an installed registry', () => {
  beforeAll(async () => void mustEnd(await install(), 0));

  it.each([...HOSTS])('is healthy again without qplay after %s lost power', async (host) => {
    await lab('power-cut', host);
    await lab('power-on', host);
    const seconds = await untilHealthy(RECOVERY);
    console.log(`${host}: healthy ${seconds.toFixed(0)} s after it answered on ssh`);
    expect(await health('db01', 'endtoend')).toEqual(healthy('endtoend'));
    await expect.poll(() => whole(host), { timeout: RECOVERY * 1000, interval: 2000 }).toBe(WHOLE(host));
  });

  it('serves through the balancer while a node is off', async () => {
    await lab('power-cut', 'quay02');
    try {
      const begin = Date.now();
      // the balancer takes some seconds to see it
      while ((await health('db01', 'instance')).code !== 200 && Date.now() - begin < 60_000) await sleep(1000);
      const answers = [];
      for (let i = 0; i < 12; i++) answers.push((await health('db01', 'instance')).code);
      expect(answers).toEqual(Array(12).fill(200));
    } finally {
      await lab('power-on', 'quay02');
    }
    await untilHealthy(RECOVERY);
  });
});

describe('a host that loses its network in the middle of a run', () => {
  let cut: Told;

  beforeAll(async () => {
    let once: Promise<string> | undefined;
    try {
      const { done } = watch(['run', INSTALL, '-i', INVENTORY], (event) => {
        if (event.type === 'play.start' && event.name === 'Run Redis') once ??= lab('cut', 'quay03');
      });
      cut = await done;
    } finally {
      await once;
      await lab('heal', 'quay03');
    }
    if (once === undefined) throw new Error(`the play never began:\n${cut.failures.join('\n')}`);
  });

  it('is reported as unreachable, with exit code 4', () => {
    mustEnd(cut, 4);
    expect(cut.counts.quay03).toMatchObject({ unreachable: 1, failed: 0 });
    const [error] = cut.of('task.end').flatMap(({ host, outcome }) => (outcome.status === 'unreachable' ? [{ host, ...outcome.error }] : []));
    expect(error).toMatchObject({ host: 'quay03', kind: 'unreachable', severity: 'error' });
    expect(error?.message).toMatch(/quay03|10\.77\.0\.23/);
  });

  it('does not keep the others from going on to the end', () => {
    const played = cut.of('play.start').map(({ name }) => name);
    expect(played).toContain('Run the load balancer');
    for (const host of HOSTS.filter((one) => one !== 'quay03'))
      expect([host, cut.counts[host]]).toEqual([host, expect.objectContaining({ failed: 0, unreachable: 0 })]);
  });

  it('says which command goes on from there', () => {
    expect(cut.of('run.end').at(-1)?.next).toMatch(/^qplay run playbooks\/ha-install\.yaml -i inventory\/lab/);
  });

  it('is finished by the next run', async () => {
    await untilHealthy(RECOVERY);
    expect(changes(mustEnd(await install(), 0))).toEqual([]);
  });
});
