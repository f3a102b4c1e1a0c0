import { didYouMean, EXIT, inputError } from '../error.ts';
import { settings } from '../load/settings.ts';
import { ASK, readVaultSecrets, type VaultSecrets } from '../load/vault-secrets.ts';
import { ask } from './ask.ts';
import { describeFlags, type Flags, parseFlags } from './flags.ts';
import { text, texts } from './given.ts';
import type { Command } from './main.ts';
import { ACTIONS, type VaultCall } from './vault/actions.ts';

const FLAGS: Flags = {
  'vault-id': { type: 'string', multiple: true, value: 'ID', help: 'vault identity, label@source' },
  'vault-password-file': { type: 'string', multiple: true, aliases: ['vault-pass-file'], value: 'FILE', help: 'file with the vault password' },
  'ask-vault-pass': { type: 'boolean', short: 'J', aliases: ['ask-vault-password'], help: 'ask for the vault password' },
  'encrypt-vault-id': { type: 'string', value: 'LABEL', help: 'identity to encrypt with, where several are given' },
  'new-vault-id': { type: 'string', value: 'ID', help: 'rekey: the new identity' },
  'new-vault-password-file': { type: 'string', value: 'FILE', help: 'rekey: file with the new password' },
  name: { type: 'string', short: 'n', multiple: true, value: 'NAME', help: 'encrypt_string: name of the variable' },
  'stdin-name': { type: 'string', value: 'NAME', help: 'encrypt_string: name of the variable that is read from standard input' },
  prompt: { type: 'boolean', short: 'p', help: 'encrypt_string: ask for the text' },
  'show-input': { type: 'boolean', help: 'encrypt_string: show what is typed' },
  output: { type: 'string', value: 'FILE', help: 'write there in place of the file itself; - for standard output' },
  'skip-tty-check': { type: 'boolean', help: 'create: open the editor without a terminal, too' },
  verbose: { type: 'boolean', short: 'v', multiple: true, help: 'accepted' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

const ONE_OUTPUT = 'At most one input file may be used with the --output option';

/** `qplay vault`: ansible-vault's commands on ansible-vault's files. */
const vault: Command = async (program, words) => {
  const parsed = parseFlags(FLAGS, words);
  const [name, ...files] = parsed.words;
  if (parsed.values.help || name === undefined) {
    const called = program === 'vault' ? 'qplay vault' : program;
    process.stdout.write(`Usage: ${called} ${Object.keys(ACTIONS).join('|')} [OPTIONS] [FILE ...]\n\n${describeFlags(FLAGS)}\n`);
    return parsed.values.help ? EXIT.done : EXIT.input;
  }
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) throw inputError('flag', `qplay vault cannot "${name}".${didYouMean(name, Object.keys(ACTIONS))}`);
  if (parsed.values.output !== undefined && name !== 'encrypt_string' && files.length > 1) throw inputError('flag', ONE_OUTPUT, { says: ONE_OUTPUT });
  const call: VaultCall = {
    files,
    values: parsed.values,
    secrets: await secretsOf(parsed.values, action.fresh),
    newSecrets: () => newSecretsOf(parsed.values),
  };
  await action.run(call);
  if (action.done !== undefined && (process.stdout.isTTY || name === 'rekey')) process.stderr.write(`${action.done}\n`);
  return EXIT.done;
};

export default vault;

type Values = VaultCall['values'];

function secretsOf(values: Values, fresh: boolean): Promise<VaultSecrets> {
  const ids = [...(settings().list('DEFAULT_VAULT_IDENTITY_LIST') ?? []), ...texts(values['vault-id'])];
  const files = texts(values['vault-password-file']);
  const given = ids.length + files.length > 0 || settings().path('DEFAULT_VAULT_PASSWORD_FILE') !== undefined;
  return readVaultSecrets({ vaultIds: ids, passwordFiles: files, askPassword: values['ask-vault-pass'] === true || !given, fresh, ask });
}

/** What `rekey` encrypts with. */
function newSecretsOf(values: Values): Promise<VaultSecrets> {
  const label = text(values['encrypt-vault-id']) ?? settings().text('DEFAULT_VAULT_ENCRYPT_IDENTITY');
  const known = label === undefined ? [] : (settings().list('DEFAULT_VAULT_IDENTITY_LIST') ?? []);
  const ids = [...known, ...texts(values['new-vault-id'])];
  const files = texts(values['new-vault-password-file']);
  const asked = ids.length + files.length === 0 ? [ASK] : [];
  return readVaultSecrets({ vaultIds: [...ids, ...asked], passwordFiles: files, fresh: true, ask, env: {} });
}
