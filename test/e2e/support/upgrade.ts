import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { untilHealthy } from './health.ts';
import { LAB_DIR, NAME, onHost, onHosts, QUAY, SECRETS } from './lab.ts';
import { install, mustEnd, type Told, tell } from './qplay.ts';

export const INVENTORY = 'inventory/lab';
export const REPORTS = join(LAB_DIR, 'reports');

/** SQL on the registry's database, as its administrator. */
export const psql = (query: string, database = 'quaydb'): Promise<string> =>
  onHost('db01', `podman exec -i postgresql psql -U postgres -d ${database} -qAt <<'SQL'\n${query};\nSQL`).then((out) => out.trim());

/** A new and empty registry of a release on the hosts that the tests before installed; what else is right is left alone. */
export async function begin(version: string, ...words: readonly string[]): Promise<void> {
  await onHosts(QUAY, 'systemctl disable -q --now quay 2>/dev/null; rm -rf /etc/systemd/system/quay.service /var/lib/qplay; systemctl daemon-reload');
  const there = await onHost('db01', 'rm -rf /var/lib/qplay; systemctl is-active -q postgresql && echo yes || echo no');
  if (there.trim() === 'yes') {
    await psql("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'quaydb'", 'postgres');
    await psql('drop database if exists quaydb', 'postgres');
    await psql("create database quaydb owner quayuser encoding 'UTF8' template template0", 'postgres');
  }
  // what is not Quay's own is there already, so only the parts that make the registry are run
  const parts = there.trim() === 'yes' ? ['--tags', 'postgresql,tls,quay'] : [];
  mustEnd(await install('-e', `quay_version=${version}`, ...parts, ...words), 0);
  await untilHealthy(120);
}

/** `repository@digest` of an image that was pushed. */
export type Pushed = string;

const login = (): string => {
  const password = readFileSync(join(SECRETS, 'quay_admin_password'), 'utf8').trim();
  return `auth=/run/e2e-upgrade.json; printf %s '${password}' | podman login --authfile $auth -u quayadmin --password-stdin ${NAME} >/dev/null`;
};

/** Pushes small images through the balancer, two tags a repository. */
export async function fill(repositories: number, prefix = 'filled'): Promise<Pushed[]> {
  const out = await onHost(
    'quay01',
    `set -e
${login()}
mkdir -p /run/e2e-fill
for n in $(seq 1 ${repositories}); do for tag in one two; do
  image=${NAME}/quayadmin/${prefix}$n:$tag
  echo "$n $tag $(cat /proc/sys/kernel/random/uuid)" >/run/e2e-fill/content
  tar -C /run/e2e-fill -cf - content | podman import -q - $image >/dev/null
  podman push -q --authfile $auth --digestfile /run/e2e-fill/digest $image
  podman rmi -f $image >/dev/null
  echo "${NAME}/quayadmin/${prefix}$n@$(cat /run/e2e-fill/digest)"
done; done
rm -rf /run/e2e-fill $auth`,
  );
  return out.trim().split('\n');
}

/** Pulls each image by its digest through the balancer; those that cannot be had. */
export async function lost(images: readonly Pushed[]): Promise<string[]> {
  const out = await onHost(
    'quay02',
    `${login()}
for image in ${images.join(' ')}; do
  podman rmi -f $image >/dev/null 2>&1
  podman pull -q --authfile $auth $image >/dev/null 2>&1 || echo $image
  podman rmi -f $image >/dev/null 2>&1
done
rm -f $auth`,
  );
  return out
    .trim()
    .split('\n')
    .filter((line) => line !== '');
}

export const upgrade = (line: string, ...words: readonly string[]): Promise<Told> => tell('run', `upgrade-${line}`, '-i', INVENTORY, ...words);

/** Release of the container on each node; empty where none runs. */
export const releases = async (): Promise<string[]> =>
  Object.values(await onHosts(QUAY, "podman ps --filter name=^quay$ --format '{{.Image}}' | sed 's/.*:v//'")).map((text) => text.trim());

export const revision = (): Promise<string> => psql('select version_num from alembic_version');

/** The reports of upgrades on the control node, oldest first. */
export const reports = (): string[] =>
  readdirSync(REPORTS)
    .sort()
    .map((name) => readFileSync(join(REPORTS, name), 'utf8'));
