import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { settings } from '../../load/settings.ts';
import { stderrWarner } from '../../report/ansible/callback.ts';
import type { Flags } from '../flags.ts';
import { text } from '../given.ts';
import type { Command } from '../main.ts';
import { ANSIBLE_EXIT, GeneralError, UsageError } from './ending.ts';
import { parseLikePython } from './parse.ts';
import { versionText } from './version.ts';

const FLAGS: Flags = {
  'roles-path': { type: 'string', short: 'p', value: 'DIR', help: 'role list: the folder to look in' },
  'init-path': { type: 'string', value: 'DIR', help: 'role init: the folder to write into' },
  offline: { type: 'boolean', help: 'accepted: nothing is asked of a server' },
  force: { type: 'boolean', short: 'f', help: 'role init: also into a folder that is there' },
  verbose: { type: 'boolean', short: 'v', multiple: true, help: 'accepted' },
  version: { type: 'boolean', help: 'show the version of the language and of qplay' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

/** `ansible-galaxy`: a new role, and the roles that are there. Nothing is fetched. */
const galaxy: Command = async (program, words) => {
  const { values, words: rest } = parseLikePython(FLAGS, words);
  if (values.help || values.version) {
    process.stdout.write(values.version ? versionText(program) : `usage: ${program} role {init,list} [OPTIONS] [NAME]\n`);
    return ANSIBLE_EXIT.done;
  }
  const [kind, action, name] = rest[0] === 'role' || rest[0] === 'collection' ? rest : ['role', ...rest];
  if (rest.length === 0) throw new UsageError('the following arguments are required: TYPE');
  if (kind === 'role' && action === 'init') init(name, text(values['init-path']) ?? '.', values.force === true);
  else if (kind === 'role' && action === 'list') list(text(values['roles-path']));
  else throw new GeneralError(`qplay does not have "${program} ${kind} ${action ?? ''}": it fetches nothing. It has "role init" and "role list".`);
  return ANSIBLE_EXIT.done;
};

export default galaxy;

function init(name: string | undefined, below: string, force: boolean): void {
  if (name === undefined) throw new UsageError('the following arguments are required: role_name');
  const folder = join(resolve(below), name);
  if (existsSync(folder) && !force)
    throw new GeneralError(
      `- the directory ${below}/${name} already exists. You can use --force to re-initialize this directory,\nhowever it will reset any main.yml files that may have\nbeen modified there already.`,
    );
  for (const part of ['defaults', 'files', 'handlers', 'meta', 'tasks', 'templates', 'tests', 'vars']) mkdirSync(join(folder, part), { recursive: true });
  for (const [file, content] of Object.entries(filesOf(name))) writeFileSync(join(folder, file), content);
  process.stdout.write(`- Role ${name} was created successfully\n`);
}

const filesOf = (name: string): Record<string, string> => ({
  'README.md': `# ${name}\n\nWhat the role does, its variables, and an example.\n`,
  'defaults/main.yml': `---\n# defaults file for ${name}\n`,
  'handlers/main.yml': `---\n# handlers file for ${name}\n`,
  'meta/main.yml': `---\ngalaxy_info:\n  author: your name\n  description: your role description\n  license: license (GPL-2.0-or-later, MIT, etc)\n  min_ansible_version: "2.18"\n  galaxy_tags: []\ndependencies: []\n`,
  'tasks/main.yml': `---\n# tasks file for ${name}\n`,
  'tests/inventory': 'localhost\n',
  'tests/test.yml': `---\n- hosts: localhost\n  remote_user: root\n  roles:\n    - ${name}\n`,
  'vars/main.yml': `---\n# vars file for ${name}\n`,
});

function list(given: string | undefined): void {
  const home = settings().path('ANSIBLE_HOME') ?? join(homedir(), '.ansible');
  const usual = settings().paths('DEFAULT_ROLES_PATH') ?? [join(home, 'roles'), '/usr/share/ansible/roles', '/etc/ansible/roles'];
  const folders = [...(given === undefined ? [] : [resolve(given)]), ...usual];
  const warn = stderrWarner();
  let found = 0;
  for (const folder of folders) {
    if (!existsSync(folder)) {
      warn({ kind: 'input', severity: 'warning', code: 'missing-file', message: `- the configured path ${folder} does not exist.` });
      continue;
    }
    found++;
    process.stdout.write(`# ${folder}\n`);
    for (const name of readdirSync(folder).sort())
      if (statSync(join(folder, name)).isDirectory() && ['tasks', 'meta'].some((part) => existsSync(join(folder, name, part))))
        process.stdout.write(`- ${name}, (unknown version)\n`);
  }
  if (found === 0) throw new GeneralError(`- None of the provided paths were usable. Please specify a valid path with --roles-path`);
}
