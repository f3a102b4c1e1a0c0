import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { health, healthy } from './support/health.ts';
import { INVENTORY, NAME, onHost, SECRETS } from './support/lab.ts';
import { changes, install, mustEnd, qplay, type Told, tell } from './support/qplay.ts';

/** What an operator does with the registry that stands: look at it, keep a copy, close it, lose it and bring it back. */
const play = (name: string, ...words: readonly string[]): Promise<Told> => tell('run', name, '-i', INVENTORY, ...words);
const plan = (name: string, ...words: readonly string[]): Promise<Told> => tell('plan', name, '-i', INVENTORY, ...words);
const psql = (query: string): Promise<string> => onHost('db01', `podman exec postgresql psql -U postgres -d quaydb -qAtc "${query}"`).then((out) => out.trim());
const password = (): string => readFileSync(join(SECRETS, 'quay_admin_password'), 'utf8').trim();
const COPY = '/var/lib/qplay/backup';

/** Shell text on quay01, with podman logged in to the registry through the balancer. */
const client = (text: string): Promise<string> =>
  onHost(
    'quay01',
    `mkdir -p /etc/containers/certs.d/${NAME}
     printf %s '${password()}' | podman login --authfile /run/test-auth.json -u quayadmin --password-stdin ${NAME} >/dev/null
     ${text}
     rm -f /run/test-auth.json`,
  );
const image = (name: string): string => `${NAME}/quayadmin/${name}`;
const push = (name: string): string => `podman push --quiet --authfile /run/test-auth.json --digestfile /run/digest ${image(name)}`;
const make = (name: string): string => `echo ${name} >/run/content; tar -C /run -cf - content | podman import --quiet - ${image(name)} >/dev/null`;

/** The digest a pull brings, with no layer left from before. */
const pull = (name: string, digest: string): string =>
  `podman rmi --force ${image(name)} >/dev/null 2>&1; podman pull --quiet --authfile /run/test-auth.json ${NAME}/quayadmin/${name.split(':')[0]}@${digest} >/dev/null && echo pulled`;

const digests: Record<string, string> = {};

beforeAll(async () => {
  await onHost('db01', `rm -rf ${COPY}`);
  if ((await health('db01', 'endtoend').catch(() => undefined))?.code !== 200) mustEnd(await install(), 0);
  for (const name of ['one:a', 'two:b']) {
    const said = await client(`${make(name)}; ${push(name)} >/dev/null; cat /run/digest`);
    digests[name] = said.trim();
    expect(digests[name]).toMatch(/^sha256:/);
  }
});

describe('health', () => {
  it('finds the registry well, and changes nothing', async () => {
    const run = mustEnd(await play('health'), 0);
    expect(changes(run)).toEqual([]);
  });

  it('says what is wrong, all of it at once', async () => {
    await onHost('quay02', 'systemctl disable quay 2>/dev/null; systemctl stop quay');
    try {
      const run = await play('health');
      mustEnd(run, 1);
      expect(run.failures.join('\n')).toMatch(/quay02.*Quay does not run on this node.*quay\.service is not enabled/);
      expect(run.failures.filter((one) => one.startsWith('quay01 quay_health'))).toEqual([]);
    } finally {
      await onHost('quay02', 'systemctl enable --now quay 2>/dev/null');
    }
  });
});

describe('qplay upgrade plan', () => {
  it('shows the registry that runs and its way, and asks for nothing', async () => {
    const { code, out } = await qplay('upgrade', 'plan', '-i', INVENTORY, '--to', '3.13');
    expect(code).toBe(2);
    expect(out).toMatch(/quay01 +Quay 3\.12\.0, .*MB free/);
    expect(out).toMatch(/database +revision 3f8d7acdf7f9 \(3\.12\.0\)/);
    expect(out).toMatch(/Quay 3\.12\.0 → 3\.13\.11: one upgrade/);
    expect(out).toMatch(/config\.yaml +as it is/);
    expect(out).toMatch(/room +\d+ MB/);
  });

  it('has nothing to do where one is, and refuses the way back', async () => {
    expect(await qplay('upgrade', 'plan', '-i', INVENTORY, '--to', '3.12.0')).toMatchObject({ code: 0, out: expect.stringContaining('nothing is to do') });
    expect(await qplay('upgrade', 'plan', '-i', INVENTORY, '--to', '3.11')).toMatchObject({ code: 3, err: expect.stringContaining('older than 3.12.0') });
  });
});

describe('backup', () => {
  it('can be planned before the first one', async () => expect((await plan('backup', '-e', 'backup_name=first')).code).toBe(2));

  it('keeps database, configuration and objects, with checksums that hold', async () => {
    mustEnd(await play('backup', '-e', 'backup_name=first'), 0);
    const files = await onHost('db01', `cd ${COPY}/latest/. && sha256sum --quiet -c SHA256SUMS && find . -type f | sort`);
    expect(files.trim().split('\n')).toEqual(
      ['config/quay01.tar', 'config/quay02.tar', 'config/quay03.tar', 'globals.sql', 'manifest.json', 'objects.list', 'quay.dump', 'quay.list', 'SHA256SUMS']
        .map((one) => `./${one}`)
        .sort((a, b) => (a < b ? -1 : 1)),
    );
    const [manifest, index, modes] = (
      await onHost('db01', `cat ${COPY}/first/manifest.json; echo ---; cat ${COPY}/first/objects.list; echo ---; stat -c %a ${COPY} ${COPY}/first/quay.dump`)
    ).split('---\n') as [string, string, string];
    expect(JSON.parse(manifest)).toMatchObject({ release: '3.12.0', head: '3f8d7acdf7f9', name: 'first' });
    const lines = index.trim().split('\n');
    expect(lines).toHaveLength(JSON.parse(manifest).objects.number);
    // a blob's name is its own checksum, so the list can be held against itself
    const blobs = lines.flatMap((line) => /^([0-9a-f]{64}) \S+ \d+ .*\/blobs\/sha256\/..\/([0-9a-f]{64})\/data$/.exec(line)?.slice(1, 3).join(' ') ?? []);
    expect(blobs.length).toBeGreaterThanOrEqual(4);
    for (const blob of blobs) expect(blob.split(' ')[0]).toBe(blob.split(' ')[1]);
    expect(modes.trim().split('\n')).toEqual(['700', '600']);
  });

  it('changes nothing the second time', async () => expect(changes(mustEnd(await play('backup', '-e', 'backup_name=first'), 0))).toEqual([]));

  it('shows no secret', async () => {
    const { out } = await qplay('run', 'backup', '-i', INVENTORY, '-e', 'backup_name=first', '-vvv', '-o', 'plain');
    for (const name of ['quay_secret_key', 'quay_database_secret_key', 'object_store_secret_key', 'postgresql_password'])
      expect(out, name).not.toContain(readFileSync(join(SECRETS, name), 'utf8').trim());
  });
});

