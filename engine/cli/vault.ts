import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { didYouMean, EXIT, inputError } from '../error.ts';
import { encrypt, isVault } from '../load/vault.ts';
import { readVaultSecrets, splitVaultId, type VaultSecrets } from '../load/vault-secrets.ts';
import { ask } from './ask.ts';
import { describeFlags, type Flags, type Parsed, parseFlags } from './flags.ts';
import { text, texts } from './given.ts';
import type { Command } from './main.ts';

const FLAGS: Flags = {
  'vault-id': { type: 'string', multiple: true, value: 'ID', help: 'vault identity, label@source' },
  'vault-password-file': { type: 'string', multiple: true, aliases: ['vault-pass-file'], value: 'FILE', help: 'file with the vault password' },
  'ask-vault-pass': { type: 'boolean', short: 'J', aliases: ['ask-vault-password'], help: 'ask for the vault password' },
  'encrypt-vault-id': { type: 'string', value: 'LABEL', help: 'identity to encrypt with' },
  'new-vault-id': { type: 'string', value: 'ID', help: 'rekey: the new identity' },
  'new-vault-password-file': { type: 'string', value: 'FILE', help: 'rekey: file with the new password' },
  name: { type: 'string', short: 'n', multiple: true, value: 'NAME', help: 'encrypt_string: name of the variable' },
  output: { type: 'string', value: 'FILE', help: 'write there in place of the file itself; - for standard output' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

type Action = (files: readonly string[], secrets: VaultSecrets, parsed: Parsed) => void | Promise<void>;

const ACTIONS: Readonly<Record<string, Action>> = {
  encrypt: (files, secrets, parsed) => each(files, parsed, (content, file) => (isVault(content) ? already(file) : sealed(content, secrets, parsed))),
  decrypt: (files, secrets, parsed) => each(files, parsed, (content, file) => open(content, file, secrets)),
  view: (files, secrets) => files.forEach((file) => process.stdout.write(open(readFileSync(file), file, secrets))),
  edit: (files, secrets, parsed) => files.forEach((file) => edit(file, secrets, parsed)),
  create: (files, secrets, parsed) => files.forEach((file) => edit(file, secrets, parsed, true)),
  rekey,
  encrypt_string: encryptString,
};

/** `qplay vault`: ansible-vault's commands on ansible-vault's files. */
const vault: Command = async (_name, words) => {
  const parsed = parseFlags(FLAGS, words);
  const [name, ...rest] = parsed.words;
  if (parsed.values.help || name === undefined) {
    process.stdout.write(`Usage: qplay vault ${Object.keys(ACTIONS).join('|')} [OPTIONS] [FILE ...]\n\n${describeFlags(FLAGS)}\n`);
    return parsed.values.help ? EXIT.done : EXIT.input;
  }
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) throw inputError('flag', `qplay vault cannot "${name}".${didYouMean(name, Object.keys(ACTIONS))}`);
  await action(
    rest.map((file) => checked(file, name)),
    await secretsOf(parsed),
    parsed,
  );
  return EXIT.done;
};

export default vault;

async function secretsOf({ values }: Parsed): Promise<VaultSecrets> {
  const given = texts(values['vault-id']).length + texts(values['vault-password-file']).length > 0 || process.env.ANSIBLE_VAULT_PASSWORD_FILE !== undefined;
  return readVaultSecrets({
    vaultIds: texts(values['vault-id']),
    passwordFiles: texts(values['vault-password-file']),
    askPassword: values['ask-vault-pass'] === true || !given,
    ask,
  });
}

function checked(file: string, action: string): string {
  if (action === 'encrypt_string' || action === 'create' || file === '-') return file;
  const path = resolve(file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  throw inputError('missing-file', `there is no file "${file}"`);
}

const already = (file: string): never => {
  throw inputError('vault-format', `${file} is encrypted already`);
};

function sealed(content: Buffer, secrets: VaultSecrets, { values }: Parsed): string {
  const label = text(values['encrypt-vault-id']);
  return `${encrypt(content, secrets.forEncrypting(label))}\n`.replace(/\n+$/, '\n');
}

function open(content: Buffer, file: string, secrets: VaultSecrets): Buffer {
  if (!isVault(content)) throw inputError('vault-format', `${file} is not encrypted`);
  return secrets.decrypt(content.toString('utf8'), file, { file, line: 1, column: 1 });
}

function each(files: readonly string[], { values }: Parsed, change: (content: Buffer, file: string) => Buffer | string): void {
  if (files.length === 0) throw inputError('flag', 'a file is needed');
  for (const file of files) {
    const output = text(values.output);
    const result = change(readFileSync(file), file);
    if (output === '-') process.stdout.write(result);
    else replace(output === undefined ? file : resolve(output), result);
  }
}

/** Never half a file, and never readable by others. */
function replace(path: string, content: Buffer | string): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeFileSync(beside, content, { mode: 0o600 });
  renameSync(beside, path);
}

function edit(file: string, secrets: VaultSecrets, parsed: Parsed, fresh = false): void {
  if (fresh && statSync(file, { throwIfNoEntry: false })) throw inputError('vault-format', `${file} exists`, { hint: 'use `qplay vault edit`' });
  const folder = mkdtempSync(join(tmpdir(), 'qplay-vault-'));
  const copy = join(folder, basename(file));
  try {
    const before = fresh ? Buffer.alloc(0) : open(readFileSync(file), file, secrets);
    writeFileSync(copy, before, { mode: 0o600 });
    const editor = process.env.VISUAL ?? process.env.EDITOR ?? 'vi';
    const { status } = spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', copy], { stdio: 'inherit' });
    if (status !== 0) throw inputError('editor', `the editor "${editor}" ended with status ${status}; ${file} is as it was`);
    const after = readFileSync(copy);
    if (!fresh && after.equals(before)) return;
    replace(resolve(file), sealed(after, secrets, parsed));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rekey(files: readonly string[], secrets: VaultSecrets, { values }: Parsed): Promise<void> {
  const id = text(values['new-vault-id']);
  const fresh = await readVaultSecrets({
    vaultIds: id === undefined ? [] : [id],
    passwordFiles: texts(values['new-vault-password-file']),
    askPassword: id === undefined && values['new-vault-password-file'] === undefined,
    ask,
    env: {},
  });
  const label = id === undefined ? undefined : splitVaultId(id).label;
  for (const file of files) replace(file, encrypt(open(readFileSync(file), file, secrets), fresh.forEncrypting(label)));
}

function encryptString(given: readonly string[], secrets: VaultSecrets, { values }: Parsed): void {
  const names = texts(values.name);
  const plain = given.length > 0 ? given : [readFileSync(0, 'utf8')];
  plain.forEach((one, index) => {
    const envelope = encrypt(one, secrets.forEncrypting(text(values['encrypt-vault-id'])));
    const name = names[index];
    process.stdout.write(`${name === undefined ? '' : `${name}: `}!vault |\n${envelope.trimEnd().replace(/^/gm, '          ')}\n`);
  });
}
