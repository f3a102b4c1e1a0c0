/** The stand-ins of each release behave as an upgrade needs it: told by their own images on box01, one after another on one database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, start } from './support/lab.ts';

const CONFIG = `
AUTHENTICATION_TYPE: Database
PREFERRED_URL_SCHEME: http
SERVER_HOSTNAME: box01.lab
SETUP_COMPLETE: true
FEATURE_MAILING: false
SECRET_KEY: "stand-in secret"
DB_URI: postgresql://quayuser:quaypass@box01:5432/quaydb
BUILDLOGS_REDIS: {host: box01, port: 6379, password: redispass}
USER_EVENTS_REDIS: {host: box01, port: 6379, password: redispass}
DEFAULT_TAG_EXPIRATION: 2w
TAG_EXPIRATION_OPTIONS: [0s, 1d, 1w, 2w, 4w]
DISTRIBUTED_STORAGE_CONFIG:
  here: [LocalStorage, {storage_path: /datastorage/registry}]
DISTRIBUTED_STORAGE_PREFERENCE: [here]
DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: []
`;

/** Runs shell text as root on box01; all it said. */
async function box(text: string): Promise<string> {
  const { out, err } = await ended(start(['lab/lab', 'ssh', 'root@box01', 'bash -s'], `exec 2>&1\n${text}`));
  return out + err;
}

/** Release to image, by the names of their time. */
function image(release: string): string {
  const [, minor] = release.split('.').map(Number) as [number, number];
  if (release.startsWith('2.')) return `quay.io/coreos/quay:v${release}`;
  if (minor < 4) return `quay.io/redhat/quay:v${release}`;
  return `registry.redhat.io/quay/quay-rhel${minor < 16 ? 8 : 9}:v${release}`;
}

const RUN = 'podman run --authfile /etc/standin.json --network host -v /mnt/versions:/conf/stack:z';
const once = (release: string, words: string, more = ''): string => `timeout 60 ${RUN} --rm ${more} ${image(release)} ${words}; echo "status $?"`;
const sql = (text: string): string => `echo ${Buffer.from(text).toString('base64')} | base64 -d | podman exec -i versions-pg psql -Atqd quaydb`;
/** config.yaml with more lines at its end, or lines of it changed by sed. */
const config = (lines = '', change = ''): string =>
  `sed '${change}' /root/versions.yaml >/mnt/versions/config.yaml; cat >>/mnt/versions/config.yaml <<'YAML'\n${lines}\nYAML\nchmod 644 /mnt/versions/config.yaml`;
const HEAD = sql('select version_num from alembic_version');
/** Starts a registry in the background and waits until it is healthy, or has ended. */
const serve = (release: string, port: number, words = 'registry', more = ''): string => `podman rm -f -i -t 0 versions >/dev/null
  ${RUN} -d --name versions ${more} ${image(release)} ${words} >/dev/null
  for i in $(seq 80); do curl -sf http://127.0.0.1:${port}/health/instance >/dev/null && break; podman container inspect --format '{{.State.Running}}' versions | grep -q true || break; sleep 0.25; done`;

beforeAll(async () => {
  const said = await box(`set -e
    apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -yqq podman runc curl openssl >/dev/null
    for r in registry.redhat.io quay.io; do echo labpass | podman login --authfile /etc/standin.json -u labuser --password-stdin $r; done
    podman rm -f -i -t 0 versions versions-pg versions-redis standin standin-pg standin-redis
    podman run -q -d --authfile /etc/standin.json --name versions-pg -e POSTGRESQL_USER=quayuser -e POSTGRESQL_PASSWORD=quaypass -e POSTGRESQL_DATABASE=quaydb \\
      -e POSTGRESQL_EXTENSIONS=pg_trgm -p 5432:5432 registry.access.redhat.com/rhscl/postgresql-96-rhel7:latest
    podman run -q -d --authfile /etc/standin.json --name versions-redis -e REDIS_PASSWORD=redispass -p 6379:6379 registry.access.redhat.com/rhscl/redis-32-rhel7:latest
    mkdir -p /mnt/versions; chmod 755 /mnt/versions
    cat >/root/versions.yaml <<'YAML'
${CONFIG}
YAML
    for i in $(seq 60); do podman exec versions-pg psql -h 127.0.0.1 -c 'select 1' quaydb >/dev/null 2>&1 && break; podman logs versions-pg 2>&1 | grep -q 'port 5432' && break; sleep 0.5; done; echo ready`);
  expect(said).toMatch(/ready\n$/);
});

