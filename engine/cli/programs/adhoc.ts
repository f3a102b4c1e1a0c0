import { resolve } from 'node:path';
import { inputError } from '../../error.ts';
import { readInventory } from '../../inventory/index.ts';
import { settings } from '../../load/settings.ts';
import { readVaultSecrets } from '../../load/vault-secrets.ts';
import { holdYaml } from '../../load/yaml.ts';
import { ask } from '../ask.ts';
import { describeFlags, type Flags, type Parsed } from '../flags.ts';
import { inventories, text, texts } from '../given.ts';
import type { Command } from '../main.ts';
import { RUN_FLAGS } from '../run-flags.ts';
import { diffOf, type Manner, verbosityOf } from '../run-options.ts';
import { ANSIBLE_EXIT, OptionsError, UsageError } from './ending.ts';
import { parseLikePython, without } from './parse.ts';
import { FORKS } from './playbook.ts';
import { runAs } from './run.ts';
import { versionText } from './version.ts';

const OF_PLAYBOOKS = ['output', 'json', 'junit', 'tags', 'skip-tags', 'start-at-task', 'step', 'list-tasks', 'list-tags', 'force-handlers', 'flush-cache'];

const FLAGS: Flags = {
  'module-name': { type: 'string', short: 'm', value: 'MODULE', help: 'module to call (default command)' },
  args: { type: 'string', short: 'a', value: 'ARGS', help: "its arguments: 'opt1=val1 opt2=val2', or JSON" },
  background: { type: 'string', short: 'B', value: 'SECONDS', help: 'run asynchronously, at most so long' },
  poll: { type: 'string', short: 'P', value: 'SECONDS', help: 'look after the job every so many seconds (default 15)' },
  'one-line': { type: 'boolean', short: 'o', help: 'a line a host' },
  tree: { type: 'string', short: 't', value: 'DIR', help: 'write the result of each host into a file of this folder' },
  'task-timeout': { type: 'string', value: 'SECONDS', help: 'the task may take so long' },
  'playbook-dir': { type: 'string', value: 'DIR', help: 'folder that stands for that of a playbook' },
  ...without(RUN_FLAGS, OF_PLAYBOOKS),
  version: { type: 'boolean', help: 'show the version of the language and of qplay' },
};

const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/** Modules that do nothing without arguments. */
const NEED_ARGUMENTS: ReadonlySet<string> = new Set(['command', 'shell', 'raw', 'script']);

/** `ansible`: one module on some hosts. */
const adhoc: Command = async (program, words) => {
  const parsed = parseLikePython(FLAGS, words);
  const { values } = parsed;
  if (values.help || values.version) {
    process.stdout.write(values.version ? versionText(program) : `usage: ${program} <host-pattern> [OPTIONS]\n\n${describeFlags(FLAGS)}\n`);
    return ANSIBLE_EXIT.done;
  }
  const [pattern, more] = parsed.words;
  if (pattern === undefined) throw new UsageError('the following arguments are required: pattern');
  if (more !== undefined) throw new UsageError(`unrecognized arguments: ${parsed.words.slice(1).join(' ')}`);
  if (values['list-hosts']) return listHosts(pattern, parsed);
  const file = resolve(text(values['playbook-dir']) ?? '.', '__adhoc_playbook__');
  holdYaml(file, JSON.stringify([play(pattern, parsed)]));
  const { callbackReporter } = await import('../../report/ansible/callback.ts');
  const mode = values.check === true ? 'check' : 'run';
  const showing = { verbosity: verbosityOf(values), diff: diffOf(values, mode), mode, version: versionText(program).trimEnd() } as const;
  const shown = await callbackReporter(values['one-line'] === true ? 'oneline' : 'minimal', showing);
  const tree = text(values.tree);
  const reporter =
    tree === undefined ? shown : (await import('../../report/choose.ts')).together([shown, (await import('../../report/ansible/tree.ts')).treeReporter(tree)]);
  const manner: Manner = { mode, forks: FORKS, syntaxCheck: values['syntax-check'] === true, quietLocalhost: LOCAL.has(pattern) };
  return runAs(parsed, [file], manner, reporter);
};

export default adhoc;

/** A play of one task. */
function play(pattern: string, { values }: Parsed): unknown {
  const module = text(values['module-name']) ?? settings().text('DEFAULT_MODULE_NAME') ?? 'command';
  const args = text(values.args) ?? '';
  if (args === '' && NEED_ARGUMENTS.has(module.replace(/^ansible\.(builtin|legacy)\./, ''))) {
    const hint = pattern.endsWith('.yml') ? ' (did you mean to run ansible-playbook?)' : '';
    throw new OptionsError(`No argument passed to ${module} module${hint}`);
  }
  const wait = { async: values.background, poll: values.poll, timeout: values['task-timeout'] };
  const keywords = Object.entries(wait).flatMap(([key, value]) => (typeof value === 'string' ? [[key, Number(value)]] : []));
  if (typeof values.background === 'string' && values.poll === undefined) keywords.push(['poll', settings().integer('DEFAULT_POLL_INTERVAL') ?? 15]);
  return { name: 'Ansible Ad-Hoc', hosts: pattern, gather_facts: false, tasks: [{ [module]: argumentsOf(args), ...Object.fromEntries(keywords) }] };
}

/** JSON in braces, or `k=v` text. */
function argumentsOf(args: string): unknown {
  if (args.startsWith('{') && args.endsWith('}')) {
    try {
      return JSON.parse(args);
    } catch {
      // then it is text
    }
  }
  return args === '' ? null : args;
}

async function listHosts(pattern: string, { values }: Parsed): Promise<number> {
  const { stderrWarner } = await import('../../report/ansible/callback.ts');
  const warn = stderrWarner();
  const secrets = await readVaultSecrets({ vaultIds: [...texts(values['vault-id']), ...texts(values['vault-password-file'])], ask });
  const inventory = readInventory(inventories(texts(values.inventory)), {
    vault: secrets.ofFile,
    limit: text(values.limit),
    lenient: { emptyHosts: !LOCAL.has(pattern) && settings().boolean('LOCALHOST_WARNING') !== false },
    report: warn,
  });
  const hosts = inventory.select(pattern);
  if (hosts.length === 0 && inventory.hosts.size > 0)
    throw inputError('limit', `"${pattern}" matches no host`, { says: 'Specified inventory, host pattern and/or --limit leaves us with no hosts to target.' });
  process.stdout.write([`  hosts (${hosts.length}):`, ...hosts.map((host) => `    ${host}`), ''].join('\n'));
  return ANSIBLE_EXIT.done;
}
