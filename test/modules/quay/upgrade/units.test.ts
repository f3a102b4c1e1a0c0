import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge, read } from '../../../../modules/quay/upgrade/quay_units.ts';
import { containerOf, isPart, postgresqlOf, runs, unitFile } from '../../../../modules/quay/upgrade/unit-files.ts';

const service = (name: string, start: string) => unitFile(`/etc/systemd/system/${name}.service`, `[Service]\nExecStart=/usr/bin/podman run ${start}\n`);
const quadlet = (name: string, lines: string) => unitFile(`/etc/containers/systemd/${name}.container`, `[Container]\n${lines}\n`);
/** The probe's answer for some units, all of them active and enabled unless told otherwise. */
const answer = (units: readonly ReturnType<typeof service>[], more = '', state = 'active=active\nenabled=enabled'): string =>
  units.map(({ file, text }) => `file=${file}\n${state}\n${text.replace(/^/gm, '|')}`).join('\n') + `\n${more}`;
const told = (stdout: string, workers: string[] = []) =>
  judge({ workers, clair_postgresql: 'postgresql-clairv4' }, stdout) as {
    units: { unit: string; part: string }[];
    clair_postgresql: { unit?: string };
    strangers: string[];
    strays: { name: string }[];
  };

describe('what a unit runs', () => {
  it.each([
    ['clair-jwt of 3.3', service('a', 'quay.io/redhat/clair-jwt:v3.3.4'), 'clair2', 'quay.io/redhat/clair-jwt:v3.3.4'],
    ['Clair 4', service('a', '--name clair registry.redhat.io/quay/clair-rhel8:v3.12.0'), 'clair4', 'registry.redhat.io/quay/clair-rhel8:v3.12.0'],
    ['Clair 4 in a Quadlet', quadlet('a', 'Image=mirror.lan:5000/quay/clair-rhel9:v3.16.5'), 'clair4', 'mirror.lan:5000/quay/clair-rhel9:v3.16.5'],
    [
      'a mirror worker',
      service('a', '"registry.redhat.io/quay/quay-rhel8:v3.7.0" "repomirror-nomigrate"'),
      'mirror',
      'registry.redhat.io/quay/quay-rhel8:v3.7.0',
    ],
    ['the same as a Quadlet', quadlet('a', 'Image=quay.io/redhat/quay:v3.3.4\nExec=repomirror'), 'mirror', 'quay.io/redhat/quay:v3.3.4'],
    ['a builder', quadlet('a', 'Image=registry.redhat.io/quay/quay-builder-rhel8:v3.9.0'), 'builder', 'registry.redhat.io/quay/quay-builder-rhel8:v3.9.0'],
    ['a registry', service('a', 'registry.redhat.io/quay/quay-rhel8:v3.7.0 registry-nomigrate'), 'registry', 'registry.redhat.io/quay/quay-rhel8:v3.7.0'],
    ['an image by its digest', quadlet('a', 'Image=registry.redhat.io/quay/clair-rhel8@sha256:0f'), 'clair4', 'registry.redhat.io/quay/clair-rhel8@sha256:0f'],
  ] as const)('%s', (_, unit, part, image) => expect(runs(unit)).toMatchObject({ part, image }));

  it.each([
    ['another image', quadlet('a', 'Image=docker.io/library/redis:7')],
    ['a comment', quadlet('a', '# Image=quay.io/redhat/quay:v3.3.4\nImage=docker.io/library/redis:7')],
    ['a description', unitFile('/etc/systemd/system/a.service', '[Unit]\nDescription=after registry.redhat.io/quay/quay-rhel8:v3.7.0\n')],
    ['a registry of that name', quadlet('a', 'Image=quay.io/prometheus/prometheus:v2.0')],
  ] as const)('nothing: %s', (_, unit) => expect(runs(unit)).toBeUndefined());

  it('in a container of which name', () => {
    expect(containerOf(service('clair', '--rm --name "clairv4" x'))).toBe('clairv4');
    expect(containerOf(service('clair', '--rm --name=clairv4 x'))).toBe('clairv4');
    expect(containerOf(service('clair', '--rm x'))).toBe('clair');
    expect(containerOf(quadlet('mirror', 'Image=x'))).toBe('systemd-mirror');
    expect(containerOf(quadlet('mirror', 'Image=x\nContainerName=mirroring'))).toBe('mirroring');
  });

  it("the unit of qplay's own role, as well", () => {
    const template = readFileSync('roles/container_service/templates/container.service.j2', 'utf8');
    expect(template).toContain('--name {{ container_service_name }}');
    expect(template).toMatch(/--volume \{\{ word\(one\) \}\}/);
  });
});

