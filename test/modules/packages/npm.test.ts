import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import npm from '../../../modules/packages/npm.ts';
import { runState, scratch, withDefaults } from '../harness.ts';

const lacking = spawnSync('npm', ['--version']).status === 0 ? undefined : 'there is no npm';
const seen = (stdout: string) => ({ code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) });
const plan = (given: Record<string, unknown>, list: string, more = '') =>
  npm.plan(withDefaults(npm.options, given), seen(`\x1elist\n${list}${more}`), undefined);

describe.skipIf(lacking !== undefined)(`npm${lacking === undefined ? '' : ` (skipped: ${lacking})`}`, () => {
  test('installs what package.json names, from this machine, and removes it', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'dep'));
    writeFileSync(join(folder, 'dep', 'package.json'), '{"name": "dep", "version": "1.2.3"}');
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app', 'package.json'), '{"name": "app", "version": "1.0.0", "dependencies": {"dep": "file:../dep"}}');
    const path = join(folder, 'app');
    expect((await runState(npm, { path }, { check: true })).plan.is).toBe('wrong');
    expect(existsSync(join(path, 'node_modules'))).toBe(false);
    expect(await runState(npm, { path })).toMatchObject({ plan: { is: 'wrong' }, after: { is: 'right' } });
    expect((await runState(npm, { path })).plan).toEqual({ is: 'right' });
    expect(await runState(npm, { path, name: 'dep', state: 'absent' })).toMatchObject({ plan: { is: 'wrong' }, after: { is: 'right' } });
    expect(readFileSync(join(path, 'package.json'), 'utf8')).not.toContain('dep');
  }, 120_000);
});

test('npm is called with the words of Ansible’s module, in a folder that is made', () => {
  const made = plan({ path: '/srv/a b', name: 'x', version: '2', production: true, registry: 'http://r', no_optional: true, force: true }, '');
  expect((made as Extract<typeof made, { is: 'wrong' }>).apply.text).toBe(
    "mkdir -p -- '/srv/a b' && cd '/srv/a b' || exit\nnpm install --production x@2 --registry http://r --no-optional --force >&2 || exit",
  );
});

test('what is there is told by npm list', () => {
  const list = JSON.stringify({ dependencies: { a: { version: '1.0.0' }, b: { missing: true }, c: { invalid: 'x', version: '1' } } });
  expect(plan({ path: '/x', name: 'a' }, list)).toMatchObject({ is: 'wrong' });
  const whole = JSON.stringify({ dependencies: { a: { version: '1.0.0' } } });
  expect(plan({ path: '/x', name: 'a', version: '1.0.0' }, whole)).toEqual({ is: 'right' });
  expect(plan({ path: '/x', name: 'a', version: '1.0.1' }, whole)).toMatchObject({ is: 'wrong' });
  expect(plan({ path: '/x', name: 'a', state: 'latest' }, whole, '\n\x1eoutdated\na 1.0.0 1.1.0')).toMatchObject({ is: 'wrong' });
  expect(plan({ path: '/x', name: 'a', state: 'latest' }, whole, '\n\x1eoutdated\n')).toEqual({ is: 'right' });
  expect(plan({ name: 'a' }, whole)).toMatchObject({ is: 'impossible', why: 'path must be specified when not using global' });
  expect(plan({ path: '/x', name: 'a' }, 'no json')).toMatchObject({ is: 'impossible' });
  expect(npm.plan(withDefaults(npm.options, { path: '/x', name: 'a' }), seen(''), undefined)).toMatchObject({ is: 'premature' });
});
