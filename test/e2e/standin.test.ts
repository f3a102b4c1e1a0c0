/** The Quay stand-in is strict where the real one is: told by its own image on box01, with PostgreSQL and Redis beside it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ended, start } from './support/lab.ts';

const IMAGE = 'registry.redhat.io/quay/quay-rhel8';
const CONFIG = `
AUTHENTICATION_TYPE: Database
PREFERRED_URL_SCHEME: https
SERVER_HOSTNAME: box01.lab
SETUP_COMPLETE: true
FEATURE_MAILING: false
FEATURE_USER_INITIALIZE: true
SECRET_KEY: "stand-in secret"
DATABASE_SECRET_KEY: "stand-in database key"
DB_URI: postgresql://quayuser:quaypass@box01:5432/quaydb
BUILDLOGS_REDIS: {host: box01, port: 6379, password: redispass}
USER_EVENTS_REDIS: {host: box01, port: 6379, password: redispass}
DEFAULT_TAG_EXPIRATION: 2w
TAG_EXPIRATION_OPTIONS: [0s, 1d, 1w, 2w, 4w]
DISTRIBUTED_STORAGE_CONFIG:
  here: [LocalStorage, {storage_path: /datastorage/registry}]
DISTRIBUTED_STORAGE_PREFERENCE: [here]
DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: []
SUPER_USERS: [quayadmin]
`;

/** Runs shell text as root on box01; what it said on both channels, and its status. */
async function box(text: string): Promise<{ code: number; said: string }> {
  const { code, out, err } = await ended(start(['lab/lab', 'ssh', 'root@box01', 'bash -s'], `exec 2>&1\n${text}`));
  return { code, said: out + err };
}

const quay = (words: string, version = 'v3.12.0'): string =>
  `timeout 60 podman run --rm --authfile /etc/standin.json -v /mnt/standin:/conf/stack:z ${IMAGE}:${version} ${words}`;
const sql = (text: string): string => `podman exec -i standin-pg psql -Atd quaydb <<'SQL'\n${text}\nSQL`;
const config = (change: string): string => `sed '${change}' /root/standin.yaml >/mnt/standin/config.yaml; chmod 640 /mnt/standin/config.yaml`;

beforeAll(async () => {
  const { code, said } = await box(`set -e
    apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -yqq podman runc curl openssl >/dev/null
    echo labpass | podman login --authfile /etc/standin.json -u labuser --password-stdin registry.redhat.io
    podman rm -f -i -t 0 standin standin-pg standin-redis
    P="podman run -q -d --authfile /etc/standin.json"
    $P --name standin-pg -e POSTGRESQL_USER=quayuser -e POSTGRESQL_PASSWORD=quaypass -e POSTGRESQL_DATABASE=quaydb -p 5432:5432 registry.redhat.io/rhel8/postgresql-13:1-109
    $P --name standin-redis -e REDIS_PASSWORD=redispass -p 6379:6379 registry.redhat.io/rhel8/redis-6:1-110
    mkdir -p /mnt/standin; cd /mnt/standin
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=box01.lab -addext subjectAltName=DNS:box01.lab -keyout ssl.key -out ssl.cert
    cat >/root/standin.yaml <<'YAML'
${CONFIG}
YAML
    cp /root/standin.yaml config.yaml; chmod 640 *; chmod 750 .
    for i in $(seq 60); do podman exec standin-pg psql -h 127.0.0.1 -c 'select 1' quaydb >/dev/null 2>&1 && break; podman logs standin-pg 2>&1 | grep -q 'port 5432' && break; sleep 0.5; done`);
  expect(code, said).toBe(0);
});

