import { expect, test } from 'vitest';
import { compareVersions, HEADS, headOf, releaseOf } from '../../../modules/quay/heads.ts';

test.each([
  ['3.12.0', '3f8d7acdf7f9'],
  ['v3.12.21', '3f8d7acdf7f9'],
  ['3.8.0', '7bca88923f2c'],
  ['3.8.1', 'b2d1e4b95fc2'],
  ['3.10.0', '2062bbd5ef0e'],
  ['3.10.25', '8d47693829a0'],
  ['3.5.7', '88e64904d000'],
])('Quay %s ends at %s', (version, head) => expect(headOf(version)).toBe(head));

test('a line that is not in the table has no head, rather than that of its neighbour', () => {
  expect(headOf('3.1.3')).toBeUndefined();
  expect(headOf('3.99.0')).toBeUndefined();
  expect(headOf('latest')).toBeUndefined();
});

test('the table is in order, and 3.10 is newer than 3.9', () => {
  const sorted = [...HEADS].sort((a, b) => compareVersions(a.from, b.from));
  expect(HEADS).toEqual(sorted);
  expect(compareVersions('3.10.0', '3.9.25')).toBeGreaterThan(0);
  expect(releaseOf('8d47693829a0')).toBe('3.10.1');
});
