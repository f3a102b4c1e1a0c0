import { nearest } from '../error.ts';
import type { Body, Expr, Parameter, Statement, Target } from './ast.ts';
import { describe } from './cursor.ts';
import type { Token } from './lexer.ts';
import { ExpressionParser } from './parser.ts';
import { LIMITS } from './python/limits.ts';

const TAGS = ['for', 'if', 'block', 'extends', 'print', 'macro', 'include', 'from', 'import', 'set', 'with', 'autoescape', 'call', 'filter'];
const ENDS = ['elif', 'else', 'endif', 'endfor', 'endblock', 'endmacro', 'endset', 'endwith', 'endautoescape', 'endcall', 'endfilter', 'endraw'];
/** Tags of Jinja's extensions, which Ansible leaves off. */
const EXTENSIONS = new Set(['do', 'break', 'continue', 'trans', 'pluralize', 'debug']);

type At = { readonly offset: number; readonly length: number };

/** Reads a whole template: data, outputs and statements. */
export class TemplateParser extends ExpressionParser {
  readonly #open: { readonly tag: string; readonly ends: readonly string[]; readonly at: At }[] = [];
  readonly #blocks = new Set<string>();

  template(): Body {
    const body = this.#until([]);
    return body;
  }

  /** Statements up to one of the end tags, which is left as the current token. */
  #until(ends: readonly string[]): Body {
    const body: Statement[] = [];
    for (;;) {
      const token = this.current;
      if (token.type === 'eof') {
        if (ends.length > 0) this.#unclosed();
        return body;
      }
      if (token.type === 'data') {
        this.next();
        body.push({ kind: 'data', text: token.text, offset: token.offset, length: token.length });
      } else if (token.type === 'variable_begin') body.push(this.#output());
      else {
        this.next();
        if (this.current.type === 'name' && ends.includes(this.current.text)) return body;
        const statement = this.#statement();
        if (Array.isArray(statement)) body.push(...statement);
        else body.push(statement as Statement);
        this.#blockEnd();
      }
    }
  }

