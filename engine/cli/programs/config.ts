import { existsSync, readFileSync } from 'node:fs';
import { toText } from '../../jinja/python/text.ts';
import { dumpYaml } from '../../jinja/python/yaml-dump.ts';
import { settings } from '../../load/settings.ts';
import { SETTINGS, type Setting, type SettingName } from '../../load/settings-table.ts';
import { pythonJson } from '../../report/ansible/json.ts';
import { fromPlain } from '../../value.ts';
import type { Flags } from '../flags.ts';
import { text } from '../given.ts';
import type { Command } from '../main.ts';
import { DEFAULTS } from './config-defaults.ts';
import { ANSIBLE_EXIT, GeneralError, UsageError } from './ending.ts';
import { parseLikePython } from './parse.ts';
import { versionText } from './version.ts';

const FLAGS: Flags = {
  'only-changed': { type: 'boolean', aliases: ['changed-only'], help: 'dump: only what is set' },
  format: { type: 'string', short: 'f', value: 'FORM', help: 'dump and list: display, json or yaml' },
  config: { type: 'string', short: 'c', value: 'FILE', help: 'the ansible.cfg to read' },
  verbose: { type: 'boolean', short: 'v', multiple: true, help: 'accepted' },
  version: { type: 'boolean', help: 'show the version of the language and of qplay' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};
const ACTIONS = ['list', 'dump', 'view', 'init', 'validate'];

/** `ansible-config`: the settings that qplay reads, where each comes from, and the file. */
const config: Command = async (program, words) => {
  const { values, words: rest } = parseLikePython(FLAGS, words);
  if (values.help || values.version) {
    process.stdout.write(values.version ? versionText(program) : `usage: ${program} {list,dump,view} [OPTIONS]\n`);
    return ANSIBLE_EXIT.done;
  }
  const [action] = rest;
  if (action === undefined) throw new UsageError('the following arguments are required: action');
  if (!ACTIONS.includes(action))
    throw new UsageError(`argument action: invalid choice: '${action}' (choose from ${ACTIONS.map((one) => `'${one}'`).join(', ')})`);
  const file = text(values.config);
  if (file !== undefined) {
    if (!existsSync(file)) throw new GeneralError(`The provided configuration file is missing or not accessible: ${file}`);
    process.env.ANSIBLE_CONFIG = file;
  }
  const form = text(values.format) ?? (action === 'list' ? 'yaml' : 'display');
  if (action === 'view') process.stdout.write(view());
  else if (action === 'dump') process.stdout.write(dump(values['only-changed'] === true, form));
  else if (action === 'list') process.stdout.write(list(form));
  else throw new GeneralError(`qplay does not have "${program} ${action}"; it has list, dump and view.`);
  return ANSIBLE_EXIT.done;
};

export default config;

function view(): string {
  const { file } = settings();
  if (file === undefined) throw new GeneralError('Invalid or no config file was supplied');
  return `${readFileSync(file, 'utf8').trimEnd()}\n`;
}

interface Entry {
  readonly name: string;
  readonly origin: string;
  readonly value: unknown;
}

function entryOf(name: SettingName): Entry {
  const found = settings().found(name);
  if (found === undefined) return { name, origin: 'default', value: DEFAULTS[name] ?? (SETTINGS[name].type === 'list' ? [] : null) };
  return { name, origin: found.from, value: settingOf(name) };
}

function settingOf(name: SettingName): unknown {
  const set = settings();
  switch ((SETTINGS[name] as Setting).type) {
    case 'boolean':
      return set.boolean(name);
    case 'integer':
      return set.integer(name);
    case 'list':
      return set.list(name);
    case 'path':
      return set.path(name);
    case 'pathlist':
    case 'pathspec':
      return set.paths(name);
    default:
      return set.text(name);
  }
}

function dump(onlyChanged: boolean, form: string): string {
  const { file } = settings();
  const names = (Object.keys(SETTINGS) as SettingName[]).sort();
  const entries = names.map(entryOf).filter((one) => !onlyChanged || one.origin !== 'default');
  const all: Entry[] = [...(file === undefined ? [] : [{ name: 'CONFIG_FILE', origin: '', value: file }]), ...entries].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  if (form === 'json') return `${pythonJson([...all, { GALAXY_SERVERS: {} }], 4)}\n`;
  if (form === 'yaml') return yaml([...all, { GALAXY_SERVERS: {} }]);
  return `${all.map(({ name, origin, value }) => `${name}(${origin}) = ${toText(fromPlain(value))}`).join('\n')}\n\nGALAXY_SERVERS:\n`;
}

function list(form: string): string {
  const described = Object.fromEntries(
    (Object.entries(SETTINGS) as [string, Setting][]).map(([name, { env, ini, type, effect, choices }]) => [
      name,
      {
        name,
        description: effect ?? '',
        type,
        default: DEFAULTS[name] ?? null,
        env: env.map((one) => ({ name: one })),
        ini: ini.map((one) => ({ section: one.split('.')[0], key: one.split('.')[1] })),
        ...(choices && { choices }),
      },
    ]),
  );
  return form === 'json' ? `${pythonJson(described, 4)}\n` : yaml(described);
}

const yaml = (value: unknown): string =>
  dumpYaml(fromPlain(value), { indent: 2, width: 80, sortKeys: true, flow: false, defaultStyle: '', explicitStart: false, explicitEnd: false });
