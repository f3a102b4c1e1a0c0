import { FILTERS, TESTS } from './filters.ts';
import { METHODS } from './methods.ts';
import { DATED, LOOKUPS } from './more.ts';
import type { Random } from './random.ts';
import { commas, expr, option, type Piece } from './tree.ts';
import { integer, LAZY, NAMES, type Type, text } from './variables.ts';

/** What an expression is meant to give. Meant only: now and then another type is put in its place. */
export type Kind = Sure | 'any';
type Sure = Exclude<Type, 'missing'> | 'tuple';

/** Makes one piece; `depth` is how deep it may nest. */
export type Rule = (g: Expressions, depth: number) => Piece;

const MISTAKES = 0.04;
const KINDS: readonly Sure[] = ['int', 'float', 'text', 'bool', 'list', 'dict', 'records', 'none', 'tuple'];

/** Python's way to write a text, with either quote. */
export function quoted(value: string, random: Random): string {
  const quote = random.chance(0.8) ? "'" : '"';
  return `${quote}${value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n')}${quote}`;
}

const arithmetic: Rule = (g, d) => expr`${g.make('int', d)} ${g.random.pick(['+', '-', '*', '//', '%'])} ${g.make('int', d)}`;
const compared: Rule = (g, d) => {
  const kind = g.random.pick<Kind>(['int', 'float', 'text', 'list', 'any']);
  const operator = g.random.pick(['==', '!=', '<', '<=', '>', '>=']);
  const chain = g.random.chance(0.15) ? [option` ${g.random.pick(['<', '==', '>='])} ${g.make(kind, d)}`] : [];
  return expr`${g.make(kind, d)} ${operator} ${g.make(kind, d)}${chain}`;
};
const either =
  (kind: Kind): Rule =>
  (g, d) =>
    expr`(${g.make(kind, d)} if ${g.make('bool', d)} else ${g.make(kind, d)})`;
const logic =
  (kind: Kind): Rule =>
  (g, d) =>
    expr`(${g.make(kind, d)} ${g.random.pick(['and', 'or'])} ${g.make(kind, d)})`;
const otherwise =
  (kind: Kind): Rule =>
  (g, d) => {
    const of = g.random.chance(0.6) ? g.missing() : g.make(kind, d);
    return expr`(${of} | ${g.random.pick(['default', 'd'])}(${g.make(kind, d)}${g.random.chance(0.3) ? [option`, true`] : []}))`;
  };

