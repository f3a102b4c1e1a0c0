import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, extname, resolve } from 'node:path';
import { type At, type Diagnostic, inputError, QplayError } from '../error.ts';
import { DEFAULT_LABEL, decrypt, isVault, noSecret, type VaultSecret } from '../vault.ts';
import { settings } from './settings.ts';
import type { Decrypt } from './yaml.ts';

/** Where vault passwords come from. */
export interface VaultSources {
  /** `label@source` or `source`; a source is a file, an executable or `prompt`. Tried in this order. */
  readonly vaultIds?: readonly string[] | undefined;
  /** Files or executables without a label. */
  readonly passwordFiles?: readonly string[] | undefined;
  /** Ask for a password without a label. */
  readonly askPassword?: boolean | undefined;
  /** The passwords are to encrypt with: who types one types it twice. */
  readonly fresh?: boolean | undefined;
  /** ANSIBLE_VAULT_PASSWORD_FILE is read from here; `process.env` when absent. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Asks the person at the terminal. */
  readonly ask?: ((prompt: string, secret: boolean) => Promise<string>) | undefined;
  /** Told of a file that gives no password while another source does; without it such a file is an error at once. */
  readonly warn?: ((diagnostic: Diagnostic) => void) | undefined;
}

/** A source of `--vault-id` that asks without naming a label, as `--ask-vault-pass` does. */
export const ASK = 'prompt_ask_vault_pass';

/** The vault passwords of a run. Contents that were decrypted once are kept, since variables are read again and again. */
export class VaultSecrets {
  readonly all: readonly VaultSecret[];
  readonly #opened = new Map<string, Buffer>();

  constructor(all: readonly VaultSecret[]) {
    this.all = all;
  }

  /** The plain bytes of an envelope; see `decrypt`. `what` names it in messages. */
  decrypt(envelope: string, what: string, at?: At): Buffer {
    const known = this.#opened.get(envelope);
    if (known) return known;
    const plain = decrypt(envelope, this.all, { what, at }, settings().boolean('DEFAULT_VAULT_ID_MATCH') === true);
    this.#opened.set(envelope, plain);
    return plain;
  }

  /** As the loader of files wants it. */
  readonly ofFile: Decrypt = (envelope, file) => this.decrypt(envelope, file, { file, line: 1, column: 1 });

  /**
   * The secret to encrypt with: that of the label, or the first.
   * @throws QplayError `vault-no-secret`
   */
  forEncrypting(label?: string): VaultSecret {
    const found = label === undefined ? this.all[0] : this.all.find((one) => one.label === label);
    if (found) return found;
    if (label === undefined) throw noSecret({ what: 'What is to be encrypted' });
    const known = this.all.map((one) => one.label).join(', ') || 'none';
    throw inputError('vault-no-secret', `There is no vault password with the id "${label}".`, {
      says: `Did not find a match for --encrypt-vault-id=${label} in the known vault-ids [${this.all.map((one) => `'${one.label}'`).join(', ')}]`,
      cause: `Given: ${known}.`,
      hint: `Give it with --vault-id ${label}@FILE.`,
    });
  }
}

/**
 * Reads all vault passwords, as ansible-playbook does: those of `--vault-id` first, then password files, then
 * ANSIBLE_VAULT_PASSWORD_FILE, then the prompt. A password file may itself be encrypted with an earlier password.
 * @throws QplayError `vault-password-file` when a source cannot be read, and no other gives a password
 */
export async function readVaultSecrets(sources: VaultSources): Promise<VaultSecrets> {
  const env = sources.env ?? process.env;
  const fromEnv = settings(env).path('DEFAULT_VAULT_PASSWORD_FILE');
  const identities = [
    ...(sources.vaultIds ?? []).map(splitVaultId),
    ...[...(sources.passwordFiles ?? []), ...(fromEnv ? [fromEnv] : [])].map((source) => ({ label: DEFAULT_LABEL, source })),
  ];
  const secrets: VaultSecret[] = [];
  const failures: QplayError[] = [];
  for (const { label, source } of identities)
    try {
      secrets.push({ label, password: await passwordFrom(source, label, sources, secrets) });
    } catch (error) {
      if (sources.warn === undefined || !(error instanceof QplayError) || source === ASK || source === 'prompt') throw error;
      failures.push(error);
    }
  if (sources.askPassword) secrets.push({ label: DEFAULT_LABEL, password: await passwordFrom(ASK, DEFAULT_LABEL, sources, secrets) });
  const last = failures.at(-1);
  if (last !== undefined && secrets.length === 0) throw last;
  for (const one of failures.flatMap(({ diagnostics }) => diagnostics)) sources.warn?.({ ...one, severity: 'warning' });
  return new VaultSecrets(secrets);
}

