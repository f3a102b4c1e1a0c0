import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { repr } from '../../engine/jinja/index.ts';
import { parseJson } from '../../engine/jinja/python/json-read.ts';
import { type Data, Float, Tuple } from '../../engine/value.ts';
import { contextIn, evaluate, failure, render } from './support.ts';

interface Case {
  readonly template: string;
  readonly mode?: 'value';
  readonly text?: string;
  readonly value?: unknown;
  readonly fails?: 'undefined' | 'error';
  readonly message?: string;
}

const source = readFileSync(new URL('./more-cases.json', import.meta.url), 'utf8');
const { cases } = JSON.parse(source) as { cases: Case[] };
const context = contextIn(fileURLToPath(new URL('./fixtures', import.meta.url)));
/** Anew for each case, so that a template that changes a variable would be found out. */
const vars = (): Map<string, Data> => (parseJson(source) as Map<string, Data>).get('vars') as Map<string, Data>;

/** Data in the notation of the file: what JSON cannot tell apart is marked. */
function marked(value: Data): unknown {
  if (value instanceof Tuple) return { tuple: Array.from(value, marked) };
  if (Array.isArray(value)) return value.map(marked);
  if (value instanceof Map) return { dict: Array.from(value, ([key, member]) => [marked(key), marked(member)]) };
  if (value instanceof Float || (typeof value === 'number' && !Number.isInteger(value))) return { float: repr(value) };
  return typeof value === 'bigint' ? { int: String(value) } : value;
}

const run = (one: Case): unknown => (one.mode === 'value' ? marked(evaluate(one.template, vars(), context)) : render(one.template, vars(), context));

describe('what ansible-core 2.18 gives', () => {
  const passing = cases.filter((one) => one.fails === undefined);
  test.each(passing.map((one) => [one.mode ?? 'text', one.template, one] as const))('%s of %s', (_mode, _template, one) => {
    expect(run(one)).toEqual(one.mode === 'value' ? one.value : one.text);
  });
});

describe('what ansible-core 2.18 refuses', () => {
  const failing = cases.filter((one) => one.fails !== undefined);
  test.each(failing.map((one) => [one.template, one] as const))('%s', (_template, one) => {
    const { kind, code, message } = failure(() => run(one));
    expect(kind).toBe('input');
    if (one.fails !== 'undefined') return;
    expect(code).toBe('undefined');
    expect(message.split('.')[0]).toBe(
      (one.message as string).replace(' (imported on line 1)', '').replace("'m.j2'", '"m.j2"').replace('the requested name ', '').split('.')[0],
    );
  });
});
