import { expect, test } from 'vitest';
import { besideText } from '../../engine/cli/upgrade-beside.ts';
import { releaseOf, type Seen } from '../../engine/cli/upgrade-look.ts';
import { hopsOf, imagesAhead } from '../../engine/cli/upgrade-path.ts';
import { describeHop, playbookOf, routeLine, variableOf } from '../../engine/cli/upgrade-text.ts';
import { styleFor } from '../../engine/report/style.ts';

process.env.NO_COLOR = '1';
const look = { style: styleFor(false), width: 80 };
const hops = hopsOf('3.3.4', '3.12');

test('the route is the first line', () => {
  expect(routeLine(hops, '3.3.4', look.style)).toBe('Quay 3.3.4 → 3.6.8 → 3.7.13 → 3.10.24 → 3.12.20: 4 upgrades\n');
  expect(routeLine(hopsOf('3.12.0', '3.12.1'), '3.12.0', look.style)).toBe('Quay 3.12.0 → 3.12.1: one upgrade\n');
  expect(routeLine([], '3.12.1', look.style)).toBe('Quay 3.12.1 is there already: nothing is to do.\n');
});

test('each upgrade says what it does, needs and breaks, and which command does it', () => {
  const text = describeHop(hops[0] as (typeof hops)[number], 1, look);
  expect(text).toMatch(/^1\. 3\.3\.4 → 3\.6\.8 {3}qplay run upgrade-3\.6 -e upgrade_to=3\.6\.8\n/);
  expect(text).toContain('services    PostgreSQL 9.6 → 10 (registry.redhat.io/rhel8/postgresql-10:1)');
  expect(text).toMatch(/schema +04b9d2191450 → 909d725887d3, one job migrates/);
  expect(text).toMatch(/needs +A login for registry\.redhat\.io/);
  expect(text).toMatch(/breaks +A configuration that only root can read/);
  expect(text).toMatch(/without BITTORRENT_ANNOUNCE_URL/);
  expect(
    Math.max(
      ...text
        .split('\n')
        .slice(1)
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(80);
});

test('a release within a line is the common playbook’s', () => {
  const [hop] = hopsOf('3.12.0', '3.12.1');
  expect([playbookOf(hop as never), variableOf(hop as never)]).toEqual(['upgrade', 'upgrade_to=3.12.1']);
});

test('the images of all upgrades that follow are asked for before the first one', () => {
  const quay = ['3.7.13', '3.10.24', '3.12.20'].map((release) => `registry.redhat.io/quay/quay-rhel8:v${release}`);
  expect(imagesAhead(hops.slice(1))).toEqual({
    quay,
    postgresql: ['registry.redhat.io/rhel8/postgresql-13:1-109'],
    redis: ['registry.redhat.io/rhel8/redis-6:1-110'],
  });
  expect(imagesAhead([])).toEqual({ quay: [], postgresql: [], redis: [] });
});

const alone = { units: [], clair_postgresql: {} };
const node = (host: string, image: string) => ({ host, node: true, free_mb: 1, fields: [], containers: [['quay', image]] as [string, string][], ...alone });
const seen = (hosts: Seen['hosts'], record: Seen['record'] = {}): Seen => ({ hosts, record, database: {}, database_why: '' });

test('the release that runs is that of the image, or the one an unfinished upgrade came from', () => {
  const image = 'registry.redhat.io/quay/quay-rhel8:v3.7.0';
  expect(releaseOf(seen([node('quay01', image), node('quay02', image)]))).toBe('3.7.0');
  expect(releaseOf(seen([{ ...node('quay01', image), containers: [] }], { from: '3.7.0', to: '3.8.0', step: 'stopped' }))).toBe('3.7.0');
  expect(releaseOf(seen([node('quay01', image)], { from: '3.6.8', to: '3.7.0', step: 'done' }))).toBe('3.7.0');
  expect(() => releaseOf(seen([{ ...node('quay01', image), containers: [] }]))).toThrow('Quay runs on no node');
  expect(() => releaseOf(seen([node('quay01', image), node('quay02', image.replace('3.7.0', '3.7.1'))]))).toThrow(
    'the nodes run different releases: quay01 3.7.0, quay02 3.7.1',
  );
});

test('Clair is told of where it changes', () => {
  const text = describeHop(hops[0] as (typeof hops)[number], 1, { ...look, width: 400 });
  expect(text).toMatch(/clair +Clair 4 with a PostgreSQL 10 of its own \(registry\.redhat\.io\/rhel8\/postgresql-10:1\) in the place of Clair 2/);
  expect(text).toContain(
    'config.yaml: FEATURE_SECURITY_SCANNER, SECURITY_SCANNER_V4_ENDPOINT, SECURITY_SCANNER_V4_PSK in the place of SECURITY_SCANNER_ENDPOINT',
  );
  expect(text).toContain('Quay asks for Clair at its port 8089 when it starts');
  // that of Clair 2 is not brought to anything
  expect(text).not.toContain("Clair's PostgreSQL");
  const later = hops.map((hop, index) => describeHop(hop, index + 1, { ...look, width: 400 })).slice(1);
  expect(later[0]).toContain('Clair itself comes to 4.4.4');
  expect(later[1]).toContain("Clair's PostgreSQL 10 → 13");
  expect(later[1]).toContain('Clair stops at fields of its own configuration that it does not know');
  expect(later.join('')).not.toContain('in the place of Clair 2');
});

test('what is beside the registry is told of, upgrade after upgrade', () => {
  const at = (unit: string, part: string, image: string) => ({ unit, part, image });
  const hosts = [
    { ...node('db01', ''), units: [at('clair', 'clair2', 'quay.io/redhat/clair-jwt:v3.3.4')] },
    { ...node('quay01', 'quay.io/redhat/quay:v3.3.4'), units: [at('mirror', 'mirror', 'quay.io/redhat/quay:v3.3.4')] },
  ];
  expect(hops.map((hop) => besideText(hop, hops, seen(hosts)))).toEqual([
    ['Clair 2 on db01 gives way to Clair 4, which scans every image anew', 'workers on quay01 get registry.redhat.io/quay/quay-rhel8:v3.6.8'],
    ['Clair on db01 gets registry.redhat.io/quay/clair-rhel8:v3.7.13', 'workers on quay01 get registry.redhat.io/quay/quay-rhel8:v3.7.13'],
    ['Clair on db01 gets registry.redhat.io/quay/clair-rhel8:v3.10.24', 'workers on quay01 get registry.redhat.io/quay/quay-rhel8:v3.10.24'],
    ['Clair on db01 gets registry.redhat.io/quay/clair-rhel8:v3.12.20', 'workers on quay01 get registry.redhat.io/quay/quay-rhel8:v3.12.20'],
  ]);
  const four = { ...node('db01', ''), units: [at('clairv4', 'clair4', 'registry.redhat.io/quay/clair-rhel8:v3.12.20')], clair_postgresql: { version: '13' } };
  const [next] = hopsOf('3.12.20', '3.13');
  expect(besideText(next as never, [next as never], seen([four]))).toEqual([
    'Clair on db01 gets registry.redhat.io/quay/clair-rhel8:v3.13.11',
    "Clair's PostgreSQL on db01 gets registry.redhat.io/rhel8/postgresql-15:latest, with what it has",
  ]);
  expect(besideText(next as never, [next as never], seen([{ ...four, clair_postgresql: { version: '15' } }]))).toHaveLength(1);
});
