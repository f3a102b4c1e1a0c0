import { expect, test } from 'vitest';
import quayMigrate from '../../../modules/quay/quay_migrate.ts';
import { withDefaults } from '../harness.ts';

const image = 'registry.redhat.io/quay/quay-rhel8:v3.12.0';
const ready = { podman: true, image: true, config: true, migration: 'none' };
const plan = (registry: object | string, given: Record<string, unknown> = {}, now: object = {}) =>
  quayMigrate.plan(withDefaults(quayMigrate.options, { image, db_uri: 'postgresql://a:b@c/d', ...given }), {
    ready: { ...ready, ...now },
    registry: typeof registry === 'string' ? registry : { head: undefined, users: 0, trigrams: true, server: '13.1', ...registry },
  } as never);

test('an empty database and an older one are migrated', () => {
  expect(plan({})).toMatchObject({ is: 'wrong', diff: [{ before: { head: 'none' }, after: { head: '3f8d7acdf7f9', release: '3.12.0' } }] });
  expect(plan({ head: 'cead4183265c' })).toMatchObject({ is: 'wrong', diff: [{ before: { release: '3.11.0' } }] });
});

test('a database at the head is right, unless a migration still runs', () => {
  expect(plan({ head: '3f8d7acdf7f9' })).toEqual({ is: 'right', result: { head: '3f8d7acdf7f9', version: '3.12.0' } });
  expect(plan({ head: '3f8d7acdf7f9' }, {}, { migration: 'running' })).toMatchObject({ is: 'wrong' });
  expect(plan({ head: '3f8d7acdf7f9' }, {}, { migration: 'exited' })).toMatchObject({ is: 'right' });
});

test('a newer database and an unknown one are refused', () => {
  expect(plan({ head: '8e97c2cfee57' })).toMatchObject({
    is: 'impossible',
    why: 'The database is at revision 8e97c2cfee57 of Quay 3.13.0, newer than 3.12.0: an older Quay refuses to start on it',
  });
  expect(plan({ head: '0123456789ab', users: 1 })).toMatchObject({
    is: 'impossible',
    hint: 'If the migration of this image has run and truly ends there, set head: 0123456789ab. If it was cut off, go on with accept_unknown: true',
  });
  expect(plan({ head: '0123456789ab' }, { head: '0123456789ab' })).toMatchObject({ is: 'right' });
});

test('a revision between two releases is gone on from where nobody uses the registry yet, and where one says so', () => {
  expect(plan({ head: '0123456789ab', users: 0 })).toMatchObject({ is: 'wrong', diff: [{ before: { head: '0123456789ab' } }] });
  expect(plan({ head: '0123456789ab', users: 1 }, { accept_unknown: true })).toMatchObject({ is: 'wrong' });
  expect(plan({ head: '8e97c2cfee57', users: 0 }, { accept_unknown: true })).toMatchObject({ is: 'impossible' });
});

test('what is missing makes a plan unknown', () => {
  expect(plan('PostgreSQL at db01:5432 does not answer')).toEqual({ is: 'premature', why: 'PostgreSQL at db01:5432 does not answer' });
  expect(plan({}, {}, { podman: false })).toEqual({ is: 'premature', why: 'podman is not installed' });
  expect(plan({}, {}, { image: false })).toEqual({ is: 'premature', why: `The image ${image} is not on this host` });
  expect(plan({ trigrams: false })).toMatchObject({ is: 'premature', why: "The extension pg_trgm is not in Quay's database" });
});

test('an image whose release is not known needs to be told its head', () => {
  expect(plan({}, { image: 'registry.example.com/quay:latest' })).toMatchObject({ is: 'impossible' });
  expect(plan({ head: '3f8d7acdf7f9' }, { image: 'registry.example.com/quay:latest', version: '3.12.4' })).toMatchObject({ is: 'right' });
});
