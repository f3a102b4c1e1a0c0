import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { untilHealthy } from '../e2e/support/health.ts';
import { bare, onHost, SECRETS } from '../e2e/support/lab.ts';
import { changes, install, mustEnd, type Told, tell } from '../e2e/support/qplay.ts';
import { begin, fill, INVENTORY, lost, type Pushed, psql, releases, servicesOf } from '../e2e/support/upgrade.ts';

const RELEASE = '3.13.11';
const VERSION = ['-e', `quay_version=${RELEASE}`];
const play = (name: string, ...words: readonly string[]): Promise<Told> => tell('run', name, '-i', INVENTORY, ...VERSION, ...words);
const FOLDER = '/var/lib/qplay';

describe('a registry of 3.13, closed, copied, and brought back on bare hosts', () => {
  let images: readonly Pushed[];
  let copy: string;

  beforeAll(async () => {
    await begin(RELEASE);
    images = await fill(2, 'copied');
  });

  it('refuses pushes and nothing else with DISABLE_PUSHES', async () => {
    mustEnd(await play('readonly', '-e', 'quay_readonly=pushes'), 0);
    await expect(fill(1, 'refused')).rejects.toThrow();
    expect(await psql("select count(*) from tag t join repository r on r.id = t.repository_id where r.name = 'refused1'")).toBe('0');
    expect(await lost(images)).toEqual([]);
    expect(changes(mustEnd(await play('readonly', '-e', 'quay_readonly=pushes'), 0))).toEqual([]);
  });

  it('is open again afterwards', async () => {
    mustEnd(await play('readonly', '-e', 'quay_readonly=off'), 0);
    images = [...images, ...(await fill(1, 'opened'))];
  });

  it('is copied', async () => {
    mustEnd(await play('backup', '-e', 'backup_name=away'), 0);
    copy = await onHost('db01', `tar -C ${FOLDER} -czf - backup | base64`);
  });

  it('stands again on hosts that had nothing', async () => {
    // users keep their passwords, and the operator his
    const path = join(SECRETS, 'quay_admin_password');
    const password = readFileSync(path, 'utf8');
    await bare();
    mkdirSync(SECRETS, { recursive: true, mode: 0o700 });
    writeFileSync(path, password, { mode: 0o600 });
    mustEnd(await install(...VERSION, ...servicesOf(RELEASE)), 0);
    await onHost('db01', `mkdir -p ${FOLDER} && base64 -d <<'COPY' | tar -C ${FOLDER} -xzf -\n${copy}COPY`);
    mustEnd(await play('restore'), 0);
    await untilHealthy(60);
    expect(await releases()).toEqual([RELEASE, RELEASE, RELEASE]);
    expect(await lost(images)).toEqual([]);
    mustEnd(await play('health'), 0);
    expect(changes(mustEnd(await install(...VERSION, ...servicesOf(RELEASE)), 0))).toEqual([]);
  });
});