describe('the configuration', () => {
  const wrong: readonly [string, string, string][] = [
    ['no SECRET_KEY', '/^SECRET_KEY/d', 'SECRET_KEY is required'],
    ['a key that YAML reads as a number', 's/^DATABASE_SECRET_KEY.*/DATABASE_SECRET_KEY: 12345/', 'DATABASE_SECRET_KEY must be text'],
    ['an expiration that is no option', 's/^DEFAULT_TAG.*/DEFAULT_TAG_EXPIRATION: 3w/', 'DEFAULT_TAG_EXPIRATION 3w must be one of TAG_EXPIRATION_OPTIONS'],
    ['a certificate for another name', 's/^SERVER_HOSTNAME.*/SERVER_HOSTNAME: other.lab/', 'ssl.cert is not made out to SERVER_HOSTNAME other.lab'],
    ['a store that is not declared', 's/PREFERENCE: .here./PREFERENCE: [there]/', 'DISTRIBUTED_STORAGE_PREFERENCE names there'],
    ['no Redis host', 's/^USER_EVENTS_REDIS.*/USER_EVENTS_REDIS: {}/', 'USER_EVENTS_REDIS: host is required'],
    ['set-up not complete', 's/^SETUP_COMPLETE.*/SETUP_COMPLETE: false/', 'SETUP_COMPLETE must be true'],
  ];
  it.each(wrong)('is refused with %s', async (_what, change, sentence) => {
    const { code, said } = await box(`${config(change)}\n${quay('config-tool validate -c /conf/stack --mode offline')}`);
    expect(said).toContain(sentence);
    expect(code).toBe(1);
  });

  it('is refused when user 1001 cannot read it, naming owner and mode', async () => {
    const { code, said } = await box(`${config('')}; chmod 600 /mnt/standin/config.yaml\n${quay('registry-nomigrate')}`);
    expect(said).toMatch(/cannot be read by user 1001.*belongs to 0:0 with mode 0600/);
    expect(code).toBe(1);
  });

  it('is checked against the services when online, and only then', async () => {
    const { said } = await box(`${config('s/redispass/wrong/')}
      ${quay('config-tool validate -c /conf/stack --mode offline')} >/dev/null && echo offline is content
      ${quay('config-tool validate -c /conf/stack --mode online')}; echo "status $?"`);
    expect(said).toContain('offline is content');
    expect(said).toContain('the extension pg_trgm is not installed in database quaydb');
    expect(said).toMatch(/Redis at box01:6379 refuses AUTH/);
    expect(said).toContain('status 1');
  });
});

describe('the schema', () => {
  it('is not made without pg_trgm, and nothing is served without a schema', async () => {
    const { said } = await box(`${config('')}; ${quay('migrate head')}; echo "status $?"
      ${sql('create extension pg_trgm')}
      ${quay('registry-nomigrate')}; echo "status $?"
      ${sql("select count(*) from pg_tables where schemaname = 'public'")}`);
    expect(said).toMatch(
      /pg_trgm is not installed in database quaydb[\s\S]*status 1[\s\S]*the database has no schema; v3\.12\.0 needs 3f8d7acdf7f9[\s\S]*status 1\n0\n$/,
    );
  });

  it('is finished by a second run when the first is killed', async () => {
    const { said } = await box(`podman run -d --name standin-mig -v /mnt/standin:/conf/stack:z ${IMAGE}:v3.11.0 migrate head >/dev/null
      sleep 2; podman kill standin-mig; podman rm -f standin-mig
      ${sql("select 'before', version_num <> 'cead4183265c' from alembic_version")}
      ${quay('migrate head', 'v3.11.0')}; echo "status $?"; ${quay('migrate head', 'v3.11.0')}
      ${sql('select count(*), count(distinct revision), count(finished) from standin_migration')}`);
    expect(said).toContain('status 0');
    expect(said).toContain('the schema is at cead4183265c, nothing to do');
    expect(said).toMatch(/\n(\d+)\|\1\|\1\n$/);
  });

  it('is refused by a newer and by an older image, naming both', async () => {
    const { said } = await box(`${quay('registry-nomigrate')}; ${quay('registry-nomigrate', 'v3.10.0')}; ${quay('migrate head', 'v3.10.0')}`);
    expect(said).toContain('the schema is older than v3.12.0: it is at cead4183265c (v3.11.0), this image needs 3f8d7acdf7f9');
    expect(said).toContain('the schema is newer than v3.10.0');
    expect(said).toContain("can't locate revision identified by 'cead4183265c'");
  });
});