// the ports are wanted by the next file
afterAll(() => box('podman rm -f -i -t 0 versions versions-pg versions-redis versions-clair'));

describe('version 2 to 3', () => {
  it('2.9 is root, listens on 80, and has no mode that migrates', async () => {
    const said = await box(`${config()}; ${serve('2.9.5', 80)}; curl -s http://127.0.0.1/health/endtoend; echo; ${HEAD}
      ${once('2.9.5', 'migrate head')}; podman image inspect --format '{{.User}}' ${image('2.9.5')}
      ${sql(`insert into "user" (uuid, username) values ('u', 'u'); insert into repository (namespace_user_id, name) values (1, 'r');
        insert into tag (repository_id, name, manifest_digest) select 1, 't' || n, 'sha256:x' from generate_series(1, 4) n`)}; podman rm -f -t 0 versions >/dev/null`);
    expect(said).toContain('"status_code": 200');
    expect(said).toContain('290000000000');
    expect(said).toMatch(/migrate: No such file.*\nstatus 127\n0\n/);
  });

  it('3.0 wants a mode; in the background it serves and tells how far it is, and complete ends it', async () => {
    const said = await box(`${once('3.0.5', 'registry')}
      ${config('V3_UPGRADE_MODE: background')}; ${serve('3.0.5', 8080, 'registry', '-e STANDIN_BACKFILL_SECONDS=2')}
      curl -s http://127.0.0.1:8080/upgradeprogress/; echo
      for i in $(seq 40); do curl -s http://127.0.0.1:8080/upgradeprogress | grep -q '"progress": 1.0' && echo finished && break; sleep 0.25; done
      ${config('V3_UPGRADE_MODE: complete')}; ${serve('3.0.5', 8080)}; curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:8080/upgradeprogress; podman rm -f -t 0 versions >/dev/null`);
    expect(said).toMatch(/V3_UPGRADE_MODE is missing[\s\S]*status 1/);
    expect(said).toMatch(/"tags_remaining": [1-4], "total_tags": 4/);
    expect(said).toContain('finished');
    expect(said).toMatch(/404\n$/);
  });

  it('3.1 refuses tags that are left, and 3.2 a mode that is background and a database without its key', async () => {
    const said = await box(`${sql('insert into standin_backfill values (1)')}; ${config('V3_UPGRADE_MODE: complete')}; ${once('3.1.3', 'registry')}
      ${sql('delete from standin_backfill')}; ${config('V3_UPGRADE_MODE: background')}; ${once('3.2.2', 'migrate head')}
      ${config('V3_UPGRADE_MODE: complete')}; ${once('3.2.2', 'registry')}
      ${config('V3_UPGRADE_MODE: complete\nDATABASE_SECRET_KEY: "the key"')}; ${once('3.2.2', 'migrate head')}; ${HEAD}; ${once('3.2.2', 'registry-nomigrate')}`);
    expect(said).toContain('1 tags are left');
    expect(said).toContain('V3_UPGRADE_MODE is background: finish the upgrade to version 3 first');
    expect(said).toContain('DATABASE_SECRET_KEY is missing');
    expect(said).toMatch(/34c8ef052ec9\n[\s\S]*registry-nomigrate: No such file.*\nstatus 127/);
  });
});