const RULES: Readonly<Record<Sure, readonly Rule[]>> = {
  int: [
    arithmetic,
    arithmetic,
    (g, d) => expr`(${arithmetic(g, d)})`,
    (g, d) => expr`${g.make('int', d)} ** ${g.random.below(4)}`,
    (g, d) => expr`${g.random.pick(['-', '+', '- '])}${g.make('int', d)}`,
    (g, d) => expr`${g.make('list', d)}[${g.make('int', 0)}]`,
    (g, d) => expr`(${g.make('bool', d)} + ${g.make('int', d)})`,
    () => expr`nest.l.1.0`,
    () => expr`nest['l'][0]`,
    (g, d) => expr`(${g.make('any', d)} | length)`,
    (g) => expr`range(${g.random.below(9) - 2}${g.random.chance(0.4) ? [option`, ${g.random.below(9)}`] : []})[${g.random.below(3)}]`,
  ],
  float: [
    (g, d) => expr`${g.make('int', d)} / ${g.make('int', d)}`,
    (g, d) => expr`(${g.make('float', d)} ${g.random.pick(['+', '-', '*', '/', '//', '%'])} ${g.make('int', d)})`,
    (g, d) => expr`(${g.make('float', d)} ${g.random.pick(['+', '-', '*', '/', '//', '%'])} ${g.make('float', d)})`,
    (g, d) => expr`-${g.make('float', d)}`,
    (g, d) => expr`${g.make('float', d)} ** ${g.random.pick(['2', '3', '-1', '0'])}`,
  ],
  text: [
    (g, d) => expr`${g.make('text', d)} + ${g.make('text', d)}`,
    (g, d) => expr`(${g.make('any', d)} ~ ${g.make('any', d)})`,
    (g, d) => expr`${g.make('text', d)} ~ ${g.make('any', d)}`,
    (g, d) => expr`${g.make('text', d)} * ${g.random.below(4)}`,
    (g, d) => expr`${g.make('text', d)}${g.slice(d)}`,
    (g, d) =>
      expr`${g.quoted(g.random.pick(['%s', '%d!', '%5s|', '%-5s|', '%05d', '%.2f', '%x', '%r', '%+d', '%e', '%g', '%%%s', '%c', '%5.1f']))} % ${g.make('any', d)}`,
    (g, d) => expr`'%s-%s' % (${g.make('any', d)}, ${g.make('any', d)})`,
    (g, d) => expr`'%(a)s %(b)s' % {'a': ${g.make('any', d)}, 'b': ${g.make('any', d)}}`,
    (g, d) =>
      expr`${g.quoted(g.random.pick(['{}', '{0}-{0}', '{:>6}|', '{:<6}|', '{:^6}|', '{:05d}', '{:.2f}', '{:,}', '{!r}', '{:x}', '{:e}', '{:+}', '{:%}', '{:g}', '{:*^9}', '{0[0]}', '{:#x}', '{{}}{}', '{:s}']))}.format(${g.make('any', d)})`,
    (g, d) => expr`'{a} {b}'.format(a=${g.make('any', d)}, b=${g.make('any', d)})`,
    () => expr`'a' 'b'`,
    () => expr`nest.l.1.1`,
  ],
  bool: [
    compared,
    compared,
    (g, d) => expr`not ${g.make('bool', d)}`,
    (g, d) => expr`${g.make('any', d)} ${g.random.pick(['in', 'not in'])} ${g.make('list', d)}`,
    (g, d) => expr`${g.make('text', d)} ${g.random.pick(['in', 'not in'])} ${g.make(g.random.pick(['text', 'dict']), d)}`,
    (g, d) => expr`(${g.make('bool', d)} ${g.random.pick(['and', 'or'])} ${g.make('bool', d)})`,
    (g) => expr`${g.missing()} is ${g.random.pick(['defined', 'undefined', 'not defined'])}`,
    (g, d) => g.random.pick(TESTS)(g, d),
    (g, d) => g.random.pick(TESTS)(g, d),
    (g, d) => g.random.pick(TESTS)(g, d),
  ],
  list: [
    (g, d) => expr`[${commas(g.random.many(0, 3, () => g.make('any', d)))}]`,
    (g, d) => expr`${g.make('list', d)} + ${g.make('list', d)}`,
    (g, d) => expr`${g.make('list', d)} * ${g.random.below(3)}`,
    (g, d) => expr`${g.make('list', d)}${g.slice(d)}`,
    (g) => expr`(range(${g.random.below(6)}${g.random.chance(0.3) ? [option`, ${g.random.below(9)}`] : []}) | list)`,
    () => expr`nest.l`,
  ],
  dict: [
    (g, d) => expr`{${commas(g.random.many(0, 3, () => expr`${g.make(g.random.pick(['text', 'text', 'int', 'any']), 0)}: ${g.make('any', d)}`))}}`,
    (g, d) => expr`dict(a=${g.make('any', d)}${g.random.chance(0.4) ? [option`, b=${g.make('any', d)}`] : []})`,
    (g, d) => expr`dict([['k', ${g.make('any', d)}]])`,
    () => expr`nest.a`,
    (g) => expr`rows[${g.random.below(3)}]`,
  ],
  records: [(g, d) => expr`(rows + [{'name': ${g.make('text', d)}, 'n': ${g.make('int', d)}}])`],
  none: [() => expr`none`],
  tuple: [
    (g, d) => expr`(${g.make('any', d)}, ${commas(g.random.many(0, 2, () => g.make('any', d)))})`,
    (g, d) => expr`(${g.make('tuple', d)} + ${g.make('tuple', d)})`,
    (g, d) => expr`${g.make('tuple', d)}${g.slice(d)}`,
  ],
};