describe('the registry', () => {
  const curl = (path: string, more = ''): string => `curl -sk -w ' %{http_code}\\n' ${more} https://box01.lab:8443${path}`;

  it('migrates and serves, and its three endpoints tell so', async () => {
    const { said } = await box(`podman run -d --name standin -p 8443:8443 -p 8080:8080 -v /mnt/standin:/conf/stack:z ${IMAGE}:v3.12.0 >/dev/null
      for i in $(seq 60); do curl -skf https://box01.lab:8443/health/instance >/dev/null && break; sleep 0.5; done
      ${curl('/health/instance')}; ${curl('/health/endtoend')}; ${curl('/health/warning')}; curl -s -o /dev/null -w '%{http_code} %{redirect_url}\\n' http://box01.lab:8080/`);
    const bodies = said.split('\n').filter((line) => line.startsWith('{'));
    expect(bodies.map((line) => JSON.parse(line.replace(/ 200$/, '')))).toEqual([
      {
        data: { services: { auth: true, database: true, disk_space: true, registry_gunicorn: true, service_key: true, web_gunicorn: true } },
        status_code: 200,
      },
      { data: { services: { auth: true, database: true, redis: true, storage: true } }, status_code: 200 },
      { data: { services: { disk_space_warning: true } }, status_code: 200 },
    ]);
    expect(said).toContain('301 https://box01.lab/');
  });

  it('makes the first user once, and knows its password', async () => {
    const user = (name: string, password: string): string =>
      curl(
        '/api/v1/user/initialize',
        `-H 'Content-Type: application/json' -d '{"username":"${name}","password":"${password}","email":"a@b.example","access_token":true}'`,
      );
    const { said } = await box(`${user('quayadmin', 'short')}; ${user('quayadmin', 'long-enough')}; ${user('second', 'long-enough')}
      mkdir -p /etc/containers/certs.d/box01.lab:8443; cp /mnt/standin/ssl.cert /etc/containers/certs.d/box01.lab:8443/ca.crt
      ${curl('/v2/', '-u quayadmin:wrong')}; ${curl('/v2/', '-u quayadmin:long-enough')}
      ${curl("/v2/auth?service=box01.lab'&'scope=repository:quayadmin/x:pull,push", '-o /dev/null -u quayadmin:wrong')}
      ${curl("/v2/auth?service=box01.lab'&'scope=repository:quayadmin/x:pull,push", '-o /dev/null -u quayadmin:long-enough')}`);
    expect(said.split('\n').map((line) => line.slice(-3))).toEqual(['400', '200', '400', '401', '200', '401', '200', '']);
    expect(said).toContain('Cannot initialize user in a non-empty database');
    expect(said).toMatch(/"access_token": "[0-9A-F]{40}"/);
  });

  it('says so when Redis is gone: end to end, not of the instance', async () => {
    const { said } = await box(
      `podman stop -t 1 standin-redis >/dev/null; ${curl('/health/endtoend')}; ${curl('/health/instance', '-o /dev/null')}; podman start standin-redis >/dev/null`,
    );
    expect(said).toContain('"redis": false');
    expect(
      said
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(-3)),
    ).toEqual(['503', '200']);
  });

  it('ends at once when told to', async () => {
    const { said } = await box('time podman stop -t 30 standin');
    expect(Number(/real\s+0m([\d.]+)s/.exec(said)?.[1])).toBeLessThan(8);
  });

  it('refuses another DATABASE_SECRET_KEY than the database began with', async () => {
    const { code, said } = await box(`${config('s/stand-in database key/another key/')}; ${quay('registry-nomigrate')}`);
    expect(said).toContain('DATABASE_SECRET_KEY is not the key this database was encrypted with');
    expect(code).toBe(1);
  });

  it('remembers two migrations that ran at the same time', async () => {
    const migrate = quay('migrate head', 'v3.13.0');
    const { said } = await box(`${config('')}; podman pull -q --authfile /etc/standin.json ${IMAGE}:v3.13.0 >/dev/null
      ${migrate} >/dev/null & ${migrate} >/dev/null; wait
      ${quay('registry-nomigrate', 'v3.13.0')}; echo "status $?"`);
    expect(said).toContain('the schema is damaged');
    expect(said).toContain('status 1');
  });
});
