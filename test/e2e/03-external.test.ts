import { beforeAll, describe, expect, it } from 'vitest';
import { differences, fingerprint } from './support/fingerprint.ts';
import { HOSTS, INSTALL, INVENTORY } from './support/lab.ts';
import { changes, install, mustEnd, tell } from './support/qplay.ts';

const own = (...names: readonly string[]): string => JSON.stringify(Object.fromEntries(names.map((name) => [`${name}_external`, true])));
const ALL = ['postgresql', 'redis', 'object_store', 'load_balancer'] as const;

describe("what is the operator's own", () => {
  beforeAll(async () => void mustEnd(await install(), 0));

  it.each([[...ALL], ['postgresql'], ['load_balancer']])('is only checked: %s, %s, %s, %s', async (...names) => {
    const given = names.filter((name) => name !== undefined);
    const before = await fingerprint(HOSTS);
    const run = mustEnd(await install('-e', own(...given)), 0);
    expect(changes(run)).toEqual([]);
    expect(differences(before, await fingerprint(HOSTS))).toEqual([]);
    const roles = new Set(run.of('task.start').map(({ task }) => task.role));
    if (given.includes('object_store')) expect(roles).not.toContain('ceph');
  });

  const wrong: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    ['a PostgreSQL that refuses the password', { postgresql_external: true, postgresql_password: 'not-it-at-all' }, /password authentication failed/],
    ['a PostgreSQL that is not there', { postgresql_external: true, postgresql_port: 5999 }, /5999/],
    ['a Redis that refuses the password', { redis_external: true, redis_password: 'not-it-at-all' }, /WRONGPASS|password|invalid/i],
    [
      'an object store that refuses the key',
      { object_store_external: true, load_balancer_external: true, object_store_secret_key: 'not-it-at-all' },
      /SignatureDoesNotMatch|secret|key/i,
    ],
  ];

  it.each(wrong)('%s is told, and nothing is changed', async (_, given, message) => {
    const before = await fingerprint(HOSTS);
    const run = await tell('run', INSTALL, '-i', INVENTORY, '-e', JSON.stringify(given));
    mustEnd(run, 1);
    expect(run.failures.join('\n')).toMatch(message);
    expect(JSON.stringify(run.events)).not.toContain('not-it-at-all');
    expect(changes(run)).toEqual([]);
    expect(differences(before, await fingerprint(HOSTS))).toEqual([]);
  });
});
