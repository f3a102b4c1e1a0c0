import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observed } from '../../../engine/module/contract.ts';
import db from '../../../modules/postgresql/postgresql_db.ts';
import ext from '../../../modules/postgresql/postgresql_ext.ts';
import ping from '../../../modules/postgresql/postgresql_ping.ts';
import { filled } from '../../../modules/postgresql/postgresql_query.ts';
import set from '../../../modules/postgresql/postgresql_set.ts';
import user from '../../../modules/postgresql/postgresql_user.ts';
import { psql } from '../../../modules/postgresql/psql.ts';
import { verifier, verifies } from '../../../modules/postgresql/scram.ts';
import { bare, ident, literal } from '../../../modules/postgresql/sql.ts';
import { runScript, SHELLS, scratch, withDefaults } from '../harness.ts';

const answered = (text: string, code = 0): Observed => {
  const stdout = `\n--qp:answer--\n${text}\n--qp=${code}--\n`;
  return { code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) };
};

describe('SQL', () => {
  test.each([
    ['a', "'a'"],
    ["it's", "'it''s'"],
    ['a\\b', "E'a\\\\b'"],
    [5, '5'],
    [null, 'NULL'],
  ])('%j is the literal %s', (value, wanted) => expect(literal(value)).toBe(wanted));
  test('a name cannot end its quotes', () => expect(ident('a"; DROP')).toBe('"a""; DROP"'));
  test('no text gets out of a literal', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(bare(literal(text)).trim().replace(/^E$/, '')).toBe('');
      }),
    );
  });
  test('what psql would look at is found outside of quotes only', () => {
    expect(bare(`SELECT '\\!', "\\x", $a$ \\q $a$ -- \\c\n/* \\d */, 1`)).not.toContain('\\');
    expect(bare('SELECT 1; \\! id')).toContain('\\');
  });
  test('placeholders are filled with quoted values', () => {
    expect(filled('SELECT %s, %s, 10 %% 3;', { positional_args: ["o'x", [1, null]] })).toBe("SELECT 'o''x', ARRAY[1, NULL], 10 % 3");
    expect(filled('SELECT %(a)s', { named_args: { a: true } })).toBe('SELECT true');
    expect(filled("SELECT 'a%s'", {})).toBe("SELECT 'a%s'");
  });
});

