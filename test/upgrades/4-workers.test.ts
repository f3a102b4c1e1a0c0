import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { onHost } from '../e2e/support/lab.ts';
import { mustEnd, tell } from '../e2e/support/qplay.ts';
import { begin, fill, INVENTORY, lost, type Pushed, psql, releases, upgrade } from '../e2e/support/upgrade.ts';

/** A unit as an operator writes one. */
const unit = (name: string, image: string, rest: string): string => `cat >/etc/systemd/system/${name}.service <<'UNIT'
[Unit]
Description=${name}
[Service]
Restart=always
ExecStart=/usr/bin/podman run --rm --replace --network host --name ${name} --authfile /etc/containers/qplay-auth.json ${rest.replace('IMAGE', image)}
ExecStop=/usr/bin/podman stop ${name}
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload && systemctl enable -q --now ${name}`;

const MIRROR = '-v /mnt/quay/config:/conf/stack:z IMAGE repomirror-nomigrate';
const CLAIR = '-e CLAIR_CONF=/clair/config.yaml -e CLAIR_MODE=combo -v /etc/clair:/clair:z IMAGE';
const clairConfig = (): string => {
  const part = '{migrations: true, connstring: "host=db01 port=5432 dbname=clair user=clairuser password=clairpass sslmode=disable"}';
  return `http_listen_addr: ":8081"
introspection_addr: ":8088"
indexer: ${part}
matcher: ${part}
notifier: ${part}
auth: {psk: {key: ${randomBytes(32).toString('base64')}, iss: [quay]}}
`;
};

/** Image of each of the two, where it runs. */
const running = async (): Promise<string[]> => [
  (await onHost('db01', "podman ps --filter name=^clair$ --format '{{.Image}}'; systemctl is-enabled clair")).trim(),
  (await onHost('quay01', "podman ps --filter name=^quay-mirror$ --format '{{.Image}}'; systemctl is-enabled quay-mirror")).trim(),
];
const at = (release: string): string[] => [
  `registry.redhat.io/quay/clair-rhel8:v${release}\nenabled`,
  `registry.redhat.io/quay/quay-rhel8:v${release}\nenabled`,
];
const END =
  'systemctl disable -q --now clair quay-mirror 2>/dev/null; rm -f /etc/systemd/system/clair.service /etc/systemd/system/quay-mirror.service; systemctl daemon-reload';

describe('Clair and a mirror worker beside the registry', () => {
  let images: readonly Pushed[];
  beforeAll(async () => {
    await begin('3.7.0');
    images = await fill(1, 'mirrored');
    await psql("create role clairuser login password 'clairpass'", 'postgres');
    await psql('create database clair owner clairuser', 'postgres');
    await psql('create extension "uuid-ossp"', 'clair');
    await onHost(
      'db01',
      `mkdir -p /etc/clair && cat >/etc/clair/config.yaml <<'YAML'\n${clairConfig()}YAML\n${unit('clair', 'registry.redhat.io/quay/clair-rhel8:v3.7.0', CLAIR)}`,
    );
    await onHost('quay01', unit('quay-mirror', 'registry.redhat.io/quay/quay-rhel8:v3.7.0', MIRROR));
    return async () => {
      await onHost('db01', END);
      await onHost('quay01', END);
    };
  });

  it('are there', () => expect.poll(running, { timeout: 60_000, interval: 2000 }).toEqual(at('3.7.0')));

  it('come along to the new release, Clair before Quay', async () => {
    const run = mustEnd(await upgrade('3.8'), 0);
    const order = run.of('task.start').map(({ task }) => task.name);
    expect(order.indexOf('Wait until Clair accepts connections')).toBeLessThan(order.indexOf('Migrate the database, once'));
    expect(await running()).toEqual(at('3.8.15'));
    expect(await lost(images)).toEqual([]);
  });

  it('go back with it', async () => {
    mustEnd(await tell('run', 'upgrade-back', '-i', INVENTORY, '-e', 'upgrade_back=true'), 0);
    expect(await running()).toEqual(at('3.7.0'));
  });

  it('are put back when Clair does not come up', async () => {
    const told = await upgrade('3.8', '-e', 'upgrade_health_timeout=8', '-e', 'upgrade_clair_health=http://127.0.0.1:8099/readyz');
    expect(told.failures.join('\n')).toMatch(/abandoned before the database was touched[\s\S]*Clair/);
    expect(await releases()).toEqual(['3.7.0', '3.7.0', '3.7.0']);
    expect(await running()).toEqual(at('3.7.0'));
    expect(await lost(images)).toEqual([]);
  });
});
