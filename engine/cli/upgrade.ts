import { didYouMean, EXIT, inputError } from '../error.ts';
import { describeFlags, type Flags, type Parsed, parseFlags } from './flags.ts';
import { text } from './given.ts';
import type { Command } from './main.ts';
import { RUN_FLAGS } from './run-flags.ts';

const PATH_FLAGS: Flags = {
  from: { type: 'string', value: 'RELEASE', help: 'release that runs, such as 3.3.4' },
  to: { type: 'string', value: 'RELEASE', help: 'release or line to go to, such as 3.12 (default: the newest)' },
  json: { type: 'boolean', help: 'as JSON' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

const { 'start-at-task': _start, 'list-tasks': _tasks, 'list-tags': _tags, 'list-hosts': _hosts, 'syntax-check': _syntax, ...SHARED } = RUN_FLAGS;

const PLAN_FLAGS: Flags = { to: PATH_FLAGS.to as Flags[string], ...SHARED };
const WALK_FLAGS: Flags = {
  ...PLAN_FLAGS,
  'on-failure': { type: 'string', value: 'WHAT', help: 'after a failed migration: ask (the default), restore or keep' },
};

/** What is done with the flags of one subcommand. */
type Sub = (parsed: Parsed) => Promise<number>;

const SUBS: Readonly<Record<string, { readonly summary: string; readonly flags: Flags; readonly load: () => Promise<{ default: Sub }> }>> = {
  path: {
    summary: 'the shortest supported route from one release to another, with what each step does, needs and breaks',
    flags: PATH_FLAGS,
    load: () => import('./upgrade-path.ts'),
  },
  plan: {
    summary: 'the same for the registry that runs, with hosts, images, fields of config.yaml, downtime and room; changes nothing',
    flags: PLAN_FLAGS,
    load: () => import('./upgrade-plan.ts'),
  },
  run: { summary: 'upgrade the registry that runs, step by step', flags: WALK_FLAGS, load: () => import('./upgrade-run.ts') },
};

const usage = (): string =>
  `Usage: qplay upgrade COMMAND [OPTIONS]\n\n${Object.entries(SUBS)
    .map(([name, { summary }]) => `  ${name.padEnd(6)} ${summary}`)
    .join('\n')}\n\nqplay upgrade COMMAND --help lists the options.\n`;

/** `qplay upgrade`: which way a registry can go, and to take it there. */
const upgrade: Command = async (_name, [name, ...words]) => {
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(usage());
    return name === undefined ? EXIT.input : EXIT.done;
  }
  const sub = Object.hasOwn(SUBS, name) ? SUBS[name] : undefined;
  if (sub === undefined)
    throw inputError('flag', `there is no command "upgrade ${name}".${didYouMean(name, Object.keys(SUBS))}`, { hint: 'qplay upgrade --help lists them' });
  const parsed = parseFlags(sub.flags, words);
  if (parsed.values.help) {
    process.stdout.write(`Usage: qplay upgrade ${name} [OPTIONS]\n\n${describeFlags(sub.flags)}\n`);
    return EXIT.done;
  }
  if (parsed.words.length > 0)
    throw inputError('flag', `qplay upgrade ${name} takes no "${parsed.words[0]}"`, {
      hint: `releases are named as in: --to ${text(parsed.values.to) ?? '3.12'}`,
    });
  return (await sub.load()).default(parsed);
};

export default upgrade;
