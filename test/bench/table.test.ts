import { expect, test } from 'vitest';
import type { Row } from '../../bench/measure.ts';
import { options } from '../../bench/options.ts';
import { ratios, startTable, table } from '../../bench/table.ts';
import { plays } from '../../bench/workloads.ts';
import { ansiblePlay } from '../../bench/write-ansible.ts';

const row = (engine: string, wall: number, controller: number, more: Partial<Row> = {}): Row => ({
  workload: 'w1',
  engine,
  hosts: 9,
  round: 1,
  wall,
  controller,
  fleet: 2,
  rss: 90,
  pss: 50,
  changed: 0,
  failed: 0,
  exit: 0,
  load: 1,
  ...more,
});

test('a peer is divided by the run of qplay that is nearest in time, and rounds by their median', () => {
  // the machine is three times slower in the second round; each ratio stays what it is
  const rows = [row('mitogen', 20, 20), row('qplay', 2, 1), row('mitogen', 60, 20), row('qplay', 6, 1)];
  expect(ratios(rows, 'w1', 'mitogen')).toEqual({ wall: 10, controller: 20 });
});

test('runs that failed count for nothing', () => {
  const rows = [row('mitogen', 20, 20), row('qplay', 2, 1), row('mitogen', 1, 1, { failed: 3 }), row('qplay', 0.1, 0.1, { exit: 1 })];
  expect(ratios(rows, 'w1', 'mitogen')).toEqual({ wall: 10, controller: 20 });
  expect(ratios(rows, 'w1', 'pyinfra')).toBeUndefined();
});

test('bars that are not reached are said as plainly as those that are', () => {
  const text = table([row('ansible-core', 50, 20), row('qplay', 1, 1), row('floor', 0.5, 0.25)]);
  const line = (engine: string): string => text.split('\n').find((one) => one.includes(`| ${engine} |`)) ?? '';
  expect(line('ansible-core')).toContain('| 50.00 | 50× | 20.00 | 20× |');
  expect(line('ansible-core')).toContain('wall 25×: reached, CPU 25×: NOT reached');
  expect(line('qplay')).toContain('CPU at most 3× floor: 4.0×, NOT kept; 110 MB: kept');
  expect(line('floor')).toContain('0.5×');
});

test('an engine that failed is in the table as failed', () => {
  const text = table([row('pyinfra', 5, 1, { exit: 1, failed: 9 }), row('qplay', 1, 1)]);
  expect(text).toContain('FAILED (exit 1, 9 failed)');
});

test('every line of a table has the same number of cells', () => {
  const lines = [...table([row('mitogen', 3, 3), row('qplay', 1, 1)]).split('\n'), ''];
  expect(new Set(lines.filter(Boolean).map((one) => one.split('|').length)).size).toBe(1);
  const start = startTable([{ what: 'qplay --version', cpu: 0.2, wall: 0.2, rss: 40 }]);
  expect(start).toContain('0.1 s: NOT kept');
});

test('options: workloads and engines by name, and a sentence for what is unknown', () => {
  expect(options([])).toMatchObject({ workloads: ['w1', 'w2', 'w3', 'w5'], hosts: 9, rounds: 1, start: true });
  expect(options(['--quick'])).toMatchObject({ engines: ['ansible-core', 'qplay', 'floor'], hosts: 3 });
  expect(options(['--only', 'w5,w7'])).toMatchObject({ workloads: ['w5'], start: true });
  expect(() => options(['--only', 'w9'])).toThrow('there is no workload "w9"');
  expect(() => options(['--hosts', '0'])).toThrow('--hosts needs a whole number');
});

test('the mixed workload has 100 tasks, each with a body of its module', () => {
  const { w1 } = plays('/tmp/big');
  const text = ansiblePlay(w1 as NonNullable<typeof w1>);
  expect(text.match(/^ {4}- name: /gm)).toHaveLength(100);
  expect(text.match(/^ {6}(file|copy|template|lineinfile|blockinfile|command|shell|stat|group|user|getent|debug|set_fact|assert): /gm)).toHaveLength(100);
});
