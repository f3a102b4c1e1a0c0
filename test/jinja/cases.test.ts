import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../engine/jinja/python/json-read.ts';
import type { Data } from '../../engine/value.ts';
import { failure, render } from './support.ts';

interface Case {
  readonly group: string;
  readonly template: string;
  readonly expected: string;
  readonly kind: 'ok' | 'undefined' | 'error';
}

const text = readFileSync(new URL('./cases.json', import.meta.url), 'utf8');
const { cases } = JSON.parse(text) as { cases: Case[] };
// read by the engine's own reader: 1.0 must stay a float, and large integers whole
const vars = (parseJson(text) as Map<string, Data>).get('vars') as Map<string, Data>;

describe('templates as ansible-core 2.18 renders them', () => {
  test.each(cases.filter((one) => one.kind === 'ok').map((one) => [one.template, one.expected]))('%s', (template, expected) => {
    expect(render(template, vars)).toBe(expected);
  });
});

describe('templates that ansible-core 2.18 finds undefined', () => {
  test.each(cases.filter((one) => one.kind === 'undefined').map((one) => [one.template, one.expected]))('%s', (template, expected) => {
    const { code, message } = failure(() => render(template, vars));
    expect(code).toBe('undefined');
    expect(message.startsWith(expected)).toBe(true);
  });
});

describe('templates that ansible-core 2.18 refuses', () => {
  test.each(cases.filter((one) => one.kind === 'error').map((one) => [one.template]))('%s', (template) => {
    const { kind, message } = failure(() => render(template, vars));
    expect(kind).toBe('input');
    expect(message).not.toBe('');
  });
});
