import { beforeAll, describe, expect, it } from 'vitest';
import { health } from '../e2e/support/health.ts';
import { lab, onHost } from '../e2e/support/lab.ts';
import { mustEnd, type Told, tell } from '../e2e/support/qplay.ts';
import { begin, fill, INVENTORY, type Pushed, psql, releases, upgrade } from '../e2e/support/upgrade.ts';
import * as faults from './support/faults.ts';
import { all, BACK, record, said } from './support/faults.ts';

const OLD = { release: '3.8.15', head: 'b2d1e4b95fc2' };
const NEW = { release: '3.9.24', head: '8cf90670bf38' };
const UP = ['run', 'upgrade-3.9', '-i', INVENTORY] as const;

let images: readonly Pushed[];

const whole = (version: faults.Version): Promise<void> => faults.whole(version, images);

/** Upgrades, and does something at the beginning of a task. */
const meanwhile = (task: string, action: () => Promise<unknown>, ...words: readonly string[]): Promise<Told> =>
  faults.atTasks([...UP, ...words], { [task]: action });

const killed = (task: string, words: readonly string[] = UP): Promise<void> => faults.killed(task, words);

/** Without its power until the run has ended. */
const withoutPower = (host: string, task: string, ...words: readonly string[]): Promise<Told> => faults.withoutPower(host, task, [...UP, ...words]);

/** A run that is refused for want of an image, after it has brought back a host that was away. */
const bringBack = (): Promise<Told> => upgrade('3.9', '-e', 'upgrade_image=registry.redhat.io/quay/quay-rhel8:v3.9.99');

