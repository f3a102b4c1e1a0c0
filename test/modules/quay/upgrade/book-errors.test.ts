import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { GRAPH } from '../../../../modules/quay/upgrade/graph.ts';
import { hopOf } from '../../../../modules/quay/upgrade/hop.ts';
import { releasesOfPlaybooks } from './playbooks.ts';

/** Mistakes of the published books (quay-domain A.15 and B.8), each with what is done instead. */
interface Task {
  readonly name: string;
  readonly vars?: Readonly<Record<string, unknown>>;
}

const tasks = (path: string): readonly Task[] => load(readFileSync(path, 'utf8')) as Task[];
const varsOf = (path: string, name: string): Readonly<Record<string, unknown>> => {
  const found = tasks(path).find((task) => task.name === name)?.vars;
  if (found === undefined) throw new Error(`${path} has no task "${name}" with vars`);
  return found;
};

describe('the tags of the 3.7 book', () => {
  it.each([
    ['3.5.7', '3.6', 'registry.redhat.io/quay/quay-rhel8:v3.6.8', 'registry.redhat.io/quay/clair-rhel8:v3.6.8'],
    ['3.4.6', '3.6', 'registry.redhat.io/quay/quay-rhel8:v3.6.8', 'registry.redhat.io/quay/clair-rhel8:v3.6.8'],
    ['3.3.4', '3.6', 'registry.redhat.io/quay/quay-rhel8:v3.6.8', 'registry.redhat.io/quay/clair-rhel8:v3.6.8'],
    ['3.4.6', '3.5', 'registry.redhat.io/quay/quay-rhel8:v3.5.7', 'registry.redhat.io/quay/clair-rhel8:v3.5.7'],
    ['3.3.4', '3.4', 'registry.redhat.io/quay/quay-rhel8:v3.4.6', 'registry.redhat.io/quay/clair-rhel8:v3.4.6'],
    ['3.2.2', '3.3', 'quay.io/redhat/quay:v3.3.4', 'quay.io/redhat/clair-jwt:v3.3.4'],
    ['3.1.3', '3.2', 'quay.io/redhat/quay:v3.2.2', 'quay.io/redhat/clair-jwt:v3.2.2'],
    ['3.0.5', '3.1', 'quay.io/redhat/quay:v3.1.3', 'quay.io/redhat/clair-jwt:v3.1.3'],
  ])('%s to %s takes the image of that line, and no Clair of 3.7', (from, to, quay, clair) => {
    expect(hopOf(from, to).images).toMatchObject({ quay, clair });
  });

  it('which would lead from 3.3 straight to 3.7, are refused with the way over 3.6', () => {
    expect(() => hopOf('3.3.4', '3.7')).toThrow(expect.objectContaining({ diagnostics: [expect.objectContaining({ hint: expect.stringMatching(/3\.6/) })] }));
  });

  it('are those of the playbook that is run: each has its own line', () => {
    for (const [name, to] of releasesOfPlaybooks()) expect(`upgrade-${to}.yaml`).toBe(name);
  });
});