describe('version 3', () => {
  it('3.3 reads what only root can; 3.4 does not, and judges its configuration', async () => {
    const key = 'DATABASE_SECRET_KEY: "the key"';
    const said =
      await box(`${config(key)}; chmod 600 /mnt/versions/config.yaml; ${once('3.3.4', 'migrate head')}; ${once('3.3.4', 'config-tool validate -c /conf/stack --mode offline')}
      ${once('3.4.6', 'migrate head')}; ${config(key)}; ${once('3.4.6', 'config-tool validate -c /conf/stack --mode offline')}`);
    expect(said).toMatch(/schema is at 04b9d2191450\nstatus 0/);
    expect(said).toMatch(/config-tool.*\nstatus 127/);
    expect(said).toMatch(/cannot be read by user 1001[\s\S]*\| OK[\s\S]*status 0\n$/);
  });

  it('Swift of version 3 needs tenant_id from 3.6 on', async () => {
    const swift = 'DATABASE_SECRET_KEY: "the key"\nFEATURE_BITTORRENT: true';
    const store = 's#^  here:.*#  here: [SwiftStorage, {auth_version: 3, auth_url: http://a, swift_container: c, swift_user: u, swift_password: p}]#';
    const validate = 'config-tool validate -c /conf/stack --mode offline';
    const said = await box(`${config(swift, store)}; ${once('3.5.7', validate)}; ${once('3.6.8', validate)}`);
    expect(said).toMatch(/unknown to v3\.5\.7 and ignored: FEATURE_BITTORRENT[\s\S]*status 0[\s\S]*requires tenant_id[\s\S]*status 1\n$/);
  });

  it('a migration that fails half way stays between two revisions, and the next run ends it', async () => {
    const said = await box(`${config('DATABASE_SECRET_KEY: "the key"')}; ${once('3.7.13', 'migrate head')}
      ${once('3.10.24', 'migrate head', '-e STANDIN_MIGRATION_FAILS=half -e STANDIN_MIGRATION_SECONDS=0.2')}; ${HEAD}; ${once('3.10.24', 'registry-nomigrate')}
      ${once('3.10.24', 'migrate head')}; ${HEAD}`);
    expect(said).toMatch(/failed half way, as the test asked[\s\S]*status 1\n(?!8d47693829a0|d94d328733e4)[0-9a-f]{12}\n/);
    expect(said).toMatch(/the schema is older than v3\.10\.24[\s\S]*8d47693829a0\n$/);
  });

  it('geo-replication wants its variable from 3.8.0 to 3.17.3', async () => {
    const geo = config('DATABASE_SECRET_KEY: "the key"\nFEATURE_STORAGE_REPLICATION: true');
    const said = await box(
      `${geo}; ${once('3.7.13', 'registry-nomigrate')}; ${once('3.10.24', 'registry-nomigrate')}; ${once('3.18.0', 'registry-nomigrate')}`,
    );
    expect(said.match(/QUAY_DISTRIBUTED_STORAGE_PREFERENCE is not set/g)).toHaveLength(1);
  });

  it('3.13 refuses pushes when it is told to, and 3.12 does not know how', async () => {
    const ask = "curl -s -o /dev/null -w 'push %{http_code}\\n' -X POST http://127.0.0.1:8080/v2/u/r/blobs/uploads/";
    const said = await box(
      `${config('DATABASE_SECRET_KEY: "the key"\nDISABLE_PUSHES: true')}; ${serve('3.12.0', 8080)}; ${ask}; ${serve('3.13.0', 8080)}; ${ask}; podman rm -f -t 0 versions >/dev/null`,
    );
    expect(said.match(/^push \d+$/gm)).toEqual(['push 401', 'push 405']);
  });
});

