import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oracle, program } from '../oracle/oracle.ts';
import { built } from './built.ts';

let main = '';
let folder = '';
beforeAll(() => {
  main = built();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qplay-vault-'));
  write('pass', 'first\n');
  write('pass2', 'second\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);
const write = (name: string, text: string): void => writeFileSync(path(name), text);
const read = (name: string): string => readFileSync(path(name), 'utf8');

const ENV = { ...process.env, ANSIBLE_VAULT_PASSWORD_FILE: undefined };

function vault(words: string, input = '', env: Record<string, string> = {}): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, 'vault', ...words.split(' ')], { cwd: folder, input, encoding: 'utf8', env: { ...ENV, ...env } });
}

function ansible(words: string, input = ''): string {
  const { status, stdout, stderr } = spawnSync(program('ansible-vault'), words.split(' '), { cwd: folder, input, encoding: 'utf8', env: ENV });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

describe('qplay vault', () => {
  test('encrypts, views, decrypts; the file is its owner’s alone', () => {
    write('f', 'text: ä\n');
    expect(vault('encrypt --vault-password-file pass f').status).toBe(0);
    expect(read('f')).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n/);
    expect(statSync(path('f')).mode & 0o777).toBe(0o600);
    expect(vault('view --vault-password-file pass f').stdout).toBe('text: ä\n');
    expect(vault('encrypt --vault-password-file pass f').stderr).toContain('already encrypted');
    expect(vault('decrypt --vault-password-file pass f').status).toBe(0);
    expect(read('f')).toBe('text: ä\n');
    expect(vault('decrypt --vault-password-file pass f').stderr).toContain('not vault encrypted');
  });

  test('without a file, from standard input to standard output', () => {
    const { stdout } = vault('encrypt --vault-password-file pass', 'by pipe');
    expect(vault('decrypt --vault-password-file pass', stdout).stdout).toBe('by pipe');
    expect(vault('decrypt --vault-password-file pass - --output out', stdout).status).toBe(0);
    expect(read('out')).toBe('by pipe');
  });

  test('a symbolic link stays one', () => {
    write('real', 'x');
    symlinkSync('real', path('link'));
    expect(vault('encrypt --vault-password-file pass link').status).toBe(0);
    expect(read('real')).toMatch(/^\$ANSIBLE_VAULT/);
    expect(readFileSync(path('link'), 'utf8')).toBe(read('real'));
  });

  test('of several ids the one to encrypt with is named', () => {
    write('f', 'x');
    const ids = '--vault-id a@pass --vault-id b@pass2';
    expect(vault(`encrypt ${ids} f`).stderr).toContain('--encrypt-vault-id');
    expect(vault(`encrypt ${ids} --encrypt-vault-id b f`).status).toBe(0);
    expect(read('f')).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;b\n/);
    expect(vault(`encrypt ${ids} --encrypt-vault-id c f`).status).toBe(3);
  });

  test('edit keeps label and password, and does nothing where nothing changed', () => {
    write('f.yml', 'old: 1\n');
    vault('encrypt --vault-id b@pass2 f.yml');
    const before = read('f.yml');
    expect(vault('edit --vault-id a@pass --vault-id b@pass2 f.yml', '', { EDITOR: 'true' }).status).toBe(0);
    expect(read('f.yml')).toBe(before);
    expect(vault('edit --vault-id a@pass --vault-id b@pass2 f.yml', '', { EDITOR: 'sed -i s/old/new/' }).status).toBe(0);
    expect(read('f.yml')).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;b\n/);
    expect(vault('view --vault-id b@pass2 f.yml').stdout).toBe('new: 1\n');
    expect(vault('edit --vault-id b@pass2 f.yml', '', { EDITOR: 'false' })).toMatchObject({ status: 3, stderr: expect.stringContaining('is as it was') });
  });

  test('create makes a file with what the editor leaves', () => {
    write('editor', '#!/bin/sh\nprintf made > "$1"\n');
    chmodSync(path('editor'), 0o755);
    expect(vault('create --vault-password-file pass new', '', { EDITOR: './editor' }).stderr).toContain('not a tty');
    expect(vault('create --vault-password-file pass --skip-tty-check new', '', { EDITOR: './editor' }).status).toBe(0);
    expect(vault('view --vault-password-file pass new').stdout).toBe('made');
    expect(vault('create --vault-password-file pass --skip-tty-check new', '', { EDITOR: './editor' }).stderr).toContain("use 'edit' instead");
  });

  test('rekey changes the password of all files or of none, and keeps their rights', () => {
    for (const name of ['f', 'g']) write(name, name);
    vault('encrypt --vault-password-file pass f');
    vault('encrypt --vault-password-file pass2 g');
    chmodSync(path('f'), 0o640);
    const before = read('f');
    expect(vault('rekey --vault-password-file pass --new-vault-password-file pass2 f g').status).toBe(3);
    expect(read('f')).toBe(before);
    expect(vault('rekey --vault-password-file pass --new-vault-id n@pass2 f').status).toBe(0);
    expect(read('f')).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;n\n/);
    expect(statSync(path('f')).mode & 0o777).toBe(0o640);
    expect(vault('view --vault-password-file pass2 f').stdout).toBe('f');
  });

  test('password programs, and client programs that are told the label', () => {
    write('script.sh', '#!/bin/sh\necho first\n');
    write('my-client.sh', '#!/bin/sh\n[ "$1 $2" = "--vault-id prod" ] && echo second || exit 2\n');
    for (const name of ['script.sh', 'my-client.sh']) chmodSync(path(name), 0o755);
    write('f', 'x');
    expect(vault('encrypt --vault-password-file script.sh f').status).toBe(0);
    expect(vault('view --vault-password-file pass f').stdout).toBe('x');
    expect(vault('rekey --vault-password-file pass --new-vault-id prod@my-client.sh f').status).toBe(0);
    expect(vault('view --vault-id prod@pass2 f').stdout).toBe('x');
    expect(vault('view --vault-id stage@my-client.sh f').stderr).toContain('knows no password for the vault id "stage"');
  });

  test('encrypt_string writes variables; remarks go to standard error', () => {
    const one = vault('encrypt_string --vault-password-file pass hidden --name a');
    expect(one.stdout).toMatch(/^a: !vault \|\n {10}\$ANSIBLE_VAULT;1\.1;AES256\n( {10}[0-9a-f]+\n)+$/);
    expect(one.stderr).toBe('');
    const two = vault('encrypt_string --vault-password-file pass x y -n a --stdin-name s', 'from stdin');
    expect(two.stdout.match(/^(\w+: )?!vault \|$/gm)).toEqual(['s: !vault |', 'a: !vault |', '!vault |']);
    expect(two.stderr).toContain('# The encrypted version of variable ("s", the string #1 from stdin).');
    expect(two.stderr).toContain('# The encrypted version of the string #3 from the command line args.)');
    expect(vault('encrypt_string --vault-password-file pass', '').stderr).toContain('stdin was empty, not encrypting');
    expect(existsSync(path('out'))).toBe(false);
  });
});

const judge = oracle();
describe.skipIf('lacking' in judge)(`ansible-vault and qplay vault${'lacking' in judge ? ` (skipped: ${judge.lacking})` : ''}`, () => {
  test('each works on the files of the other', () => {
    write('f', 'both\n');
    ansible('encrypt --vault-id prod@pass f');
    expect(vault('view --vault-id prod@pass f').stdout).toBe('both\n');
    expect(vault('rekey --vault-id prod@pass --new-vault-id x@pass2 f').status).toBe(0);
    expect(ansible('decrypt --vault-id x@pass2 --output - f')).toBe('both\n');
  });

  test('strings look the same, but for what is random', () => {
    const words = 'encrypt_string --vault-password-file pass secret --name v';
    const masked = (text: string): string => text.replace(/[0-9a-f]{4,}/g, (digits) => `${digits.length} digits`);
    expect(masked(vault(words).stdout)).toBe(masked(ansible(words)));
  });
});
