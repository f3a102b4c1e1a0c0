import { describe, expect, test } from 'vitest';
import { GRAPH } from '../../../../modules/quay/upgrade/graph.ts';
import { hopOf } from '../../../../modules/quay/upgrade/hop.ts';
import { routeOf } from '../../../../modules/quay/upgrade/route.ts';

const linesOf = (from: string, to: string): string => {
  const route = routeOf(from, to);
  const line = (release: string): string => release.replace(/\.\d+$/, '');
  return [line(route[0]?.from ?? from), ...route.map((step) => line(step.to))].join(' ');
};

test.each([
  ['3.3.4', '3.7', '3.3 3.6 3.7'],
  ['3.3.4', '3.12', '3.3 3.6 3.7 3.10 3.12'],
  ['3.3.4', '3.13', '3.3 3.6 3.7 3.10 3.13'],
  ['3.3.4', '3.18', '3.3 3.6 3.7 3.10 3.13 3.16 3.18'],
  ['2.9.5', '3.18', '2.9 3.0 3.1 3.2 3.3 3.6 3.7 3.10 3.13 3.16 3.18'],
  ['3.0.5', '3.12', '3.0 3.1 3.2 3.3 3.6 3.7 3.10 3.12'],
  ['3.4', '3.12', '3.4 3.7 3.10 3.12'],
  ['3.5', '3.12', '3.5 3.7 3.10 3.12'],
  ['3.6', '3.12', '3.6 3.7 3.10 3.12'],
  ['3.7', '3.12', '3.7 3.10 3.12'],
  ['3.8', '3.11', '3.8 3.10 3.11'],
  ['3.8', '3.13', '3.8 3.10 3.13'],
  ['3.9', '3.13', '3.9 3.11 3.13'],
  ['3.12', '3.18', '3.12 3.15 3.18'],
])('the route from %s to %s is %s', (from, to, wanted) => expect(linesOf(from, to)).toBe(wanted));

test('every line reaches every newer one, by steps that are supported', () => {
  for (const [index, from] of GRAPH.lines.entries()) {
    for (const to of GRAPH.lines.slice(index + 1)) {
      for (const step of routeOf(from.line, to.line)) expect(hopOf(step.from, step.to).kind).toBe('minor');
    }
  }
});

describe('releases on the way', () => {
  test('a line that is left from one release only is brought there first', () => {
    expect(routeOf('3.3.1', '3.6')).toEqual([
      { from: '3.3.1', to: '3.3.4' },
      { from: '3.3.4', to: '3.6.8' },
    ]);
    expect(routeOf('3.3.1', '3.3')).toEqual([{ from: '3.3.1', to: '3.3.4' }]);
  });
  test('the release that is asked for is the last, and stations are their lines’ own', () => {
    expect(routeOf('v3.7.0', '3.12.0')).toEqual([
      { from: '3.7.0', to: '3.10.24' },
      { from: '3.10.24', to: '3.12.0' },
    ]);
  });
  test('nothing is to do where one is', () => {
    expect(routeOf('3.12.0', '3.12.0')).toEqual([]);
    expect(routeOf('3.12.99', '3.12')).toEqual([]);
  });
});