describe('a password', () => {
  // Made by PostgreSQL 15
  const scram = 'SCRAM-SHA-256$4096:j7oYtp9OW1NHLg/otrCcnA==$58xRf8mEZuPFnjxYn0oDVxYOc1bskcbM2fa6fRz3iTQ=:YJPy2TJwaDv1i5pVW8cmVOxrJH5jXBMaspR+R9O2Uvw=';
  const md5 = 'md5a1fca2981f59aae0b432a47e18afd19c';
  test('is known again from what PostgreSQL keeps', () => {
    expect(verifies('pässwörd', 'u1', scram)).toBe(true);
    expect(verifies('password', 'u1', scram)).toBe(false);
    expect(verifies('pw', 'u2', md5)).toBe(true);
    expect(verifies('pw', 'u1', md5)).toBe(false);
    expect(verifies('pw', 'u1', null)).toBe(false);
    expect(verifies(md5, 'u2', md5)).toBe(true);
  });
  test('is known again from what we make of it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(verifies(text, 'u', verifier(text))).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});

describe('postgresql_user', () => {
  const role = (more = {}) =>
    answered(
      JSON.stringify({
        attributes: { SUPERUSER: false, LOGIN: true },
        password: verifier('pw'),
        readable: true,
        conn_limit: -1,
        expires: null,
        expires_same: true,
        comment: '',
        config: [],
        ...more,
      }),
    );
  const plan = (given: Record<string, unknown>, seen: Observed) => user.plan(withDefaults(user.options, { name: 'quay', ...given }), seen, Buffer.alloc(16));
  test('leaves a role that is right', () => expect(plan({ password: 'pw', role_attr_flags: 'NOSUPERUSER,LOGIN' }, role()).is).toBe('right'));
  test('changes a password without sending or showing it', () => {
    const found = plan({ password: 'wholly-new' }, role());
    expect(found).toMatchObject({ is: 'wrong', diff: [{ before: { password: 'another' }, after: { password: 'as wanted' } }] });
    expect(JSON.stringify(found)).not.toContain('wholly-new');
    expect(found.result).toEqual({ user: 'quay', queries: [`ALTER ROLE "quay" WITH PASSWORD '********'`] });
  });
  test('names an attribute that is not there', () =>
    expect(plan({ role_attr_flags: 'SUPERUSR' }, role())).toMatchObject({ is: 'impossible', why: 'there is no role attribute SUPERUSR' }));
  test('says when it may not look', () => expect(plan({ password: 'pw' }, role({ readable: false, password: null }))).toMatchObject({ is: 'impossible' }));
  test('makes one in one transaction', () => {
    const found = plan({ password: 'pw' }, answered(''));
    expect(found).toMatchObject({ is: 'wrong', diff: [{ before: { state: 'absent' }, after: { state: 'present' } }] });
    expect(found.is === 'wrong' && found.apply.text).toMatch(/BEGIN;\nCREATE USER "quay";\nALTER ROLE "quay" WITH PASSWORD .*;\nCOMMIT;/);
  });
});

describe('what PostgreSQL says when it does not answer', () => {
  const plan = (text: string, code: number, more = {}) =>
    ext.plan(withDefaults(ext.options, { name: 'pg_trgm', db: 'quaydb', ...more }), answered(text, code), undefined);
  test.each([
    ['sh: 1: psql: not found', 127, 'premature', 'there is no psql on this host'],
    ['psql: error: connection to server on socket "/run/x" failed: No such file or directory', 2, 'premature', 'PostgreSQL cannot be asked'],
    [
      'psql: error: connection to server at "db01" (10.0.0.1), port 5432 failed: FATAL:  database "quaydb" does not exist',
      2,
      'premature',
      'PostgreSQL cannot be asked: database "quaydb" does not exist',
    ],
    [
      'psql: error: connection to server at "db01", port 5432 failed: FATAL:  password authentication failed for user "q"',
      2,
      'impossible',
      'PostgreSQL refuses: password authentication failed for user "q"',
    ],
    ['psql: error: FATAL:  Peer authentication failed for user "postgres"', 2, 'impossible', 'PostgreSQL refuses: Peer authentication failed'],
    ['ERROR:  permission denied for table x', 3, 'impossible', 'PostgreSQL refuses: permission denied for table x'],
  ])('%s', (text, code, is, why) => {
    const found = plan(text, code);
    expect(found.is).toBe(is);
    expect('why' in found && found.why).toContain(why);
  });
  test('a container that does not run', () => {
    const text = 'Error: no container with name or ID "postgresql" found: no such container';
    expect(plan(text, 125, { container: 'postgresql' })).toMatchObject({ is: 'premature', why: 'the container postgresql does not run' });
  });
  test('is an answer to postgresql_ping', () => {
    expect(ping.result(withDefaults(ping.options, {}), answered('sh: 1: psql: not found', 127))).toMatchObject({
      result: { is_available: false, conn_err_msg: 'there is no psql on this host' },
    });
  });
});

describe('psql', () => {
  test.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('gets SQL on stdin and the password in its environment in %s', async (_name, shell) => {
    const { writeFileSync } = await import('node:fs');
    const folder = scratch();
    writeFileSync(`${folder}/psql`, '#!/bin/sh\necho "args=$*"\necho "password=$PGPASSWORD"\ncat\n', { mode: 0o755 });
    const args = withDefaults(ext.options, { name: 'x', db: 'quaydb', login_password: "p'w $x", login_host: 'db01' });
    const { stdout } = await runScript(psql(args, 'quaydb', "SELECT 'a\\n%s';"), shell, { PATH: `${folder}:${process.env.PATH}` });
    expect(stdout).toBe("args=-X -q -w -A -t -v ON_ERROR_STOP=1 -h db01 -p 5432 -U postgres -d quaydb -f -\npassword=p'w $x\nSELECT 'a\\n%s';\n");
  });
  test.each([
    ['db01', '/run/pg', 'db01'],
    ['localhost', '/run/pg', '/run/pg'],
    ['localhost', '', 'localhost'],
    ['', '/run/pg', '/run/pg'],
  ])('reaches host "%s" and socket "%s" at %s', (login_host, login_unix_socket, wanted) => {
    const args = withDefaults(ext.options, { name: 'x', db: 'quaydb', login_host, login_unix_socket });
    expect(psql(args, 'quaydb', 'SELECT 1').text).toContain(` -h ${wanted} -p 5432`);
  });
  test('names the password to podman without its value', () => {
    const args = withDefaults(ext.options, { name: 'x', db: 'quaydb', login_password: 'secret', container: 'pg' });
    const line = psql(args, 'quaydb', 'SELECT 1')
      .text.split('\n')
      .find((one) => one.includes('podman exec')) as string;
    expect(line).toContain('--env PGPASSWORD pg psql');
    expect(line).not.toContain('secret');
  });
});

describe('postgresql_db', () => {
  const plan = (given: Record<string, unknown>, text = '') => db.plan(withDefaults(db.options, { name: 'shop', ...given }), answered(text), undefined);
  test('tells after a change what was done, and nothing where nothing was', () => {
    const there = JSON.stringify({ owner: 'o', encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', conn_limit: '-1', tablespace: 'pg_default', comment: '' });
    expect(plan({})).toMatchObject({ is: 'wrong', result: { executed_commands: ['CREATE DATABASE "shop"'] } });
    expect(plan({}, there)).toEqual({ is: 'right', result: { db: 'shop', executed_commands: [] } });
    // what the plan before said stands, since results of both are put together
    expect(db.plan(withDefaults(db.options, { name: 'shop' }), answered(there), undefined, answered(''))).toEqual({ is: 'right', result: { db: 'shop' } });
  });
  test('renames once', () => {
    const made = plan({ state: 'rename', target: 'store' }, '{"owner": "o"}');
    expect(made).toMatchObject({ is: 'wrong', result: { executed_commands: ['ALTER DATABASE "shop" RENAME TO "store"'] } });
    expect(plan({ state: 'rename', target: 'store' }, 'target')).toMatchObject({ is: 'right' });
    expect(plan({ state: 'rename', target: 'store' })).toMatchObject({ is: 'impossible', why: 'The source and the target databases do not exist.' });
    expect(plan({ state: 'rename', target: 'store' }, '{"owner": "o"}\ntarget')).toMatchObject({ why: 'Both the source and the target databases exist.' });
    expect(plan({ state: 'rename' })).toMatchObject({ is: 'impossible' });
  });
  test('a dump that fails fails the task, and one that is whole is packed', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'pg_dump'), `#!/bin/sh\necho "$@"\nexit $RC\n`, { mode: 0o755 });
    const made = plan({ state: 'dump', target: `${folder}/d.gz`, target_opts: "-n 'a b'", login_host: 'h' }) as Extract<
      ReturnType<typeof plan>,
      { is: 'wrong' }
    >;
    for (const shell of SHELLS) {
      for (const RC of ['0', '3']) expect((await runScript(made.apply, shell, { RC, PATH: `${folder}:${process.env.PATH}` })).code).toBe(Number(RC));
      expect(execFileSync('gzip', ['-dc', `${folder}/d.gz`], { encoding: 'utf8' })).toBe('-w -h h -p 5432 -U postgres shop -n a b\n');
    }
  });
  test('a restore fails where either side does', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'psql'), `#!/bin/sh\ncat\nexit $RC\n`, { mode: 0o755 });
    execFileSync('sh', ['-c', `echo text | gzip >${folder}/d.gz; echo broken >${folder}/b.gz`]);
    for (const shell of SHELLS) {
      const run = (target: string, RC: string) =>
        runScript((plan({ state: 'restore', target: `${folder}/${target}` }) as Extract<ReturnType<typeof plan>, { is: 'wrong' }>).apply, shell, {
          RC,
          PATH: `${folder}:${process.env.PATH}`,
        });
      expect(await run('d.gz', '0')).toMatchObject({ code: 0, stdout: 'text\n' });
      expect((await run('d.gz', '2')).code).toBe(1);
      expect((await run('b.gz', '0')).code).toBe(1);
      expect(await run('none.gz', '0')).toMatchObject({ code: 1, stderr: `${folder}/none.gz cannot be read\n` });
    }
  });
});

