import { beforeAll, describe, expect, it } from 'vitest';
import { untilHealthy } from '../e2e/support/health.ts';
import { onHost, onHosts, QUAY } from '../e2e/support/lab.ts';
import { changes, install, mustEnd, type Told, tell } from '../e2e/support/qplay.ts';
import { begin, fill, INVENTORY, lost, type Pushed, psql, releases, servicesOf, upgrade } from '../e2e/support/upgrade.ts';
import { away, BESIDE, clairTwo, podmanOn, quadlet, stateOf } from './support/beside.ts';

const said = (told: Told): string => told.failures.join('\n');
const config = (): Promise<string> => onHost('quay01', 'cat /mnt/quay/config/config.yaml');
const back = (...words: readonly string[]): Promise<Told> => tell('run', 'upgrade-back', '-i', INVENTORY, ...words, '-e', 'upgrade_back=true');
/** Until each container is as it should be; those that were just started are given a moment. */
const are = (wanted: Readonly<Record<string, readonly [string, string?]>>, release: Readonly<Record<string, string>>) =>
  expect
    .poll(
      async () => Object.fromEntries(await Promise.all(Object.entries(wanted).map(async ([unit, [host, name]]) => [unit, await stateOf(host, unit, name)]))),
      {
        timeout: 60_000,
        interval: 2000,
      },
    )
    .toEqual(release);

describe('Clair 2 on a host of its own, workers as Quadlets, and a database of somebody else', () => {
  const OLD = '3.3.4';
  const NEW = '3.6.8';
  const go = (...words: readonly string[]): Promise<Told> => upgrade('3.6', '-i', BESIDE, ...words);
  const WHERE = {
    clair: ['ceph02'],
    clairv4: ['ceph02'],
    'postgresql-clairv4': ['ceph02'],
    'clair2-postgresql': ['ceph02'],
    builder: ['ceph03', 'systemd-builder'],
    mirror: ['quay02', 'mirroring'],
  } as const;
  const before = {
    clair: `clair-jwt:v${OLD} active enabled`,
    clairv4: '',
    'postgresql-clairv4': '',
    'clair2-postgresql': 'postgresql-96-rhel7:latest active enabled',
    builder: `quay-builder:v${OLD} active generated`,
    mirror: `quay:v${OLD} active generated`,
  };
  const after = {
    clair: '',
    clairv4: `clair-rhel8:v${NEW} active enabled`,
    'postgresql-clairv4': 'postgresql-10:1 active enabled',
    'clair2-postgresql': 'postgresql-96-rhel7:latest active enabled',
    builder: `quay-builder-rhel8:v${NEW} active generated`,
    mirror: `quay-rhel8:v${NEW} active generated`,
  };
  let images: readonly Pushed[];

  beforeAll(async () => {
    await begin(OLD);
    images = await fill(1, 'scanned');
    await clairTwo('ceph02', OLD);
    await podmanOn('ceph03');
    await onHost('ceph03', quadlet('builder', `quay.io/redhat/quay-builder:v${OLD}`, []));
    await onHost(
      'quay02',
      quadlet('mirror', `quay.io/redhat/quay:v${OLD}`, ['ContainerName=mirroring', 'Network=host', 'Volume=/mnt/quay/config:/conf/stack:z', 'Exec=repomirror']),
    );
    await onHosts(
      QUAY,
      `printf 'FEATURE_SECURITY_SCANNER: true\\nSECURITY_SCANNER_ENDPOINT: http://ceph02:6060\\n' >>/mnt/quay/config/config.yaml; systemctl restart quay`,
    );
    await untilHealthy(120);
    await psql("create role ledger login password 'ledgerpass'", 'postgres');
    await psql('create database "the ledger" owner ledger connection limit 7', 'postgres');
    await psql('create table entry as select n from generate_series(1, 321) n; alter table entry owner to ledger', '"the ledger"');
    return async () => {
      await away('ceph02', 'clair', 'clair2-postgresql', 'clairv4', 'postgresql-clairv4');
      await onHost('ceph02', 'rm -rf /var/lib/clair2-pg /var/lib/pgsql-clairv4 /etc/clair2');
      await away('ceph03', 'builder');
      await away('quay02', 'mirror');
    };
  });

  it('are there', () => are(WHERE, before));

  it('do not begin with a container that no unit runs', async () => {
    await onHost('ceph03', 'podman run -d --name mirroring-worker --authfile /etc/containers/qplay-auth.json quay.io/redhat/quay-builder:v3.3.4');
    const told = await go().finally(() => onHost('ceph03', 'podman rm -f -t 0 mirroring-worker'));
    expect(said(told)).toMatch(/nothing has been changed[\s\S]*ceph03: the container mirroring-worker runs an image of Quay or Clair, and no unit/);
    await are(WHERE, before);
  });

  it('are put back when Clair 4 does not start', async () => {
    const wrong = { upgrade_health_timeout: 20, clair_config: { auth: { psk: { iss: 'quay' } } } };
    const told = await go('-e', JSON.stringify(wrong));
    expect(said(told)).toMatch(/abandoned before the database was touched[\s\S]*Clair is not ready/);
    await are(WHERE, before);
    expect(await onHost('ceph02', 'ls /etc/systemd/system')).not.toMatch(/clairv4/);
    expect(await releases()).toEqual(QUAY.map(() => OLD));
    expect(await config()).not.toMatch(/V4/);
    expect(await psql("select count(*) from entry; select datconnlimit from pg_database where datname = 'the ledger'", '"the ledger"')).toBe('321\n7');
    expect(await lost(images)).toEqual([]);
  });

  it('give way to Clair 4, ready before Quay; the others come along', async () => {
    const run = mustEnd(await go(), 0);
    const order = run.of('task.start').map(({ task }) => task.name);
    const ready = order.indexOf('Ask Clair with the key of the registry');
    expect(ready).toBeGreaterThan(order.indexOf("Wait until Clair is ready and takes the registry's key"));
    expect(ready).toBeLessThan(order.indexOf('Migrate the database, once'));
    await are(WHERE, after);
    expect(await onHost('ceph02', 'systemctl is-enabled clair || :')).toBe('disabled\n');
    const written = await config();
    expect(written).toMatch(/^SECURITY_SCANNER_V4_ENDPOINT: "?http:\/\/ceph02:8081"?$/m);
    expect(written).toMatch(/^SECURITY_SCANNER_V4_PSK: /m);
    expect(written).not.toMatch(/^SECURITY_SCANNER_ENDPOINT:/m);
    expect(await releases()).toEqual(QUAY.map(() => NEW));
    expect(await psql("select count(*) from entry; select datconnlimit from pg_database where datname = 'the ledger'", '"the ledger"')).toBe('321\n7');
    expect(
      await onHost(
        'db01',
        "PGPASSWORD=ledgerpass podman exec -e PGPASSWORD postgresql psql -h 127.0.0.1 -U ledger -d 'the ledger' -qAtc 'select max(n) from entry'",
      ),
    ).toBe('321\n');
    expect(await lost(images)).toEqual([]);
  });

  it('are left alone by a second run', async () => {
    expect(changes(mustEnd(await go(), 0))).toEqual([]);
    await are(WHERE, after);
  });

  it('go back with the registry', async () => {
    mustEnd(await back('-i', BESIDE), 0);
    await are(WHERE, before);
    expect(await releases()).toEqual(QUAY.map(() => OLD));
    expect(await config()).toMatch(/^SECURITY_SCANNER_ENDPOINT: /m);
    expect(await psql('select count(*) from entry', '"the ledger"')).toBe('321');
    expect(await lost(images)).toEqual([]);
  });
});