describe('the commands of the high availability book', () => {
  it('name POSTGRES_ variables, which the image does not read', () => {
    const vars = varsOf('roles/postgresql/tasks/install.yml', 'Run PostgreSQL');
    const secrets = (vars.container_service_secrets as { target: string }[]).map(({ target }) => target);
    const names = [...Object.keys(vars.container_service_env as object), ...secrets].filter((one) => one.startsWith('POSTGRES'));
    expect(names.sort()).toEqual(['POSTGRESQL_ADMIN_PASSWORD', 'POSTGRESQL_DATABASE', 'POSTGRESQL_MAX_CONNECTIONS', 'POSTGRESQL_PASSWORD', 'POSTGRESQL_USER']);
  });

  it('give one container the label of a folder that two read', () => {
    const volumes = varsOf('roles/quay/tasks/serve.yml', 'Run Quay as a service').container_service_volumes as string[];
    expect(volumes.map((one) => one.split(':').at(-1))).toEqual(['z', 'z']);
  });

  it('leave the stopped container, whose name the new one needs, and which a reboot revives', () => {
    const unit = readFileSync('roles/container_service/templates/container.service.j2', 'utf8');
    expect(unit).toMatch(/podman run .*--rm --replace/);
    expect(unit).toMatch(/ExecStopPost=.*podman rm --force/);
    expect(unit).not.toMatch(/--restart/);
    // and the unit itself does not start at boot while the upgrade is under way
    expect(readFileSync('roles/quay_upgrade/tasks/stop.yml', 'utf8')).toMatch(/do hold_unit "\$unit" \|\| exit 1; done/);
    const [hold] = /hold_unit\(\) \{[\s\S]*?\n {2}\}/.exec(readFileSync('roles/quay_upgrade/vars/main.yml', 'utf8')) ?? [];
    expect(hold).toMatch(/systemctl disable -q --now "\$1"/);
    expect(hold).toMatch(/systemctl stop "\$1" && systemctl mask -q "\$1"/);
  });

  it('call the backup advice; here nothing goes on to the migration without a dump that was read back', () => {
    const hop = readFileSync('roles/quay_upgrade/tasks/hop.yml', 'utf8');
    const order = ['stop.yml', 'save.yml', 'services.yml', 'configure.yml', 'migrate.yml', 'serve.yml', 'prove.yml'].map((one) => hop.indexOf(one));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(Math.min(...order)).toBeGreaterThan(0);
    expect(readFileSync('roles/quay_upgrade/tasks/save.yml', 'utf8')).toMatch(/pg_restore --file=\/dev\/null <quay\.dump/);
  });

  it('take a container that is up for one that is healthy', () => {
    const health = tasks('roles/quay/tasks/serve.yml').find((task) => 'qplay.quay.quay_health' in task) as Record<string, unknown> | undefined;
    expect(health?.['qplay.quay.quay_health']).toMatchObject({ endpoints: expect.arrayContaining(['instance', 'endtoend']) });
  });

  it('forget the storage preference of geo-replication, without which 3.8.0 to 3.17.3 do not start', () => {
    const lines = ['3.8.0', '3.8', '3.12', '3.17.3'].map((to) => hopOf(to === '3.12' ? '3.11' : to === '3.17.3' ? '3.16' : '3.7', to));
    for (const hop of lines) expect(hop.environment.map(({ name }) => name)).toEqual(['QUAY_DISTRIBUTED_STORAGE_PREFERENCE']);
    expect(readFileSync('roles/quay_upgrade/tasks/config_now.yml', 'utf8')).toMatch(/FEATURE_STORAGE_REPLICATION/);
  });

  it('start a container that migrates by itself', () => {
    const command = String((load(readFileSync('roles/quay/vars/main.yml', 'utf8')) as Record<string, unknown>).quay_command);
    expect(command).toMatch(/'registry-nomigrate'\] if quay_version is version\('3\.3', '>='\)/);
  });
});

describe('the books of later lines', () => {
  it('mount the data of PostgreSQL where the image does not keep them, so that they vanish with the container', () => {
    const volumes = varsOf('roles/postgresql/tasks/install.yml', 'Run PostgreSQL').container_service_volumes as string[];
    expect(volumes.map((one) => one.split(':')[1])).toEqual(['/var/lib/pgsql/data']);
  });

  it('let the new PostgreSQL fetch everything over the network with a password that was never set; here a dump goes into an empty folder', () => {
    const text = readFileSync('roles/quay_upgrade/tasks/postgresql.yml', 'utf8');
    expect(text).not.toMatch(/POSTGRESQL_MIGRATION_|POSTGRESQL_UPGRADE/);
    expect(tasks('roles/quay_upgrade/tasks/postgresql.yml').map(({ name }) => name)).toEqual([
      'Set the folder of the old PostgreSQL aside',
      'Run the new PostgreSQL on an empty folder',
      'Restore the dump into it',
      'Restore what else was in it',
      'Give roles of others a password that the new PostgreSQL takes',
    ]);
  });

  it('show a key of the database that openssl does not print; ours has 48 digits, and is made once', () => {
    const defaults = load(readFileSync('roles/quay_upgrade/defaults/main.yml', 'utf8')) as Record<string, unknown>;
    expect(defaults.quay_database_secret_key).toMatch(/length=48 chars=hexdigits/);
    expect(hopOf('3.1', '3.2').config.generate).toEqual(['DATABASE_SECRET_KEY']);
    expect(hopOf('3.2', '3.3').config.generate).toEqual([]);
  });

  it('write tags without v, with brackets, or with the name of another line', () => {
    for (const { images, release, service_images } of GRAPH.lines) {
      for (const image of Object.values(images)) expect(image).toMatch(new RegExp(`^[a-z.]+(/[a-z0-9-]+){2}:v${release.replaceAll('.', '\\.')}$`));
      for (const image of Object.values(service_images)) expect(image).toMatch(/^[a-z.]+(\/[a-z0-9-]+){2}:[a-z0-9-]+$/);
    }
  });
});
