import { modules } from '../../../modules/index.ts';
import { modulePage } from '../../module/docs.ts';
import { schemaOf } from '../../module/schema.ts';
import { pythonJson } from '../../report/ansible/json.ts';
import type { Flags } from '../flags.ts';
import { text } from '../given.ts';
import type { Command } from '../main.ts';
import { registry } from '../registry.ts';
import { ANSIBLE_EXIT, GeneralError, OptionsError } from './ending.ts';
import { parseLikePython } from './parse.ts';
import { versionText } from './version.ts';

const FLAGS: Flags = {
  list: { type: 'boolean', short: 'l', help: 'the modules that are there, a line each' },
  list_files: { type: 'boolean', short: 'F', help: 'refused: modules are no files of their own' },
  json: { type: 'boolean', short: 'j', help: 'as JSON' },
  type: { type: 'string', short: 't', value: 'KIND', help: 'only "module" is there' },
  verbose: { type: 'boolean', short: 'v', multiple: true, help: 'accepted' },
  version: { type: 'boolean', help: 'show the version of the language and of qplay' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

/** `ansible-doc` for the modules that qplay has. */
const doc: Command = async (program, words) => {
  const { values, words: names } = parseLikePython(FLAGS, words);
  if (values.help || values.version) {
    process.stdout.write(values.version ? versionText(program) : `usage: ${program} [-l] [-j] [MODULE ...]\n`);
    return ANSIBLE_EXIT.done;
  }
  const kind = text(values.type) ?? 'module';
  if (kind !== 'module' || values.list_files) throw new GeneralError(`qplay documents its modules only; it has no plugins of the kind "${kind}".`);
  if (values.list) process.stdout.write(await overview(values.json === true));
  else if (names.length === 0) throw new OptionsError('Missing name(s), incorrect options passed for detailed documentation.');
  else process.stdout.write(await pages(names, values.json === true));
  return ANSIBLE_EXIT.done;
};

export default doc;

async function overview(json: boolean): Promise<string> {
  const all = await Promise.all(
    Object.keys(modules)
      .sort()
      .map((name) => registry.load(name)),
  );
  if (json) return `${pythonJson(Object.fromEntries(all.map((one) => [one.name, one.summary])), 4)}\n`;
  const width = Math.max(...all.map((one) => one.name.length));
  return `${all.map((one) => `${one.name.padEnd(width)} ${one.summary}`).join('\n')}\n`;
}

async function pages(names: readonly string[], json: boolean): Promise<string> {
  const found: [string, string | object][] = [];
  for (const name of names) {
    const key = registry.resolve(name);
    if (key === undefined || !Object.hasOwn(modules, key)) {
      process.stderr.write(`[WARNING]: ${name} was not found\n`);
      continue;
    }
    const module = await registry.load(name);
    found.push([name, json ? { doc: { module: module.name, short_description: module.summary, options: schemaOf(module.options) } } : modulePage(module)]);
  }
  return json ? `${pythonJson(Object.fromEntries(found), 4)}\n` : found.map(([name, page]) => `> MODULE ${name}\n\n${String(page)}`).join('\n');
}
