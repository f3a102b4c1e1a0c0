import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from './expressions.ts';
import { expr, option, type Piece, stmt } from './tree.ts';

const DAYS = ["'2024-02-29 23:59:58'", "'1999-12-31 00:00:00'", "'2023-01-01 12:30:00'"];
const FORMATS = ["'%Y-%m-%d'", "'%d.%m.%y %H:%M'", "'%A %B %j %p %I'", "'%s'", "'%%%y'"];

const date: Rule = (g) => expr`(${g.random.pick(DAYS)} | to_datetime)`;

/** Dates, as text and as numbers. */
export const DATED: Readonly<Record<'int' | 'text' | 'bool' | 'float', readonly Rule[]>> = {
  int: [
    (g, d) => expr`${date(g, d)}.${g.random.pick(['year', 'month', 'day', 'hour', 'minute', 'second', 'weekday()', 'isoweekday()'])}`,
    (g, d) => expr`(${date(g, d)} - ${date(g, d)}).${g.random.pick(['days', 'seconds'])}`,
  ],
  float: [(g, d) => expr`(${date(g, d)} - ${date(g, d)}).total_seconds()`],
  text: [
    (g, d) => expr`${date(g, d)}.strftime(${g.random.pick(FORMATS)})`,
    (g, d) => expr`(${date(g, d)} ~ '')`,
    (g, d) => expr`${date(g, d)}.isoformat()`,
    (g, d) => expr`(${g.random.pick(FORMATS)} | strftime(${g.make('int', d)}, true))`,
  ],
  bool: [(g, d) => expr`${date(g, d)} ${g.random.pick(['<', '==', '>=', '!='])} ${date(g, d)}`],
};

/** `lookup` or one of its kin. */
const asked = (g: Parameters<Rule>[0]): string => g.random.pick(['lookup', 'query', 'q']);

/** Lookups that need nothing but their terms. */
export const LOOKUPS: readonly Rule[] = [
  (g, d) => expr`${asked(g)}(${g.random.pick(["'items'", "'list'", "'flattened'", "'indexed_items'"])}, ${g.make('list', d)})`,
  (g, d) => expr`${asked(g)}(${g.random.pick(["'together'", "'nested'", "'cartesian'"])}, ${g.make('list', d)}, ${g.make('list', d)})`,
  (g, d) => expr`${asked(g)}('dict', ${g.make('dict', d)})`,
  (g) => expr`${asked(g)}('sequence', ${g.random.pick(["'3'", "'2-5'", "'start=1 end=7 stride=3'", "'count=2 format=h%02d'", "'0-8/4'"])})`,
  (g) => expr`${asked(g)}('vars', ${g.random.pick(["'i'", "'rows'", "'lazy_s'", "'nest'"])}${g.random.chance(0.2) ? [option`, wantlist=true`] : []})`,
  (g) => expr`${asked(g)}('vars', 'missing', default=${g.make('any', 0)})`,
  (g) => expr`(${asked(g)}('varnames', ${g.random.pick(["'^lazy_[bds]'", "'^nope'", "'^n'"])}) | list | sort)`,
  (g) => expr`${asked(g)}('env', ${g.random.pick(["'QPLAY_TEST'", "'NO_SUCH'", "'NO_SUCH', default='q'"])})`,
  (g) => expr`${asked(g)}('file', ${g.random.pick(["'plain.txt'", "'plain.txt', rstrip=false", "'nope.txt', errors='ignore'"])})`,
  (g) => expr`${asked(g)}('template', ${g.random.pick(["'inc.j2'", "'inc.j2', template_vars={'x': 5}"])})`,
];

const FILES: Readonly<Record<string, string>> = {
  'plain.txt': ' one\ntwo {{ i }} \n\n',
  'inc.j2': 'in<{{ x | default("-") }}{{ it | default("") }}{{ i }}>{% set x = 9 %}\n',
  'lib.j2': "{% macro m(a, b='q') %}({{ a }}{{ b }}{{ varargs | length }}{{ i | default('none') }}){% endmacro %}{% set v = [1, 2] %}",
};

/** Writes the files that templates include and look for. */
export function writeFiles(folder: string): void {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
}

/** Statements that read the files. */
export const INCLUDES: readonly Rule[] = [
  (g) =>
    stmt`{% include ${g.random.pick(["'inc.j2'", "['nope.j2', 'inc.j2']", "'nope.j2' ignore missing", "'inc.j2' ignore missing"])}${g.random.chance(0.3) ? [option` with context`] : []} %}`,
  (g, d): Piece => {
    const context = g.random.chance(0.4) ? [option` ${g.random.pick(['with', 'without'])} context`] : [];
    return {
      sort: 'statement',
      parts: [
        stmt`{% import 'lib.j2' as lib${context} %}`,
        stmt`{{ lib.${g.random.pick(['v', 'm'])}${g.random.chance(0.8) ? [option`(${g.make('any', d)})`] : []} }}`,
      ],
    };
  },
  (g, d): Piece => {
    const context = g.random.chance(0.4) ? [option` with context`] : [];
    return {
      sort: 'statement',
      parts: [stmt`{% from 'lib.j2' import m as mm, v${context} %}`, stmt`{{ mm(${g.make('any', d)}, b=${g.make('any', 0)}) }}{{ v }}`],
    };
  },
];
