import { chmodSync, lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, inputError } from '../error.ts';
import { quote } from '../quote.ts';
import { describeFlags, type Flags, parseFlags } from './flags.ts';
import type { Command } from './main.ts';
import { PROGRAMS } from './programs/names.ts';

const FLAGS: Flags = { help: { type: 'boolean', short: 'h', help: 'show this' } };

/** How a program that this command wrote is known again. */
const MARK = '# written by qplay links';

/** `qplay links DIR`: programs named like Ansible's that are qplay. Only where one asks: a real Ansible is never stepped on. */
const links: Command = async (_name, words) => {
  const { values, words: folders } = parseFlags(FLAGS, words);
  const [folder, more] = folders;
  if (values.help || folder === undefined || more !== undefined) {
    process.stdout.write(`Usage: qplay links DIR\n\nWrites ${Object.keys(PROGRAMS).join(', ')} into DIR.\n\n${describeFlags(FLAGS)}\n`);
    return values.help ? EXIT.done : EXIT.input;
  }
  const dir = resolve(folder);
  for (const name of Object.keys(PROGRAMS)) refuseOthers(join(dir, name));
  mkdirSync(dir, { recursive: true });
  for (const name of Object.keys(PROGRAMS)) {
    writeFileSync(join(dir, name), script(name));
    chmodSync(join(dir, name), 0o755);
  }
  process.stdout.write(`${Object.keys(PROGRAMS).join(', ')} in ${dir} are qplay now; put it first in PATH: export PATH=${dir}:$PATH\n`);
  return EXIT.done;
};

export default links;

function refuseOthers(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  if (lstatSync(path).isFile() && readFileSync(path, 'utf8').includes(MARK)) return;
  throw inputError('links', `${path} exists, and qplay has not made it`, { hint: 'name another folder: real programs are not replaced' });
}

/** A script rather than a symbolic link: it keeps the node that works, whatever PATH says later. */
const script = (name: string): string =>
  `#!/bin/sh\n${MARK}\nQPLAY_PROGRAM=${name} exec ${quote(process.execPath)} ${quote(realpathSync(process.argv[1] as string))} "$@"\n`;
