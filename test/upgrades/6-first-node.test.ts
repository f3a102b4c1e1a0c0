import { beforeAll, describe, expect, it } from 'vitest';
import { health } from '../e2e/support/health.ts';
import { onHost, onHosts, QUAY } from '../e2e/support/lab.ts';
import { mustEnd, tell } from '../e2e/support/qplay.ts';
import { begin, fill, INVENTORY, type Pushed, psql, releases, revision, upgrade } from '../e2e/support/upgrade.ts';
import * as faults from './support/faults.ts';
import { BACK, record, said } from './support/faults.ts';

const OLD = { release: '3.8.15', head: 'b2d1e4b95fc2' };
const NEW = { release: '3.9.24', head: '8cf90670bf38' };
const NEXT = { release: '3.10.24', head: '8d47693829a0' };
const UP = ['run', 'upgrade-3.9', '-i', INVENTORY, '-e', 'upgrade_health_timeout=8'] as const;
const FOLDER = '/var/lib/pgsql';

let images: readonly Pushed[];
const whole = (version: faults.Version): Promise<void> => faults.whole(version, images);

const cutFromDatabase = (): Promise<unknown> => onHost('quay01', 'ip route replace blackhole 10.77.0.11/32');
const mend = (): Promise<unknown> => onHost('quay01', 'ip route del blackhole 10.77.0.11/32 2>/dev/null; true');

