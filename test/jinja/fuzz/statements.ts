import { Expressions } from './expressions.ts';
import { INCLUDES } from './more.ts';
import { commas, expr, option, type Piece, stmt, template } from './tree.ts';

const DATA = ['a', ' ', '\n', '  \n', 'text\n', '\n\n', ' - ', '#', 'x: ', '\t', '{', '}', '%', 'é'];
const LOOP = [
  'index',
  'index0',
  'first',
  'last',
  'length',
  'revindex',
  'revindex0',
  'depth',
  'depth0',
  'previtem',
  'nextitem',
  "cycle('a', 'b')",
  'changed(it)',
];

/** Makes whole templates: outputs and statements with text between. */
export class Templates extends Expressions {
  #names = 0;

  /** One expression and nothing else, or a template with statements. */
  template(depth: number): Piece {
    this.locals.length = 0;
    this.#names = 0;
    const where = this.random.next();
    if (where < 0.45) return template([expr`{{ ${this.make('any', depth)} }}`]);
    if (where < 0.55) return template([stmt`{{ ${this.make('any', depth)} }}`, this.data(), stmt`{{ ${this.make('any', depth)} }}`]);
    return template(this.body(depth, 1, 4));
  }

  body(depth: number, least = 0, most = 3): Piece[] {
    const before = this.locals.length;
    const body = this.random.many(least, most, () => this.statement(depth));
    this.locals.length = before;
    return body;
  }

  data(): Piece {
    return stmt`${this.random.many(1, 2, () => this.random.pick(DATA)).join('')}`;
  }