describe('Clair 4 with a PostgreSQL of its own', () => {
  const vulnerabilities = (): Promise<string> =>
    onHost('db01', 'podman exec postgresql-clairv4 psql -d clair -qAtc "select count(*) || \' \' || max(name) from vuln"').then((out) => out.trim());
  const SETTINGS = ['-e', 'quay_version=3.12.20', '-e', 'clair_enabled=true', ...servicesOf('3.12.20')];
  const WHERE = { clairv4: ['db01'], 'postgresql-clairv4': ['db01'] } as const;
  const at = (release: string, postgresql: string) => ({
    clairv4: `clair-rhel8:v${release} active enabled`,
    'postgresql-clairv4': `${postgresql} active enabled`,
  });
  const before = at('3.12.20', 'postgresql-13:1-109');
  const after = at('3.13.11', 'postgresql-15:latest');
  let images: readonly Pushed[];

  beforeAll(async () => {
    await begin('3.12.20');
    mustEnd(await install(...SETTINGS, '--tags', 'clair,tls,quay'), 0);
    images = await fill(1, 'carried');
    await onHost('db01', 'podman exec postgresql-clairv4 psql -d clair -qAtc "insert into vuln (name) values (\'imported by hand\')"');
    return async () => {
      await away('db01', 'clairv4', 'postgresql-clairv4');
      await onHost('db01', 'rm -rf /var/lib/pgsql-clairv4');
    };
  });

  it('is set up by ha-install', async () => {
    await are(WHERE, before);
    expect(await vulnerabilities()).toBe('51 imported by hand');
    expect(changes(mustEnd(await install(...SETTINGS), 0))).toEqual([]);
  });

  it('keeps its folder when the new Clair does not come up', async () => {
    const told = await upgrade('3.13', '-e', 'upgrade_health_timeout=20', '-e', 'upgrade_clair_health=http://127.0.0.1:8099/readyz');
    expect(said(told)).toMatch(/abandoned before the database was touched[\s\S]*Clair is not ready/);
    await are(WHERE, before);
    expect(await vulnerabilities()).toBe('51 imported by hand');
    expect(await releases()).toEqual(QUAY.map(() => '3.12.20'));
  });

  it('gets PostgreSQL 15 with what it had', async () => {
    mustEnd(await upgrade('3.13'), 0);
    await are(WHERE, after);
    expect(await vulnerabilities()).toBe('51 imported by hand');
    expect(await lost(images)).toEqual([]);
  });

  it('is left alone by a second run', async () => {
    expect(changes(mustEnd(await upgrade('3.13'), 0))).toEqual([]);
  });

  it('goes on to a release whose PostgreSQL is the same, and back with the database it had', async () => {
    mustEnd(await upgrade('3.14'), 0);
    await are(WHERE, at('3.14.8', 'postgresql-15:latest'));
    mustEnd(await back(), 0);
    await are(WHERE, after);
    // the Clair of 3.13 refuses what that of 3.14 has touched
    expect(await vulnerabilities()).toBe('51 imported by hand');
    expect(await onHost('db01', "podman exec postgresql-clairv4 psql -d clair -qAtc 'select max(version) from libvuln_migrations'")).toBe('13\n');
    expect(await lost(images)).toEqual([]);
  });
});