describe('what stands beside it', () => {
  it("PostgreSQL refuses another version's folder", async () => {
    const pg = (name: string): string =>
      `timeout 20 podman run --rm --authfile /etc/standin.json -e POSTGRESQL_ADMIN_PASSWORD=pw -v /mnt/versions-pg:/var/lib/pgsql/data:Z registry.redhat.io/rhel8/${name}`;
    const said =
      await box(`rm -rf /mnt/versions-pg; mkdir /mnt/versions-pg; chown 26:26 /mnt/versions-pg; timeout -s INT 8 ${pg('postgresql-10:1').replace('timeout 20 ', '')} >/dev/null 2>&1
      ${pg('postgresql-13:1-109')}; echo "status $?"`);
    expect(said).toMatch(/provides PostgreSQL 13, and the directory was made by 10[\s\S]*status 1/);
  });

  it('Clair wants a database of its own and a list of issuers, and is ready then', async () => {
    const clair = (database: string, issuer: string): string => `mkdir -p /mnt/clair; cat >/mnt/clair/config.yaml <<'YAML'
http_listen_addr: ":8081"
introspection_addr: ":8088"
indexer: &db {migrations: true, connstring: "host=127.0.0.1 user=quayuser password=quaypass dbname=${database}"}
matcher: *db
notifier: *db
auth: {psk: {key: c2VjcmV0LW9mLWNsYWly, iss: ${issuer}}}
YAML
chmod 644 /mnt/clair/config.yaml; podman rm -f -i -t 0 versions-clair >/dev/null
podman run -d --name versions-clair --network host --authfile /etc/standin.json -e CLAIR_CONF=/clair/config.yaml -e CLAIR_MODE=combo -v /mnt/clair:/clair:z registry.redhat.io/quay/clair-rhel8:v3.12.0 >/dev/null
for i in $(seq 40); do curl -sf http://127.0.0.1:8088/readyz && break; podman container inspect --format '{{.State.Running}}' versions-clair | grep -q true || break; sleep 0.25; done
podman logs versions-clair 2>&1 | tail -1`;
    const said = await box(`${clair('quaydb', '[quay]')}
      podman exec versions-pg psql -qc 'create database clair owner quayuser'; ${clair('clair', 'quay')}; ${clair('clair', '[quay]')}
      curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:8081/indexer/api/v1/index_state; podman rm -f -t 0 versions-clair >/dev/null`);
    expect(said).toContain("the registry's own database");
    expect(said).toContain('auth.psk.iss must be a list');
    expect(said).toMatch(/ready\n401\n$/);
  });

  it('each Clair refuses what is of the other kind, and Clair 4 a schema that is newer, or a mode that lacks a part', async () => {
    const four = (part: string): string => `http_listen_addr: ":8081"\n${part}\nauth: {psk: {key: c2VjcmV0LW9mLWNsYWly, iss: [quay]}}`;
    const two = 'clair: {database: {options: {source: "host=127.0.0.1 user=quayuser password=quaypass dbname=clair"}}}';
    const database = '{migrations: true, connstring: "host=127.0.0.1 user=quayuser password=quaypass dbname=clair"}';
    const all = `indexer: &db ${database}\nmatcher: *db\nnotifier: *db`;
    const run = (name: string, mode: string, text: string): string => `cat >/mnt/clair/config.yaml <<'YAML'\n${text}\nYAML
chmod 644 /mnt/clair/config.yaml
timeout 60 podman run --rm --network host --authfile /etc/standin.json -e CLAIR_CONF=/clair/config.yaml -e CLAIR_MODE=${mode} -v /mnt/clair:/clair${name.includes('jwt') ? '/config' : ''}:z ${name} 2>&1 | tail -1`;
    const FOUR = 'registry.redhat.io/quay/clair-rhel8:v3.11.0';
    const TWO = 'quay.io/redhat/clair-jwt:v3.3.4';
    const said = await box(
      [
        run(FOUR, 'combo', four(all)),
        run(FOUR, 'matcher', four(`matcher: ${database}`)),
        run(FOUR, 'combo', two),
        run(TWO, 'combo', two),
        run(TWO, 'combo', four(all)),
      ].join('\n'),
    );
    expect(
      said
        .trim()
        .split('\n')
        .map((line) => line.replace(/.*FATAL: /, '')),
    ).toEqual([
      'the database is newer than v3.11.0: it has been used by that of Quay 3.12',
      'matcher.indexer_addr must be set in matcher mode',
      'this is a configuration of Clair 2, and this is Clair 4',
      'the database is that of Clair 4, and this is Clair 2: nothing is taken over, give it a new one',
      'this is a configuration of Clair 4, and this is Clair 2',
    ]);
  });
});