describe('an upgrade that goes wrong between the dump and the first node', () => {
  beforeAll(async () => {
    await begin(OLD.release);
    images = await fill(2, 'first');
  });

  describe('the disk fills up while the new PostgreSQL is filled', () => {
    beforeAll(async () => {
      await psql(
        'create table ballast as select n, md5(n::text) || md5((n + 1)::text) as text from generate_series(1, 250000) n; alter table ballast owner to quayuser',
      );
      await onHosts(QUAY, 'systemctl stop quay');
      await onHost(
        'db01',
        `set -e; systemctl stop postgresql; mv ${FOLDER} ${FOLDER}.kept; mkdir ${FOLDER}; mount -t tmpfs -o size=600m tmpfs ${FOLDER}
         cp -a ${FOLDER}.kept/. ${FOLDER}/; systemctl start postgresql`,
      );
      await onHosts(QUAY, 'systemctl start quay');
      return async () => {
        await psql('drop table ballast');
        await onHosts(QUAY, 'systemctl stop quay');
        await onHost(
          'db01',
          `set -e; systemctl stop postgresql; rm -rf ${FOLDER}.kept; mkdir ${FOLDER}.kept; cp -a ${FOLDER}/. ${FOLDER}.kept/
           umount ${FOLDER}; rmdir ${FOLDER}; mv ${FOLDER}.kept ${FOLDER}; systemctl start postgresql`,
        );
        await onHosts(QUAY, 'systemctl start quay');
      };
    });

    it('puts the old PostgreSQL back, which runs with the room that the new one had', async () => {
      const told = await faults
        .atTasks(UP, {
          'Have the role of the registry, with no more rights than it needs': () =>
            onHost('db01', `head -c "$(( ($(df -P --block-size=1M ${FOLDER} | awk 'NR == 2 { print $4 }') - 8) * 1048576 ))" /dev/zero >${FOLDER}/full`),
        })
        .finally(() => onHost('db01', `rm -f ${FOLDER}/full`));
      expect(told.code).not.toBe(0);
      expect(said(told)).toMatch(/no space left on device|the disk is full/i);
      expect(said(told)).toMatch(/abandoned before the database was touched/);
      expect(await record()).toMatchObject({ step: 'abandoned' });
      await whole(OLD);
    });

    it('is not begun where the disk of PostgreSQL has no room from the start', async () => {
      await onHost('db01', `head -c "$(( ($(df -P --block-size=1M ${FOLDER} | awk 'NR == 2 { print $4 }') - 30) * 1048576 ))" /dev/zero >${FOLDER}/full`);
      const told = await tell(...UP).finally(() => onHost('db01', `rm -f ${FOLDER}/full`));
      expect(said(told)).toMatch(/nothing has been changed[\s\S]*db01: only \d+ MB are free below \/var\/lib\/pgsql/);
      await whole(OLD);
    });
  });

  describe('the first node never gets healthy after the migration', () => {
    it('is kept as it is when told so, and gone on with', async () => {
      const told = await faults.atTasks([...UP, '-e', 'on_failure=keep'], { 'Record the step migrated': cutFromDatabase }).finally(mend);
      expect(said(told)).toMatch(/is not finished \(step migrated\)\. Serving: no node/);
      expect(said(told)).toMatch(/quay01, Wait until the node is healthy/);
      expect((await releases()).slice(1)).toEqual(['', '']);
      expect(await revision()).toBe(NEW.head);
      mustEnd(await upgrade('3.9'), 0);
      await whole(NEW);
      mustEnd(await tell(...BACK), 0);
      await whole(OLD);
    });

    it('is restored when told so, also where that node was mended meanwhile', async () => {
      const told = await faults
        .atTasks([...UP, '-e', 'on_failure=restore'], { 'Record the step migrated': cutFromDatabase, 'Record that the way back has begun': mend })
        .finally(mend);
      expect(told.code).not.toBe(0);
      expect(said(told)).toMatch(/Quay 3\.8\.15 was restored from the dump/);
      expect(await record()).toMatchObject({ step: 'restored' });
      await whole(OLD);
    });

    it('is restored where nobody answers; a node that is broken for good is named, and the others serve', async () => {
      const told = await faults.atTasks(UP, { 'Record the step migrated': cutFromDatabase });
      try {
        expect(said(told)).toMatch(/Quay 3\.8\.15 was restored from the dump[\s\S]*Not healthy, or not reached: quay01/);
        expect((await health('db01', 'endtoend')).code).toBe(200);
        expect((await releases()).slice(1)).toEqual([OLD.release, OLD.release]);
      } finally {
        await mend();
      }
      await whole(OLD);
    });
  });

  describe('the dump cannot be read when it is needed', () => {
    const UP_NEXT = ['run', 'upgrade-3.10', '-i', INVENTORY] as const;
    const DUMP = '$(ls -td /var/lib/qplay/upgrades/*-to-3.10.24-*/ | head -n 1)quay.dump';
    const spoil = (): Promise<unknown> => onHost('db01', `cp ${DUMP} /root/quay.dump.kept; truncate -s 5000 ${DUMP}`);

    beforeAll(async () => {
      mustEnd(await upgrade('3.9'), 0);
      await whole(NEW);
    });

    it('a migration that failed is not restored from it, and goes on with the next run', async () => {
      const fault = ['-e', JSON.stringify({ on_failure: 'restore', upgrade_quay_env: { STANDIN_MIGRATION_FAILS: 'half' } })];
      const told = await faults.atTasks([...UP_NEXT, ...fault], { 'Migrate the database, once': spoil });
      expect(said(told)).toMatch(/failed half way/);
      expect(said(told)).toMatch(/is not finished \(step migrating\)\. Serving: no node/);
      expect(said(told)).toMatch(/quay\.dump on db01 is not what was saved/);
      expect(await psql('select count(*) from repository')).not.toBe('0');
      mustEnd(await upgrade('3.10'), 0);
      await whole(NEXT);
    });

    it('the way back is refused, and the new release goes on serving', async () => {
      const told = await tell(...BACK);
      expect(told.code).not.toBe(0);
      expect(said(told)).toMatch(/quay\.dump on db01 is not what was saved/);
      expect(await record()).toMatchObject({ step: 'done' });
      await whole(NEXT);
    });

    it('with the right dump, and a host of the database that loses its power meanwhile, the next run goes back', async () => {
      await onHost('db01', `mv /root/quay.dump.kept ${DUMP}`);
      await faults.withoutPower('db01', 'Restore the dump', BACK);
      mustEnd(await tell(...BACK), 0);
      await whole(NEW);
    });
  });
});
