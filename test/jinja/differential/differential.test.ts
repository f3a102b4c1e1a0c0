import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filterNames, lookupNames, testNames } from '../../../engine/jinja/index.ts';
import { oracle } from '../../oracle/oracle.ts';
import { TemplateServer } from '../../oracle/templates.ts';
import { battery } from './battery.ts';
import { type Call, type Kind, writtenCalls } from './calls.ts';
import { compare, describeDifference } from './compare.ts';

const found = oracle();
const lacking = 'lacking' in found ? found.lacking : undefined;
const MINUTES = 5 * 60_000;

describe.skipIf(lacking !== undefined)(`the same calls through ansible-core${lacking === undefined ? '' : ` (skipped: ${lacking})`}`, () => {
  let server: TemplateServer;
  beforeAll(() => {
    server = new TemplateServer();
  });
  afterAll(() => server.stop());

  /** What differs without a word, and what is said to differ and does not. */
  async function surprises(calls: readonly Call[]): Promise<string[]> {
    const compared = await compare(server, calls);
    return compared.flatMap((one) => {
      if (one.call.differs === undefined) return one.same ? [] : [describeDifference(one)];
      return one.same ? [`${one.call.text}\n  no longer differs: take its mark away`] : [];
    });
  }

  const kinds: readonly Kind[] = ['filters', 'tests', 'lookups'];
  test.each(kinds)('%s that are written down', async (kind) => expect(await surprises(writtenCalls(kind))).toEqual([]), MINUTES);
  test.each(['filters', 'tests'] as const)(
    'all %s with every kind of value and argument',
    async (kind) => expect(await surprises(battery(kind))).toEqual([]),
    MINUTES,
  );
});

describe('the calls that are written down', () => {
  const called = (kind: Kind): Set<string> => new Set(writtenCalls(kind).flatMap(({ name, text }) => [name, ...(text.match(/[\w.]+/g) ?? [])]));
  test.each([
    ['filters', filterNames()],
    ['tests', testNames().filter((name) => /^\w/.test(name))],
    ['lookups', lookupNames()],
  ] as const)('cover all %s', (kind, names) => {
    const calls = called(kind);
    expect(names.filter((name) => !calls.has(name))).toEqual([]);
  });
});
