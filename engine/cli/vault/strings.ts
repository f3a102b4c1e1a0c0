import { readFileSync } from 'node:fs';
import { inputError } from '../../error.ts';
import { encrypt, type VaultSecret } from '../../vault.ts';
import { ask } from '../ask.ts';
import { text, texts } from '../given.ts';
import type { VaultCall } from './actions.ts';
import { replace } from './files.ts';

interface Plain {
  readonly text: string;
  readonly name: string | undefined;
  readonly from: 'the interactive prompt' | 'stdin' | 'the command line args';
}

/** `encrypt_string`: variables for a YAML file, from the terminal, standard input and the command line. */
export async function encryptStrings({ files: words, values }: VaultCall, secret: VaultSecret): Promise<void> {
  const args = words.filter((word) => word !== '-');
  const asks = values.prompt === true;
  const reads = words.includes('-') || values['stdin-name'] !== undefined || (args.length === 0 && !asks);
  if (asks && reads) throw inputError('flag', 'The --prompt option is not supported if also reading input from stdin');
  const all: Plain[] = [];
  if (asks) all.push(await asked(values['show-input'] === true));
  if (reads) all.push({ text: needed(readFileSync(0, 'utf8'), 'stdin was empty'), name: text(values['stdin-name']), from: 'stdin' });
  all.push(...named(args, texts(values.name)));
  const blocks = all.map((one, index) => {
    if (all.length > 1) process.stderr.write(remark(one, index + 1));
    return block(encrypt(one.text, secret), one.name);
  });
  replace(text(values.output) ?? '-', `${blocks.join('\n')}\n`);
}

async function asked(shown: boolean): Promise<Plain> {
  const name = await ask('Variable name (enter for no name): ', false);
  const plain = await ask(shown ? 'String to encrypt:' : 'String to encrypt (hidden): ', !shown);
  return { text: needed(plain, 'The plaintext provided from the prompt was empty'), name: name || undefined, from: 'the interactive prompt' };
}

function named(args: readonly string[], names: readonly string[]): Plain[] {
  if (names.length > 0 && args.length > names.length) {
    // vague, so that no secret is shown
    process.stderr.write('The number of --name options do not match the number of args.\n');
    process.stderr.write(`The last named variable will be "${names.at(-1)}". The rest will not have names.\n`);
  }
  const most = names.length > 0 && args.length < names.length ? args.length : names.length;
  return args.map((one, index) => ({
    text: needed(one, 'The plaintext provided from the command line args was empty'),
    name: index < most ? names[index] : undefined,
    from: 'the command line args',
  }));
}

function needed(plain: string, what: string): string {
  if (plain === '') throw inputError('flag', `${what}, not encrypting`, { says: `${what}, not encrypting` });
  return plain;
}

const remark = ({ name, from }: Plain, number: number): string =>
  name === undefined
    ? `# The encrypted version of the string #${number} from ${from}.)\n`
    : `# The encrypted version of variable ("${name}", the string #${number} from ${from}).\n`;

const block = (envelope: string, name: string | undefined): string =>
  `${name === undefined ? '' : `${name}: `}!vault |\n${envelope.trimEnd().replace(/^/gm, ' '.repeat(10))}`;