  #unclosed(): never {
    const open = this.#open[this.#open.length - 1];
    if (open === undefined) this.fail('unexpected end of template');
    this.fail(`'${open.tag}' is never closed: expected ${alternatives(open.ends)} before the end of the template`, open.at);
  }

  #blockEnd(): void {
    if (this.current.type !== 'block_end') this.fail(`expected the end of the tag, got ${describe(this.current)}`);
    this.next();
  }

  #output(): Statement {
    const begin = this.next();
    const value = this.tuple();
    if (this.current.type !== 'variable_end') this.fail(`expected the end of {{ }}, got ${describe(this.current)}`);
    this.next();
    return { kind: 'output', value, ...this.span(begin) };
  }

  /** The body of a tag; `ends` as `#until` takes them. */
  #body(tag: Token, ends: readonly string[]): Body {
    if (this.isOperator(':')) this.next();
    this.#blockEnd();
    this.#open.push({ tag: tag.text, ends, at: tag });
    if (this.#open.length > LIMITS.nesting) this.fail(`tags are nested more than ${LIMITS.nesting} deep`, tag);
    const body = this.#until(ends);
    this.#open.pop();
    return body;
  }

  #statement(): Statement | Statement[] {
    const tag = this.current;
    if (tag.type !== 'name') this.fail('tag name expected');
    switch (tag.text) {
      case 'if':
        return this.#if();
      case 'for':
        return this.#for();
      case 'set':
        return this.#set();
      case 'with':
        return this.#with();
      case 'macro':
        return this.#macro();
      case 'call':
        return this.#call();
      case 'filter':
        return this.#filterBlock();
      case 'block':
        return this.#block();
      case 'extends': {
        this.next();
        return { kind: 'extends', template: this.expression(), ...this.span(tag) };
      }
      case 'include':
        return this.#include();
      case 'import':
        return this.#import();
      case 'from':
        return this.#from();
      case 'print':
        return this.#print();
      case 'autoescape':
        return this.#autoescape();
      default:
        return this.#unknown(tag);
    }
  }

  #unknown(tag: Token): never {
    const open = this.#open[this.#open.length - 1];
    const looking =
      open === undefined ? '' : ` Jinja was looking for ${alternatives(open.ends)}; the innermost block that needs to be closed is '${open.tag}'.`;
    if (EXTENSIONS.has(tag.text))
      this.fail(`Encountered unknown tag '${tag.text}'.${looking}`, tag, `'${tag.text}' belongs to an extension of Jinja that Ansible leaves off`);
    if (ENDS.includes(tag.text)) {
      if (open === undefined) this.fail(`'${tag.text}' closes nothing: no tag is open here`, tag);
      this.fail(`'${tag.text}' cannot close '${open.tag}': expected ${alternatives(open.ends)}`, tag);
    }
    const suggestion = nearest(tag.text, [...TAGS, ...(open?.ends ?? [])]);
    this.fail(`Encountered unknown tag '${tag.text}'.${suggestion === undefined ? looking : ` Did you mean "${suggestion}"?`}`, tag);
  }

  #if(): Statement {
    const tag = this.next();
    const branches: { test: Expr; body: Body }[] = [];
    let otherwise: Body = [];
    for (;;) {
      const test = this.tuple(false);
      branches.push({ test, body: this.#body(tag, ['elif', 'else', 'endif']) });
      const end = this.next();
      if (end.text === 'elif') continue;
      if (end.text === 'else') {
        otherwise = this.#body(tag, ['endif']);
        this.next();
      }
      return { kind: 'if', branches, otherwise, ...this.span(tag) };
    }
  }

  #for(): Statement {
    const tag = this.next();
    const target = this.#target(() => this.isName('in'));
    if (!this.skipName('in')) this.fail(`expected 'in', got ${describe(this.current)}`);
    const of = this.tuple(false, false, () => this.isName('recursive'));
    const test = this.skipName('if') ? this.expression() : undefined;
    const recursive = this.skipName('recursive');
    const body = this.#body(tag, ['endfor', 'else']);
    let otherwise: Body = [];
    if (this.next().text === 'else') {
      otherwise = this.#body(tag, ['endfor']);
      this.next();
    }
    return { kind: 'for', target, of, test, recursive, body, otherwise, ...this.span(tag) };
  }

  /** One name, several, or a namespace's member. */
  #target(ends: () => boolean, withNamespace = false): Target {
    const start = this.current;
    const following = this.look();
    if (withNamespace && start.type === 'name' && following.type === 'operator' && following.text === '.') {
      this.next();
      this.next();
      return { kind: 'namespace', name: start.text, member: this.expectName().text, ...this.span(start) };
    }
    const targets: Target[] = [];
    let isTuple = false;
    while (targets.length === 0 || isTuple) {
      if (targets.length > 0 && ends()) break;
      targets.push(this.#oneTarget());
      if (!this.skipOperator(',')) break;
      isTuple = true;
    }
    return isTuple ? { kind: 'members', targets, ...this.span(start) } : (targets[0] as Target);
  }

  #oneTarget(): Target {
    const start = this.current;
    if (this.skipOperator('(')) {
      const inner = this.#target(() => this.isOperator(')'));
      this.expectOperator(')');
      return inner.kind === 'name' ? inner : { ...inner, ...this.span(start) };
    }
    const token = this.expectName("a variable's name");
    if (/^(true|false|none|True|False|None)$/.test(token.text)) this.fail(`can't assign to '${token.text}'`, token);
    return { kind: 'name', name: token.text, offset: token.offset, length: token.length };
  }

  #set(): Statement {
    const tag = this.next();
    const target = this.#target(() => this.isOperator('='), true);
    if (this.skipOperator('=')) return { kind: 'set', target, value: this.tuple(), ...this.span(tag) };
    const filter = this.isOperator('|') ? this.#filterChain(false) : undefined;
    const body = this.#body(tag, ['endset']);
    this.next();
    return { kind: 'set-block', target, filter, body, ...this.span(tag) };
  }

  #filterChain(bare: boolean): Expr {
    let filter = this.filter(undefined, bare);
    while (this.isOperator('|')) filter = this.filter(filter);
    return filter;
  }

  #with(): Statement {
    const tag = this.next();
    const targets: { target: Target; value: Expr }[] = [];
    while (this.current.type !== 'block_end') {
      if (targets.length > 0) this.expectOperator(',');
      const target = this.#oneTarget();
      this.expectOperator('=');
      targets.push({ target, value: this.expression() });
    }
    const body = this.#body(tag, ['endwith']);
    this.next();
    return { kind: 'with', targets, body, ...this.span(tag) };
  }

  /** Parameters in brackets, defaults last. */
  #parameters(): Parameter[] {
    this.expectOperator('(');
    const parameters: Parameter[] = [];
    while (!this.isOperator(')')) {
      if (parameters.length > 0) this.expectOperator(',');
      const name = this.expectName("a parameter's name");
      const otherwise = this.skipOperator('=') ? this.expression() : undefined;
      if (otherwise === undefined && parameters.some((one) => one.otherwise !== undefined)) this.fail('non-default argument follows default argument', name);
      parameters.push({ name: name.text, otherwise });
    }
    this.next();
    return parameters;
  }

  #macro(): Statement {
    const tag = this.next();
    const { text: name } = this.expectName("the macro's name");
    const parameters = this.#parameters();
    const body = this.#body(tag, ['endmacro']);
    this.next();
    return { kind: 'macro', name, parameters, body, ...this.span(tag) };
  }

  #call(): Statement {
    const tag = this.next();
    const parameters = this.isOperator('(') ? this.#parameters() : [];
    const start = this.current;
    const call = this.expression();
    if (call.kind !== 'call') this.fail('expected call', start);
    const body = this.#body(tag, ['endcall']);
    this.next();
    return { kind: 'call-block', call, parameters, body, ...this.span(tag) };
  }

  #filterBlock(): Statement {
    const tag = this.next();
    const filter = this.#filterChain(true);
    const body = this.#body(tag, ['endfilter']);
    this.next();
    return { kind: 'filter-block', filter, body, ...this.span(tag) };
  }

  #block(): Statement {
    const tag = this.next();
    const name = this.expectName("the block's name");
    const scoped = this.skipName('scoped');
    const required = this.skipName('required');
    if (this.#blocks.has(name.text)) this.fail(`block '${name.text}' defined twice`, name);
    this.#blocks.add(name.text);
    const body = this.#body(tag, ['endblock']);
    this.next();
    if (this.isName(name.text)) this.next();
    return { kind: 'block', name: name.text, scoped, required, body, ...this.span(tag) };
  }

  #include(): Statement {
    const tag = this.next();
    const template = this.expression();
    const ignoreMissing = this.isName('ignore') && this.look().text === 'missing';
    if (ignoreMissing) {
      this.next();
      this.next();
    }
    return { kind: 'include', template, ignoreMissing, withContext: this.#context(true), ...this.span(tag) };
  }

  /** `with context` or `without context`. */
  #context(otherwise: boolean): boolean {
    if ((this.isName('with') || this.isName('without')) && this.look().text === 'context') {
      const isWith = this.next().text === 'with';
      this.next();
      return isWith;
    }
    return otherwise;
  }

  #import(): Statement {
    const tag = this.next();
    const template = this.expression();
    if (!this.skipName('as')) this.fail(`expected 'as', got ${describe(this.current)}`);
    const target = this.expectName().text;
    return { kind: 'import', template, target, withContext: this.#context(false), ...this.span(tag) };
  }

  #from(): Statement {
    const tag = this.next();
    const template = this.expression();
    if (!this.skipName('import')) this.fail(`expected 'import', got ${describe(this.current)}`);
    const names: { name: string; alias: string; offset: number }[] = [];
    while (this.current.type === 'name' && !this.#isContext()) {
      const name = this.next();
      if (name.text.startsWith('_')) this.fail('names starting with an underline can not be imported', name);
      const alias = this.skipName('as') ? this.expectName().text : name.text;
      names.push({ name: name.text, alias, offset: name.offset });
      if (!this.skipOperator(',')) break;
    }
    if (names.length === 0) this.fail('expected a name to import');
    return { kind: 'from', template, names, withContext: this.#context(false), ...this.span(tag) };
  }

  #isContext(): boolean {
    return (this.isName('with') || this.isName('without')) && this.look().text === 'context';
  }

  #print(): Statement[] {
    const tag = this.next();
    const values: Expr[] = [];
    while (this.current.type !== 'block_end') {
      if (values.length > 0) this.expectOperator(',');
      values.push(this.expression());
    }
    return values.map((value) => ({ kind: 'output', value, printed: true, ...this.span(tag) }));
  }

  /** Ansible's outputs are not escaped whatever the tag says, so it is only a scope. */
  #autoescape(): Statement {
    const tag = this.next();
    this.expression();
    const body = this.#body(tag, ['endautoescape']);
    this.next();
    return { kind: 'scope', body, ...this.span(tag) };
  }
}

function alternatives(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' or ');
}
