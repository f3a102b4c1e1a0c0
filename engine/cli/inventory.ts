import { EXIT } from '../error.ts';
import { graphInventory, hostVariables, inventoryText, listInventory, readInventory } from '../inventory/index.ts';
import { readVaultSecrets } from '../load/vault-secrets.ts';
import { ask } from './ask.ts';
import { describeFlags, type Flags, parseFlags } from './flags.ts';
import { inventories, text, texts } from './given.ts';
import type { Command } from './main.ts';

const FLAGS: Flags = {
  inventory: { type: 'string', short: 'i', multiple: true, value: 'SOURCE', help: 'inventory file, folder, program or comma list of hosts' },
  list: { type: 'boolean', help: 'all hosts, groups and variables as JSON' },
  host: { type: 'string', value: 'HOST', help: 'the variables of one host as JSON' },
  graph: { type: 'boolean', help: 'groups and hosts as a tree (the default)' },
  vars: { type: 'boolean', help: 'with --graph: variables too' },
  limit: { type: 'string', short: 'l', value: 'PATTERN', help: 'only these hosts' },
  'playbook-dir': { type: 'string', value: 'DIR', help: 'folder whose group_vars and host_vars count' },
  'vault-id': { type: 'string', multiple: true, value: 'ID', help: 'vault identity, label@source' },
  'vault-password-file': { type: 'string', multiple: true, aliases: ['vault-pass-file'], value: 'FILE', help: 'file with the vault password' },
  'ask-vault-pass': { type: 'boolean', short: 'J', help: 'ask for the vault password' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

/** `qplay inventory`: what ansible-inventory shows. */
const inventory: Command = async (_name, words) => {
  const { values, words: rest } = parseFlags(FLAGS, words);
  if (values.help) {
    process.stdout.write(`Usage: qplay inventory [OPTIONS] [GROUP]\n\n${describeFlags(FLAGS)}\n`);
    return EXIT.done;
  }
  const secrets = await readVaultSecrets({
    vaultIds: texts(values['vault-id']),
    passwordFiles: texts(values['vault-password-file']),
    askPassword: values['ask-vault-pass'] === true,
    ask,
  });
  const world = readInventory(inventories(texts(values.inventory)), {
    vault: secrets.ofFile,
    limit: text(values.limit),
    report: (one) => process.stderr.write(`warning: ${one.message}\n`),
  });
  const options = { playbookDir: text(values['playbook-dir']) ?? process.cwd() };
  const host = text(values.host);
  if (host !== undefined) process.stdout.write(inventoryText(hostVariables(world, host, options)));
  else if (values.list) process.stdout.write(inventoryText(listInventory(world, options)));
  else process.stdout.write(graphInventory(world, rest[0] ?? 'all', { ...options, vars: values.vars === true }));
  process.stdout.write('\n');
  return EXIT.done;
};

export default inventory;
