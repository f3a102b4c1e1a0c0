import { VERSION } from '../version.ts';
import { PROGRAMS, programOf } from './programs/names.ts';

/** Commands by name; each is a file of its own, loaded only when called. */
const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<{ default: Command }> }>> = {
  run: { summary: 'run playbooks', load: () => import('./run.ts') },
  playbook: { summary: 'the same as run', load: () => import('./run.ts') },
  plan: { summary: 'show what a run would change, and change nothing (exit 2 when changes wait)', load: () => import('./run.ts') },
  check: { summary: 'run playbooks in check mode', load: () => import('./run.ts') },
  lint: { summary: 'find mistakes in playbooks without contacting a host', load: () => import('./run.ts') },
  compat: { summary: 'list what of playbooks and their roles is not supported', load: () => import('./compat.ts') },
  inventory: { summary: 'show hosts, groups and variables', load: () => import('./inventory.ts') },
  vars: { summary: 'show a variable of a host, and where it comes from', load: () => import('./vars.ts') },
  links: { summary: 'write ansible-playbook, ansible and their kin that are qplay', load: () => import('./links.ts') },
  doc: { summary: 'list modules, or document one', load: () => import('./doc.ts') },
  upgrade: { summary: 'show the way of a registry to another release, or take it there', load: () => import('./upgrade.ts') },
  vault: { summary: 'encrypt, decrypt, view, edit and rekey files and strings', load: () => import('./vault.ts') },
};

/** One command: its name and the words after it, to an exit code. */
export type Command = (name: string, words: readonly string[]) => Promise<number>;

const usage = (): string =>
  [
    'Usage: qplay COMMAND [OPTIONS] ...',
    '',
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`),
    '',
    'qplay COMMAND --help says more of a command. Options of run are those of ansible-playbook.',
    'First look, without any host:  qplay run tour',
    '',
  ].join('\n');

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === '--version' || name === '-V' || name === 'version') {
    process.stdout.write(`qplay ${VERSION}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage());
    return name === undefined ? 3 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return unknownCommand(name);
  const { default: run } = await command.load();
  return run(name, rest);
}

async function unknownCommand(name: string): Promise<number> {
  const { didYouMean } = await import('../error.ts');
  process.stderr.write(`error: there is no command "${name}".${didYouMean(name, Object.keys(COMMANDS))}\n\n${usage()}`);
  return 3;
}

/** Called by a name of Ansible's: that program, with its texts and exit codes. */
async function asProgram(program: string): Promise<number> {
  try {
    const { default: run } = await (PROGRAMS[program] as (typeof PROGRAMS)[string])();
    return await run(program, process.argv.slice(2));
  } catch (error) {
    const { ended } = await import('./programs/ending.ts');
    return ended(program, error);
  }
}

async function guarded(): Promise<number> {
  const program = programOf(process.argv[1], process.env);
  // what a playbook runs here may be qplay under its own name
  delete process.env.QPLAY_PROGRAM;
  if (program !== undefined) return asProgram(program);
  try {
    return await main(process.argv.slice(2));
  } catch (error) {
    const { diagnosticsOf, QplayError, EXIT } = await import('../error.ts');
    const { renderDiagnostics } = await import('../report/diagnostic.ts');
    process.stderr.write(renderDiagnostics(diagnosticsOf(error)));
    return error instanceof QplayError ? error.exitCode : EXIT.internal;
  }
}

// `qplay ... | head`: whoever reads has had enough
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void guarded().then((code) => {
  process.exitCode = code;
});
