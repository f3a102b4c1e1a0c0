import type { Command } from '../main.ts';
import vaultCommand from '../vault.ts';
import { ANSIBLE_EXIT, UsageError } from './ending.ts';
import { versionText } from './version.ts';

/** `ansible-vault`: `qplay vault`, which says and writes the same. */
const vault: Command = async (program, words) => {
  if (words.includes('--version')) {
    process.stdout.write(versionText(program));
    return ANSIBLE_EXIT.done;
  }
  if (words.length === 0) throw new UsageError('the following arguments are required: action');
  return vaultCommand(program, words);
};

export default vault;