describe("Clair's PostgreSQL", () => {
  it.each([
    ['registry.redhat.io/rhel8/postgresql-13:1-109', '13'],
    ['registry.access.redhat.com/rhscl/postgresql-96-rhel7:latest', '9.6'],
    ['registry.redhat.io/rhel9/postgresql-15:latest', '15'],
  ])('%s is %s', (image, version) => expect(postgresqlOf(quadlet('a', `Image=${image}`))).toMatchObject({ image, version }));

  it.each([
    ['a service', service('a', '--volume "/var/lib/clair:/var/lib/pgsql/data:Z" registry.redhat.io/rhel8/postgresql-13:1-109'), '/var/lib/clair'],
    ['-v', service('a', '-v /srv/clair:/var/lib/pgsql/data registry.redhat.io/rhel8/postgresql-13:1-109'), '/srv/clair'],
    ['a Quadlet', quadlet('a', 'Image=registry.redhat.io/rhel8/postgresql-13:1-109\nVolume=/srv/clair:/var/lib/pgsql/data:Z'), '/srv/clair'],
    ['a volume of podman', quadlet('a', 'Image=registry.redhat.io/rhel8/postgresql-13:1-109\nVolume=clair.volume:/var/lib/pgsql/data:Z'), ''],
  ] as const)('has its data in a folder of the host: %s', (_, unit, data) => expect(postgresqlOf(unit)?.data).toBe(data));

  const database = (name: string) => service(name, `--name ${name} -v /srv/${name}:/var/lib/pgsql/data registry.redhat.io/rhel8/postgresql-13:1-109`);
  it.each([
    [['postgresql', 'postgresql-clairv4', 'clair-old'], 'postgresql-clairv4'],
    [['postgresql', 'clair-db'], 'clair-db'],
    [['postgresql', 'postgresql-wiki'], undefined],
  ])('of %j is %s', (names, unit) => expect(told(answer(names.map(database))).clair_postgresql.unit).toBe(unit));
});

describe('the units of a host', () => {
  const clair = service('clair', 'registry.redhat.io/quay/clair-rhel8:v3.7.0');
  const mirror = service('worker', '--name worker registry.redhat.io/quay/quay-rhel8:v3.7.0 repomirror');
  const registry = service('quay', '--name quay registry.redhat.io/quay/quay-rhel8:v3.7.0 registry-nomigrate');

  it('are read whole, whatever their lines hold', () => {
    const { units, containers } = read(answer([unitFile('/etc/systemd/system/x.service', 'active=no\nfile=/a\n|b')], 'container=a b/c:d'));
    expect(units).toMatchObject([{ unit: 'x', text: 'active=no\nfile=/a\n|b', active: true, enabled: true }]);
    expect(containers).toEqual([['a', 'b/c:d']]);
  });

  it('are those of Clair first, then workers; the registry itself is none', () =>
    expect(told(answer([mirror, registry, clair])).units.map(({ unit }) => unit)).toEqual(['clair', 'worker']));

  it('count only when something starts them, or did', () => {
    const idle = 'active=inactive\nenabled=disabled';
    expect(told(answer([clair], '', idle)).units).toEqual([]);
    expect(told(answer([clair], '', `${idle}\nsaved=yes`)).units).toHaveLength(1);
    expect(told(answer([clair], '', 'active=active\nenabled=disabled')).units).toHaveLength(1);
  });

  it('a Quadlet starts at boot when it says what wants it', () => {
    const idle = 'active=inactive\nenabled=generated';
    expect(told(answer([quadlet('c', 'Image=registry.redhat.io/quay/clair-rhel8:v3.7.0')], '', idle)).units).toEqual([]);
    expect(told(answer([quadlet('c', 'Image=registry.redhat.io/quay/clair-rhel8:v3.7.0\n[Install]\nWantedBy=default.target')], '', idle)).units).toHaveLength(
      1,
    );
  });

  it('of a second registry are told, unless they are named as workers', () => {
    const other = service('stage', 'registry.redhat.io/quay/quay-rhel8:v3.7.0');
    expect(told(answer([other])).strangers).toEqual(['stage']);
    expect(told(answer([other]), ['stage'])).toMatchObject({ strangers: [], units: [{ unit: 'stage', part: 'mirror' }] });
  });

  it('leave no container over: what runs without one is told', () => {
    const running = 'container=worker registry.redhat.io/quay/quay-rhel8:v3.7.0\ncontainer=quay registry.redhat.io/quay/quay-rhel8:v3.7.0\n';
    expect(told(answer([mirror], running)).strays).toEqual([]);
    expect(told(answer([mirror], `${running}container=by-hand quay.io/redhat/clair-jwt:v3.3.4\ncontainer=db x/rhel8/postgresql-13:1`)).strays).toEqual([
      { name: 'by-hand', image: 'quay.io/redhat/clair-jwt:v3.3.4' },
    ]);
  });

  it('are told by images of the catalogue, and by no others', () => {
    const images = readFileSync('lab/images/catalogue', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(' '))
      .map(([recipe, layer, , , , name, tag]) => ({ image: `registry.redhat.io/${name}:${tag}`, part: layer === 'quay' && recipe !== 'redis' }));
    expect(images.length).toBeGreaterThan(10);
    for (const { image, part } of images) expect([image, isPart(image)]).toEqual([image, part]);
  });
});
