import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { modules } from '../../modules/index.ts';
import { didYouMean, EXIT, inputError } from '../error.ts';
import type { AnyModule } from '../module/contract.ts';
import { modulePage } from '../module/docs.ts';
import { schemaOf } from '../module/schema.ts';
import { describeFlags, type Flags, parseFlags } from './flags.ts';
import { text } from './given.ts';
import type { Command } from './main.ts';
import { registry } from './registry.ts';

const FLAGS: Flags = {
  schema: { type: 'boolean', help: 'JSON Schema of the arguments, for editors' },
  write: { type: 'string', value: 'DIR', help: 'write the pages of all modules into a folder' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

/** `qplay doc`: the modules, or the page of one. */
const doc: Command = async (_name, words) => {
  const { values, words: names } = parseFlags(FLAGS, words);
  if (values.help) process.stdout.write(`Usage: qplay doc [OPTIONS] [MODULE ...]\n\n${describeFlags(FLAGS)}\n`);
  else if (text(values.write) !== undefined) await writePages(resolve(text(values.write) as string));
  else if (names.length === 0) process.stdout.write(await overview());
  else for (const name of names) process.stdout.write(await page(name, values.schema === true));
  return EXIT.done;
};

export default doc;

async function page(name: string, schema: boolean): Promise<string> {
  const key = registry.resolve(name);
  if (key === undefined || !Object.hasOwn(modules, key)) {
    const own = key === undefined ? '' : ` "${key}" belongs to the language: see docs/reference/language.md.`;
    throw inputError('unknown-module', `there is no module "${name}".${own || didYouMean(name, Object.keys(modules))}`);
  }
  const module = await registry.load(name);
  return schema ? `${JSON.stringify(schemaOf(module.options), null, 2)}\n` : modulePage(module);
}

async function all(): Promise<AnyModule[]> {
  return Promise.all(
    Object.keys(modules)
      .sort()
      .map((name) => registry.load(name)),
  );
}

async function overview(): Promise<string> {
  const list = await all();
  const width = Math.max(...list.map((one) => one.name.length));
  return `${list.map((one) => `${one.name.padEnd(width)}  ${one.summary}`).join('\n')}\n`;
}

async function writePages(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const list = await all();
  for (const module of list) writeFileSync(join(folder, `${module.name}.md`), modulePage(module));
  const rows = list.map((one) => `| [${one.name}](${one.name}.md) | ${one.kind} | ${one.summary} |`);
  writeFileSync(
    join(folder, 'README.md'),
    `# Modules\n\nMade by \`qplay doc --write\`; every page comes from the module's own declaration.\n\n| module | kind | what it does |\n|---|---|---|\n${rows.join('\n')}\n`,
  );
}
