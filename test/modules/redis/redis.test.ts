import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import role from '../../../modules/redis/redis_role.ts';
import { command, parse, RedisError } from '../../../modules/redis/resp.ts';
import { fields } from '../../../modules/redis/talk.ts';
import { withDefaults } from '../harness.ts';

const reply = (text: string) => parse(Buffer.from(text))?.reply;

describe('the protocol of Redis', () => {
  test.each([
    ['+PONG\r\n', 'PONG'],
    [':12\r\n', 12],
    ['$3\r\nfoo\r\n', 'foo'],
    ['$0\r\n\r\n', ''],
    ['$-1\r\n', null],
    ['*2\r\n$1\r\na\r\n:1\r\n', ['a', 1]],
    ['*0\r\n', []],
  ])('%j is %j', (text, wanted) => expect(reply(text)).toEqual(wanted));
  test('an error is an error', () => expect(reply('-NOAUTH Authentication required.\r\n')).toEqual(new RedisError('NOAUTH Authentication required.')));
  test('something else is said to be something else', () => expect(reply('SSH-2.0-OpenSSH_9.2\r\n')).toEqual(new RedisError('not Redis: SSH-2.0-OpenSSH_9.2')));
  test('every word arrives as it was, and no part of a message counts as one', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (words) => {
        const bytes = Buffer.from(command(words));
        expect(parse(bytes)?.reply).toEqual(words.map((word) => Buffer.from(word).toString()));
        expect(parse(bytes.subarray(0, bytes.length - 1))).toBeUndefined();
      }),
    );
  });
});

test('the fields of INFO', () => {
  expect(fields('# Replication\r\nrole:master\r\nconnected_slaves:2\r\nmaster_replid:0a1\r\nempty:\r\n')).toEqual({
    role: 'master',
    connected_slaves: 2,
    master_replid: '0a1',
    empty: '',
  });
});

describe('redis_role', () => {
  const args = withDefaults(role.options, { role: 'replica', master_host: 'quay01', master_password: 'secret' });
  test('leaves a replica of the right server', () =>
    expect(role.plan(args, { info: { role: 'slave', master_host: 'quay01', master_port: 6379 } })).toMatchObject({ is: 'right' }));
  test('says what it would change', () =>
    expect(role.plan(args, { info: { role: 'slave', master_host: 'quay02', master_port: 6379 } })).toMatchObject({
      is: 'wrong',
      diff: [{ before: { role: 'replica of quay02:6379' }, after: { role: 'replica of quay01:6379' } }],
    }));
  test('waits for a server that does not answer yet', () => expect(role.plan(args, { why: 'nothing answers' })).toMatchObject({ is: 'premature' }));
});
