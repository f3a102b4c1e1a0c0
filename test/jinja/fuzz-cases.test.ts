import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseJson } from '../../engine/jinja/python/json-read.ts';
import type { Value } from '../../engine/jinja/values.ts';
import type { Data, Dict } from '../../engine/value.ts';
import { decode } from '../oracle/values.ts';
import { outcome } from './fuzz/judge.ts';

interface Case {
  readonly text: string;
  readonly mode: 'value' | 'text';
  readonly value?: unknown;
  readonly fails?: 'undefined' | 'error';
}

const source = readFileSync(new URL('./fuzz-cases.json', import.meta.url), 'utf8');
const { cases, vars } = JSON.parse(source) as { cases: Case[]; vars: Record<string, Parameters<typeof decode>[0]> };
/** In the order of the file, which JavaScript's objects would not keep for every key. */
const names = [...((parseJson(source) as Map<string, Data>).get('vars') as Dict).keys()] as string[];
const values = (): Dict => new Map(names.map((name) => [name, decode(vars[name] as never) as Value as Data]));

test.each(cases.map((one) => [one.mode, one.text, one] as const))('%s of %s', (_mode, _text, one) => {
  const found = outcome(one, values(), '/');
  if (one.fails === undefined) expect(found).toBe(JSON.stringify(one.value));
  else expect(found).toBe(one.fails);
});
