import { QplayError } from '../../../engine/error.ts';
import type { LookupContext } from '../../../engine/jinja/api.ts';
import { compile, compileExpression, jinja } from '../../../engine/jinja/index.ts';
import type { Value } from '../../../engine/jinja/values.ts';
import type { Data, Dict } from '../../../engine/value.ts';
import { LayeredScope } from '../../../engine/vars/scope.ts';
import { Templar } from '../../../engine/vars/templar.ts';
import type { Answer, Mode, TemplateServer } from '../../oracle/templates.ts';
import { encode } from '../../oracle/values.ts';
import { contextIn } from '../support.ts';

/** One template to be judged. */
export interface Question {
  readonly text: string;
  readonly mode: Mode;
}

/** What both made of it, where that is not the same. */
export interface Difference extends Question {
  readonly ansible: string;
  readonly qplay: string;
}

/** A value, or that there is none: `undefined` where a name was missing, else `error`. A crash tells itself. */
type Outcome = string;

/** What qplay refuses to spend; Python would. */
const LIMITS = new Set(['too-large', 'recursion']);

const templar = new Templar(jinja, (text) => text.envelope);

function scopeFor(vars: Dict, context: LookupContext): LayeredScope {
  return new LayeredScope([{ level: 'play vars', from: 'the fuzzer', vars }], () => undefined, [], templar, context);
}

function value({ text, mode }: Question, vars: Dict, context: LookupContext): Data {
  const scope = scopeFor(vars, context);
  if (mode === 'text') return compile(text).render(scope, context);
  if (mode === 'condition') return compileExpression(text).test(scope, context);
  return templar.text(text, undefined, scope, context);
}

/** What qplay makes of a template. */
export function outcome(question: Question, vars: Dict, folder: string): Outcome {
  try {
    return JSON.stringify(encode(value(question, vars, contextIn(folder)) as Value));
  } catch (error) {
    if (!(error instanceof QplayError)) return `crash: ${error instanceof Error ? error.stack : String(error)}`;
    const { code = '', hint = '' } = error.diagnostics[0] ?? {};
    // Ansible writes AnsibleUndefined(...) into the text; qplay fails on purpose
    if (code === 'undefined' && hint.includes('written as text')) return 'limit';
    if (LIMITS.has(code)) return 'limit';
    return code === 'undefined' ? 'undefined' : 'error';
  }
}

/** Text that Python's Markup holds: qplay has no such type, see docs/reference/jinja-differences.md. */
const plain = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && '$' in value && value.$ === 'Markup' ? (value as unknown as { v: unknown }).v : value;

/** Whether the name of a class of Python's was written as text that qplay has no twin of. */
const isOfPython = (answer: Answer): boolean => 'value' in answer && /Markup\(|NativeJinjaText/.test(JSON.stringify(answer.value));

function expected(answer: Answer): Outcome {
  if ('value' in answer) return JSON.stringify(answer.value, plain);
  return answer.chain.some((name) => /Undefined/.test(name)) ? 'undefined' : 'error';
}

/** Where the two do not agree. Which of two mistakes in one template is met first is nobody's promise: both fail, that is all. */
export async function compareAll(server: TemplateServer, questions: readonly Question[], vars: Dict, folder: string): Promise<(Difference | undefined)[]> {
  const plain = Object.fromEntries([...vars].map(([name, held]) => [String(name), encode(held as Value)]));
  const answers = await server.ask({ cases: questions, vars: plain, basedir: folder });
  return questions.map((question, index) => {
    const answer = answers[index] as Answer;
    const ansible = expected(answer);
    const qplay = outcome(question, vars, folder);
    if (ansible === qplay || qplay === 'limit' || ('error' in answer && answer.error === 'TookTooLong') || (fails(ansible) && fails(qplay))) return undefined;
    if (isGivenBack(question, answer) || isOfPython(answer) || isLate(question) || isUndefinedThere(question, ansible) || (fails(qplay) && isMeant(answer)))
      return undefined;
    return { ...question, ansible: 'message' in answer ? `${ansible}: ${answer.error}: ${answer.message}` : ansible, qplay };
  });
}

/** A mistake that Jinja meets while it compiles makes Ansible give the template back as it stands; qplay tells of it, if it is met at all. */
const isGivenBack = ({ text }: Question, answer: Answer): boolean =>
  'value' in answer && typeof answer.value === 'string' && single(answer.value) === single(text) && text.includes('{');

/** An undefined value that the template holds itself: Ansible fails when an included file reads it, with `default` behind, too. */
const isUndefinedThere = ({ text }: Question, ansible: Outcome): boolean => ansible === 'undefined' && text.includes('inc.j2');

/** What a macro or a block wrote is made text at its end; by then a method may have changed it. */
const isLate = ({ text }: Question): boolean =>
  /end(?:macro|call|set|filter|block)/.test(text) && /\.(?:append|clear|extend|insert|pop|popitem|remove|reverse|setdefault|sort|update)\(/.test(text);

/** Backslashes were doubled by then. */
const single = (text: string): string => text.replaceAll('\\\\', '\\');

/** Where qplay fails on purpose: `%r` of an undefined shows Python's object; roots of negative numbers are complex. */
function isMeant(answer: Answer): boolean {
  if (!('value' in answer)) return false;
  return /AnsibleUndefined\(|\dj\)/.test(JSON.stringify(answer.value));
}

const fails = (one: Outcome): boolean => one === 'undefined' || one === 'error';