function rulesFor(kind: Sure, where: number): readonly Rule[] {
  if (kind === 'tuple' || kind === 'none' || where > 0.55) return RULES[kind];
  return where < 0.4 ? FILTERS[kind] : METHODS[kind];
}

/** Makes random expressions that mostly fit in types. */
export class Expressions {
  readonly random: Random;
  /** Names that statements around have bound. */
  readonly locals: string[] = [];
  constructor(random: Random) {
    this.random = random;
  }

  quoted(value: string): string {
    return quoted(value, this.random);
  }

  /** A name that is not defined, with or without a chain behind it. */
  missing(): Piece {
    return expr`${this.random.pick(NAMES.missing)}`;
  }

  /** `[a:b:c]`. */
  slice(depth: number): Piece {
    const bound = (): Piece[] => (this.random.chance(0.6) ? [option`${this.make('int', Math.min(depth, 1))}`] : []);
    return option`[${bound()}:${bound()}${this.random.chance(0.3) ? [option`:${this.random.pick(['2', '-1', '1', '-2', ''])}`] : []}]`;
  }

  make(kind: Kind, depth: number): Piece {
    const wanted: Sure = kind === 'any' || this.random.chance(MISTAKES) ? this.random.pick(KINDS) : kind;
    if (depth <= 0 || this.random.chance(0.2)) return this.atom(wanted);
    const below = depth - 1;
    if (this.random.chance(0.03)) return this.#rare(wanted, below);
    const where = this.random.next();
    if (where < 0.05) return either(wanted)(this, below);
    if (where < 0.09) return logic(wanted)(this, below);
    if (where < 0.13) return otherwise(wanted)(this, below);
    const made = this.random.pick(rulesFor(wanted, where))(this, below);
    return this.random.chance(0.25) ? expr`(${made})` : made;
  }

  /** Dates and lookups. */
  #rare(kind: Sure, depth: number): Piece {
    const rules = Object.hasOwn(DATED, kind) ? DATED[kind as keyof typeof DATED] : LOOKUPS;
    return this.random.pick(rules)(this, depth);
  }

  atom(kind: Kind): Piece {
    const { random } = this;
    if (this.locals.length > 0 && random.chance(0.25)) return expr`${random.pick(this.locals)}`;
    if (random.chance(0.06)) return expr`${random.pick(LAZY)}`;
    if (random.chance(0.015)) return this.missing();
    if (kind !== 'tuple' && kind !== 'any' && random.chance(0.6)) return expr`${random.pick(NAMES[kind])}`;
    switch (kind) {
      case 'int':
        return expr`${String(integer(random))}`;
      case 'float':
        return expr`${random.pick(['1.0', '0.5', '2.5', '1e3', '1.5e-5', '3.0', '0.1', '1_0.5'])}`;
      case 'text':
        return expr`${this.quoted(text(random))}`;
      case 'bool':
        return expr`${random.pick(['true', 'false', 'True', 'False'])}`;
      case 'list':
        return expr`${random.pick(['[]', '[1]', "['a', 'b']", '[1, 2, 3]', '[[1, 2], [3]]', '[none]', '[1, 1.0, true]'])}`;
      case 'dict':
        return expr`${random.pick(['{}', "{'a': 1}", "{'k': 'v', 'l': [1]}", '{1: 2}', "{'b': none, 'a': {'c': 1.0}}"])}`;
      case 'records':
        return expr`${random.pick(['rows', "[{'name': 'q', 'n': 1, 'on': true}]", '[]'])}`;
      case 'tuple':
        return expr`${random.pick(['(1, 2)', "('a',)", '()', "(1, 'b')", '(none, 1.0)'])}`;
      default:
        return expr`none`;
    }
  }
}
