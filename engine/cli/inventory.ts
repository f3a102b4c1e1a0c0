import { writeFileSync } from 'node:fs';
import { EXIT, inputError } from '../error.ts';
import { extraVars } from '../execute/extra-vars.ts';
import {
  graphInventory,
  hostVariables,
  type Inventory,
  inventoryBytes,
  inventoryYaml,
  listInventory,
  nestedInventory,
  readInventory,
  type ShowOptions,
} from '../inventory/index.ts';
import { settings } from '../load/settings.ts';
import { readVaultSecrets } from '../load/vault-secrets.ts';
import type { Dict } from '../value.ts';
import { ask } from './ask.ts';
import { describeFlags, type Flags, parseFlags } from './flags.ts';
import { inventories, text, texts } from './given.ts';
import type { Command } from './main.ts';

export const FLAGS: Flags = {
  inventory: {
    type: 'string',
    short: 'i',
    multiple: true,
    aliases: ['inventory-file'],
    value: 'SOURCE',
    help: 'inventory file, folder, program or comma list of hosts',
  },
  list: { type: 'boolean', help: 'all hosts, groups and variables as JSON' },
  host: { type: 'string', value: 'HOST', help: 'the variables of one host as JSON' },
  graph: { type: 'boolean', help: 'groups and hosts as a tree (the default)' },
  vars: { type: 'boolean', help: 'with --graph: variables too' },
  yaml: { type: 'boolean', short: 'y', help: 'YAML in place of JSON' },
  export: { type: 'boolean', help: 'with --list: variables at the groups and hosts that have them' },
  'output-file': { type: 'string', aliases: ['output'], value: 'FILE', help: 'with --list and --host: write into this file' },
  limit: { type: 'string', short: 'l', aliases: ['subset'], value: 'PATTERN', help: 'only these hosts' },
  'playbook-dir': { type: 'string', value: 'DIR', help: 'folder whose group_vars and host_vars count' },
  'extra-vars': { type: 'string', short: 'e', multiple: true, value: 'VARS', help: 'variables as key=value, YAML, JSON or @file' },
  'vault-id': { type: 'string', multiple: true, value: 'ID', help: 'vault identity, label@source' },
  'vault-password-file': { type: 'string', multiple: true, aliases: ['vault-pass-file'], value: 'FILE', help: 'file with the vault password' },
  'ask-vault-pass': { type: 'boolean', short: 'J', aliases: ['ask-vault-password'], help: 'ask for the vault password' },
  verbose: { type: 'boolean', short: 'v', multiple: true, help: 'say which configuration is read (as ansible-inventory)' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

/** `qplay inventory`: what ansible-inventory shows. */
const inventory: Command = async (name, words) => {
  const asAnsible = name === 'ansible-inventory';
  const { values, words: rest } = parseFlags(FLAGS, words);
  if (values.help) {
    process.stdout.write(`Usage: qplay inventory [OPTIONS] [GROUP]\n\n${describeFlags(FLAGS)}\n`);
    return EXIT.done;
  }
  if (asAnsible && values.verbose)
    process.stdout.write(settings().file === undefined ? 'No config file found; using defaults\n' : `Using ${settings().file} as config file\n`);
  const asked = (['list', 'host', 'graph'] as const).filter((one) => values[one] !== undefined);
  if (asked.length > 1) throw inputError('flag', `--${asked.join(' and --')} cannot be given together`);
  const secrets = await readVaultSecrets({
    vaultIds: texts(values['vault-id']),
    passwordFiles: texts(values['vault-password-file']),
    askPassword: values['ask-vault-pass'] === true,
    ask,
    warn: (one) => process.stderr.write(`warning: ${one.message}\n`),
  });
  const extra = extraVars(texts(values['extra-vars']), secrets.ofFile).vars as Dict;
  const world = readInventory(inventories(texts(values.inventory)), {
    vault: secrets.ofFile,
    limit: text(values.limit),
    limitMayBeEmpty: true,
    extraVars: extra,
    merging: settings().text('DEFAULT_HASH_BEHAVIOUR') === 'merge',
    ...(asAnsible && { lenient: { emptyHosts: false } }),
    report: asAnsible ? (await import('../report/ansible/callback.ts')).stderrWarner() : (one) => process.stderr.write(`warning: ${one.message}\n`),
  });
  const baseDir = text(values['playbook-dir']) ?? settings().path('PLAYBOOK_DIR');
  const wanted: Asked = {
    host: text(values.host),
    list: values.list === true,
    yaml: values.yaml === true,
    vars: values.vars === true,
    group: rest[0] ?? 'all',
    show: {
      playbookDir: baseDir ?? process.cwd(),
      baseDir,
      export: values.export === true || settings().boolean('INVENTORY_EXPORT') === true,
      extraVars: extra,
    },
  };
  // a mistake in a file of a host is found here: nothing is printed before all is there
  const said = answer(world, wanted);
  const file = text(values['output-file']);
  if (file === undefined || asked[0] === 'graph') for (const part of said) process.stdout.write(part);
  else writeFileSync(file, Buffer.concat(asAnsible ? withoutEnd(said) : said));
  return EXIT.done;
};

export default inventory;

interface Asked {
  readonly host: string | undefined;
  readonly list: boolean;
  readonly yaml: boolean;
  readonly vars: boolean;
  readonly group: string;
  readonly show: ShowOptions;
}

function answer(world: Inventory, { host, list, yaml, vars, group, show }: Asked): readonly Buffer[] {
  if (host === undefined && !list) return [line(graphInventory(world, group, { ...show, vars }))];
  const shown = host !== undefined ? hostVariables(world, host, show) : yaml ? nestedInventory(world, show) : listInventory(world, show);
  return yaml ? [line(inventoryYaml(shown))] : [...inventoryBytes(shown), Buffer.from('\n')];
}

/** ansible-inventory leaves the end of the line out of its file. */
function withoutEnd(said: readonly Buffer[]): Buffer[] {
  const whole = Buffer.concat(said);
  return [whole.at(-1) === 10 ? whole.subarray(0, -1) : whole];
}

const line = (said: string): Buffer => Buffer.from(`${said.trimEnd()}\n`);
