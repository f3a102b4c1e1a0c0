import { randomBytes, randomUUID, scryptSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findLine } from '../../../modules/quay/upgrade/graph.ts';
import { compareVersions } from '../../../modules/quay/versions.ts';
import { untilHealthy } from './health.ts';
import { LAB_DIR, NAME, onHost, onHosts, QUAY, SECRETS } from './lab.ts';
import { install, mustEnd, type Told, tell } from './qplay.ts';

export const INVENTORY = 'inventory/lab';
export { QUAY as QUAY_NODES };
export const REPORTS = join(LAB_DIR, 'reports');

/** SQL on the registry's database, as its administrator. */
export const psql = (query: string, database = 'quaydb'): Promise<string> =>
  onHost('db01', `podman exec -i postgresql psql -U postgres -d ${database} -qAt <<'SQL'\n${query};\nSQL`).then((out) => out.trim());

/** Login of the lab's quay.io, where the images before 3.4 are. */
export const LOGINS = { upgrade_logins: { 'quay.io': { username: 'labuser', password: 'labpass' } } };

const FORGET = `systemctl disable -q --now quay 2>/dev/null; rm -rf /etc/systemd/system/quay.service /var/lib/qplay; systemctl daemon-reload
auth=/etc/containers/qplay-auth.json
if command -v podman >/dev/null; then echo labpass | podman login --authfile $auth -u labuser --password-stdin quay.io >/dev/null
else umask 077; mkdir -p -m 755 /etc/containers; printf '{"auths": {"quay.io": {"auth": "%s"}}}' "$(printf labuser:labpass | base64)" >$auth; fi`;

/** The images of PostgreSQL and Redis that a line wants, as arguments. */
export function servicesOf(version: string): string[] {
  const line = findLine(version);
  if (line === undefined) throw new Error(`nothing is known of Quay ${version}`);
  return ['-e', JSON.stringify({ postgresql_image: line.service_images.postgresql, redis_image: line.service_images.redis })];
}

/** A new and empty registry of a release on the hosts that the tests before installed; what else is right is left alone. */
export async function begin(version: string): Promise<void> {
  await onHosts(QUAY, FORGET);
  const there = await onHost('db01', 'rm -rf /var/lib/qplay; [ -f /etc/systemd/system/postgresql.service ] && echo yes || echo no');
  // another PostgreSQL does not take over a folder, so it gets an empty one
  if (there.trim() === 'yes')
    await onHost('db01', 'systemctl disable -q --now postgresql; rm -rf /var/lib/pgsql/data* /etc/systemd/system/postgresql.service; systemctl daemon-reload');
  // before 3.6 nobody can log in yet when the installation ends
  const old = compareVersions(version, '3.6') < 0;
  const parts = there.trim() === 'yes' ? ['--tags', 'postgresql,redis,tls,quay'] : old ? ['-e', '{"registry_check_push": false}'] : [];
  mustEnd(await install('-e', `quay_version=${version}`, ...servicesOf(version), ...parts), 0);
  if (old) await makeUser();
  await untilHealthy(120);
}

/** Makes the administrator of a registry before 3.6, which has no way to make one but its set-up pages. */
async function makeUser(username = 'quayadmin'): Promise<void> {
  const password = readFileSync(join(SECRETS, 'quay_admin_password'), 'utf8').trim();
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 64, { N: 4096, r: 8, p: 1 }).toString('hex');
  await psql(
    `insert into "user" (uuid, username, password_hash, email, verified) values ('${randomUUID()}', '${username}', 'scrypt$${salt.toString('hex')}$${hash}', 'quayadmin@example.com', true)`,
  );
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

export const upgrade = (line: string, ...words: readonly string[]): Promise<Told> =>
  tell('run', `upgrade-${line}`, '-i', INVENTORY, '-e', JSON.stringify(LOGINS), ...words);

/** Release of the container on each node; empty where none runs. */
export const releases = async (): Promise<string[]> =>
  Object.values(await onHosts(QUAY, "podman ps --filter name=^quay$ --format '{{.Image}}' | sed 's/.*:v//'")).map((text) => text.trim());

export const revision = (): Promise<string> => psql('select version_num from alembic_version');

/** The reports of upgrades on the control node, oldest first. */
export const reports = (): string[] =>
  readdirSync(REPORTS)
    .map((name) => join(REPORTS, name))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
    .map((path) => readFileSync(path, 'utf8'));
