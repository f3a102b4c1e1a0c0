import { afterEach, expect, test, vi } from 'vitest';
import { HostConnection } from '../../engine/connect/host-connection.ts';
import { cleanUp, type Ran, runFiles } from '../rig.ts';

const shells = vi.spyOn(HostConnection.prototype, 'shell');
const ran: Ran[] = [];
afterEach(() => {
  for (const one of ran.splice(0)) cleanUp(one);
});

const trips = (): number => [...new Set(shells.mock.contexts as HostConnection[])].reduce((sum, { stats }) => sum + stats.trips, 0);

const TASKS = `
- hosts: localhost
  gather_facts: false
  tasks:
    - file: {path: "{{ folder }}/made", state: directory, mode: "0755"}
    - copy: {content: "hello\\n", dest: "{{ folder }}/made/copied", mode: "0644"}
    - template: {src: t.j2, dest: "{{ folder }}/made/rendered"}
    - lineinfile: {path: "{{ folder }}/made/lines", line: more, create: true}
    - blockinfile: {path: "{{ folder }}/made/lines", block: "a block"}
    - file: {src: copied, dest: "{{ folder }}/made/link", state: link}
`;

async function play(folder: string, ...more: readonly string[]): Promise<{ readonly run: Ran; readonly trips: number }> {
  shells.mockClear();
  const run = await runFiles({ 'play.yaml': TASKS, 't.j2': '{{ folder | length }}\n' }, { extraVars: [`folder=${folder}`, ...more] });
  ran.push(run);
  return { run, trips: trips() };
}

test('over the whole engine a changed task costs two round trips, and a converged one costs one', async () => {
  const keep = await runFiles({ 'play.yaml': '[]\n' });
  ran.push(keep);
  const first = await play(keep.folder);
  expect([first.run.text, first.run.ends.filter((end) => end.endsWith(': changed')).length, first.trips]).toEqual(['', 6, 12]);
  const second = await play(keep.folder);
  expect([second.run.text, second.run.ends.filter((end) => end.endsWith(': ok')).length, second.trips]).toEqual(['', 6, 6]);
});
