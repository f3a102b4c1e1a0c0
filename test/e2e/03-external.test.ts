import { beforeAll, describe, expect, it } from 'vitest';
import { differences, fingerprint } from './support/fingerprint.ts';
import { INSTALL, INVENTORY, QUAY } from './support/lab.ts';
import { changes, install, mustEnd, tell } from './support/qplay.ts';

const SECRET = 'not-it-at-all';
const ALL = ['postgresql', 'redis', 'object_store', 'load_balancer'] as const;

const given = (names: readonly string[]): Record<string, unknown> => Object.fromEntries(names.map((name) => [`${name}_external`, true]));

describe("what is the operator's own", () => {
  beforeAll(async () => void mustEnd(await install(), 0));

  it.each([['all of it', ALL] as const, ['PostgreSQL', ['postgresql']] as const])('is only checked: %s', async (_, names) => {
    const before = await fingerprint();
    const run = mustEnd(await install('-e', JSON.stringify(given(names))), 0);
    expect(changes(run)).toEqual([]);
    expect(differences(before, await fingerprint())).toEqual([]);
    const containers = run.of('task.start').map(({ task }) => task.name);
    expect(containers).not.toContain('Run postgresql now and after a reboot');
    expect(containers).toContain("Log in to the operator's own PostgreSQL");
  });

  const wrong: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
    [
      'refuses the login',
      { ...given(ALL), postgresql_password: SECRET, redis_password: SECRET, object_store_secret_key: SECRET },
      [
        'PostgreSQL at db01:5432 does not let quayuser into database quaydb: password authentication failed for user "quayuser"',
        'Redis at db01:6379 refuses the login: WRONGPASS invalid username-password pair or user is disabled.',
        'The object store at http://db01:7480 refused to store an object in bucket quay: 403 SignatureDoesNotMatch',
      ],
    ],
    [
      'is not there',
      { ...given(ALL), postgresql_port: 5999, redis_port: 5998, object_store_bucket: 'nobodys' },
      [
        'PostgreSQL at db01:5999 does not answer',
        'Redis at db01:5998 does not answer',
        'The object store at http://db01:7480 refused to store an object in bucket nobodys: 404 NoSuchBucket',
      ],
    ],
  ];

  it.each(wrong)('%s: told for each node, all at once, before anything is changed', async (_, vars, findings) => {
    const before = await fingerprint();
    const run = mustEnd(await tell('run', INSTALL, '-i', INVENTORY, '-e', JSON.stringify(vars)), 1);
    const [said, ...more] = run.failures;
    expect(more).toEqual([]);
    expect(said?.split('\n')).toEqual([
      'db01 preflight : Stop before anything is changed when something is not as it must be: The installation cannot begin, and nothing has been changed:',
      ...QUAY.flatMap((node) => findings.map((finding) => expect.stringContaining(`- ${node}: ${finding}`) as string)),
    ]);
    expect(run.out).not.toContain(SECRET);
    expect(changes(run)).toEqual([]);
    expect(differences(before, await fingerprint())).toEqual([]);
  });
});
