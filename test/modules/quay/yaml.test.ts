import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { toYaml } from '../../../modules/quay/yaml.ts';

test('keys are sorted, texts quoted, and what looks like a number stays a text', () => {
  expect(toYaml({ B: '12e45', A: true, C: { port: 6379, on: 'yes' }, D: ['0s', '1d'], E: [], F: {}, G: null, H: [{ x: 1, a: 'b' }] })).toBe(`---
A: true
B: "12e45"
C:
  "on": "yes"
  port: 6379
D:
- "0s"
- "1d"
E: []
F: {}
G: null
H:
- a: "b"
  x: 1
`);
});

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie('any'), { maxKeys: 3 }),
  ),
})).any;

test('whatever goes in comes out of a YAML reader again', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[A-Za-z_]\w{0,8}$/), value, { minKeys: 1, maxKeys: 4 }), (config) => {
      expect(plain(load(toYaml(config)))).toEqual(plain(config));
    }),
    { numRuns: 300 },
  );
});

const plain = (data: unknown): unknown => JSON.parse(JSON.stringify(data));
