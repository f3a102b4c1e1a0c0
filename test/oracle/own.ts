import { inputError, QplayError } from '../../engine/error.ts';
import type { CompileOptions, LookupContext, Scope } from '../../engine/jinja/api.ts';
import { readExpression } from '../../engine/jinja/compile.ts';
import { Env } from '../../engine/jinja/env.ts';
import { compile, compileExpression, isTemplate } from '../../engine/jinja/index.ts';
import { repr } from '../../engine/jinja/python/text.ts';
import { Runtime } from '../../engine/jinja/runtime.ts';
import type { Value } from '../../engine/jinja/values.ts';
import type { Data } from '../../engine/value.ts';
import type { Answer, Case, Json } from './templates.ts';
import { decode, encode } from './values.ts';

/** Variables whose values are templates themselves, rendered when they are read, as playbooks have them. */
class LazyScope implements Scope {
  readonly #vars: Readonly<Record<string, Json>>;
  readonly #context: LookupContext;
  readonly #path: string[] = [];
  constructor(vars: Readonly<Record<string, Json>>, context: LookupContext) {
    this.#vars = vars;
    this.#context = context;
  }
  get(name: string): Data | undefined {
    if (!Object.hasOwn(this.#vars, name)) return undefined;
    if (this.#path.includes(name)) throw inputError('recursion', `"${name}" is defined by itself`);
    this.#path.push(name);
    try {
      return this.#render(this.#vars[name] as Json);
    } finally {
      this.#path.pop();
    }
  }
  raw(name: string): Data | undefined {
    return Object.hasOwn(this.#vars, name) ? (decode(this.#vars[name] as Json) as Data) : undefined;
  }
  names(): Iterable<string> {
    return Object.keys(this.#vars);
  }
  #render(json: Json): Data {
    if (typeof json === 'string') return isTemplate(json) ? compile(json).evaluate(this, this.#context) : json;
    if (Array.isArray(json)) return json.map((member) => this.#render(member));
    if (json === null || typeof json !== 'object' || '$' in json) return decode(json) as Data;
    return new Map(Object.entries(json).map(([key, member]): [Data, Data] => [key, this.#render(member as Json)]));
  }
}

const OVERRIDES: Readonly<Record<string, keyof CompileOptions>> = {
  trim_blocks: 'trimBlocks',
  lstrip_blocks: 'lstripBlocks',
  keep_trailing_newline: 'keepTrailingNewline',
  newline_sequence: 'newline',
  variable_start_string: 'variableStart',
  variable_end_string: 'variableEnd',
  block_start_string: 'blockStart',
  block_end_string: 'blockEnd',
  comment_start_string: 'commentStart',
  comment_end_string: 'commentEnd',
};

const optionsOf = (overrides: Case['overrides']): CompileOptions | undefined =>
  overrides && Object.fromEntries(Object.entries(overrides).map(([name, value]) => [OVERRIDES[name] as string, value]));

function evaluate({ text, mode = 'value', overrides }: Case, scope: Scope, context: LookupContext): Value {
  switch (mode) {
    case 'value':
      return compile(text, undefined, optionsOf(overrides)).evaluate(scope, context) as Value;
    case 'text':
      return compile(text, undefined, optionsOf(overrides)).render(scope, context);
    case 'condition':
      return compileExpression(text).test(scope, context);
    default: {
      const unit = { text };
      const read = readExpression(unit);
      const runtime = new Runtime(scope, context, undefined, unit, true);
      return runtime.guard(() => read.evaluate(runtime, new Env()));
    }
  }
}

/** What a bare expression gives, as Python's `repr` writes it; undefined where it fails. */
export function reprOf(text: string, context: LookupContext): string | undefined {
  try {
    return repr(evaluate({ text, mode: 'expression' }, new LazyScope({}, context), context));
  } catch (error) {
    if (error instanceof QplayError) return undefined;
    throw error;
  }
}

/** Error of an answer that is none: what a user would see is a stack. */
export const CRASH = 'crash';

/** What qplay answers to a case: the twin of the template server. */
export function answer(one: Case, context: LookupContext, shared: Readonly<Record<string, Json>> = {}): Answer {
  const scope = new LazyScope({ ...shared, ...one.vars }, context);
  try {
    return { value: encode(evaluate(one, scope, context)) };
  } catch (error) {
    if (!(error instanceof QplayError)) return { error: CRASH, message: String((error as Error).stack), chain: [CRASH] };
    const [first] = error.diagnostics;
    return { error: first?.code ?? 'unknown', message: first?.message ?? '', chain: error.diagnostics.map((each) => each.code) };
  }
}
