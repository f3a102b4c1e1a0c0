import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QplayError } from '../../engine/error.ts';
import { compile, compileExpression, equal, literalEval, repr } from '../../engine/jinja/index.ts';
import { dumpJson } from '../../engine/jinja/python/json.ts';
import { parseJson } from '../../engine/jinja/python/json-read.ts';
import { parseYaml } from '../../engine/jinja/python/yaml-read.ts';
import { type Data, float } from '../../engine/value.ts';
import { contextIn, evaluate, render, scopeOf } from './support.ts';

const { cases } = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')) as { cases: { template: string }[] };
const templates = cases.map((one) => one.template);

/** Runs it; every failure must be a diagnostic of the user's, never a crash. */
function survives(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(QplayError);
    for (const one of (error as QplayError).diagnostics) expect(one.kind).toBe('input');
  }
}

const scope = scopeOf({ a: 1, b: 'x', c: [1, 'y'], d: { k: 'v' }, e: null });
const context = contextIn();
const piece = fc.constantFrom(
  'a',
  'b',
  'c',
  'd',
  'x',
  '1',
  '1.5',
  "'s'",
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ',',
  ':',
  '.',
  '|',
  'upper',
  'default',
  'map',
  'is',
  'defined',
  'not',
  'in',
  'and',
  'or',
  'if',
  'else',
  '==',
  '<',
  '+',
  '-',
  '*',
  '**',
  '/',
  '//',
  '%',
  '~',
  ' ',
  'loop',
  'for',
  'k',
  '=',
);
const around = fc.constantFrom(
  '{{',
  '}}',
  '{%',
  '%}',
  '{#',
  '#}',
  '-',
  '+',
  'if',
  'endif',
  'for',
  'endfor',
  'set',
  'macro',
  'endmacro',
  'else',
  'raw',
  'endraw',
  'block',
  'endblock',
  ' ',
  '\n',
  'text',
);

describe('whatever is written, the answer is a value or a diagnostic', () => {
  test('expressions of random tokens', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (parts) => survives(() => compileExpression(parts.join(' ')).evaluate(scope, context))),
      { numRuns: 600 },
    );
  });

  test('templates of random tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, around), { maxLength: 24 }), (parts) => survives(() => compile(parts.join('')).render(scope, context))),
      { numRuns: 600 },
    );
  });

  test('real templates with something cut out or put in', () => {
    fc.assert(
      fc.property(fc.constantFrom(...templates), fc.nat(80), fc.nat(6), fc.oneof(piece, around, fc.string({ maxLength: 3 })), (template, at, cut, put) => {
        survives(() => compile(template.slice(0, at) + put + template.slice(at + cut)).render(scope, context));
      }),
      { numRuns: 600 },
    );
  });

  test('random text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => survives(() => compile(`{{ ${text}`).render(scope, context))),
      { numRuns: 120 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => survives(() => compile(text).evaluate(scope, context))),
      { numRuns: 120 },
    );
  });

  test('regular expressions and format strings', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 8 }), (pattern, put) =>
        survives(() => render("{{ 'some text 12' | regex_replace(p, r) }}", { p: pattern, r: put })),
      ),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => survives(() => render("{{ t.format(1, 'x', a=2) }}{{ t % 5 }}", { t: text }))),
      { numRuns: 400 },
    );
  });
});

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 80n }),
  fc.string({ unit: 'grapheme' }),
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(float),
);
const { data } = fc.letrec<{ data: Data }>((tie) => ({
  data: fc.oneof(
    { depthSize: 'small' },
    scalar as fc.Arbitrary<Data>,
    fc.array(tie('data'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.string(), tie('data')), { maxLength: 4 }).map((pairs) => new Map(pairs) as Data),
  ),
}));
const list = fc.array(data, { maxLength: 4 });

describe('what is written reads back as the same', () => {
  test('repr and literal', () => {
    fc.assert(
      fc.property(list, (value) => {
        expect(equal(literalEval(repr(value)) as Data, value)).toBe(true);
      }),
      { numRuns: 120 },
    );
  });
  test('a template of one expression needs no way through text', () => {
    fc.assert(
      fc.property(list, (value) => {
        expect(
          equal(
            evaluate('{{ x }}', new Map<string, Data>([['x', value]])),
            evaluate(
              '{{ x }}{{ nothing }}',
              new Map<string, Data>([
                ['x', value],
                ['nothing', ''],
              ]),
            ),
          ),
        ).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
  test('JSON', () => {
    fc.assert(
      fc.property(list, (value) => {
        expect(equal(parseJson(dumpJson(value)), value)).toBe(true);
      }),
      { numRuns: 120 },
    );
  });
  test('YAML', () => {
    // U+0085, U+2028 and U+2029 end lines in YAML 1.1, as PyYAML writes it, and not in 1.2, as it is read here
    const readable = /^[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd]*$/;
    const texts = fc
      .oneof(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc
          .array(fc.constantFrom('word', ' ', '  ', '\n', ': ', '- ', '#', "'", '"', 'yes', '1', 'long-word-without-end'), { maxLength: 40 })
          .map((parts) => parts.join('')),
      )
      .filter((text) => readable.test(text));
    const value = fc.oneof(
      texts,
      fc.array(fc.oneof(texts, fc.integer(), fc.boolean(), fc.constant(null))),
      fc
        .array(
          fc.tuple(
            texts.filter((text) => text.length < 100),
            fc.array(texts),
          ),
        )
        .map((pairs) => new Map(pairs) as Data),
    );
    for (const filter of ['to_yaml', 'to_nice_yaml', 'to_nice_yaml(indent=2)', 'to_yaml(default_flow_style=true)']) {
      fc.assert(
        fc.property(value, (one) => {
          const text = render(`{{ x | ${filter} }}`, new Map<string, Data>([['x', one as Data]]));
          expect(equal(parseYaml(text), one as Data), text).toBe(true);
        }),
        { numRuns: 120 },
      );
    }
  });
});
