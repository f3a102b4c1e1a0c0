import type { CompileOptions } from './api.ts';
import type { Body, Expr } from './ast.ts';
import { compileExpr, type Evaluate } from './compile-expression.ts';
import { compileNative, type NativeEvaluate } from './compile-native.ts';
import { compileScope, type Run } from './compile-statement.ts';
import { syntaxError, type Unit } from './errors.ts';
import { callsMethod, readsName } from './free-names.ts';
import { DEFAULT_SYNTAX, Lexer, type Syntax } from './lexer.ts';
import { MUTATING } from './methods/index.ts';
import { ExpressionParser } from './parser.ts';
import { literalEval } from './python/literal.ts';
import { TemplateParser } from './statements.ts';
import { Symbols } from './symbols.ts';

/** A template ready to run. */
export interface CompiledTemplate {
  readonly unit: Unit;
  readonly body: Body;
  readonly run: Run;
  readonly blocks: ReadonlyMap<string, Run>;
  /** The expression of a template that is one `{{ }}` and nothing else. */
  readonly single: NativeEvaluate | undefined;
  readonly newline: string;
  /** Whether it asks for `self`, its own blocks. */
  readonly readsSelf: boolean;
}

const HEADER = '#jinja2:';
const HEADER_NAMES: Readonly<Record<string, keyof Syntax>> = {
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

/** Reads the `#jinja2: trim_blocks:False` line that may begin a template. */
function readHeader(unit: Unit, options: CompileOptions): { syntax: Syntax; start: number } {
  const syntax: Record<string, unknown> = { ...DEFAULT_SYNTAX, ...options };
  if (!unit.text.startsWith(HEADER)) return { syntax: syntax as unknown as Syntax, start: 0 };
  const end = unit.text.indexOf('\n');
  const line = unit.text.slice(HEADER.length, end < 0 ? undefined : end);
  for (const pair of line.split(',')) {
    const colon = pair.indexOf(':');
    if (colon < 0)
      throw syntaxError(
        unit,
        0,
        HEADER.length + line.length,
        `failed to parse jinja2 override '${pair.trim()}'`,
        'Write it as name:value, with a colon between',
      );
    const given = pair.slice(0, colon).trim();
    const name = Object.hasOwn(HEADER_NAMES, given) ? HEADER_NAMES[given] : undefined;
    const value = literalEval(pair.slice(colon + 1).trim());
    if (name === undefined) continue;
    if (typeof value !== typeof DEFAULT_SYNTAX[name])
      throw syntaxError(unit, 0, HEADER.length + line.length, `jinja2 override '${pair.trim()}' has a value of the wrong type`);
    syntax[name] = value;
  }
  return { syntax: syntax as unknown as Syntax, start: end < 0 ? unit.text.length : end + 1 };
}

/** Reads a template; `raw` keeps the backslashes of strings within `{{ }}`. */
export function readTemplate(unit: Unit, options: CompileOptions, raw: boolean): CompiledTemplate {
  const { syntax, start } = readHeader(unit, options);
  const body = new TemplateParser(unit, new Lexer(unit, syntax, start).template()).template();
  const blocks = new Map<string, Run>();
  const symbols = new Symbols().body(body);
  const context = { unit, raw: false, rawOutputs: raw, mutates: callsMethod(body, MUTATING), blocks, symbols };
  const run = compileScope(body, symbols, context);
  const [first] = body;
  const single =
    body.length === 1 && first?.kind === 'output' ? compileNative(first.value, { ...context, raw: raw && first.printed === undefined }) : undefined;
  return { unit, body, run, blocks, single, newline: syntax.newline, readsSelf: blocks.size > 0 && readsName(body, 'self') };
}

/** Reads a bare expression. */
export function readExpression(unit: Unit): { readonly expr: Expr; readonly evaluate: Evaluate; readonly mutates: boolean } {
  const expr = new ExpressionParser(unit, new Lexer(unit, { ...DEFAULT_SYNTAX, keepTrailingNewline: true }).expression()).whole();
  const mutates = callsMethod(expr, MUTATING);
  return { expr, mutates, evaluate: compileExpr(expr, { unit, raw: false, mutates }) };
}
