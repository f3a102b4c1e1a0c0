import inventoryCommand from '../inventory.ts';
import type { Command } from '../main.ts';
import { ANSIBLE_EXIT, OptionsError } from './ending.ts';
import { versionText } from './version.ts';

/** `ansible-inventory`: `qplay inventory`, which prints the same; but something must be asked for. */
const inventory: Command = async (program, words) => {
  if (words.includes('--version')) {
    process.stdout.write(versionText(program));
    return ANSIBLE_EXIT.done;
  }
  if (!words.some((word) => /^--(list|host|graph)\b|^-(h|-help)$/.test(word)))
    throw new OptionsError('No action selected, at least one of --host, --graph or --list needs to be specified.');
  return inventoryCommand('inventory', words);
};

export default inventory;
