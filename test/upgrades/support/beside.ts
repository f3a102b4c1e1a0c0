import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onHost } from '../../e2e/support/lab.ts';

/** Hosts of the object store, which also stand for hosts of Clair's and of workers' own; `-i` after the lab's inventory. */
export const BESIDE = fileURLToPath(new URL('beside.yaml', import.meta.url));

const AUTH = '/etc/containers/qplay-auth.json';

/** A host that can run the lab's images: podman, and a login for each registry that wants one. */
export const podmanOn = (host: string): Promise<string> =>
  onHost(
    host,
    `command -v podman >/dev/null || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qqy install podman; } >/dev/null 2>&1
for registry in quay.io registry.redhat.io; do echo labpass | podman login --authfile ${AUTH} -u labuser --password-stdin $registry >/dev/null; done`,
  );

/** A service as an operator writes one, enabled and started. `rest` follows `podman run`. */
export const service = (name: string, rest: string): string => `cat >/etc/systemd/system/${name}.service <<'UNIT'
[Unit]
Description=${name}
[Service]
Restart=always
ExecStart=/usr/bin/podman run --rm --replace --network host --name ${name} --authfile ${AUTH} ${rest}
ExecStop=/usr/bin/podman stop ${name}
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload && systemctl enable -q --now ${name}
`;

/** The same as a Quadlet, with what makes units of Quadlets. */
export const quadlet = (name: string, image: string, lines: readonly string[]): string => `mkdir -p /etc/containers/systemd /etc/systemd/system-generators
cat >/etc/systemd/system-generators/podman-system-generator <<'GENERATOR'
${readFileSync(new URL('quadlet-generator.sh', import.meta.url), 'utf8')}GENERATOR
chmod 755 /etc/systemd/system-generators/podman-system-generator
cat >/etc/containers/systemd/${name}.container <<'UNIT'
[Unit]
Description=${name}
[Container]
Image=${image}
PodmanArgs=--authfile ${AUTH}
${lines.join('\n')}
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload && systemctl start ${name}
`;

/** Takes units of either kind away, with their containers. */
export const away = (host: string, ...names: readonly string[]): Promise<string> =>
  onHost(
    host,
    `for unit in ${names.join(' ')}; do
  [ "$(readlink /etc/systemd/system/$unit.service)" != /dev/null ] || systemctl unmask -q $unit
  systemctl disable -q --now $unit 2>/dev/null || systemctl stop $unit 2>/dev/null
  rm -f /etc/systemd/system/$unit.service /etc/containers/systemd/$unit.container
done; rm -f /etc/systemd/system-generators/podman-system-generator; systemctl daemon-reload; rm -rf /var/lib/qplay`,
  );

/** Image and state of a container's unit: `image active enabled`, or empty where the container does not run. */
export const stateOf = async (host: string, unit: string, container = unit): Promise<string> =>
  (
    await onHost(
      host,
      `image=$(podman ps --filter 'name=^${container}$' --format '{{.Image}}')
[ -z "$image" ] || echo "\${image##*/} $(systemctl is-active ${unit}) $(systemctl is-enabled ${unit})"`,
    )
  ).trim();

const TWO = `clair:
  database:
    type: pgsql
    options:
      source: "host=127.0.0.1 port=5434 dbname=clair2 user=clair2 password=clair2pass sslmode=disable"
  api: {port: 6060, healthport: 6061}
`;

/** Clair 2 with its database, as the books of 3.3 have it. */
export async function clairTwo(host: string, release: string): Promise<void> {
  await podmanOn(host);
  await onHost(
    host,
    `mkdir -p /etc/clair2 /var/lib/clair2-pg && chown 26:26 /var/lib/clair2-pg && cat >/etc/clair2/config.yaml <<'YAML'
${TWO}YAML
${service('clair2-postgresql', '-e PGPORT=5434 -e POSTGRESQL_USER=clair2 -e POSTGRESQL_PASSWORD=clair2pass -e POSTGRESQL_DATABASE=clair2 -v /var/lib/clair2-pg:/var/lib/pgsql/data:Z registry.access.redhat.com/rhscl/postgresql-96-rhel7:latest')}
${service('clair', `-v /etc/clair2:/clair/config:z quay.io/redhat/clair-jwt:v${release}`)}`,
  );
}
