import './filters/index.ts';
import './lookups/index.ts';
import './tests/index.ts';
import { type Diagnostic, QplayError } from '../error.ts';
import type { Data } from '../value.ts';
import { type CompileOptions, type Expression, type Jinja, type LookupContext, type Origin, type Scope, type Template, UNDEFINED } from './api.ts';
import type { Expr } from './ast.ts';
import { type CompiledTemplate, readExpression, readTemplate } from './compile.ts';
import type { Evaluate } from './compile-expression.ts';
import { Output } from './compile-statement.ts';
import { Env } from './env.ts';
import { syntaxError, type Unit } from './errors.ts';
import { freeNames as freeNamesOf } from './free-names.ts';
import { findGlobal } from './globals.ts';
import { truth } from './python/compare.ts';
import { convertText, expressionData, outputData } from './result.ts';
import { Runtime } from './runtime.ts';
import { runTemplate } from './templates.ts';
import { NativeText, type Value } from './values.ts';

export { lookupNames } from './lookups/call.ts';
export { compare, equal, truth } from './python/compare.ts';
export { literalEval } from './python/literal.ts';
export { repr, toText } from './python/text.ts';
export { filterNames, testNames } from './registry.ts';
export { LazyDict } from './values.ts';

const CACHE_SIZE = 20_000;

/** Keeps what was made for a text; forgets all when it grows too large. */
class Cache<T> {
  readonly #held = new Map<string, T>();
  get(key: string, make: () => T): T {
    let value = this.#held.get(key);
    if (value === undefined) {
      value = make();
      if (this.#held.size >= CACHE_SIZE) this.#held.clear();
      this.#held.set(key, value);
    }
    return value;
  }
}

const values = new Cache<CompiledTemplate>();
const files = new Cache<CompiledTemplate>();
const expressions = new Cache<{ readonly unit: Unit; readonly expr: Expr; readonly evaluate: Evaluate; readonly mutates: boolean }>();

/** Whether the text holds a template at all; cheap. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('{#');
}

/** Reads with the user's origin, so that a syntax error has its place; what is cached knows no origin. */
function read<T>(cache: Cache<T>, key: string, text: string, origin: Origin | undefined, make: (unit: Unit) => T): T {
  return cache.get(key, () => {
    const unit: { text: string; origin?: Origin | undefined } = { text, origin };
    try {
      return make(unit);
    } catch (error) {
      // thousands of operators in one expression: the stack ends before the grammar does
      throw error instanceof RangeError ? syntaxError(unit, 0, 2, 'the template is nested too deeply') : error;
    } finally {
      unit.origin = undefined;
    }
  });
}

function readFor(kind: 'value' | 'file', text: string, origin: Origin | undefined, options: CompileOptions | undefined): CompiledTemplate {
  const key = options === undefined ? text : `${JSON.stringify(options)}\0${text}`;
  return read(kind === 'value' ? values : files, key, text, origin, (unit) => readTemplate(unit, options ?? {}, kind === 'value'));
}

function countNewlines(text: string, newline = '\n'): number {
  let count = 0;
  for (let end = text.length; text.endsWith(newline, end); end -= newline.length) count++;
  return count;
}

/** Gives back the line ends that a template's text ends with and Jinja drops. */
function keepNewlines(template: CompiledTemplate, result: string): string {
  const wanted = countNewlines(template.unit.text);
  if (wanted === 0) return result;
  const missing = wanted - countNewlines(result, template.newline);
  return missing > 0 ? result + template.newline.repeat(missing) : result;
}

const SINGLE_NAME = /^\{\{\s*(\w*)\s*\}\}\n?$/;
class CompiledJinja implements Template {
  readonly #text: string;
  readonly #origin: Origin | undefined;
  readonly #options: CompileOptions | undefined;
  #value: CompiledTemplate | undefined;
  #file: CompiledTemplate | undefined;
  #singleName: string | undefined;

