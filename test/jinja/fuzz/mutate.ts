import { QplayError } from '../../../engine/error.ts';
import { readExpression, readTemplate } from '../../../engine/jinja/compile.ts';
import type { Random } from './random.ts';

/** What is put into templates: all that the grammar knows, and what it does not. */
const PIECES = [
  ...[
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    '{%-',
    '-%}',
    '{%+',
    '+%}',
    '{{-',
    '-}}',
    '{',
    '}',
    '#',
    '%',
    '\\',
    "'",
    '"',
    '\n',
    '\r\n',
    '\t',
    ' ',
    '\0',
    '\ud800',
    '😀',
    '\u2028',
  ],
  ...['if', 'elif', 'else', 'endif', 'for', 'in', 'endfor', 'recursive', 'set', 'endset', 'macro', 'endmacro', 'call', 'endcall', 'filter', 'endfilter'],
  ...[
    'with',
    'endwith',
    'block',
    'endblock',
    'raw',
    'endraw',
    'include',
    'import',
    'from',
    'as',
    'extends',
    'print',
    'autoescape',
    'endautoescape',
    'do',
    'break',
  ],
  ...[
    'not',
    'and',
    'or',
    'is',
    'defined',
    'none',
    'true',
    'loop',
    'x',
    'd.a',
    'x[0]',
    '[1:2]',
    '|upper',
    '| default(1)',
    '(',
    ')',
    '[',
    ']',
    ',',
    ':',
    '.',
    ';',
    '=',
    '==',
  ],
  ...[
    '!=',
    '<',
    '>=',
    '+',
    '-',
    '*',
    '**',
    '/',
    '//',
    '%',
    '~',
    '|',
    '&',
    '?',
    '@',
    '$',
    '1',
    '1.5',
    '1e5',
    '1_0',
    '0x',
    '0xff',
    '1e',
    '1__0',
    "'a'",
    '"b\\x4"',
    "'\\u12'",
    "'\\N{DASH}'",
  ],
  ...[
    '#jinja2: trim_blocks:False\n',
    "#jinja2: variable_start_string:'[['\n",
    '#jinja2:',
    '*a',
    '**b',
    'a=1',
    'namespace(a=1)',
    'ns.a',
    '((((',
    ']]]]',
    '-'.repeat(50),
    '('.repeat(300),
    'not '.repeat(60),
  ],
];

const between = (random: Random, text: string): number => random.below(text.length + 1);

const CHANGES: readonly ((text: string, other: string, random: Random) => string)[] = [
  (text, _, random) => cut(text, between(random, text), random.below(8)),
  (text, _, random) => insert(text, between(random, text), random.pick(PIECES)),
  (text, _, random) => insert(cut(text, between(random, text), random.below(4)), between(random, text), random.pick(PIECES)),
  (text, other, random) => text.slice(0, between(random, text)) + other.slice(between(random, other)),
  (text, _, random) => {
    const [from, to] = [between(random, text), between(random, text)].sort((a, b) => a - b) as [number, number];
    return insert(text, to, text.slice(from, Math.min(to, from + 40)));
  },
  (text, _, random) => {
    const at = between(random, text);
    return text.slice(0, at) + String.fromCharCode(random.below(random.chance(0.9) ? 128 : 65536)) + text.slice(at + 1);
  },
];
const cut = (text: string, at: number, length: number): string => text.slice(0, at) + text.slice(at + length);
const insert = (text: string, at: number, piece: string): string => text.slice(0, at) + piece + text.slice(at);

/** A valid template with one to four things changed. */
export function mutated(templates: readonly string[], random: Random): string {
  let text = random.pick(templates);
  for (let changes = 1 + random.below(4); changes > 0; changes--) text = random.pick(CHANGES)(text, random.pick(templates), random);
  return text.slice(0, 2000);
}

/** Reads a text as a template and as an expression; what is thrown must be a diagnostic of the user's. Tells how many were valid. */
export function readBoth(text: string): number {
  const unit = { text };
  return attempt(text, () => readTemplate(unit, {}, true)) + attempt(text, () => readExpression(unit));
}

function attempt(text: string, read: () => unknown): number {
  try {
    read();
    return 1;
  } catch (error) {
    if (error instanceof QplayError && error.diagnostics.every((one) => one.kind === 'input' && one.message !== '')) return 0;
    throw new Error(`the parser crashed on ${JSON.stringify(text)}`, { cause: error });
  }
}
