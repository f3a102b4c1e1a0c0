import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Settings } from '../../engine/load/settings.ts';
import { refusal } from './refusal.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qplay-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const read = (env: Record<string, string> = {}): Settings => new Settings({ HOME: join(folder, 'home'), ...env }, folder);

describe('which ansible.cfg holds', () => {
  test('ANSIBLE_CONFIG, then the working directory, then the home', () => {
    expect(read().file).toBe(undefined);
    write('home/.ansible.cfg', '[defaults]\nforks = 7\n');
    expect(read().integer('DEFAULT_FORKS')).toBe(7);
    write('ansible.cfg', '[defaults]\nforks = 8\n');
    expect(read().integer('DEFAULT_FORKS')).toBe(8);
    write('else/ansible.cfg', '[defaults]\nforks = 9\n');
    expect(read({ ANSIBLE_CONFIG: join(folder, 'else') }).integer('DEFAULT_FORKS')).toBe(9);
    expect(read({ ANSIBLE_CONFIG: 'else/ansible.cfg' }).integer('DEFAULT_FORKS')).toBe(9);
    expect(read({ ANSIBLE_CONFIG: 'nowhere.cfg' }).integer('DEFAULT_FORKS')).toBe(8);
  });

  test('a folder that anyone may write into is passed over, and that is said', () => {
    write('ansible.cfg', '[defaults]\nforks = 8\n');
    chmodSync(folder, 0o777);
    const found = read();
    expect([found.file, found.warnings.map((one) => one.code)]).toEqual([undefined, ['world-writable']]);
    expect(read({ ANSIBLE_CONFIG: 'ansible.cfg' }).integer('DEFAULT_FORKS')).toBe(8);
  });
});

describe('values', () => {
  test('the environment wins over the file', () => {
    write('ansible.cfg', '[defaults]\nhash_behaviour = merge\n');
    expect(read().text('DEFAULT_HASH_BEHAVIOUR')).toBe('merge');
    expect(read({ ANSIBLE_HASH_BEHAVIOUR: 'replace' }).text('DEFAULT_HASH_BEHAVIOUR')).toBe('replace');
  });

  test('paths start at the folder of the file, those of the environment at the working directory', () => {
    write('conf/ansible.cfg', '[defaults]\nroles_path = roles:~/mine:/abs:$THERE/x\ninventory = a,b\n');
    const env = { ANSIBLE_CONFIG: 'conf', THERE: '/there' };
    expect(read(env).paths('DEFAULT_ROLES_PATH')).toEqual([join(folder, 'conf/roles'), join(folder, 'home/mine'), '/abs', '/there/x']);
    expect(read(env).paths('DEFAULT_HOST_LIST')).toEqual([join(folder, 'conf/a'), join(folder, 'conf/b')]);
    expect(read({ ...env, ANSIBLE_ROLES_PATH: 'r' }).paths('DEFAULT_ROLES_PATH')).toEqual([join(folder, 'r')]);
  });

  test('comments, quotes, further lines, colons and capitals are read as configparser does', () => {
    write('ansible.cfg', '# one\n[defaults]\n; two\nForks: 5 ; three\nremote_user = "who"\nroles_path = a:\n  b\n[privilege_escalation]\nbecome=Yes\n');
    const found = read();
    expect([found.integer('DEFAULT_FORKS'), found.text('DEFAULT_REMOTE_USER'), found.boolean('DEFAULT_BECOME')]).toEqual([5, 'who', true]);
    expect(found.paths('DEFAULT_ROLES_PATH')).toEqual([join(folder, 'a'), join(folder, 'b')]);
  });

  test('a wrong value names the setting, where it stands and what is possible', () => {
    expect(refusal(() => read({ ANSIBLE_FORKS: 'many' }).integer('DEFAULT_FORKS')).hint).toContain('ANSIBLE_FORKS');
    expect(refusal(() => read({ ANSIBLE_GATHERING: 'never' }).text('DEFAULT_GATHERING')).message).toContain('implicit, explicit, smart');
    write('ansible.cfg', 'forks = 1\n');
    expect(refusal(() => read()).code).toBe('settings-file');
  });
});
