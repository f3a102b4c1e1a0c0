import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { HEADS, headOf } from '../../../../modules/quay/heads.ts';
import { referenceOf } from '../../../../modules/quay/registry_images.ts';
import { eraOf } from '../../../../modules/quay/schema/schema.ts';
import { GRAPH, type Line, lineOf } from '../../../../modules/quay/upgrade/graph.ts';
import { hopOf } from '../../../../modules/quay/upgrade/hop.ts';
import { compareVersions } from '../../../../modules/quay/versions.ts';

const folder = new URL('../../../../modules/quay/upgrade/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const lines = GRAPH.lines.map(({ line }) => line);
const line = (name: string): Line => GRAPH.lines.find((one) => one.line === name) as Line;
const since = (name: string): Line[] => GRAPH.lines.slice(lines.indexOf(name));
const older = (name: string): Line[] => GRAPH.lines.slice(0, lines.indexOf(name));

/** Sources of each line, as the upgrade books of the branches list them. */
const BOOKS: Record<string, string> = {
  '3.0': '2.9',
  '3.1': '3.0',
  '3.2': '3.1',
  '3.3': '3.2',
  '3.4': '3.3',
  '3.5': '3.4',
  '3.6': '3.3 3.4 3.5',
  '3.7': '3.4 3.5 3.6',
  '3.8': '3.7',
  '3.9': '3.7 3.8',
  '3.10': '3.7 3.8 3.9',
  '3.11': '3.9 3.10',
  '3.12': '3.10 3.11',
  '3.13': '3.10 3.11 3.12',
  '3.14': '3.11 3.12 3.13',
  '3.15': '3.12 3.13 3.14',
  '3.16': '3.13 3.14 3.15',
  '3.17': '3.14 3.15 3.16',
  '3.18': '3.15 3.16 3.17',
};

describe('the path graph', () => {
  test('fits its schema, and the schema refuses what does not', () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(read('graph.schema.json'));
    expect(validate(read('graph.json')), JSON.stringify(validate.errors, null, 1)).toBe(true);
    const broken = read('graph.json');
    broken.lines[3].images.quay = 'quay.io/redhat/quay:v.3.60:';
    broken.lines[4].services.postgresql = '14';
    broken.edges[0].sources = [];
    expect(validate(broken)).toBe(false);
    expect(new Set(validate.errors?.map(({ instancePath }) => instancePath))).toEqual(
      new Set(['/lines/3/images/quay', '/lines/4/services/postgresql', '/edges/0/sources']),
    );
  });

  test('has the 20 lines in order, 3.10 after 3.9', () => {
    expect(lines.join(' ')).toBe('2.9 3.0 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15 3.16 3.17 3.18');
    expect([...lines].sort(compareVersions)).toEqual(lines);
  });

  test('has exactly the 40 edges of the books', () => {
    const wanted = Object.entries(BOOKS).flatMap(([to, all]) => all.split(' ').map((one) => `${one} ${to}`));
    expect(wanted).toHaveLength(40);
    expect(GRAPH.edges.map((one) => `${one.from} ${one.to}`).sort()).toEqual(wanted.sort());
  });

  test('lets nobody go back, and forbids nothing that it also allows', () => {
    for (const edge of GRAPH.edges) expect(compareVersions(edge.from, edge.to)).toBeLessThan(0);
    const allowed = new Set(GRAPH.edges.map((one) => `${one.from} ${one.to}`));
    expect(GRAPH.forbidden.map((one) => `${one.from} ${one.to}`)).toEqual(['3.3 3.7', '3.8 3.11']);
    for (const one of GRAPH.forbidden) {
      expect(allowed).not.toContain(`${one.from} ${one.to}`);
      expect(one.reason).toMatch(/book/);
    }
  });

  test('spells out only routes that exist', () => {
    for (const { route } of GRAPH.spelled) {
      for (const [index, to] of route.slice(1).entries()) {
        expect(GRAPH.edges.some((edge) => edge.from === route[index] && edge.to === to)).toBe(true);
      }
    }
  });

  test('every source it names is one it declares', () => {
    const declared = Object.keys(read('graph.json').sources);
    const named = [...GRAPH.edges, ...GRAPH.forbidden].flatMap(({ sources }) => sources.map((one) => one.split(/[ @]/)[0]));
    expect(declared).toEqual(expect.arrayContaining([...new Set(named)]));
  });
});

describe('releases', () => {
  test.each([
    ['2.9', '2.9.5'],
    ['3.0', '3.0.5'],
    ['3.1', '3.1.3'],
    ['3.2', '3.2.2'],
    ['3.3', '3.3.4'],
  ])('%s is left from %s only', (name, release) => expect(line(name)).toMatchObject({ release, exact: true }));

  test('later lines are left from any release', () => expect(since('3.4').filter(({ exact }) => exact)).toEqual([]));
  test('a release is one of its line', () => expect(GRAPH.lines.filter((one) => lineOf(one.release) !== one.line)).toEqual([]));
});

