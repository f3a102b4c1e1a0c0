import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Observed } from '../../../engine/module/contract.ts';
import haproxy from '../../../modules/haproxy/haproxy.ts';
import config, { warnings } from '../../../modules/haproxy/haproxy_config.ts';
import stat from '../../../modules/haproxy/haproxy_stat.ts';
import { command, servers } from '../../../modules/haproxy/socket.ts';
import { runScript, SHELLS, scratch, withDefaults } from '../harness.ts';

// `show stat` of HAProxy 2.6
const csv = readFileSync(new URL('show-stat.csv', import.meta.url), 'utf8');
const seen = (text: string, code = 0): Observed => {
  const stdout = `\n--qp:stat--\n${text}\n--qp=${code}--\n`;
  return { code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) };
};

describe('show stat', () => {
  test('servers only, each with its backend', () => {
    expect(servers(csv).map((one) => `${one.backend}/${one.server}${one.backup ? ' backup' : ''}`)).toEqual([
      'be_http/quay01',
      'be_http/quay02',
      'be_https/quay01',
      'be_https/quay02',
      'be_redis/quay01',
      'be_redis/quay02 backup',
      'be_rdgw/ceph01',
    ]);
  });
  test('a backend that is not there is named', () =>
    expect(stat.result(withDefaults(stat.options, { backend: 'nope' }), seen(csv))).toEqual({ failed: 'HAProxy has no backend nope' }));
  test('no socket is told with what to do', () =>
    expect(stat.result(withDefaults(stat.options, {}), seen('no socket', 98))).toMatchObject({
      failed: 'HAProxy has no stats socket at /run/haproxy/admin.sock',
    }));
  test.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('a missing socket ends with 98 in %s', async (_name, shell) => {
    expect(await runScript(command('/nonexistent/admin.sock', 'show stat'), shell)).toMatchObject({ code: 98, stdout: 'no socket /nonexistent/admin.sock\n' });
  });
});

describe('haproxy', () => {
  const plan = (given: Record<string, unknown>, text = csv) => haproxy.plan(withDefaults(haproxy.options, given), seen(text), undefined);
  const status = (word: string) => csv.replace(/^(be_https,quay01(?:,[^,]*){15},)[^,]*/m, `$1${word}`);
  test('every backend that has the server is meant when none is named', () =>
    expect(plan({ host: 'quay02', state: 'disabled' })).toMatchObject({
      is: 'wrong',
      diff: [{ after: { 'be_http/quay02': 'disabled', 'be_https/quay02': 'disabled', 'be_redis/quay02': 'disabled' } }],
    }));
  test.each([
    ['disabled', 'MAINT', 'right'],
    ['disabled', 'DRAIN', 'wrong'],
    ['drain', 'DRAIN', 'right'],
    ['enabled', 'DOWN', 'right'],
    ['enabled', 'MAINT', 'wrong'],
  ])('%s and %s is %s', (state, word, is) => expect(plan({ host: 'quay01', backend: 'be_https', state }, status(word)).is).toBe(is));
  test('with wait, a server that is down is not yet enabled', () =>
    expect(plan({ host: 'quay01', backend: 'be_https', state: 'enabled', wait: true }, status('DOWN')).is).toBe('wrong'));
  test.each(['DOWN', 'DOWN (agent)', 'DRAIN'])('the wait for a drained server ends when it is %s', async (word) => {
    const socket = join(scratch(), 'admin.sock');
    const asked: string[] = [];
    const answers = createServer((client) =>
      client.once('data', (line) => {
        asked.push(line.toString().trim());
        client.end(line.toString().startsWith('show stat') ? status(word) : '\n');
      }),
    );
    await new Promise<void>((resolve) => answers.listen(socket, resolve));
    try {
      const args = { host: 'quay01', backend: 'be_https', state: 'drain', wait: true, wait_interval: 1, wait_retries: 2, socket };
      const found = plan(args);
      expect(await runScript(found.is === 'wrong' ? found.apply : command(socket, 'none'))).toMatchObject({ code: 0, stderr: '' });
      expect(asked).toEqual(['set server be_https/quay01 state drain', 'show stat']);
    } finally {
      answers.close();
    }
  });
  test('a server that is nowhere', () => {
    expect(plan({ host: 'quay09', state: 'disabled' }).is).toBe('right');
    expect(plan({ host: 'quay09', state: 'disabled', fail_on_not_found: true })).toMatchObject({ is: 'impossible', why: 'HAProxy has no server quay09' });
  });
});

describe('haproxy_config', () => {
  const args = withDefaults(config.options, { content: 'x', show_diff: false });
  test('hides what it must not show', () => {
    const found = config.plan(args, { ...seen(''), stdout: '' }, 'password secret\n');
    expect(found.is === 'wrong' && JSON.stringify(found.diff)).not.toContain('secret');
  });
  test('waits for the package', () => expect(config.plan(args, { ...seen(''), stdout: 'missing\n' }, 'x\n')).toMatchObject({ is: 'premature' }));
  test('warnings without the process number', () =>
    expect(
      warnings(
        "[NOTICE]   (1) : haproxy version\n[WARNING]  (5966) : config : parsing [/a:7] : 'option httplog' not usable\n[WARNING] 324/081641 (12) : old form\n",
      ),
    ).toEqual(["config : parsing [/a:7] : 'option httplog' not usable", 'old form']));
});
