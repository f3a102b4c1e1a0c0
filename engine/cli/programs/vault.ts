import type { Command } from '../main.ts';
import vaultCommand from '../vault.ts';
import { ANSIBLE_EXIT, UsageError } from './ending.ts';
import { versionText } from './version.ts';

const ACTIONS = ['create', 'decrypt', 'edit', 'view', 'encrypt', 'encrypt_string', 'rekey'];

/** `ansible-vault`: `qplay vault`, which says and writes the same. */
const vault: Command = async (program, words) => {
  if (words.includes('--version')) {
    process.stdout.write(versionText(program));
    return ANSIBLE_EXIT.done;
  }
  if (words.length === 0) throw new UsageError('the following arguments are required: action');
  const [action] = words.filter((word) => !word.startsWith('-'));
  if (action !== undefined && words[0] === action && !ACTIONS.includes(action))
    throw new UsageError(`argument action: invalid choice: '${action}' (choose from ${ACTIONS.map((one) => `'${one}'`).join(', ')})`);
  return vaultCommand(program, words);
};

export default vault;
