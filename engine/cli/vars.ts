import { EXIT, inputError } from '../error.ts';
import { shortPath } from '../report/diagnostic.ts';
import { type Data, toPlain, VaultText } from '../value.ts';
import { describeFlags, type Flags, parseFlags } from './flags.ts';
import { text } from './given.ts';
import type { Command } from './main.ts';
import { resolvePlaybook } from './playbooks.ts';
import { RUN_FLAGS } from './run-flags.ts';
import { runOptions } from './run-options.ts';

const {
  inventory,
  'extra-vars': extraVars,
  'vault-id': vaultId,
  'vault-password-file': vaultFile,
  'ask-vault-pass': askVault,
} = RUN_FLAGS as Flags & Record<string, Flags[string]>;

const FLAGS: Flags = {
  why: { type: 'boolean', help: 'every definition with its place, and which one won' },
  task: { type: 'string', value: 'NAME', help: 'as the task of this name sees it' },
  json: { type: 'boolean', help: 'as JSON' },
  inventory: inventory as Flags[string],
  'extra-vars': extraVars as Flags[string],
  'vault-id': vaultId as Flags[string],
  'vault-password-file': vaultFile as Flags[string],
  'ask-vault-pass': askVault as Flags[string],
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

/** `qplay vars HOST NAME [PLAYBOOK ...]`: what a variable is for a host, and with `--why` where that comes from. */
const vars: Command = async (_name, words) => {
  const parsed = parseFlags(FLAGS, words);
  const { values } = parsed;
  if (values.help) {
    process.stdout.write(`Usage: qplay vars [OPTIONS] HOST NAME [PLAYBOOK ...]\n\n${describeFlags(FLAGS)}\n`);
    return EXIT.done;
  }
  const [host, name, ...playbooks] = parsed.words;
  if (host === undefined || name === undefined)
    throw inputError('flag', 'qplay vars needs a host and the name of a variable', { hint: 'qplay vars db01 quay_version site.yaml --why' });
  const [{ prepare }, { analyse }, { explain }, { Secrets }, { registry }] = await Promise.all([
    import('../execute/run.ts'),
    import('../execute/analyse-run.ts'),
    import('../execute/why.ts'),
    import('../execute/secrets.ts'),
    import('./registry.ts'),
  ]);
  const files = playbooks.map((one) => resolvePlaybook(one));
  const options = await runOptions({ values, words: playbooks }, files, { mode: 'run', forks: 1, syntaxCheck: true }, new AbortController().signal);
  const secrets = new Secrets();
  const run = await prepare({ ...options, emit: () => undefined }, registry, secrets, () => undefined);
  const plays = files.length === 0 ? [] : await analyse(run);
  const found = explain(run, plays, { host, name, task: text(values.task) });
  const shown = values.json
    ? `${JSON.stringify(found.map(plain), null, 2)}\n`
    : found.map((one) => (values.why ? why(host, name, one) : brief(one))).join('\n');
  process.stdout.write(secrets.mask(shown));
  return found.some((one) => one.value !== undefined || one.elsewhere.length > 0) ? EXIT.done : EXIT.failed;
};

export default vars;

type Explanation = ReturnType<typeof import('../execute/why.ts').explain>[number];
type Definition = Explanation['definitions'][number];

const brief = ({ value }: Explanation): string => `${value === undefined ? 'not defined' : written(value.data)}\n`;

/** Values as JSON on one line; what is encrypted stays unsaid. */
function written(value: Data): string {
  if (value instanceof VaultText) return '(encrypted)';
  const text = JSON.stringify(toPlain(value)) ?? 'null';
  return text.includes('$ANSIBLE_VAULT;') ? '(encrypted)' : text;
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
const place = ({ at, from }: Definition): string => (at === undefined ? from : `${shortPath(at.file)}:${at.line}:${at.column}`);

function why(host: string, name: string, { where, value, magic, definitions, elsewhere }: Explanation): string {
  const task = where?.task === undefined ? '' : `, task "${where.task}"`;
  const head = where === undefined ? `${host}, inventory alone` : `${host}, play "${where.play}"${task} (${shortPath(where.at.file)}:${where.at.line})`;
  const rows = [...definitions].reverse().map((one, index) => ({ mark: index === 0 && !magic ? 'won' : '', one }));
  const all = [...rows.map(({ one }) => one), ...elsewhere];
  const [levels, places] = [Math.max(0, ...all.map((one) => one.level.length)), Math.max(0, ...all.map((one) => place(one).length))];
  const line = (mark: string, one: Definition): string =>
    `  ${mark.padEnd(4)} ${one.level.padEnd(levels)}  ${place(one).padEnd(places)}  ${one.value === null && one.level === 'register' ? '' : short(written(one.value))}`.trimEnd();
  return [
    `${name} = ${value === undefined ? 'not defined before the run' : short(written(value.data))}`,
    `  for ${head}`,
    ...(magic ? ['  won  a magic variable, which nothing can override'] : []),
    ...rows.map(({ mark, one }) => line(mark, one)),
    ...(elsewhere.length > 0 ? ['  only in some tasks, or once they have run:', ...elsewhere.map((one) => line('', one))] : []),
    '',
  ].join('\n');
}

const plain = ({ where, value, magic, definitions, elsewhere }: Explanation): unknown => ({
  ...(where && { play: where.play, ...(where.task !== undefined && { task: where.task }), at: where.at }),
  ...(value && { value: toPlain(value.data) }),
  magic,
  definitions: [...definitions].reverse().map((one, index) => ({ ...plainOne(one), won: index === 0 && !magic })),
  elsewhere: elsewhere.map(plainOne),
});

const plainOne = (one: Definition): Record<string, unknown> => ({
  level: one.level,
  from: one.from,
  ...(one.at && { at: one.at }),
  value: one.value instanceof VaultText ? '(encrypted)' : toPlain(one.value),
});