describe('postgresql_set', () => {
  const found = (more: Record<string, unknown> = {}) =>
    JSON.stringify({ version: 150000, setting: '4096', unit: 'kB', context: 'user', boot: '4096', pretty: '4MB', ...more });
  const plan = (given: Record<string, unknown>, text: string) => set.plan(withDefaults(set.options, { name: 'work_mem', ...given }), answered(text), undefined);
  test('compares values in any unit', () => {
    for (const value of ['4MB', '4mb', '4096kB', '4096']) expect(plan({ value }, found())).toMatchObject({ is: 'right' });
    expect(plan({ value: '8mb' }, found())).toMatchObject({
      is: 'wrong',
      result: { queries: ["ALTER SYSTEM SET work_mem = '8MB'"], prev_val_pretty: '4MB', value: { value: 4194304, unit: 'b' } },
    });
    expect(plan({ value: '60s' }, found({ setting: '60000', unit: 'ms', pretty: '1min' }))).toMatchObject({ is: 'right' });
    expect(plan({ value: 'yes' }, found({ setting: 'on', unit: null, pretty: 'on' }))).toMatchObject({ is: 'right' });
    expect(plan({ value: 'True' }, found({ setting: 'off', unit: null, pretty: 'off' }))).toMatchObject({
      result: { queries: ["ALTER SYSTEM SET work_mem = 'on'"] },
    });
  });
  test('writes lists as lists, and resets', () => {
    expect(plan({ name: 'search_path', value: "a, b'c" }, found({ unit: null, setting: '"$user", public', pretty: '"$user", public' }))).toMatchObject({
      result: { queries: ["ALTER SYSTEM SET search_path = 'a','b''c'"], prev_val_pretty: '$user, public' },
    });
    expect(plan({ name: 'archive_command', value: 'a, b' }, found({ unit: null, pretty: '' }))).toMatchObject({
      result: { queries: ["ALTER SYSTEM SET archive_command = 'a, b'"] },
    });
    expect(plan({ reset: true }, found())).toMatchObject({ is: 'right' });
    expect(plan({ reset: true }, found({ setting: '8192' }))).toMatchObject({ result: { queries: ['ALTER SYSTEM RESET work_mem'] } });
  });
  test('refuses what cannot be', () => {
    expect(plan({ value: 'x' }, '')).toMatchObject({ is: 'impossible', why: expect.stringContaining('No such parameter: work_mem') });
    expect(plan({ value: 'x' }, found({ context: 'internal' }))).toMatchObject({ is: 'impossible' });
    expect(plan({ name: 'a = 1; DROP', value: 'x' }, found())).toMatchObject({ is: 'impossible' });
    expect(plan({}, found())).toMatchObject({ why: 'work_mem: at least one of value or reset param must be specified' });
  });
});
