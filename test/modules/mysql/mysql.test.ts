import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lines, sh } from '../../../engine/module/contract.ts';
import { clientOf, column, complaint, literal, tables } from '../../../modules/mysql/mysql.ts';
import mysql_db from '../../../modules/mysql/mysql_db.ts';
import mysql_user from '../../../modules/mysql/mysql_user.ts';
import { grantedPrivs, privSteps, wantedPrivs } from '../../../modules/mysql/privs.ts';
import { runScript, SHELLS, scratch, withDefaults } from '../harness.ts';

const seen = (stdout: string, stderr = '', code = 0) => ({ code, stdout, stderr, bytes: Buffer.from(stdout) });
const how = { ansi: false, caseSensitive: false, ensureUsage: true };
const who = { account: "'u'@'h'", user: 'u', append: false, subtract: false };
const wanted = (text: string) => wantedPrivs(text, how) as ReadonlyMap<string, readonly string[]>;
const sqlOf = (now: string[], text: string, more = {}) => privSteps(grantedPrivs(now), wanted(text), { ...who, ...more }).map(({ sql }) => sql);

describe('privileges', () => {
  test('are read as Ansible writes them', () => {
    expect(wanted('db.*:ALL/my_db.t1:select (b, a), INSERT/FUNCTION db.f:EXECUTE')).toEqual(
      new Map([
        ['`db`.*', ['ALL']],
        ['`my_db`.`t1`', ['SELECT (A, B)', 'INSERT']],
        ['FUNCTION `db`.`f`', ['EXECUTE']],
        ['*.*', ['USAGE']],
      ]),
    );
    expect(wantedPrivs({ 'db.*': 'SELECT' }, { ...how, ensureUsage: false })).toEqual(new Map([['`db`.*', ['SELECT']]]));
    expect(wantedPrivs('nonsense', how)).toContain('unable to read the privileges');
  });
  test('are read from SHOW GRANTS, and roles passed over', () => {
    expect(
      grantedPrivs([
        "GRANT USAGE ON *.* TO `u`@`h` IDENTIFIED BY PASSWORD '*AB'",
        'GRANT ALL PRIVILEGES ON `db`.* TO `u`@`h` WITH GRANT OPTION',
        'GRANT SELECT (`b`, `a`), INSERT ON `db`.`t` TO `u`@`h`',
        'GRANT `admin` TO `u`@`h`',
      ]),
    ).toEqual(
      new Map([
        ['*.*', ['USAGE']],
        ['`db`.*', ['ALL', 'GRANT']],
        ['`db`.`t`', ['SELECT (a, b)', 'INSERT']],
      ]),
    );
  });
  test('become the statements that bring them there', () => {
    const now = ['GRANT USAGE ON *.* TO `u`@`h`', 'GRANT SELECT, DELETE ON `a`.* TO `u`@`h` WITH GRANT OPTION', 'GRANT SELECT ON `b`.* TO `u`@`h`'];
    expect(sqlOf(now, 'a.*:SELECT,INSERT/c.*:ALL,GRANT')).toEqual([
      "REVOKE SELECT ON `b`.* FROM 'u'@'h'",
      "GRANT ALL ON `c`.* TO 'u'@'h' WITH GRANT OPTION",
      "REVOKE GRANT OPTION ON `a`.* FROM 'u'@'h'",
      "REVOKE DELETE ON `a`.* FROM 'u'@'h'",
      "GRANT INSERT ON `a`.* TO 'u'@'h'",
    ]);
    expect(sqlOf(now, 'a.*:INSERT', { append: true })).toEqual(["GRANT INSERT ON `a`.* TO 'u'@'h'"]);
    expect(sqlOf(now, 'a.*:DELETE', { subtract: true })).toEqual(["REVOKE DELETE ON `a`.* FROM 'u'@'h'"]);
    expect(sqlOf(now, 'a.*:SELECT,DELETE,GRANT/b.*:SELECT')).toEqual([]);
  });
});

test('a client gets its account by a pipe, in no argument, whatever characters it has', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'mariadb'), `#!/bin/sh\nprintf '%s\\n' "$@" >${folder}/args\ncat /dev/fd/3 >${folder}/conf\ncat >${folder}/sql\n`, {
    mode: 0o755,
  });
  writeFileSync(join(folder, 'my.cnf'), '[client]\nuser=x\n');
  const password = 'a"b\\c $d #e\'f`g';
  const args = withDefaults(mysql_db.options, { name: ['x'], login_user: 'me', login_password: password, config_file: `${folder}/my.cnf`, login_host: 'db1' });
  for (const shell of SHELLS) {
    const ran = await runScript(lines(sh`PATH=${folder}:$PATH`, clientOf(args), sh`echo 'SELECT 1' | qp_client "$qp_my" -N`), shell);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe('--defaults-file=/dev/fd/3\n-N\n');
    expect(readFileSync(join(folder, 'sql'), 'utf8')).toBe('SELECT 1\n');
    const conf = readFileSync(join(folder, 'conf'), 'utf8');
    expect(conf).toContain(`!include ${folder}/my.cnf\n[client]\nhost="db1"\nport="3306"\nprotocol=tcp\n[client]\nuser="me"\n`);
    expect(conf).toContain(`password="a\\"b\\\\c $d #e'f\`g"\n`);
  }
});

