import { describe, expect, test } from 'vitest';
import ufw from '../../../modules/network/ufw.ts';
import { changesPolicy, changesRules, changesState, insertAt } from '../../../modules/network/ufw-check.ts';
import { runAction, withDefaults } from '../harness.ts';

const args = (given: Record<string, unknown>) => withDefaults(ufw.options, given);
const STATUS = 'Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\nNew profiles: skip\n';
const ROW = '### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in';
const ROW6 = '### tuple ### allow tcp 22 ::/0 any ::/0 in';

describe('what a check sees', () => {
  test('of the state and of logging', () => {
    expect(changesState(args({ state: 'enabled' }), STATUS, true)).toBe(false);
    expect(changesState(args({ state: 'enabled' }), 'Status: inactive\n', true)).toBe(true);
    expect(changesState(args({ state: 'disabled' }), STATUS, true)).toBe(true);
    expect(changesState(args({ state: 'disabled' }), STATUS, false)).toBe(false);
    expect(changesState(args({ state: 'reloaded' }), STATUS, false)).toBe(true);
    expect(
      [
        ['on', false],
        ['low', false],
        ['high', true],
        ['off', true],
      ].map(([logging]) => [logging, changesState(args({ logging }), STATUS, true)]),
    ).toEqual([
      ['on', false],
      ['low', false],
      ['high', true],
      ['off', true],
    ]);
  });
  test('of policies', () => {
    expect(changesPolicy(args({ default: 'deny' }), STATUS)).toBe(false);
    expect(changesPolicy(args({ default: 'deny', direction: 'outgoing' }), STATUS)).toBe(true);
    expect(changesPolicy(args({ default: 'deny', direction: 'routed' }), STATUS)).toBe(false);
    expect(changesPolicy(args({ default: 'deny' }), 'Status: inactive\n')).toBe(true);
  });
  test('of rules, of one family or both', () => {
    const now = `${ROW}\n${ROW6}\n`;
    expect(changesRules(args({ rule: 'allow' }), now, 'Skipping adding existing rule\nSkipping adding existing rule (v6)\n')).toBe(false);
    expect(changesRules(args({ rule: 'allow' }), now, `*filter\n${ROW}\n${ROW6}\n`)).toBe(false);
    expect(changesRules(args({ rule: 'allow' }), now, `${ROW}\n${ROW.replace('22', '23')}\n${ROW6}\n`)).toBe(true);
    expect(changesRules(args({ rule: 'allow', from: '10.0.0.0/8' }), now, `*filter\n${ROW}\n`)).toBe(false);
    expect(changesRules(args({ rule: 'allow', to: 'fe80::1' }), now, `${ROW6}\n`)).toBe(false);
  });
});

test('where a rule is inserted', () => {
  const numbered = 'Status: active\n[ 1] 22/tcp ALLOW IN Anywhere\n[ 2] 80 ALLOW IN Anywhere\n[ 3] 22/tcp (v6) ALLOW IN Anywhere (v6)\n';
  expect(insertAt(1, 'zero', '')).toBe(1);
  expect(insertAt(0, 'first-ipv4', numbered)).toBe(1);
  expect(insertAt(0, 'last-ipv4', numbered)).toBe(2);
  expect(insertAt(0, 'first-ipv6', numbered)).toBe(3);
  expect(insertAt(1, 'last-ipv6', numbered)).toBeUndefined();
  expect(insertAt(-1, 'last-ipv6', numbered)).toBe(2);
});

test('directions that make no sense are refused before ufw is asked', async () => {
  expect(await runAction(ufw, { default: 'deny', direction: 'in' })).toMatchObject({
    status: 'failed',
    why: expect.stringContaining('For default, direction must be one of'),
  });
  expect(await runAction(ufw, { rule: 'deny', interface_in: 'a', interface_out: 'b' })).toMatchObject({ status: 'failed' });
});