describe('refusals', () => {
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      const [first] = (error as { diagnostics: { message: string; hint?: string }[] }).diagnostics;
      return `${first?.message}. ${first?.hint ?? ''}`;
    }
    return 'no refusal';
  };
  test('no way back', () => expect(message(() => routeOf('3.12.1', '3.12.0'))).toMatch(/3\.12\.0 is older than 3\.12\.1.*backup/));
  test('what is no release', () => {
    expect(message(() => routeOf('3.1O', '3.12'))).toMatch(/"3\.1O" is no release/);
    expect(message(() => routeOf('3.3.4', '3.21'))).toMatch(/"3\.21" is no release.*3\.1|lines are 2\.9 to 3\.18/);
    expect(message(() => routeOf('latest', '3.12'))).toMatch(/"latest" is no release/);
  });
  test.each([
    ['3.3.4', '3.7', /3\.7 book calls it unsupported.*3\.3\.4 → 3\.6\.8 → 3\.7\.13/],
    ['3.8.0', '3.11', /3\.11 book calls it unsupported.*3\.8\.0 → 3\.10\.24 → 3\.11\.12/],
    ['3.7.0', '3.12.0', /no book documents it.*3\.7\.0 → 3\.10\.24 → 3\.12\.0/],
    ['3.3.1', '3.6', /starts from 3\.3\.4 only.*3\.3\.1 → 3\.3\.4 → 3\.6\.8/],
  ])('straight from %s to %s', (from, to, wanted) => expect(message(() => hopOf(from, to))).toMatch(wanted));

  test('every jump that is no edge is refused with a route', () => {
    const allowed = new Set(GRAPH.edges.map((one) => `${one.from} ${one.to}`));
    let refused = 0;
    for (const [index, from] of GRAPH.lines.entries()) {
      for (const to of GRAPH.lines.slice(index + 1)) {
        if (allowed.has(`${from.line} ${to.line}`)) continue;
        expect(message(() => hopOf(from.line, to.line))).toMatch(/not supported.*the supported route is \d.* → /);
        refused++;
      }
    }
    expect(refused).toBe((20 * 19) / 2 - 40);
  });
});

describe('a hop', () => {
  test('3.7.0 to 3.8.0', () => {
    expect(hopOf('3.7.0', '3.8.0')).toMatchObject({
      kind: 'minor',
      from: { head: 'd94d328733e4' },
      to: { head: '7bca88923f2c', user: 1001 },
      images: { quay: 'registry.redhat.io/quay/quay-rhel8:v3.8.0', clair: 'registry.redhat.io/quay/clair-rhel8:v3.8.0' },
      services: { postgresql: { changes: false }, redis: { from: '5', to: '6', changes: true } },
      migration: { needed: true, by: 'job' },
      environment: [{ name: 'QUAY_DISTRIBUTED_STORAGE_PREFERENCE' }],
      irreversible: true,
    });
  });
  test('a direct hop brings what the lines in between bring', () => {
    const { does, config, services, migration } = hopOf('3.3', '3.6');
    expect(does).toContain('The container runs as user 1001 and judges its configuration before it migrates');
    expect(config).toMatchObject({ swift_tenant: true, set: {}, generate: [] });
    expect(config.remove).toContain('FEATURE_BITTORRENT');
    expect(services.clair).toMatchObject({ from: '2', to: '4', image: 'registry.redhat.io/quay/clair-rhel8:v3.6.8' });
    expect(services.postgresql).toMatchObject({ from: '9.6', to: '10', changes: true });
    expect(migration).toMatchObject({ indexes: ['manifestblob'], blocking: true });
  });
  test('the secret key is made with 3.2, and the first node migrates before it', () => {
    expect(hopOf('3.1', '3.2').config).toMatchObject({ set: { V3_UPGRADE_MODE: 'complete' }, generate: ['DATABASE_SECRET_KEY'] });
    expect(hopOf('2.9', '3.0').migration).toMatchObject({ needed: true, by: 'start' });
    expect(hopOf('3.1', '3.2').migration.by).toBe('job');
  });
  test('within a line: rolling where the schema stays, else not', () => {
    expect(hopOf('3.12.0', '3.12.1')).toMatchObject({ kind: 'rolling', irreversible: false, migration: { needed: false }, downtime: { kind: 'none' } });
    expect(hopOf('3.8.0', '3.8.1')).toMatchObject({ kind: 'z', irreversible: true, migration: { needed: true } });
    expect(hopOf('3.12.1', '3.12.1').kind).toBe('none');
    expect(hopOf('3.4.6', '3.5.7')).toMatchObject({ kind: 'minor', irreversible: false, migration: { needed: false } });
  });
  test('the preference of stores is asked for from 3.8.0 to 3.17.3', () => {
    const asks = (from: string, to: string): boolean => hopOf(from, to).environment.length > 0;
    expect([asks('3.6', '3.7'), asks('3.7', '3.8.0'), asks('3.16', '3.17.3'), asks('3.16', '3.17.4'), asks('3.17', '3.18')]).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});
