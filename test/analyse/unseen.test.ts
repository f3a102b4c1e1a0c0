import { expect, it } from 'vitest';
import { player } from '../rig.ts';

const play = player();

it('takes a name for defined that vars of an included task file may bring', async () => {
  const ran = await play({
    'play.yaml': '- hosts: localhost\n  gather_facts: false\n  tasks:\n    - include_tasks: tasks/more.yml\n    - debug: {msg: "{{ brought }}"}\n',
    'tasks/more.yml': '- include_vars: "{{ playbook_dir }}/brought.yml"\n',
    'brought.yml': 'brought: it is here\n',
  });
  expect(ran.text).toBe('');
  expect(ran.said).toEqual(['it is here']);
});
