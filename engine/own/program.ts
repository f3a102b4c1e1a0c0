import { basename } from 'node:path';
import type { UserModule } from '../load/model.ts';
import { type ActionOutcome, type Controller, lines, raw, type Script, sh } from '../module/contract.ts';
import { quote } from '../module/sh.ts';
import { FOLDER, write } from '../module/uploads.ts';
import { jsonOf, wordsOf } from './arguments.ts';
import { internals } from './internals.ts';
import { JSON_ARGS, type ModuleKind } from './kind.ts';
import type { Given } from './module.ts';
import { interpreter } from './python.ts';

/** Of a module that belongs to no ansible-core. */
const VERSION = '2.18.0';

/** What to send a host to run a module that is a program of its own: it and a file of its arguments, both of them private and gone afterwards. */
export function programScript(module: UserModule, content: Buffer, kind: ModuleKind): (given: Given, controller: Controller) => Script | ActionOutcome {
  const bang = kind === 'binary' ? undefined : /^#!\s*(.+?)\s*(?:\n|$)/.exec(content.toString('latin1'))?.[1];
  return (given, controller) => {
    if (bang === undefined && kind !== 'binary') return { status: 'failed', why: `module (${module.name}) is missing interpreter line` };
    const args = new Map([...given, ...internals(module, controller, VERSION)]);
    const whole =
      kind === 'json-args'
        ? Buffer.from(
            content.toString('latin1').replaceAll(JSON_ARGS, () => latin(jsonOf(args))),
            'latin1',
          )
        : content;
    const path = `"$qp_d"/${quote(basename(module.file))}`;
    const { find, words } = began(bang, controller);
    return lines(
      find,
      raw(`${FOLDER}${write(whole, path)}${kind === 'json-args' ? '' : write(Buffer.from(kind === 'old' ? wordsOf(args) : jsonOf(args)), '"$qp_d"/args')}`),
      raw(`chmod u+x ${path}`),
      raw(`${words.text} ${path}${kind === 'json-args' ? '' : ' "$qp_d"/args'}`),
    );
  };
}

/** Text as the bytes of UTF-8, each a character. */
const latin = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** The program a module is run by: a Python that its first line names is the one that holds for the host. */
function began(bang: string | undefined, { python }: Controller): { readonly find: Script | undefined; readonly words: Script } {
  if (bang === undefined) return { find: undefined, words: raw('') };
  if (!/(?:^|[/\s])python[\d.]*(?:\s|$)/.test(bang)) return { find: undefined, words: sh`${bang.split(/\s+/)}` };
  return interpreter(python);
}
