import { inputError, QplayError } from '../error.ts';
import type { Hashing } from '../jinja/filters/hash.ts';
import { toText } from '../jinja/index.ts';
import type { Layer, Play } from '../load/model.ts';
import { positionOf } from '../load/positions.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import type { LayeredScope } from '../vars/scope.ts';
import type { RunState } from './run-state.ts';
import { isTrue } from './target.ts';

const LEVEL = 'play vars_prompt';

/**
 * The variables that a play asks the person for. What `-e` gives is not asked; where nobody can be asked, or nothing is run, the
 * default holds. With `unsafe` what was typed is never taken for a template.
 */
export async function promptLayers(run: RunState, play: Play, scope: LayeredScope): Promise<Layer[]> {
  const prompts = play.source.get('vars_prompt');
  const plain: Dict = new Map();
  const unsafe: Dict = new Map();
  for (const prompt of Array.isArray(prompts) ? prompts.filter(isDict) : []) {
    const field = (key: string): Data | undefined =>
      prompt.has(key) ? (run.templar.value(prompt.get(key) as Data, prompt, key, scope, run.lookups) ?? undefined) : undefined;
    const name = String(field('name'));
    if (run.extra.vars.has(name)) continue;
    const value = await answer(run, prompt, name, field);
    (isTrue(field('unsafe')) ? unsafe : plain).set(name, value);
  }
  const layer = (vars: Dict, final: boolean): Layer[] => (vars.size === 0 ? [] : [{ level: LEVEL, from: play.file, vars, ...(final && { final: true }) }]);
  return [...layer(plain, false), ...layer(unsafe, true)];
}

type Field = (key: string) => Data | undefined;

async function answer(run: RunState, prompt: Dict, name: string, field: Field): Promise<Data> {
  const secret = isTrue(field('private') ?? true);
  const fallback = field('default');
  if (run.options.list !== undefined || run.options.syntaxCheck === true) return fallback ?? null;
  const typed = await typedBy(run, name, secret, field);
  const value = typed === undefined || typed === '' ? (fallback ?? (typed === undefined ? null : '')) : typed;
  if (secret && typeof value === 'string') run.secrets.add(value);
  const kind = field('encrypt');
  const text = toText(value);
  return kind === undefined || kind === '' ? text : encrypted(run, text, String(kind), prompt, field);
}

/** What the person typed, twice the same where it is to be confirmed; `undefined` where there is nobody. */
async function typedBy(run: RunState, name: string, secret: boolean, field: Field): Promise<string | undefined> {
  const said = String(field('prompt') ?? name);
  const fallback = field('default');
  const question = said === '' ? `input for ${name}: ` : fallback === undefined ? `${said}: ` : `${said} [${toText(fallback)}]: `;
  try {
    for (let again = ''; ; again = '***** VALUES ENTERED DO NOT MATCH ****\n') {
      const first = await run.options.ask(`${again}${question}`, secret);
      if (!isTrue(field('confirm')) || first === (await run.options.ask(`confirm ${question}`, secret))) return first;
    }
  } catch (error) {
    if (!(error instanceof QplayError) || error.diagnostics[0]?.code !== 'no-terminal') throw error;
    run.emit({
      type: 'diagnostic',
      diagnostic: { kind: 'input', severity: 'warning', code: 'vars-prompt', message: 'Not prompting as we are not in interactive mode' },
    });
    return undefined;
  }
}

/** A password as `crypt(3)` stores it. */
async function encrypted(run: RunState, text: string, kind: string, prompt: Dict, field: Field): Promise<string> {
  const { hashPassword } = await import('../jinja/filters/hash.ts');
  const [salt, size] = [field('salt'), field('salt_size')];
  const hashing: Hashing = { ...(salt !== undefined && { salt: toText(salt) }), ...(size !== undefined && { saltSize: Number(size) }) };
  try {
    const hash = hashPassword(text, kind, hashing);
    run.secrets.add(hash);
    return hash;
  } catch (error) {
    const at = positionOf(prompt, 'encrypt');
    throw inputError('vars-prompt', (error as Error).message, { ...(at && { at }), hint: 'qplay has sha512_crypt, sha256_crypt, md5_crypt and bcrypt' });
  }
}