describe('images', () => {
  const all = GRAPH.lines.flatMap((one) => [...Object.values(one.images), ...Object.values(one.service_images)]);
  test('every reference can be read', () => expect(all.filter((one) => referenceOf(one) === undefined)).toEqual([]));

  test("Quay's, Clair's and the builder's tags are the release of their line, unlike those of the 3.7 book", () => {
    for (const one of GRAPH.lines) for (const image of Object.values(one.images)) expect(referenceOf(image)?.tag, one.line).toBe(`v${one.release}`);
  });

  test('names are those of their time', () => {
    const path = (image: string): string => image.replace(/:[^:]*$/, '');
    const names = (some: readonly Line[]): string[] => [...new Set(some.map(({ images }) => path(images.quay)))];
    expect(names(older('3.0'))).toEqual(['quay.io/coreos/quay']);
    expect(names(older('3.4').slice(1))).toEqual(['quay.io/redhat/quay']);
    expect(names(since('3.4').slice(0, 12))).toEqual(['registry.redhat.io/quay/quay-rhel8']);
    expect(names(since('3.16'))).toEqual(['registry.redhat.io/quay/quay-rhel9']);
    expect(path(line('3.15').images.builder as string)).toBe('registry.redhat.io/quay/quay-builder-rhel9');
    for (const one of older('3.4')) expect(one.images.clair ?? 'clair-jwt').toContain('clair-jwt');
    for (const one of since('3.4')) expect(one.images.clair).toMatch(/\/clair-rhel[89]:/);
  });

  test("a service's image is of the version its line names", () => {
    for (const { services, service_images: images } of GRAPH.lines) {
      const digits = (text: string): string => text.replace('.', '');
      expect(images.postgresql).toContain(`postgresql-${digits(services.postgresql)}`);
      expect(images.clair_postgresql).toContain(`postgresql-${digits(services.clair_postgresql)}`);
      expect(images.redis).toContain(`redis-${digits(services.redis)}`);
    }
  });
});

describe('services', () => {
  const changes = (name: 'postgresql' | 'redis' | 'clair' | 'clair_postgresql'): string[] =>
    GRAPH.lines.slice(1).flatMap((one, index) => {
      const old = GRAPH.lines[index]?.services[name];
      return old === one.services[name] ? [] : [`${one.line}: ${old} to ${one.services[name]}`];
    });
  test('change where the books say so', () => {
    expect(changes('postgresql')).toEqual(['3.4: 9.6 to 10', '3.9: 10 to 13', '3.15: 13 to 15']);
    expect(changes('clair_postgresql')).toEqual(['3.4: 9.6 to 10', '3.9: 10 to 13', '3.13: 13 to 15']);
    expect(changes('redis')).toEqual(['3.4: 3.2 to 5', '3.8: 5 to 6']);
    expect(changes('clair')).toEqual(['3.4: 2 to 4']);
  });
});