describe('readonly', () => {
  it('lets images be pulled and refuses what writes, on every node', async () => {
    mustEnd(await play('readonly'), 0);
    const [name, digest] = Object.entries(digests)[0] as [string, string];
    const said = await client(`${pull(name, digest)}; ${make('three:c')}; ${push('three:c')} 2>&1 || true`);
    expect(said).toContain('pulled');
    expect(said).toMatch(/read-only/);
    for (const host of ['quay01', 'quay02', 'quay03', 'db01']) expect([host, await health(host, 'instance')]).toEqual([host, healthy('instance')]);
    expect(await psql("select count(*) from repository where name = 'three'")).toBe('0');
  });

  it('has given the database the public part of one approved key', async () => {
    const jwk = JSON.parse(await psql("select jwk from servicekey where name = 'quay-readonly' and approval_id is not null"));
    expect(Object.keys(jwk).sort()).toEqual(['e', 'kid', 'kty', 'n']);
    expect(statSync(join(SECRETS, 'quay-readonly.pem')).mode & 0o777).toBe(0o600);
    expect(
      await psql(
        "select count(*) from servicekey k join servicekeyapproval a on a.id = k.approval_id where k.name = 'quay-readonly' and a.notes like 'quay-readonly%'",
      ),
    ).toBe('1');
  });

  it('changes nothing the second time', async () => expect(changes(mustEnd(await play('readonly'), 0))).toEqual([]));

  it('refuses DISABLE_PUSHES below 3.13', async () => {
    const run = mustEnd(await play('readonly', '-e', 'quay_readonly=pushes'), 1);
    expect(run.failures.join('\n')).toContain('DISABLE_PUSHES came with Quay 3.13, and 3.12.0 runs');
  });

  it('lets all be written again', async () => {
    mustEnd(await play('readonly', '-e', 'quay_readonly=off'), 0);
    expect(await client(`${push('three:c')} >/dev/null && echo pushed`)).toContain('pushed');
    expect(await onHost('quay01', 'ls /mnt/quay/config; grep -c REGISTRY_STATE /mnt/quay/config/config.yaml || true')).not.toMatch(/quay-readonly|^[1-9]/m);
  });
});

describe('restore', () => {
  it('refuses a registry that is not empty', async () => {
    const run = mustEnd(await play('restore'), 1);
    expect(run.failures.join('\n')).toMatch(/The target is not empty: it has \d+ repositories/);
    expect(await health('db01', 'instance')).toEqual(healthy('instance'));
  });

  it('refuses a copy that was changed', async () => {
    await onHost('db01', `cp -a ${COPY}/first ${COPY}/spoilt; echo >>${COPY}/spoilt/globals.sql`);
    const run = mustEnd(await play('restore', '-e', 'backup_name=spoilt', '-e', 'restore_over=true'), 1);
    expect(run.failures.join('\n')).toContain('globals.sql');
    expect(await health('db01', 'instance')).toEqual(healthy('instance'));
  });

  it('brings back a registry of which database, objects and keys were lost', async () => {
    const keys = ['quay_secret_key', 'quay_database_secret_key'].map((name) => readFileSync(join(SECRETS, name), 'utf8').trim().toLowerCase());
    // the worst: the database and every object are gone, and a new installation has other keys
    await onHost('db01', "podman exec postgresql psql -U postgres -qc 'drop database quaydb with (force)'");
    await onHost('ceph01', 'radosgw-admin bucket rm --bucket=quay --purge-objects --bypass-gc');
    for (const name of ['quay_secret_key', 'quay_database_secret_key', 'quay-readonly.pem', 'quay-readonly.kid']) rmSync(join(SECRETS, name), { force: true });
    mustEnd(await install(), 0);
    expect(await psql("select count(*) from repository where name in ('one', 'two')")).toBe('0');
    // what the installation itself has pushed does not count as content
    mustEnd(await play('restore', '-e', 'backup_name=first'), 0);
    expect(['quay_secret_key', 'quay_database_secret_key'].map((name) => readFileSync(join(SECRETS, name), 'utf8').trim())).toEqual(keys);
    for (const [name, digest] of Object.entries(digests)) expect([name, (await client(pull(name, digest))).trim()]).toEqual([name, 'pulled']);
    for (const host of ['quay01', 'quay02', 'quay03', 'db01']) expect([host, await health(host, 'endtoend')]).toEqual([host, healthy('endtoend')]);
  });

  it('leaves nothing for the installation to change', async () => {
    expect(changes(mustEnd(await install(), 0))).toEqual([]);
  });
});
