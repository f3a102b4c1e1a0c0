import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { built } from './built.ts';

let main = '';
let folder = '';
beforeAll(() => {
  main = built();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qplay-compat-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function qplay(files: Readonly<Record<string, string>>, ...words: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return spawnSync(process.execPath, [main, ...words], { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
}

const SITE = '- hosts: localhost\n  gather_facts: false\n  roles: [web]\n  tasks:\n    - include_role: {name: db}\n      when: "\'db\' in group_names"\n';
const FILES = {
  'site.yml': SITE,
  'roles/web/tasks/main.yml': '- debug: {msg: "{{ 1 | no_filter }}"}\n- include_tasks: inner.yml\n- include_tasks: "os-{{ ansible_os_family }}.yml"\n',
  'roles/web/tasks/inner.yml': '- debg: {}\n- debg: {}\n',
  'roles/web/tasks/os-Plan9.yml': '- plan9_pkg: {name: x}\n',
  'roles/web/tasks/unused.yml': '- nobody_calls_this: {}\n',
  'roles/db/tasks/main.yml': '- debug: {msg: "{{ 2 | no_filter }}"}\n- copy: {dets: /x}\n',
};

test('everything that is lacking is told with its places, through includes and roles', () => {
  const { status, stdout } = qplay(FILES, 'compat', 'site.yml', '--json');
  expect(status).toBe(3);
  const { supported, findings } = JSON.parse(stdout) as { supported: boolean; findings: { code: string; effect: string; count: number; places: string[] }[] };
  expect(supported).toBe(false);
  const told = findings.map(({ code, effect, count, places }) => `${code} ${effect} ${count}: ${places.join(' ')}`);
  expect(told).toEqual([
    'unknown-module stops 2: roles/web/tasks/inner.yml:1:3 roles/web/tasks/inner.yml:2:3',
    'unknown-filter stops 1: roles/web/tasks/main.yml:1:24',
    'unknown-module when reached 1: roles/web/tasks/os-Plan9.yml:1:3',
    'unknown-filter when reached 1: roles/db/tasks/main.yml:1:24',
    'unknown-option when reached 1: roles/db/tasks/main.yml:2:10',
  ]);
});

test('as text, with the source lines and the sum', () => {
  const { stdout } = qplay(FILES, 'compat', 'site.yml');
  expect(stdout).toContain('1 │ - debg: {}\n  │   ^^^^\n');
  expect(stdout).toContain('  = also: roles/web/tasks/inner.yml:2:3\n  = 2 times, and the run is refused\n');
  expect(stdout).toMatch(/\n5 things are not supported, in 6 places \(\d+ tasks in \d+ files\); 2 of them refuse the run\n$/);
});

test('a run is refused before a host is touched for what surely comes, and warned of what may come', () => {
  const { status, stdout } = qplay(
    { ...FILES, 'site.yml': SITE.replace('gather_facts: false\n', 'gather_facts: false\n  pre_tasks: [{command: touch begun}]\n') },
    'run',
    'site.yml',
  );
  expect(status).toBe(3);
  expect(stdout).toContain('error[unknown-module]: there is no module or keyword "debg"');
  expect(stdout).toContain('warning[unknown-option]: copy has no option "dets"');
  expect(spawnSync('test', ['-e', join(folder, 'begun')]).status).toBe(1);
});

test('what nobody calls does no harm, and what is all there is supported', () => {
  const fine = {
    'site.yml': '- hosts: localhost\n  roles: [web]\n',
    'roles/web/tasks/main.yml': '- include_tasks: a.yml\n  when: later is defined\n',
    'roles/web/tasks/a.yml': '- ping:\n',
    'roles/web/tasks/b.yml': '- nobody: {}\n',
  };
  const { status, stdout } = qplay(fine, 'compat', 'site.yml');
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'all supported: 2 tasks in 2 files\n' });
});