async function passwordFrom(source: string, label: string, sources: VaultSources, earlier: readonly VaultSecret[]): Promise<Buffer> {
  if (source !== ASK && source !== 'prompt') return readPassword(source, label, earlier);
  const what = source === ASK ? 'Vault password' : `${sources.fresh ? 'vault' : 'Vault'} password (${label})`;
  if (!sources.fresh) return prompt(`${what}: `, sources);
  const first = await prompt(`New ${what}: `, sources);
  if ((await prompt(`Confirm ${source === ASK ? 'New' : 'new'} ${what}: `, sources)).equals(first)) return first;
  throw inputError('vault-password', 'Passwords do not match');
}

/** `prod@file` is label and source; without an `@` there is no label. */
export function splitVaultId(text: string): { label: string; source: string } {
  if (text.includes(';')) throw inputError('flag', `"${text}" is no vault id: the character ; is not allowed in one`);
  const at = text.indexOf('@');
  return at < 0 ? { label: DEFAULT_LABEL, source: text } : { label: text.slice(0, at) || DEFAULT_LABEL, source: text.slice(at + 1) };
}

async function prompt(question: string, { ask }: VaultSources): Promise<Buffer> {
  if (!ask)
    throw inputError('vault-password-file', 'A vault password must be asked for, but there is no terminal.', {
      hint: 'Give it in a file: --vault-id LABEL@FILE.',
    });
  return needed(Buffer.from((await ask(question, true)).trim()), 'the prompt');
}

function readPassword(source: string, label: string, earlier: readonly VaultSecret[]): Buffer {
  const path = resolve(source.replace(/^~(?=\/|$)/, homedir()));
  if (!existsSync(path))
    throw inputError('vault-password-file', `There is no vault password file ${path}.`, { says: `The vault password file ${path} was not found` });
  if (statSync(path).isDirectory()) throw inputError('vault-password-file', `The vault password file ${path} is a directory.`);
  return isExecutable(path) ? runScript(path, label) : fromFile(path, earlier);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    // root may execute what nobody can
    return (statSync(path).mode & 0o111) !== 0;
  } catch {
    return false;
  }
}

function fromFile(path: string, earlier: readonly VaultSecret[]): Buffer {
  const content = trim(readText(path));
  const plain = isVault(content) ? decrypt(content.toString('utf8'), earlier, { what: `The vault password file ${path}` }) : content;
  return needed(trimBreaks(plain), path);
}

function readText(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw inputError('vault-password-file', `The vault password file ${path} cannot be read.`, { cause: (error as Error).message });
  }
}

/** A `...-client` script is told the label; every script prints the password. */
function runScript(path: string, label: string): Buffer {
  const isClient = basename(path, extname(path)).endsWith('-client');
  const args = isClient ? ['--vault-id', label] : [];
  const { status, stdout, stderr, error } = spawnSync(path, args, { stdio: ['inherit', 'pipe', isClient ? 'pipe' : 'inherit'] });
  if (error)
    throw inputError('vault-password-file', `The vault password script ${path} cannot be run.`, {
      cause: error.message,
      hint: `If it is a file with the password, take the executable bit away: chmod -x ${path}`,
    });
  const cause = stderr?.toString().trim();
  const more = cause ? { cause } : {};
  if (isClient && status === 2)
    throw inputError('vault-password-file', `The vault password script ${path} knows no password for the vault id "${label}".`, {
      says: `Vault password client script ${path} did not find a secret for vault-id=${label}: ${cause ?? ''}`,
      ...more,
    });
  if (status !== 0)
    throw inputError('vault-password-file', `The vault password script ${path} failed with exit status ${status}.`, {
      says: `Vault password script ${path} returned non-zero (${status}): None`,
      ...more,
    });
  return needed(trimBreaks(stdout), path);
}

function needed(password: Buffer, source: string): Buffer {
  if (password.length === 0)
    throw inputError('vault-password-file', `The vault password from ${source} is empty.`, {
      says: `Invalid vault password was provided from file (${source})`,
    });
  return password;
}

const trim = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').replace(/^[ \t\n\r\v\f]+|[ \t\n\r\v\f]+$/g, ''), 'latin1');
const trimBreaks = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').replace(/^[\r\n]+|[\r\n]+$/g, ''), 'latin1');
