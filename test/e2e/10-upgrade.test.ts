import { beforeAll, describe, expect, it } from 'vitest';
import { health, healthy, untilHealthy } from './support/health.ts';
import { INSTALL, onHost, onHosts, QUAY } from './support/lab.ts';
import { changes, install, mustEnd, type Told, tell } from './support/qplay.ts';
import { leaksOn } from './support/secrets.ts';
import { begin, fill, INVENTORY, lost, type Pushed, psql, releases, reports, revision, servicesOf, upgrade } from './support/upgrade.ts';

/** All of it is the old release, serves, and has every image. */
async function old(images: readonly Pushed[]): Promise<void> {
  await untilHealthy(60);
  expect(await releases()).toEqual(['3.7.0', '3.7.0', '3.7.0']);
  expect(await revision()).toBe('d94d328733e4');
  expect(await lost(images)).toEqual([]);
}

describe('qplay run upgrade-3.8 on a filled registry of 3.7', () => {
  let images: readonly Pushed[];
  let run: Told;
  let key: string;

  beforeAll(async () => {
    await begin('3.7.0');
    images = await fill(4);
    key = await onHost('quay01', 'grep ^DATABASE_SECRET_KEY /mnt/quay/config/config.yaml');
  });

  it('is planned without touching anything', async () => {
    const told = await tell('plan', 'upgrade-3.8', '-i', INVENTORY);
    expect([told.code, told.failures]).toEqual([2, []]);
    expect(await releases()).toEqual(['3.7.0', '3.7.0', '3.7.0']);
  });

  it('ends well', async () => {
    run = await upgrade('3.8');
    mustEnd(run, 0);
  });

  it('has every node and the balancer healthy at 3.8', async () => {
    for (const host of ['db01', ...QUAY])
      for (const endpoint of ['instance', 'endtoend']) expect([host, await health(host, endpoint)]).toEqual([host, healthy(endpoint)]);
    expect(await releases()).toEqual(['3.8.15', '3.8.15', '3.8.15']);
    expect(await revision()).toBe('b2d1e4b95fc2');
  });

  it('has migrated once', async () => {
    expect(await psql('select revision from standin_migration group by revision having count(*) <> 1')).toBe('');
  });

  it('has lost no image', async () => {
    expect(await lost(images)).toEqual([]);
  });

  it('has kept the key of the database, the same on every node', async () => {
    const keys = Object.values(await onHosts(QUAY, 'grep ^DATABASE_SECRET_KEY /mnt/quay/config/config.yaml'));
    expect(keys).toEqual([key, key, key]);
  });

  it('starts the new release at boot, and has no container of the old one', async () => {
    const seen = await onHosts(QUAY, "systemctl is-enabled quay; podman ps -a --format '{{.Names}} {{.Image}}' | grep v3.7.0 || echo none");
    expect(Object.values(seen)).toEqual(QUAY.map(() => 'enabled\nnone\n'));
  });

  it('makes none of the errors of the books on the hosts', async () => {
    const [postgres = '', ...variables] = (await onHost('db01', "podman inspect postgresql --format '{{.ImageName}}{{range .Config.Env}} {{.}}{{end}}'"))
      .trim()
      .split(' ');
    const names = variables.map((one) => one.split('=')[0]).filter((one) => one?.startsWith('POSTGRES'));
    expect(postgres).toBe('registry.redhat.io/rhel8/postgresql-10:1');
    expect(names).toEqual(expect.arrayContaining(['POSTGRESQL_USER', 'POSTGRESQL_DATABASE']));
    expect(names.filter((one) => one?.startsWith('POSTGRES_'))).toEqual([]);
    const seen = await onHosts(
      QUAY,
      "podman inspect quay --format '{{.ImageName}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Privileged}}'; grep -c ':Z' /etc/systemd/system/quay.service || true",
    );
    expect(Object.values(seen).map((text) => text.trim().replace(/ +/g, ' '))).toEqual(
      QUAY.map(() => expect.stringMatching(/^registry\.redhat\.io\/quay\/quay-rhel8:v3\.8\.15 (no )?false\n0$/)),
    );
  });

  it('has a dump that can be read, and that nobody else can', async () => {
    const seen = await onHost(
      'db01',
      'cd /var/lib/qplay/upgrades/3.7.0-to-3.8.15-*; stat -c "%a %n" . quay.dump globals.sql; podman exec -i postgresql pg_restore -l <quay.dump | grep -c "TABLE DATA"',
    );
    expect(seen).toMatch(/^700 \.\n600 quay\.dump\n600 globals\.sql\n[1-9]\d*\n$/);
    for (const host of ['db01', ...QUAY]) expect(await leaksOn(host)).toEqual([]);
  });

  it('has a report of what was done, with less than ten seconds of our own', () => {
    const report = reports().at(-1) ?? '';
    console.log(report);
    expect(report).toMatch(/from Quay 3\.7\.0 to 3\.8\.15/);
    expect(report).toMatch(/from the stop until it served again\*\* \| \*\*\d/);
    // the installation and the proof may each have pushed one more
    const [, before, after] = /\| tag \| (\d+) \| (\d+) \|/.exec(report) ?? [];
    expect(Number(before)).toBeGreaterThanOrEqual(images.length);
    expect(Number(after)).toBeGreaterThanOrEqual(Number(before));
    const own = /qplay itself used ([\d.]+) seconds/.exec(report)?.[1];
    expect(Number(own)).toBeLessThan(10);
    expect(report).toContain('/var/lib/qplay/upgrades/3.7.0-to-3.8.15-');
  });

  it('changes nothing the second time', async () => {
    expect(changes(mustEnd(await upgrade('3.8'), 0))).toEqual([]);
  });

  it('leaves what the installer of the new release would have made', async () => {
    expect(changes(mustEnd(await install('-e', 'quay_version=3.8.15', ...servicesOf('3.8')), 0))).toEqual([]);
    const told = await tell('plan', INSTALL, '-i', INVENTORY, '-e', 'quay_version=3.8.15', ...servicesOf('3.8'));
    expect([told.code, told.failures]).toEqual([0, []]);
  });

  it('is not harmed by an installer that would put another PostgreSQL on its data', async () => {
    const told = await install('-e', 'quay_version=3.8.15');
    expect([told.code, told.failures.join('\n')]).toEqual([
      1,
      expect.stringMatching(/are those of .*postgresql-10:1, and postgresql_image asks for .*postgresql-13/),
    ]);
    expect(await health('db01', 'endtoend')).toEqual(healthy('endtoend'));
  });

  it('is refused from a release that does not lead there, with the route', async () => {
    const told = await upgrade('3.11');
    expect(told.code).not.toBe(0);
    expect(told.failures.join('\n')).toMatch(/3\.8\.15 straight to 3\.11.* not supported.*3\.10/);
    expect(await releases()).toEqual(['3.8.15', '3.8.15', '3.8.15']);
  });

  it('can be taken back, with every image of before', async () => {
    const told = await tell('run', 'upgrade-back', '-i', INVENTORY, '-e', 'upgrade_back=true');
    mustEnd(told, 0);
    await old(images);
  });

  // the other failures: test/upgrades/3-failure.test.ts
  it('puts all back when the dump fails', async () => {
    const program = '/usr/bin/pg_dump';
    await onHost(
      'db01',
      `podman exec -u 0 postgresql sh -c 'mv ${program} ${program}.kept; printf "#!/bin/sh\\necho the dump fails >&2; exit 1\\n" >${program}; chmod 755 ${program}'`,
    );
    const told = await upgrade('3.8').finally(() => onHost('db01', `podman exec -u 0 postgresql mv ${program}.kept ${program}`));
    expect(told.failures.join('\n')).toMatch(/abandoned before the database was touched[\s\S]*the dump fails/);
    await old(images);
  });

  it('restores the dump when the migration fails half way', async () => {
    const told = await upgrade('3.8', '-e', JSON.stringify({ on_failure: 'restore', upgrade_quay_env: { STANDIN_MIGRATION_FAILS: 'half' } }));
    expect(told.failures.join('\n')).toMatch(/Quay 3\.7\.0 was restored from the dump; it is healthy[\s\S]*failed half way/);
    await old(images);
  });
});