describe('Clair', () => {
  test('is of the kind that its image is, and of a release of that kind', () => {
    for (const { line: name, images, services, clair } of GRAPH.lines) {
      expect(/clair-jwt/.test(images.clair ?? 'clair-jwt') ? '2' : '4', name).toBe(services.clair);
      for (const release of clair.releases) expect(release.startsWith(`${services.clair}.`), name).toBe(true);
    }
  });

  test('never goes back', () => {
    for (const [index, { clair }] of GRAPH.lines.slice(1).entries()) {
      // the late attributes of 3.9 name a newer one than those of 3.10 to 3.12
      const before = GRAPH.lines[index]?.clair.releases ?? [];
      const minor = (releases: readonly string[]): number => Math.max(0, ...releases.map((one) => Number(one.split('.')[1])));
      if (clair.releases.length > 0 && !['3.11'].includes(GRAPH.lines[index + 1]?.line ?? ''))
        expect(minor(clair.releases)).toBeGreaterThanOrEqual(minor(before));
    }
  });

  test('knows its own fields only from Clair 4.7 on', () => {
    for (const { line: name, clair } of GRAPH.lines) {
      if (clair.releases.length > 0)
        expect(
          clair.releases.every((one) => compareVersions(one.split('.').slice(0, 2).join('.'), '4.7') >= 0),
          name,
        ).toBe(clair.strict);
      else expect(clair.strict, name).toBe(false);
    }
  });

  test('is used by fields that the schema of its line has', () => {
    // the schemas before 3.2 are not public
    for (const { line: name, services, clair } of since('3.2')) {
      expect(clair.fields.includes('SECURITY_SCANNER_V4_ENDPOINT'), name).toBe(services.clair === '4');
      for (const field of clair.fields) {
        const { since: first, until } = eraOf(field) ?? {};
        if (first !== undefined) expect(compareVersions(first, name), `${field} in ${name}`).toBeLessThanOrEqual(0);
        if (until !== undefined) expect(compareVersions(until, name), `${field} in ${name}`).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test('says at its own port that it is ready, and is asked for there while Quay asks', () => {
    for (const { line: name, services, clair } of GRAPH.lines) {
      expect(clair.ready[0], name).toBe(services.clair === '2' ? 'http://127.0.0.1:6061/health' : 'http://127.0.0.1:8089/readyz');
    }
    expect(GRAPH.lines.filter(({ clair }) => clair.asked).map((one) => one.line)).toEqual(['3.4', '3.5', '3.6']);
    expect(GRAPH.lines.filter(({ clair, validates }) => clair.asked && !validates)).toEqual([]);
  });

  test.each([
    ['3.2.2', '3.3', false],
    ['3.3.4', '3.4', true],
    ['3.3.4', '3.6', true],
    ['3.5.7', '3.6', true],
    ['3.7.13', '3.8', true],
  ])('%s to %s: a Clair 2 that is there gives way: %s', (from, to, gives) => {
    const { clair, images } = hopOf(from, to);
    expect(clair.replaces).toBe(gives);
    expect(images.clair).toMatch(gives ? /clair-rhel8/ : /clair-jwt/);
    expect(clair.gone).toEqual(gives ? ['SECURITY_SCANNER_ENDPOINT'] : []);
  });
});

describe('schemas', () => {
  test.each([
    ['3.2.2', '34c8ef052ec9'],
    ['3.3.4', '04b9d2191450'],
    ['3.4.6', '88e64904d000'],
    ['3.5.7', '88e64904d000'],
    ['3.6.8', '909d725887d3'],
    ['3.7.13', 'd94d328733e4'],
    ['3.8.0', '7bca88923f2c'],
    ['3.8.15', 'b2d1e4b95fc2'],
    ['3.9.24', '8cf90670bf38'],
    ['3.10.0', '2062bbd5ef0e'],
    ['3.10.24', '8d47693829a0'],
    ['3.11.12', 'cead4183265c'],
    ['3.12.20', '3f8d7acdf7f9'],
    ['3.13.11', '8e97c2cfee57'],
    ['3.14.8', '3634f2df3c5b'],
    ['3.15.6', '1623f40582ed'],
    ['3.16.5', '7078c84d14e8'],
    ['3.17.3', 'c3d4e5f6a7b8'],
    ['3.18.0', '9fa37f66a9b6'],
  ])('Quay %s ends at %s', (release, head) => expect(headOf(release)).toBe(head));

  test('only 3.4 and 3.5 share one', () => {
    const seen = new Map<string, string[]>();
    for (const { from: release, head } of HEADS) seen.set(head, [...(seen.get(head) ?? []), release]);
    expect([...seen.values()].filter((releases) => releases.length > 1)).toEqual([['3.4.0', '3.5.0']]);
  });

  test('those before 3.2 are not public', () => expect(older('3.2').flatMap(({ heads }) => heads)).toEqual([]));
});

describe('what changes with a line', () => {
  test('fields it removes are those that its schema no longer knows', () => {
    for (const one of GRAPH.lines) {
      for (const name of one.enter?.config.remove ?? []) {
        const era = eraOf(name);
        // Clair 2's field is of no use once Clair 4 is there, while the schema still has it up to 3.8; two were never in the schema
        const early = name === 'SECURITY_SCANNER_ENDPOINT' || era?.type === 'any';
        expect(early || lines[lines.indexOf(era?.until ?? '') + 1] === one.line, `${one.line} removes ${name}`).toBe(true);
      }
    }
  });

  test('every field that a schema drops is removed on the way there', () => {
    const dropped = [
      'BITTORRENT_ANNOUNCE_URL',
      'FEATURE_ACI_CONVERSION',
      'FEATURE_APP_REGISTRY',
      'IGNORE_UNKNOWN_MEDIATYPES',
      'SECURITY_SCANNER_ENDPOINT',
      'TERMS_OF_SERVICE_URL',
      'V3_UPGRADE_MODE',
    ];
    for (const name of dropped) {
      const gone = lines[lines.indexOf(eraOf(name)?.until as string) + 1] as string;
      expect(
        [...older(gone), line(gone)].some(({ enter }) => enter?.config.remove.includes(name)),
        `${name}, gone with ${gone}`,
      ).toBe(true);
    }
  });

  test('optional fields are new with it', () => {
    for (const one of GRAPH.lines) {
      for (const name of one.enter?.config.optional ?? []) expect(eraOf(name)?.since, `${name} in ${one.line}`).toBe(one.line);
    }
  });

  test('fields it sets are those that its schema knows', () => {
    for (const one of GRAPH.lines) {
      for (const name of [...Object.keys(one.enter?.config.set ?? {}), ...(one.enter?.config.generate ?? [])]) expect(eraOf(name), name).toBeDefined();
    }
  });

  test('the container: ports, user, validation, modes', () => {
    expect(GRAPH.lines.filter(({ ports }) => ports.https === 443).map((one) => one.line)).toEqual(['2.9']);
    expect(GRAPH.lines.filter(({ user }) => user === 0)).toEqual(older('3.4'));
    expect(GRAPH.lines.filter(({ validates }) => validates)).toEqual(since('3.4'));
    expect(GRAPH.lines.filter(({ modes }) => modes.includes('migrate'))).toEqual(since('3.2'));
    expect(GRAPH.lines.filter(({ modes }) => modes.includes('registry-nomigrate'))).toEqual(since('3.3'));
    expect(GRAPH.lines.filter(({ modes }) => modes.includes('repomirror-nomigrate'))).toEqual(since('3.4'));
  });
});
