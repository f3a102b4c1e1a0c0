import { expect, test } from 'vitest';
import { LOCAL, player } from '../rig.ts';

const play = player();

test('what an item with no_log holds is in no event; that of another item is', async () => {
  const ran = await play({
    hosts: LOCAL('a'),
    'play.yaml': `- hosts: a
  gather_facts: false
  tasks:
    - name: mixed
      debug: {msg: "said {{ item.v }}"}
      no_log: "{{ item.s }}"
      loop: [{v: open1, s: false}, {v: hidden2, s: true}]
    - name: fails
      command: echo {{ item.v }} --
      changed_when: item.v == 'open1'
      failed_when: item.s
      no_log: "{{ item.s }}"
      loop: [{v: open1, s: false}, {v: hidden2, s: true}]
`,
  });
  const text = JSON.stringify(ran.events);
  expect(text).not.toContain('hidden2');
  expect(text).toContain('said open1');
  expect(ran.ends).toEqual(['a mixed: ok', 'a fails: failed']);
});