  /** `{%` or `{%-`, and the other side. */
  #open(): string {
    return `{%${this.random.pick(['', '', '', '', '-', '+'])} `;
  }
  #close(): string {
    return ` ${this.random.pick(['', '', '', '', '-', '+'])}%}`;
  }
  #tag(inside: Piece | string): Piece {
    return { sort: 'option', parts: [this.#open(), inside, this.#close()] };
  }
  #block(begin: Piece | string, middle: readonly Piece[], end: string): Piece {
    return { sort: 'statement', parts: [this.#open(), begin, this.#close(), ...middle, this.#open(), end, this.#close()] };
  }
  #name(prefix: string): string {
    return `${prefix}${++this.#names}`;
  }

  statement(depth: number): Piece {
    if (depth <= 0) return this.random.chance(0.5) ? this.data() : this.output(1);
    const below = depth - 1;
    const rules: readonly (() => Piece)[] = [
      () => this.data(),
      () => this.output(depth),
      () => this.output(depth),
      () => this.#if(below),
      () => this.#for(below),
      () => this.#for(below),
      () => this.#set(below),
      () => this.#set(below),
      () => this.#namespace(below),
      () => this.#macro(below),
      () => this.#callBlock(below),
      () =>
        this.#block(
          expr`filter ${this.random.pick(['upper', 'trim', "replace('a', 'b')", 'indent(2)', 'length', 'title | trim', "default('x')", 'list'])}`,
          this.body(below),
          'endfilter',
        ),
      () => this.#with(below),
      () => this.random.pick(INCLUDES)(this, below),
      () => this.#block('raw', [stmt`${this.random.pick(['{{ x }}', ' {% if %} ', '{# c #}', '\n', 'a'])}`], 'endraw'),
      () => stmt`${this.random.pick(['{# note #}', '{#- note -#}', '{# note #}\n', '{#+ x +#}', '{# {{ x }} #}'])}`,
      () => stmt`{% print ${this.make('any', below)}${this.random.chance(0.3) ? [option`, ${this.make('any', below)}`] : []} %}`,
      () => this.#block(expr`autoescape ${'false'}`, this.body(below), 'endautoescape'),
      () => this.#block(`block ${this.#name('b')}`, this.body(below), 'endblock'),
    ];
    return this.random.pick(rules)();
  }

  output(depth: number): Piece {
    const signs = ['', '', '', '', '', '-'];
    return stmt`{{${this.random.pick(signs)} ${this.make('any', depth)} ${this.random.pick(signs)}}}`;
  }

  #if(depth: number): Piece {
    const middle = [...this.body(depth)];
    const more: Piece[] = [];
    if (this.random.chance(0.3)) more.push(this.#branch(expr`elif ${this.make('bool', depth)}`, depth));
    if (this.random.chance(0.5)) more.push(this.#branch('else', depth));
    return this.#block(expr`if ${this.make('bool', depth)}`, [...middle, ...more], 'endif');
  }
  #branch(begin: Piece | string, depth: number): Piece {
    return { sort: 'option', parts: [this.#tag(begin), ...this.body(depth)] };
  }

  #for(depth: number): Piece {
    const { random } = this;
    const pairs = random.chance(0.25);
    const target = pairs ? 'k, v' : 'it';
    const of = pairs ? expr`${this.make('dict', depth)}.items()` : this.make(random.pick(['list', 'list', 'records', 'text', 'dict', 'any']), depth);
    const before = this.locals.length;
    this.locals.push(...(pairs ? ['k', 'v'] : ['it']));
    const test = random.chance(0.25) ? [option` if ${this.make('bool', Math.min(depth, 1))}`] : [];
    const recursive = !pairs && random.chance(0.12);
    this.locals.push('loop.index', 'loop.first', 'loop.last');
    const inner = [...this.body(depth, 1, 3), ...(random.chance(0.5) ? [stmt`{{ loop.${random.pick(LOOP)} }}`] : [])];
    if (recursive) inner.push(stmt`{% if it is iterable and it is not string and it is not mapping %}<{{ loop(it) }}>{% endif %}`);
    this.locals.length = before;
    const none = random.chance(0.25) ? [this.#branch('else', depth)] : [];
    return this.#block(expr`for ${target} in ${of}${test}${recursive ? ' recursive' : ''}`, [...inner, ...none], 'endfor');
  }

  #set(depth: number): Piece {
    const { random } = this;
    if (random.chance(0.25)) {
      const filter = random.chance(0.4) ? [option` | ${random.pick(['upper', 'trim', 'int', 'length', "default('q')", 'list'])}`] : [];
      const made = this.#block(expr`set ${'w'}${filter}`, this.body(depth), 'endset');
      this.locals.push('w');
      return made;
    }
    if (random.chance(0.2)) {
      const made = stmt`${this.#open()}set p, q = ${this.make('any', depth)}, ${this.make('any', depth)}${this.#close()}`;
      this.locals.push('p', 'q');
      return made;
    }
    const name = random.pick(['x', 'y', 'x', 'i', 's']);
    const made = stmt`${this.#open()}set ${name} = ${this.make('any', depth)}${this.#close()}`;
    this.locals.push(name);
    return made;
  }

  #namespace(depth: number): Piece {
    const begin = stmt`{% set ns = namespace(a=${this.make('any', depth)}, n=0) %}`;
    this.locals.push('ns.a', 'ns.n');
    return {
      sort: 'statement',
      parts: [begin, stmt`{% for it in ${this.make('list', depth)} %}{% set ns.n = ns.n + 1 %}{% set ns.a = it %}{% endfor %}`, stmt`{{ ns.n }}{{ ns.a }}`],
    };
  }

  #macro(depth: number): Piece {
    const { random } = this;
    const name = this.#name('m');
    const defaults = random.chance(0.6) ? [option`, b=${this.make('any', 0)}`] : [];
    const before = this.locals.length;
    this.locals.push('a', ...random.pick([[], ['varargs'], ['kwargs'], ['varargs', 'kwargs'], ['b']]));
    const body = this.body(depth, 1, 3);
    if (random.chance(0.3)) body.push(stmt`{{ caller() if caller is defined else 'no caller' }}`);
    this.locals.length = before;
    const args = commas(random.many(0, 3, () => this.make('any', Math.min(depth, 1))));
    const named = random.chance(0.3) ? [option`${args.length > 0 ? ', ' : ''}${random.pick(['a', 'b', 'z'])}=${this.make('any', 0)}`] : [];
    return {
      sort: 'statement',
      parts: [
        this.#block(expr`macro ${name}(a${defaults})`, body, 'endmacro'),
        stmt`{{ ${name}(${args}${named})${random.pick(['', '', ' | upper', ' | length', ' + "x"', ' is string'])} }}`,
      ],
    };
  }

  #callBlock(depth: number): Piece {
    const { random } = this;
    const name = this.#name('c');
    const takes = random.chance(0.4);
    const macro = stmt`{% macro ${name}(${random.pick(['', 'a=1'])}) %}<{{ caller(${takes ? this.make('any', 0) : ''}) }}>{% endmacro %}`;
    const before = this.locals.length;
    if (takes) this.locals.push('u');
    const body = this.body(depth, 1, 2);
    this.locals.length = before;
    return { sort: 'statement', parts: [macro, this.#block(`call${takes ? '(u)' : ''} ${name}()`, body, 'endcall')] };
  }

  #with(depth: number): Piece {
    const begin = expr`with x = ${this.make('any', depth)}, y = ${this.make('any', depth)}`;
    const before = this.locals.length;
    this.locals.push('x', 'y');
    const body = this.body(depth, 1, 3);
    this.locals.length = before;
    return this.#block(begin, body, 'endwith');
  }
}
