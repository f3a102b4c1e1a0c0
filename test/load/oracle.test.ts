import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { QplayError } from '../../engine/error.ts';
import { readInventory, splitPattern } from '../../engine/inventory/index.ts';
import { iniValue } from '../../engine/inventory/ini.ts';
import { toText } from '../../engine/jinja/python/text.ts';
import { parseKeyValues } from '../../engine/load/kv.ts';
import { parseYaml } from '../../engine/load/yaml.ts';
import { type Data, Float, Tuple } from '../../engine/value.ts';

// Recorded from ansible-core 2.18 with PyYAML 6.0 by fixtures/record.py.
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
interface Recorded {
  readonly kv: readonly [text: string, freeForm: boolean, answer: Record<string, string> | string | null][];
  readonly yaml: readonly [text: string, answer: unknown][];
  readonly literal: readonly [text: string, answer: unknown][];
  readonly pattern: readonly [pattern: string, hosts: readonly string[] | null][];
  readonly split: readonly [pattern: string, parts: readonly string[]][];
  readonly groups: Readonly<Record<string, readonly string[]>>;
}
const recorded = JSON.parse(readFileSync(path('./fixtures/oracle.json'), 'utf8')) as Recorded;

/** A value with its Python type. */
function typed(value: Data): unknown {
  if (value === null) return ['null'];
  if (typeof value === 'string') return ['str', value];
  if (typeof value === 'boolean') return ['bool', value];
  if (typeof value === 'bigint') return ['int', String(value)];
  if (value instanceof Float || (typeof value === 'number' && !Number.isInteger(value))) return ['float', toText(value)];
  if (typeof value === 'number') return ['int', String(value)];
  if (value instanceof Tuple) return ['tuple', Array.from(value, typed)];
  if (Array.isArray(value)) return ['list', value.map(typed)];
  if (value instanceof Map) return ['dict', [...value].map(([key, one]) => [typed(key), typed(one)])];
  return ['other'];
}

function refusedOr<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof QplayError) return null;
    throw error;
  }
}

/** Left out on purpose: dates stay text here; bytes, sets and complex numbers are no values of the language. */
const foreign = (answer: unknown): boolean => /\["(?:date|bytes|other)"/.test(JSON.stringify(answer));
/** In Python `True` and `1` are one key; a dict as key of an INI value is read as text. */
const EXCEPTIONS = new Set(['true: 1\n1: 2\n1.5: 3\n~: 4\n', '{(1,): 2}', "b'x'"]);

describe('read as Ansible reads it', () => {
  test('YAML', () => {
    const cases = recorded.yaml.filter(([text, answer]) => answer !== null && !foreign(answer) && !EXCEPTIONS.has(text));
    expect(cases.length).toBeGreaterThan(150);
    for (const [text, answer] of cases) expect([text, refusedOr(() => typed(parseYaml(text, 'f').value))]).toEqual([text, answer]);
  });

  test('key=value lines', () => {
    for (const [text, freeForm, answer] of recorded.kv) {
      const ours = refusedOr(() => Object.fromEntries(parseKeyValues(text, freeForm).args));
      expect([text, freeForm, ours]).toEqual([text, freeForm, answer]);
    }
  });

  test('values in INI inventories', () => {
    for (const [text, answer] of recorded.literal) if (!foreign(answer) && !EXCEPTIONS.has(text)) expect([text, typed(iniValue(text))]).toEqual([text, answer]);
  });

  test('host patterns', () => {
    const inventory = readInventory([path('../inventory/fixtures/full/hosts')]);
    for (const [pattern, hosts] of recorded.pattern) expect([pattern, refusedOr(() => inventory.select(pattern))]).toEqual([pattern, hosts]);
    for (const [pattern, parts] of recorded.split) expect([pattern, splitPattern(pattern)]).toEqual([pattern, parts]);
    for (const [host, groups] of Object.entries(recorded.groups)) expect([host, inventory.groupNames(host)]).toEqual([host, groups]);
  });
});
