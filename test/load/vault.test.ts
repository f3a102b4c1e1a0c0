import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Diagnostic, QplayError } from '../../engine/error.ts';
import { readVaultSecrets, splitVaultId } from '../../engine/load/vault-secrets.ts';
import { loadYamlFile } from '../../engine/load/yaml.ts';
import { decrypt, encrypt, isVault, parseEnvelope, type VaultSecret } from '../../engine/vault.ts';

// Both fixtures were written by ansible-vault of ansible-core 2.18.
const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const PLAIN = 'hello: wörld\nx: 1\n';
const secret = (label: string, password: string): VaultSecret => ({ label, password: Buffer.from(password) });
const one = secret('default', 's3cret pass');
const two = secret('prod', 'other');

function diagnosticOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof QplayError) return error.diagnostics[0]!;
    throw error;
  }
  throw new Error('nothing was thrown');
}

async function rejection(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof QplayError)) throw new Error(`expected a QplayError, got ${String(error)}`);
  return error.diagnostics[0]!;
}

describe('envelopes of ansible-vault', () => {
  test('version 1.1 and 1.2 are decrypted', () => {
    expect(decrypt(readFileSync(fixture('vault-1.1.yml'), 'utf8'), [one]).toString()).toBe(PLAIN);
    expect(decrypt(readFileSync(fixture('vault-1.2.yml'), 'utf8'), [one, two]).toString()).toBe(PLAIN);
  });

  test('the header is read', () => {
    expect(parseEnvelope(readFileSync(fixture('vault-1.1.yml'), 'utf8'))).toMatchObject({ version: '1.1' });
    expect(parseEnvelope(readFileSync(fixture('vault-1.2.yml'), 'utf8'))).toMatchObject({ version: '1.2', label: 'prod' });
  });

  test('the label is only a hint: another password that fits is found', () => {
    expect(decrypt(readFileSync(fixture('vault-1.2.yml'), 'utf8'), [secret('stage', 'wrong'), secret('stage', 'other')]).toString()).toBe(PLAIN);
  });

  test('lines with blanks around them, as in an indented YAML block, are fine', () => {
    const indented = readFileSync(fixture('vault-1.1.yml'), 'utf8').split('\n').join('  \r\n  ').trim();
    expect(decrypt(indented, [one]).toString()).toBe(PLAIN);
  });
});

describe('encrypting', () => {
  test('what was encrypted is decrypted again, whatever it is', () => {
    const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(bytes, (plain) => decrypt(encrypt(plain, one), [one]).equals(plain)),
      { numRuns: 20 },
    );
  });

  test('a label makes it version 1.2, none 1.1; lines have 80 characters at most', () => {
    const labelled = encrypt('x'.repeat(200), two).split('\n');
    expect(labelled[0]).toBe('$ANSIBLE_VAULT;1.2;AES256;prod');
    expect(encrypt('x', one).split('\n')[0]).toBe('$ANSIBLE_VAULT;1.1;AES256');
    expect(Math.max(...labelled.map((line) => line.length))).toBe(80);
    expect(labelled.at(-1)).toBe('');
  });

  test('the same text is never encrypted the same way', () => {
    expect(encrypt('x', one)).not.toBe(encrypt('x', one));
  });
});

describe('mistakes', () => {
  const envelope = encrypt('text', two);

  test('a wrong password names the ids that were tried', () => {
    const found = diagnosticOf(() => decrypt(envelope, [one, secret('stage', 'x')], { what: 'The variable "db_password"' }));
    expect(found).toMatchObject({ code: 'vault-password', message: 'The variable "db_password" cannot be decrypted: no vault password that was given fits.' });
    expect(found.cause).toBe('It asks for the vault id "prod"; tried: default, stage.');
    expect(found.hint).toContain('--vault-id prod@FILE');
  });

  test('no password at all', () => {
    expect(diagnosticOf(() => decrypt(envelope, []))).toMatchObject({
      code: 'vault-no-secret',
      hint: 'Give it with --vault-id prod@FILE or --vault-id prod@prompt.',
    });
  });

  test('a file that was changed is told from a wrong password', () => {
    expect(diagnosticOf(() => decrypt(envelope.replace(/\n../, '\nzz'), [two])).code).toBe('vault-format');
    expect(diagnosticOf(() => decrypt('$ANSIBLE_VAULT;3.0;AES256\n00', [two]))).toMatchObject({
      code: 'vault-format',
      message: expect.stringContaining('version "3.0"'),
    });
    expect(diagnosticOf(() => decrypt('$ANSIBLE_VAULT;1.1;ROT13\n00', [two])).message).toContain('ROT13');
    expect(diagnosticOf(() => decrypt('plain', [two])).message).toContain('first line must be');
  });

  test('no input whatever makes anything but a diagnostic', () => {
    const body = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('0', 'a', '3', '\n', 'g') }));
    fc.assert(
      fc.property(fc.constantFrom('$ANSIBLE_VAULT;1.1;AES256', '$ANSIBLE_VAULT;1.2;AES256;x', '$ANSIBLE_VAULT', ''), body, (header, rest) => {
        expect(['vault-format', 'vault-password']).toContain(diagnosticOf(() => decrypt(`${header}\n${rest}`, [secret('a', 'b')])).code);
      }),
      { numRuns: 100 },
    );
  });

  test('isVault looks only at the beginning', () => {
    expect(isVault(envelope)).toBe(true);
    expect(isVault(Buffer.from(envelope))).toBe(true);
    expect(isVault(` ${envelope}`)).toBe(false);
  });
});