test('rows and complaints of the client', () => {
  expect(column('a\\tb\\\\n\\n')).toBe('a\tb\\n\n');
  expect(tables('qp:a\nx\tNULL\nqp:b\n')).toEqual(
    new Map([
      ['a', [['x', null]]],
      ['b', []],
    ]),
  );
  expect(complaint("ERROR 1045 (28000): Access denied for user 'x'@'localhost' (using password: NO)")).toBe(
    `(1045, "Access denied for user 'x'@'localhost' (using password: NO)")`,
  );
  expect(literal('a\\b')).toBe("CONVERT(X'615c62' USING utf8mb4)");
});

describe('mysql_db', () => {
  const plan = (given: Record<string, unknown>, stdout: string, stderr = '') =>
    mysql_db.plan(withDefaults(mysql_db.options, { ...given, name: [given.name].flat() }), seen(stdout, stderr), undefined);
  const server = 'qp:cf=/root/.my.cnf\nqp:server\n10.11.6-MariaDB\tSTRICT\nqp:names\nmysql\nshop\n';
  test('makes what is missing, and drops what is there', () => {
    expect(plan({ name: ['shop', 'n`w'], encoding: 'utf8' }, server)).toMatchObject({
      is: 'wrong',
      result: { db: 'shop n`w', executed_commands: ["CREATE DATABASE `n``w` CHARACTER SET 'utf8'"] },
    });
    expect(plan({ name: 'shop' }, server)).toMatchObject({ is: 'right', result: { executed_commands: [] } });
    expect(plan({ name: ['shop', 'none'], state: 'absent' }, server)).toMatchObject({ result: { executed_commands: ['DROP DATABASE `shop`'] } });
  });
  test('says what is wrong', () => {
    expect(plan({ name: 'all' }, server)).toMatchObject({ is: 'impossible' });
    expect(plan({ name: 'none', state: 'dump', target: '/x' }, server)).toMatchObject({ is: 'impossible', why: "Cannot dump database(s) 'none' - not found" });
    expect(plan({ name: 'shop', state: 'import', target: '/x' }, server)).toMatchObject({ is: 'impossible', why: 'target /x does not exist on the host' });
    expect(plan({ name: 'x' }, '', 'qp: no client')).toMatchObject({ is: 'premature' });
    expect(plan({ name: 'x' }, 'qp:cf=/root/.my.cnf\n', "ERROR 2002 (HY000): Can't connect")).toMatchObject({
      is: 'premature',
      why: expect.stringContaining('unable to find /root/.my.cnf'),
    });
  });
  test('a dump that fails fails the task, although the packer does not', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'mariadb-dump'), '#!/bin/sh\necho half\nexit 3\n', { mode: 0o755 });
    writeFileSync(join(folder, 'mariadb'), '#!/bin/sh\n', { mode: 0o755 });
    const made = plan({ name: 'shop', state: 'dump', target: `${folder}/d.sql.gz` }, server);
    for (const shell of SHELLS) {
      const ran = await runScript(lines(sh`PATH=${folder}:$PATH`, (made as Extract<typeof made, { is: 'wrong' }>).apply), shell);
      expect(ran.code).toBe(3);
      expect(execFileSync('gzip', ['-dc', `${folder}/d.sql.gz`], { encoding: 'utf8' })).toBe('half\n');
    }
  });
});

describe('mysql_user', () => {
  const plan = (given: Record<string, unknown>, stdout: string) => mysql_user.plan(withDefaults(mysql_user.options, given), seen(stdout), undefined);
  const server = 'qp:cf=/root/.my.cnf\nqp:server\n10.11.6-MariaDB\tSTRICT\n';
  const there = `${server}qp:hosts\nlocalhost\nqp:anywhere\nmysql_native_password\t*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9\nqp:attributes?\nqp:host localhost\nqp:auth localhost\nmysql_native_password\t*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9\nqp:grants localhost\nGRANT USAGE ON *.* TO \`u\`@\`localhost\`\nqp:tls localhost\n\t\t\t\n`;
  test('sends the hash of a password, never the password', () => {
    const made = plan({ name: 'u', password: '123456', priv: 'a.*:ALL' }, `${server}qp:hosts\nqp:anywhere\nqp:attributes?\n`);
    expect(made).toMatchObject({ is: 'wrong', result: { msg: 'User added', password_changed: true, attributes: null } });
    const { text } = (made as Extract<typeof made, { is: 'wrong' }>).apply;
    expect(text).toContain('*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9');
    expect(text).not.toContain('123456');
  });
  test('leaves an account as it is that is right', () => {
    expect(plan({ name: 'u', password: '123456' }, there)).toEqual({
      is: 'right',
      result: { user: 'u', msg: 'User unchanged', password_changed: false, attributes: {} },
    });
    expect(plan({ name: 'u', password: 'other', update_password: 'on_create' }, there)).toMatchObject({ is: 'right' });
    expect(plan({ name: 'u', password: 'other' }, there)).toMatchObject({
      is: 'wrong',
      result: { msg: 'Password updated (new style)', password_changed: true },
    });
  });
  test('refuses what the server cannot do', () => {
    expect(plan({ name: 'u', attributes: { a: 1 } }, there)).toMatchObject({ is: 'impossible' });
    expect(plan({ name: 'u', host_all: true }, `${server}qp:hosts\n`)).toMatchObject({
      is: 'impossible',
      why: 'host_all parameter cannot be used when adding a user',
    });
    expect(plan({ name: 'u', password: 'x', encrypted: true }, there)).toMatchObject({ is: 'impossible' });
  });
});
