import inventoryCommand, { FLAGS } from '../inventory.ts';
import type { Command } from '../main.ts';
import { ANSIBLE_EXIT, GeneralError, OptionsError } from './ending.ts';
import { parseLikePython } from './parse.ts';
import { versionText } from './version.ts';

const KNOWN = { ...FLAGS, toml: { type: 'boolean' as const, help: 'refused' } };

/** `ansible-inventory`: `qplay inventory`, which prints the same; but something must be asked for. */
const inventory: Command = async (program, words) => {
  if (words.includes('--version')) {
    process.stdout.write(versionText(program));
    return ANSIBLE_EXIT.done;
  }
  parseLikePython(KNOWN, words);
  if (!words.some((word) => /^--(list|host|graph)\b|^-(h|-help)$/.test(word)))
    throw new OptionsError('No action selected, at least one of --host, --graph or --list needs to be specified.');
  const actions = ['list', 'host', 'graph'].filter((one) => words.some((word) => word === `--${one}` || word.startsWith(`--${one}=`)));
  if (actions.length > 1) throw new OptionsError('Conflicting options used, only one of --host, --graph or --list can be used at the same time.');
  if (words.includes('--toml') && !words.includes('--yaml'))
    throw new GeneralError('The python "toml" or "tomli-w" library is required when using the TOML output format');
  return inventoryCommand(
    program,
    words.filter((word) => word !== '--toml'),
  );
};

export default inventory;
