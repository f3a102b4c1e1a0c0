import { expect, test } from 'vitest';
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

const node = (host: string, image: string) => ({ host, node: true, free_mb: 1, fields: [], containers: [['quay', image]] as [string, string][] });
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