describe('where passwords come from', () => {
  let folder: string;
  const file = (name: string, content: string, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'qplay-vault-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('files, labelled or not, in order; blanks around the password do not count', async () => {
    const secrets = await readVaultSecrets({ vaultIds: [`prod@${file('a', ' one two \n')}`], passwordFiles: [file('b', 'three\r\n')], env: {} });
    expect(secrets.all.map(({ label, password }) => [label, password.toString()])).toEqual([
      ['prod', 'one two'],
      ['default', 'three'],
    ]);
  });

  test('a file that gives no password is a warning where another one gives one, and an error where none does', async () => {
    const told: string[] = [];
    const warn = ({ severity, message }: Diagnostic): void => void told.push(`${severity}: ${message}`);
    const secrets = await readVaultSecrets({ vaultIds: ['/nowhere/one', `prod@${file('other', 'good')}`], env: {}, warn });
    expect(secrets.all.map(({ label, password }) => `${label} ${password}`)).toEqual(['prod good']);
    expect(told).toEqual(['warning: There is no vault password file /nowhere/one.']);
    await expect(readVaultSecrets({ vaultIds: ['/nowhere/one', '/nowhere/two'], env: {}, warn })).rejects.toThrow('/nowhere/two');
  });

  test('ANSIBLE_VAULT_PASSWORD_FILE comes after what the command line says', async () => {
    const secrets = await readVaultSecrets({ passwordFiles: [file('c', 'first')], env: { ANSIBLE_VAULT_PASSWORD_FILE: file('d', 'second') } });
    expect(secrets.all.map((one) => one.password.toString())).toEqual(['first', 'second']);
  });

  test('an executable prints the password; a client script is told the label', async () => {
    const plain = file('get.sh', '#!/bin/sh\necho "from $# arguments"\n', 0o700);
    const client = file('get-client.sh', '#!/bin/sh\necho "$1 $2"\n', 0o700);
    const secrets = await readVaultSecrets({ vaultIds: [`x@${plain}`, `prod@${client}`], env: {} });
    expect(secrets.all.map((one) => one.password.toString())).toEqual(['from 0 arguments', '--vault-id prod']);
  });

  test('a password file may be encrypted with an earlier password', async () => {
    const sources = { vaultIds: [`a@${file('outer', 'outer')}`, `b@${file('inner', encrypt('inner password\n', secret('a', 'outer')))}`], env: {} };
    expect((await readVaultSecrets(sources)).all[1]?.password.toString()).toBe('inner password');
  });

  test('the prompt names the label', async () => {
    const asked: string[] = [];
    const ask = async (question: string, hidden: boolean): Promise<string> => {
      asked.push(`${question}${hidden}`);
      return 'typed';
    };
    const secrets = await readVaultSecrets({ vaultIds: ['prod@prompt'], askPassword: true, ask, env: {} });
    expect(asked).toEqual(['Vault password (prod): true', 'Vault password: true']);
    expect(secrets.all.map((one) => one.password.toString())).toEqual(['typed', 'typed']);
  });

  test('what cannot be read is an error of its own', async () => {
    expect(await rejection(readVaultSecrets({ passwordFiles: ['/nowhere/pw'], env: {} }))).toMatchObject({
      code: 'vault-password-file',
      message: 'There is no vault password file /nowhere/pw.',
    });
    expect((await rejection(readVaultSecrets({ passwordFiles: [file('empty', '\n')], env: {} }))).message).toContain('is empty');
    expect((await rejection(readVaultSecrets({ passwordFiles: [folder], env: {} }))).message).toContain('is a directory');
    const failing = file('fail-client', '#!/bin/sh\necho no such key >&2; exit 2\n', 0o700);
    expect(await rejection(readVaultSecrets({ vaultIds: [`prod@${failing}`], env: {} }))).toMatchObject({
      message: expect.stringContaining('knows no password for the vault id "prod"'),
      cause: 'no such key',
    });
    expect((await rejection(readVaultSecrets({ askPassword: true, env: {} }))).message).toContain('no terminal');
  });

  test('a label is everything before the first @', () => {
    expect(splitVaultId('prod@dir/x@y')).toEqual({ label: 'prod', source: 'dir/x@y' });
    expect(splitVaultId('dir/file')).toEqual({ label: 'default', source: 'dir/file' });
  });

  test('encrypting takes the secret of the label, or says which there are', async () => {
    const secrets = await readVaultSecrets({ vaultIds: [`prod@${file('e', 'x')}`], env: {} });
    expect(secrets.forEncrypting().label).toBe('prod');
    expect(diagnosticOf(() => secrets.forEncrypting('stage'))).toMatchObject({ code: 'vault-no-secret', cause: 'Given: prod.' });
  });

  test('a vault file is read as YAML, and a mistake in it shows nothing of it', async () => {
    const secrets = await readVaultSecrets({ passwordFiles: [file('pw', 's3cret pass')], env: {} });
    expect(loadYamlFile(fixture('vault-1.1.yml'), { vault: secrets.ofFile }).value).toEqual(
      new Map<string, unknown>([
        ['hello', 'wörld'],
        ['x', 1],
      ]),
    );
    const broken = file('broken.yml', encrypt('a: topsecret: b', one));
    const found = diagnosticOf(() => loadYamlFile(broken, { vault: secrets.ofFile }));
    expect(found).toMatchObject({ code: 'yaml', source: '(encrypted)' });
    expect(JSON.stringify(found)).not.toContain('topsecret');
    expect(diagnosticOf(() => loadYamlFile(broken)).code).toBe('vault-no-secret');
  });
});
