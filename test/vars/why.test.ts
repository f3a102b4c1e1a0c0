import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import vars from '../../engine/cli/vars.ts';

const FILES = {
  hosts: '[web]\na port=81 ansible_connection=local\n[web:vars]\nport=82\n',
  'group_vars/all.yml': 'port: 80\nsecret: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3130\n',
  'roles/r/defaults/main.yml': 'port: 1\nonly_default: "{{ port }}!"\n',
  'roles/r/tasks/main.yml': '- name: own\n  debug: {msg: "{{ port }}"}\n  vars:\n    port: 99\n- name: plain\n  set_fact:\n    port: 7\n',
  'play.yml':
    '- name: web\n  hosts: web\n  gather_facts: false\n  vars:\n    port: 8080\n  roles: [r]\n  tasks:\n    - debug: {msg: x}\n      register: port\n- hosts: other\n  tasks: []\n',
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qplay-why-'));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function said(...words: string[]): Promise<string> {
  const text: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => text.push(String(chunk)) > 0);
  try {
    await vars('vars', ['-i', join(folder, 'hosts'), ...words]);
  } finally {
    spy.mockRestore();
  }
  return text.join('').replaceAll(/[^\s(]*qplay-why-\w+\//g, '');
}

describe('qplay vars', () => {
  test('the value', async () => {
    expect(await said('a', 'port', join(folder, 'play.yml'))).toBe('8080\n');
    expect(await said('a', 'only_default', join(folder, 'play.yml'))).toBe('"8080!"\n');
    expect(await said('a', 'port')).toBe('81\n');
    expect(await said('a', 'nothing')).toBe('not defined\n');
  });

  test('--why: every definition with its place, the winner first', async () => {
    expect(await said('a', 'port', join(folder, 'play.yml'), '--why')).toBe(
      [
        'port = 8080',
        '  for a, play "web" (play.yml:1)',
        '  won  play vars                            play.yml:5:5                   8080',
        '       inventory file or script host vars   hosts:2:3                      81',
        '       inventory group_vars/all             group_vars/all.yml:1:1         80',
        '       inventory file or script group vars  hosts:4:1                      82',
        '       role defaults                        roles/r/defaults/main.yml:1:1  1',
        '  only in some tasks, or once they have run:',
        '       task vars                            roles/r/tasks/main.yml:4:5     99',
        '       set_fact                             roles/r/tasks/main.yml:7:5     7',
        '       register                             play.yml:9:17',
        '',
      ].join('\n'),
    );
  });

  test('as one task sees it', async () => {
    expect(await said('a', 'port', join(folder, 'play.yml'), '--task', 'own')).toBe('99\n');
    expect(await said('a', 'port', join(folder, 'play.yml'), '-e', 'port=5', '--task', 'own', '--why')).toContain('won  extra vars');
  });

  test('magic variables, and what is encrypted', async () => {
    expect(await said('a', 'inventory_hostname', '--why')).toContain('a magic variable');
    const shown = JSON.parse(await said('a', 'group_names', '--json'))[0];
    expect([shown.value, shown.magic]).toEqual([['web'], true]);
  });

  test('a host that is not there', async () => {
    await expect(said('aa', 'port')).rejects.toThrow('there is no host "aa". Did you mean "a"?');
    await expect(said('a', 'port', join(folder, 'play.yml'), '--task', 'owm')).rejects.toThrow('Did you mean "own"?');
  });
});
