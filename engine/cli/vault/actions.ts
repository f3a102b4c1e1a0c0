import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { inputError, type QplayError } from '../../error.ts';
import { settings } from '../../load/settings.ts';
import type { VaultSecrets } from '../../load/vault-secrets.ts';
import { encrypt, isVault, unlock, type VaultSecret } from '../../vault.ts';
import type { Parsed } from '../flags.ts';
import { text } from '../given.ts';
import { edited } from './edit.ts';
import { contentOf, replace } from './files.ts';
import { encryptStrings } from './strings.ts';

/** What a command of `qplay vault` works on. */
export interface VaultCall {
  /** Files; `-` is standard input. Of `encrypt_string` the texts. */
  readonly files: readonly string[];
  readonly values: Parsed['values'];
  readonly secrets: VaultSecrets;
  /** The passwords of `rekey`; asked for when needed. */
  readonly newSecrets: () => Promise<VaultSecrets>;
}

interface Action {
  /** Whether what is typed is a new password. */
  readonly fresh: boolean;
  /** Said on a terminal when it is done. */
  readonly done?: string;
  readonly run: (call: VaultCall) => void | Promise<void>;
}

export const ACTIONS: Readonly<Record<string, Action>> = {
  create: { fresh: true, run: create },
  decrypt: { fresh: false, done: 'Decryption successful', run: (call) => each(call, (content, file) => open(content, file, call.secrets).plain) },
  edit: { fresh: false, run: ({ files, secrets }) => needed(files).forEach((file) => edit(resolve(file), secrets)) },
  view: { fresh: false, run: ({ files, secrets }) => needed(files).forEach((file) => replace('-', open(contentOf(file), file, secrets).plain)) },
  encrypt: {
    fresh: true,
    done: 'Encryption successful',
    run: (call) => {
      const secret = sealing(call.values, call.secrets);
      each(call, (content, file) => encrypt(unsealed(content, file), secret));
    },
  },
  encrypt_string: { fresh: true, done: 'Encryption successful', run: (call) => encryptStrings(call, sealing(call.values, call.secrets)) },
  rekey: { fresh: false, done: 'Rekey successful', run: rekey },
};

/** The secret to encrypt with: the one that is named, or the only one. */
function sealing(values: VaultCall['values'], secrets: VaultSecrets): VaultSecret {
  const label = text(values['encrypt-vault-id']) ?? settings().text('DEFAULT_VAULT_ENCRYPT_IDENTITY');
  if (label === undefined && secrets.all.length > 1)
    throw optionError(
      `The vault-ids ${secrets.all.map((one) => one.label).join(',')} are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id`,
    );
  return ascii(secrets.forEncrypting(label));
}

/** A mistake in the options that Ansible tells in the same words. */
const optionError = (message: string): QplayError => inputError('flag', message, { says: message });

/** A label of other letters could be written, but Ansible would not know the file for a vault again. */
function ascii(secret: VaultSecret): VaultSecret {
  if (/^[\x20-\x7e]*$/.test(secret.label)) return secret;
  throw inputError('flag', `the vault id "${secret.label}" must be plain ASCII to encrypt with: Ansible reads no other`);
}

function each({ files, values }: VaultCall, change: (content: Buffer, file: string) => Buffer | string): void {
  for (const file of files.length > 0 ? files : ['-']) replace(text(values.output) ?? file, change(contentOf(file), file === '-' ? file : resolve(file)));
}

function unsealed(content: Buffer, file: string): Buffer {
  if (isVault(content)) throw inputError('vault-format', `input is already encrypted: ${file}`, { says: 'input is already encrypted' });
  return content;
}

function open(content: Buffer, file: string, secrets: VaultSecrets): ReturnType<typeof unlock> {
  if (!isVault(content))
    throw inputError('vault-format', `input is not vault encrypted data: ${file}`, {
      says: `input is not vault encrypted data. ${file} is not a vault encrypted file for ${file}`,
    });
  return unlock(
    content.toString('utf8'),
    secrets.all,
    { what: file, behind: ` for ${file}`, at: { file, line: 1, column: 1 } },
    settings().boolean('DEFAULT_VAULT_ID_MATCH') === true,
  );
}

function needed(files: readonly string[]): readonly string[] {
  if (files.length === 0) throw inputError('flag', 'a file is needed');
  return files;
}

/** The password and the label stay those of the file. */
function edit(file: string, secrets: VaultSecrets): void {
  const { plain, secret, label } = open(contentOf(file), file, secrets);
  const after = edited(file, plain);
  if (!after.equals(plain)) replace(file, encrypt(after, secret, label ?? 'default'));
}

function create({ files, values, secrets }: VaultCall): void {
  const [file, more] = files;
  if (file === undefined || more !== undefined) throw optionError('ansible-vault create can take only one filename argument');
  if (process.stdout.isTTY !== true && values['skip-tty-check'] !== true)
    throw inputError('no-terminal', 'not a tty, editor cannot be opened', { says: 'not a tty, editor cannot be opened' });
  if (existsSync(file)) throw inputError('vault-format', `${file} exists, please use 'edit' instead`);
  const secret = sealing(values, secrets);
  replace(file, encrypt(edited(file, Buffer.alloc(0)), secret));
}

/** All files are opened before the first is written: none is left half done for a password that does not fit. */
async function rekey({ files, values, secrets, newSecrets }: VaultCall): Promise<void> {
  const opened = needed(files).map((file) => ({ file, plain: open(contentOf(file), file, secrets).plain }));
  const fresh = await newSecrets();
  const secret = ascii(fresh.forEncrypting(text(values['encrypt-vault-id']) ?? fresh.all[0]?.label));
  for (const { file, plain } of opened) replace(file, encrypt(plain, secret), true);
}
