import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { health, healthy } from './support/health.ts';
import { bare, INSTALL, INVENTORY, onHost } from './support/lab.ts';
import { changes, install, mustEnd, type Told, watch } from './support/qplay.ts';
import { generatedSecrets } from './support/secrets.ts';
import { seeded } from './support/seed.ts';

/**
 * qplay is killed ten times on its way through one installation, at moments spread over its steps at random, and once more in
 * the middle of the migration, which must not be done twice. QPLAY_SEED repeats a row of moments.
 */
const KILLS = Number(process.env.QPLAY_KILLS ?? 10);
const { seed, random } = seeded();
const MIGRATION = 'Bring the database to the schema of this release';

/** Kills a run once `fraction` of its steps have ended and some time has passed; where that was. */
async function killAt(fraction: number, later: number): Promise<string> {
  let [steps, ended, last] = [1, 0, 'the beginning'];
  const { child, done } = watch(['run', INSTALL, '-i', INVENTORY], async (event) => {
    if (event.type === 'run.start') steps = event.steps;
    if (event.type === 'steps.more') steps += event.count;
    if (event.type === 'task.start') last = `${event.task.role ?? ''} : ${event.task.name}`;
    if (event.type !== 'task.end' || ++ended !== Math.ceil(steps * fraction)) return;
    await sleep(later);
    child.kill('SIGKILL');
  });
  const { code } = await done;
  return code === 137 ? `killed after ${ended} steps in ${last}` : `ended with ${code}`;
}

/** Kills a run some time after the migration has begun; whether it came so far. */
async function killInMigration(later: number): Promise<number> {
  const { child, done } = watch(['run', INSTALL, '-i', INVENTORY], async (event) => {
    if (event.type !== 'task.start' || event.task.name !== MIGRATION) return;
    await sleep(later);
    child.kill('SIGKILL');
  });
  return (await done).code;
}

const psql = (query: string): Promise<string> => onHost('db01', `podman exec postgresql psql -U postgres -d quaydb -qAtc "${query}"`).then((out) => out.trim());
const json = async <T>(host: string, command: string): Promise<T> => JSON.parse(await onHost(host, command)) as T;

describe(`qplay killed ${KILLS} times at random moments of the installation (QPLAY_SEED=${seed})`, () => {
  const moments: string[] = [];
  let run: Told;
  let secrets: Readonly<Record<string, string>>;

  beforeAll(async () => {
    await bare();
    const fractions = Array.from({ length: KILLS }, random).sort();
    const before = fractions.filter((one) => one < 0.7);
    for (const fraction of before) moments.push(await killAt(fraction, random() * 3000));
    moments.push(`migration: ${await killInMigration(500 + random() * 2500)}`);
    for (const fraction of fractions.slice(before.length)) moments.push(await killAt(fraction, random() * 3000));
    secrets = generatedSecrets();
    run = await install();
  }, 2_400_000);

  it('was truly killed', () => {
    console.log(moments.join('\n'));
    expect(moments.length).toBe(KILLS + 1);
    expect(moments.filter((moment) => !/^killed|: 137$/.test(moment))).toEqual([]);
  });

  it('is finished by the next run', async () => {
    mustEnd(run, 0);
    for (const host of ['db01', 'quay01', 'quay02', 'quay03']) expect([host, await health(host, 'endtoend')]).toEqual([host, healthy('endtoend')]);
  });

  it('keeps the secrets that it made', () => {
    // those that an early kill had not yet let it make are new; none that was there is another one now
    expect(Object.keys(secrets).length).toBeGreaterThan(0);
    expect(generatedSecrets()).toMatchObject(secrets);
  });

  it('then has nothing left to do', async () => {
    expect(changes(mustEnd(await install(), 0))).toEqual([]);
  });

  it('has migrated once', async () => {
    expect(await psql('select count(*) > 0 from standin_migration')).toBe('t');
    expect(await psql('select revision from standin_migration group by revision having count(*) <> 1')).toBe('');
    expect(await psql('select revision from standin_migration where finished is null')).toBe('');
    expect(await psql('select count(*) from alembic_version')).toBe('1');
  });

  it('has made one user, who can log in with the kept password', async () => {
    expect(await psql('select username from \\"user\\" where not organization')).toBe('quayadmin');
  });

  it('has made one cluster of three monitors and three OSDs', async () => {
    const status = await Promise.all(['ceph01', 'ceph02', 'ceph03'].map((host) => json<CephStatus>(host, 'ceph status --format json')));
    expect(new Set(status.map(({ fsid }) => fsid)).size).toBe(1);
    for (const one of status) {
      expect(one.quorum_names.toSorted()).toEqual(['ceph01', 'ceph02', 'ceph03']);
      expect(one.osdmap).toMatchObject({ num_osds: 3, num_up_osds: 3, num_in_osds: 3 });
    }
  });

  it('has made one S3 user with one key and one bucket', async () => {
    const users = await json<string[]>('ceph01', 'radosgw-admin user list');
    expect(users.filter((user) => user === 'quay')).toEqual(['quay']);
    expect(users).toHaveLength(1);
    const { keys } = await json<{ keys: { access_key: string }[] }>('ceph01', `radosgw-admin user info --uid=${users[0]}`);
    expect(keys.map((key) => key.access_key)).toEqual([secrets.object_store_access_key]);
    expect(await json('ceph01', 'radosgw-admin bucket list')).toEqual(['quay']);
  });
});

interface CephStatus {
  readonly fsid: string;
  readonly quorum_names: readonly string[];
  readonly osdmap: Readonly<Record<string, number>>;
}