describe('an upgrade that goes wrong', () => {
  beforeAll(async () => {
    await begin(OLD.release);
    images = await fill(2, 'kept');
  });

  describe('before the migration', () => {
    it('does not begin when an image is missing', async () => {
      const told = await upgrade('3.9', '-e', 'upgrade_image=registry.redhat.io/quay/quay-rhel8:v3.9.99');
      expect(told.code).not.toBe(0);
      expect(said(told)).toMatch(/nothing has been changed[\s\S]*quay01: the image .*v3\.9\.99 cannot be had/);
      await whole(OLD);
    });

    it('does not begin when the image of a later upgrade of the way is missing', async () => {
      const ahead = { quay: ['registry.redhat.io/quay/quay-rhel8:v3.10.24', 'registry.redhat.io/quay/quay-rhel8:v3.9.99'] };
      const told = await upgrade('3.9', '-e', JSON.stringify({ upgrade_images_ahead: ahead }));
      expect(said(told)).toMatch(/nothing has been changed[\s\S]*quay01: the image \S+v3\.9\.99 of a later upgrade cannot be had/);
      expect(await releases()).toEqual(all(OLD.release));
    });

    it('does not begin while a transaction is open', async () => {
      await onHost(
        'db01',
        "systemd-run -q podman exec postgresql psql -U postgres -d quaydb -c 'begin; select count(*) from tag; select pg_sleep(20)'; sleep 4",
      );
      const told = await upgrade('3.9', '-e', 'upgrade_long_transaction=2');
      await psql("select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(20)%' and pid <> pg_backend_pid()");
      expect(said(told)).toMatch(/db01: .*in a transaction for \d+ s/);
      expect(await releases()).toEqual(all(OLD.release));
    });

    it('does not begin when the new release refuses the configuration', async () => {
      const told = await upgrade('3.9', '-e', JSON.stringify({ quay_config: { FEATURE_MAILING: true } }));
      expect(said(told)).toMatch(/quay0\d: config\.yaml for 3\.9\.24: .*MAIL_SERVER/);
      expect(await releases()).toEqual(all(OLD.release));
    });

    it('is kept out while somebody else upgrades, and says who', async () => {
      const other = {
        user: 'maria',
        node: 'ops2',
        machine: 'b7c1 1',
        pid: 4711,
        began: '1',
        since: '2026-11-21T08:00:00Z',
        what: 'the upgrade from 3.8.15 to 3.9.24',
      };
      await onHost('db01', `mkdir -p /var/lib/qplay && printf '%s\\n' '${JSON.stringify(other)}' >/var/lib/qplay/upgrade.lock`);
      try {
        const told = await upgrade('3.9');
        expect(said(told)).toMatch(/worked on by maria on ops2 \(qplay, pid 4711\), since 2026-11-21T08:00:00Z/);
        expect(said(told)).toContain('upgrade_break_lock=true');
        expect(await releases()).toEqual(all(OLD.release));
      } finally {
        await onHost('db01', 'rm -f /var/lib/qplay/upgrade.lock');
      }
    });

    it('puts all back when the dump fails', async () => {
      await onHost(
        'db01',
        'podman exec -u 0 postgresql sh -c \'real=$(readlink -f $(command -v pg_dump)); mv /usr/bin/pg_dump /usr/bin/pg_dump.kept; printf "#!/bin/sh\\necho the dump fails >&2; exit 1\\n" >/usr/bin/pg_dump; chmod 755 /usr/bin/pg_dump\'',
      );
      const told = await upgrade('3.9').finally(() => onHost('db01', 'podman exec -u 0 postgresql mv /usr/bin/pg_dump.kept /usr/bin/pg_dump'));
      expect(said(told)).toMatch(/the dump fails/);
      expect(said(told)).toMatch(/abandoned before the database was touched/);
      expect(await record()).toMatchObject({ step: 'abandoned' });
      await whole(OLD);
    });

    it('puts all back when the disk is full', async () => {
      await onHost('db01', 'mkdir -p /var/lib/qplay/upgrades && mount -t tmpfs -o size=24k tmpfs /var/lib/qplay/upgrades');
      const told = await upgrade('3.9').finally(() => onHost('db01', 'umount /var/lib/qplay/upgrades'));
      expect(said(told)).toMatch(/no space left on device/i);
      await whole(OLD);
    });

    it('puts the others back when a host is lost, and brings that one back with the next run', async () => {
      const told = await meanwhile('Prove that no container of Quay is left', () => lab('cut', 'quay03')).finally(() => lab('heal', 'quay03'));
      expect(told.code).not.toBe(0);
      expect(said(told)).toMatch(/Not reached: quay03/);
      expect((await health('db01', 'endtoend')).code).toBe(200);
      expect((await releases()).slice(0, 2)).toEqual([OLD.release, OLD.release]);
      await bringBack();
      await whole(OLD);
    });
  });

  describe('in the migration', () => {
    it('restores by itself where nobody answers, and nothing was served since', async () => {
      const told = await upgrade('3.9', '-e', JSON.stringify({ upgrade_quay_env: { STANDIN_MIGRATION_FAILS: 'half' } }));
      expect(told.code).not.toBe(0);
      expect(said(told)).toMatch(/failed half way/);
      expect(said(told)).toMatch(/Quay 3\.8\.15 was restored from the dump; it is healthy/);
      expect(await record()).toMatchObject({ step: 'restored' });
      await whole(OLD);
    });

    it('restores when told so, whoever runs the whole way', async () => {
      const fault = ['-e', JSON.stringify({ upgrade_quay_env: { STANDIN_MIGRATION_FAILS: 'half' } })];
      const told = await tell('upgrade', 'run', '-i', INVENTORY, '--to', '3.12', '--on-failure', 'restore', ...fault);
      expect(told.code).not.toBe(0);
      expect(said(told)).toMatch(/Quay 3\.8\.15 was restored from the dump; it is healthy/);
      expect(told.err).toMatch(/stopped at 3\.8\.15 → 3\.10\.24/);
      await whole(OLD);
    });

    it('puts the others back when the host that migrates loses its power, and brings that one back with the next run', async () => {
      expect(said(await withoutPower('quay01', 'Migrate the database, once'))).toMatch(/Not reached: quay01/);
      expect((await health('db01', 'endtoend')).code).toBe(200);
      expect((await releases()).slice(1)).toEqual([OLD.release, OLD.release]);
      await bringBack();
      await whole(OLD);
    });

    it('keeps what there is when told so, until it is gone on with', async () => {
      const told = await upgrade('3.9', '-e', JSON.stringify({ on_failure: 'keep', upgrade_quay_env: { STANDIN_MIGRATION_FAILS: 'half' } }));
      expect(said(told)).toMatch(/is not finished \(step migrating\)\. Serving: no node/);
      expect(await releases()).toEqual(all(''));
      mustEnd(await upgrade('3.9'), 0);
      await whole(NEW);
      mustEnd(await tell(...BACK), 0);
      await whole(OLD);
    });
  });

  describe('the host of the database loses its power', () => {
    it('and the next run goes on', async () => {
      await withoutPower('db01', 'Dump the database and see that the dump can be read', '-e', 'upgrade_health_timeout=8');
      mustEnd(await upgrade('3.9'), 0);
      await whole(NEW);
      mustEnd(await tell(...BACK), 0);
      await whole(OLD);
    });
  });

  describe('qplay killed at step after step', () => {
    it.each([
      'Stop Quay, its workers and Clair, and keep them from starting at boot',
      'Dump the database and see that the dump can be read',
      'Set the folder of the old PostgreSQL aside',
      'Restore the dump',
      'Write config.yaml for the new release',
    ])('in "%s"', (task) => killed(task));

    it('and once more in the migration, which goes on by itself', () => killed('Migrate the database, once'));

    it('is taken back or finished, and nothing else is begun', async () => {
      const told = await upgrade('3.10');
      expect(said(told)).toMatch(/from 3\.8\.15 to 3\.9\.24 was cut off at the step migrating/);
    });

    it('and once more when the first node serves', () => killed('Note that it serves'));
  });

  describe('a node that never gets healthy', () => {
    let told: Told;
    beforeAll(async () => {
      told = await meanwhile('Record the step serving', () => onHost('quay02', 'ip route add blackhole 10.77.0.11/32'), '-e', 'upgrade_health_timeout=8');
    });

    it('stays out of the balancer, while the others serve the new release', async () => {
      expect(told.code).not.toBe(0);
      expect(said(told)).toMatch(/quay02.*not healthy/);
      expect(said(told)).toMatch(/not finished .*Serving: quay01, quay03/);
      expect((await health('db01', 'endtoend')).code).toBe(200);
      const servers = await onHost('db01', "echo 'show stat' | socat - /run/haproxy/admin.sock | cut -d, -f1,2,18 | grep be_https,quay");
      expect(servers).toMatch(/quay01,UP\nbe_https,quay02,MAINT\nbe_https,quay03,UP/);
    });

    it('is taken in by the next run', async () => {
      await onHost('quay02', 'ip route del blackhole 10.77.0.11/32');
      mustEnd(await upgrade('3.9'), 0);
      await whole(NEW);
    });
  });

  it('can still be taken back, also when that is cut off', async () => {
    await killed('Put the configuration, the units and the folder of PostgreSQL back', BACK);
    expect(said(await upgrade('3.9'))).toMatch(/The way back from 3\.9\.24 to 3\.8\.15 was cut off/);
    await killed('Run the old release now and after a reboot', BACK);
    mustEnd(await tell(...BACK), 0);
    await whole(OLD);
  });
});