  constructor(text: string, origin: Origin | undefined, options: CompileOptions | undefined) {
    this.#text = text;
    this.#origin = origin;
    this.#options = options;
    this.#value = readFor('value', text, origin, options);
    const [first] = this.#value.body;
    if (this.#value.single === undefined || first?.kind !== 'output') return;
    if (first.value.kind === 'name' && SINGLE_NAME.test(text)) this.#singleName = first.value.name;
  }

  render(scope: Scope, context: LookupContext): string {
    this.#file ??= readFor('file', this.#text, this.#origin, this.#options);
    const rt = new Runtime(scope, context, this.#origin, this.#file.unit, false);
    const out = new Output();
    rt.guard(() => runTemplate(this.#file as CompiledTemplate, rt, new Env(), out));
    return keepNewlines(this.#file, out.text);
  }

  evaluate(scope: Scope, context: LookupContext): Data {
    const template = this.#value as CompiledTemplate;
    const raw = this.#singleName === undefined ? undefined : rawValue(scope, this.#singleName);
    // a lone variable that is a number, a boolean or None keeps its type; one that is a template itself does not
    if (raw !== undefined && (raw === null || isScalar(raw))) return raw;
    const { single } = template;
    const rt = new Runtime(scope, context, this.#origin, template.unit, true);
    const value = single === undefined ? wholeValue(template, rt) : rt.guard(() => singleValue(single(rt, new Env())));
    return typeof value === 'string' ? keepNewlines(template, value) : value;
  }
}

const isScalar = (value: Value): boolean =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  typeof value === 'bigint' ||
  (typeof value === 'object' && value !== null && value.constructor.name === 'Float');

/** What a variable was defined as; its value where the scope does not tell. */
const rawValue = (scope: Scope, name: string): Data | undefined => (scope.raw === undefined ? scope.get(name) : scope.raw(name));

/** Value of a template that is one output: text that must stay text does. */
const singleValue = (value: Value | NativeText): Data => (value instanceof NativeText ? value.text : outputData(value));

/** Value of a template of several parts: what its text says. */
function wholeValue(template: CompiledTemplate, rt: Runtime): Data {
  const out = new Output();
  rt.guard(() => runTemplate(template, rt, new Env(), out));
  return out.staysText ? out.text : convertText(out.text);
}

/** An expression binds no names. */
const NO_LOCALS = new Env();

class CompiledExpression implements Expression {
  readonly #code: { readonly unit: Unit; readonly evaluate: Evaluate; readonly mutates: boolean };
  readonly #origin: Origin | undefined;
  constructor(code: { readonly unit: Unit; readonly evaluate: Evaluate; readonly mutates: boolean }, origin: Origin | undefined) {
    this.#code = code;
    this.#origin = origin;
  }
  evaluate(scope: Scope, context: LookupContext): Data {
    const rt = this.#runtime(scope, context);
    return rt.guard(() => expressionData(this.#code.evaluate(rt, this.#code.mutates ? new Env() : NO_LOCALS)));
  }
  test(scope: Scope, context: LookupContext): boolean {
    const rt = this.#runtime(scope, context);
    return rt.guard(() => truth(this.#code.evaluate(rt, this.#code.mutates ? new Env() : NO_LOCALS)));
  }
  #runtime(scope: Scope, context: LookupContext): Runtime {
    return new Runtime(scope, context, this.#origin, this.#code.unit, true);
  }
}

/** A condition with delimiters in it: rendered first, then read as an expression, as Ansible does with a warning. */
class TemplatedExpression implements Expression {
  readonly #text: string;
  readonly #template: Template;
  readonly #origin: Origin | undefined;
  constructor(text: string, origin: Origin | undefined) {
    this.#text = text;
    this.#origin = origin;
    this.#template = compile(text, origin);
  }
  evaluate(scope: Scope, context: LookupContext): Data {
    context.warn(`conditional statements should not include templating delimiters such as {{ }} or {% %}: ${this.#text}`);
    const inner = this.#template.evaluate(scope, context);
    if (typeof inner !== 'string') return inner;
    if (inner.trim() === '') return false;
    // the text is the result of a template, so its places mean nothing in the user's file
    const at = this.#origin?.at(0);
    try {
      return new CompiledExpression(readBare(inner, undefined), undefined).evaluate(scope, context);
    } catch (error) {
      if (!(error instanceof QplayError) || at === undefined) throw error;
      throw new QplayError(error.diagnostics.map((one): Diagnostic => (one.at === undefined ? { ...one, at } : one)));
    }
  }
  test(scope: Scope, context: LookupContext): boolean {
    return truth(this.evaluate(scope, context) as Value);
  }
}

function readBare(
  text: string,
  origin: Origin | undefined,
): { readonly unit: Unit; readonly expr: Expr; readonly evaluate: Evaluate; readonly mutates: boolean } {
  return read(expressions, text, text, origin, (unit) => ({ unit, ...readExpression(unit) }));
}

/** Compiles a template; a syntax error throws a `QplayError` with its place. */
export function compile(text: string, origin?: Origin, options?: CompileOptions): Template {
  return new CompiledJinja(text, origin, options);
}

/** Compiles a bare expression. */
export function compileExpression(text: string, origin?: Origin): Expression {
  if (isTemplate(text) && hasDelimiters(text)) return new TemplatedExpression(text, origin);
  return new CompiledExpression(readBare(text, origin), origin);
}

/** Whether delimiters stand outside of strings; `'{{ x }}' in y` is a plain expression, and so is `{'a': {}}`. */
function hasDelimiters(text: string): boolean {
  try {
    readBare(text, undefined);
    return false;
  } catch {
    return true;
  }
}

/** Names that a template or an expression reads from its scope; best effort, and empty for what cannot be read. */
export function freeNames(text: string, kind: 'template' | 'expression'): ReadonlySet<string> {
  const isBare = kind === 'expression' && !(isTemplate(text) && hasDelimiters(text));
  const names = freeNamesOf(isBare ? readBare(text, undefined).expr : readFor('value', text, undefined, undefined).body);
  for (const name of names) if (findGlobal(name) !== undefined) names.delete(name);
  return names;
}

/** The language, as one object. */
export const jinja: Jinja = { isTemplate, compile, compileExpression, freeNames };

export { UNDEFINED };
