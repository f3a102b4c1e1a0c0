import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { HostConnection } from '../../engine/connect/host-connection.ts';
import { cleanUp, type Ran, runFiles } from '../rig.ts';

const shells = vi.spyOn(HostConnection.prototype, 'shell');
const ran: Ran[] = [];
afterEach(() => {
  for (const one of ran.splice(0)) cleanUp(one);
  shells.mockClear();
});

/** Runs tasks on this machine; `{{ playbook_dir }}` is theirs to write in. */
async function play(tasks: string, mode: 'run' | 'check' = 'run'): Promise<Ran> {
  const one = await runFiles({ 'play.yaml': `- hosts: localhost\n  gather_facts: false\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n` }, { mode });
  ran.push(one);
  return one;
}

/** What went over the connection of the last run: scripts, and writes that carried them. */
const traffic = (): { trips: number; writes: number } => {
  const connections = new Set(shells.mock.contexts as HostConnection[]);
  return [...connections].reduce((sum, { stats }) => ({ trips: sum.trips + stats.trips, writes: sum.writes + stats.writes }), { trips: 0, writes: 0 });
};

const items = (one: Ran, task: string): { item: string; status: string }[] => {
  const id = one.events.flatMap((event) => (event.type === 'task.start' && event.task.name === task ? [event.task.id] : []))[0];
  return one.events.flatMap((event) => (event.type === 'item.end' && event.task === id ? [{ item: event.item, status: event.outcome.status }] : []));
};

test('a converged loop asks in a few writes, and reports its items in order', async () => {
  const one = await play(`
- name: look
  stat: {path: "/etc/{{ item }}", get_checksum: false, get_mime: false, get_attributes: false}
  loop: "{{ range(100) | list }}"
  register: seen
- assert: {that: ["seen.results | length == 100", "seen.results[7].item == 7", "seen.results[99].invocation is not defined"]}
`);
  expect(one.exit).toBe(0);
  expect(items(one, 'look').map(({ item }) => item)).toEqual(Array.from({ length: 100 }, (_, n) => String(n)));
  expect(traffic().trips).toBe(100);
  expect(traffic().writes).toBeLessThanOrEqual(3);
});

test('what an item changed is seen by the next, though its probe was sent before', async () => {
  const one = await play(`
- name: toggle
  file: {path: "{{ playbook_dir }}/it", state: "{{ item }}"}
  loop: [directory, absent, absent, directory, directory, absent, directory]
`);
  expect(items(one, 'toggle').map(({ status }) => status)).toEqual(['changed', 'changed', 'ok', 'changed', 'ok', 'changed', 'changed']);
  expect(existsSync(join(one.folder, 'it'))).toBe(true);
});

test('changed_when: false hides a change from the result, not from the items after it', async () => {
  const one = await play(`
- name: toggle
  file: {path: "{{ playbook_dir }}/it", state: "{{ item }}"}
  loop: [directory, absent]
  changed_when: false
`);
  expect(items(one, 'toggle').map(({ status }) => status)).toEqual(['ok', 'ok']);
  expect(existsSync(join(one.folder, 'it'))).toBe(false);
});

test('conditions hold for each item, and break_when stops', async () => {
  const one = await play(`
- name: some
  stat: {path: "/{{ item }}", get_checksum: false, get_mime: false}
  loop: [a, etc, b, usr, c, d]
  when: item != 'b'
  register: seen
  failed_when: item == 'usr'
  ignore_errors: true
  loop_control: {break_when: item == 'c'}
- assert: {that: ["seen.results | map(attribute='item') | list == ['a', 'etc', 'b', 'usr', 'c']", "seen.results[1].stat.exists", "not seen.results[0].stat.exists"]}
`);
  expect(one.exit).toBe(0);
  expect(items(one, 'some').map(({ status }) => status)).toEqual(['ok', 'ok', 'skipped', 'failed', 'ok']);
});

test('an item that cannot be evaluated ends the loop at its turn, with those before it done', async () => {
  const one = await play(`
- name: mixed
  file: {path: "{{ playbook_dir }}/{{ item.name }}", state: directory}
  loop: [{name: a}, {other: b}, {name: c}]
`);
  expect(items(one, 'mixed').map(({ status }) => status)).toEqual(['changed']);
  expect(['a', 'c'].map((name) => existsSync(join(one.folder, name)))).toEqual([true, false]);
});

test('in a check nothing changes, so all is asked ahead', async () => {
  const one = await play(
    `
- name: make
  file: {path: "{{ playbook_dir }}/{{ item }}", state: directory}
  loop: "{{ range(40) | list }}"
`,
    'check',
  );
  expect(new Set(items(one, 'make').map(({ status }) => status))).toEqual(new Set(['would-change']));
  expect(traffic().writes).toBeLessThanOrEqual(3);
  expect(existsSync(join(one.folder, '0'))).toBe(false);
});
