import type { Command } from '../main.ts';
import { ANSIBLE_EXIT, GeneralError } from './ending.ts';
import { versionText } from './version.ts';

/** A program of Ansible that qplay is not: it says so in one line. */
const refused: Command = async (program, words) => {
  if (words.includes('--version')) {
    process.stdout.write(versionText(program));
    return ANSIBLE_EXIT.done;
  }
  const instead: Readonly<Record<string, string>> = {
    'ansible-console': 'call ansible with a host pattern and a module instead',
    'ansible-pull': 'fetch the repository with git, and call ansible-playbook in it',
  };
  throw new GeneralError(`qplay does not have ${program}: ${instead[program]}.`);
};

export default refused;
