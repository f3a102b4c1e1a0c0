import { expect, test } from 'vitest';
import { LOCAL, player } from '../rig.ts';

const play = player();

const one = (tasks: string, more = ''): Record<string, string> => ({
  'play.yaml': `- hosts: localhost\n  gather_facts: false\n${more}  tasks:\n${tasks.replace(/^/gm, '    ')}\n`,
});

test('a failed task ends the host, and later plays leave it out', async () => {
  const ran = await play({
    hosts: LOCAL('a', 'b'),
    'play.yaml': `
- hosts: all
  gather_facts: false
  tasks:
    - name: breaks on a
      fail: {msg: broken}
      when: inventory_hostname == 'a'
    - name: goes on
      debug: {msg: here}
- hosts: all
  gather_facts: false
  tasks:
    - name: second play
      debug: {msg: "{{ ansible_play_hosts }}"}
`,
  });
  expect(ran.exit).toBe(1);
  expect(ran.ends.slice(0, 2).sort()).toEqual(['a breaks on a: failed', 'b breaks on a: skipped']);
  expect(ran.ends.slice(2)).toEqual(['b goes on: ok', 'b second play: ok']);
  expect(ran.said.at(-1)).toBe('[\n  "b"\n]');
});

test('hosts stay in step, in the order of the inventory', async () => {
  const ran = await play({
    hosts: LOCAL('a', 'b'),
    'play.yaml': '- hosts: all\n  gather_facts: false\n  tasks:\n    - name: one\n      debug: {msg: x}\n    - name: two\n      debug: {msg: x}\n',
  });
  expect(ran.ends).toEqual(['a one: ok', 'b one: ok', 'a two: ok', 'b two: ok']);
});

test('rescue and always run, and the host is not failed', async () => {
  const ran = await play(
    one(`- block:
    - name: breaks
      fail: {msg: why}
    - name: never
      debug: {msg: no}
  rescue:
    - name: rescues
      debug: {msg: "{{ ansible_failed_task.name }}: {{ ansible_failed_result.msg }}"}
  always:
    - name: always
      debug: {msg: done}
- name: after
  debug: {msg: went on}`),
  );
  expect(ran.exit).toBe(0);
  expect(ran.said).toEqual(['breaks: why', 'done', 'went on']);
});

test('always runs when nothing rescues, and the host fails', async () => {
  const ran = await play(
    one(`- block:
    - fail: {msg: why}
  always:
    - debug: {msg: always}
- debug: {msg: not reached}`),
  );
  expect(ran.exit).toBe(1);
  expect(ran.said).toEqual(['always']);
});

test('handlers run once, in the order they are defined, by name and by topic', async () => {
  const ran = await play({
    'play.yaml': `
- hosts: localhost
  gather_facts: false
  tasks:
    - command: "true"
      notify: [second, topic]
    - command: "true"
      notify: second
    - meta: flush_handlers
    - debug: {msg: flushed}
    - command: "true"
      notify: first
  handlers:
    - name: first
      debug: {msg: first}
      listen: topic
    - name: second
      debug: {msg: second}
`,
  });
  expect(ran.said).toEqual(['first', 'second', 'flushed', 'first']);
});

test('handlers wait for the end of their section, and not for failed hosts', async () => {
  const ran = await play({
    'play.yaml': `
- hosts: localhost
  gather_facts: false
  pre_tasks:
    - command: "true"
      notify: told
  tasks:
    - debug: {msg: task}
    - command: "true"
      notify: told
    - fail: {msg: x}
  handlers:
    - name: told
      debug: {msg: handled}
`,
  });
  expect(ran.said).toEqual(['handled', 'task']);
  expect(
    (
      await play({
        'play.yaml':
          '- hosts: localhost\n  gather_facts: false\n  force_handlers: true\n  tasks:\n    - command: "true"\n      notify: told\n    - fail: {msg: x}\n  handlers:\n    - name: told\n      debug: {msg: handled}\n',
      })
    ).said,
  ).toEqual(['handled']);
});

test('loops register a result for each item, with conditions for each', async () => {
  const ran = await play(
    one(`- command: echo {{ item }}
  loop: [a, b, c]
  when: item != 'b'
  register: out
- debug: {msg: "{{ out.results | map(attribute='stdout', default='-') | join(',') }}"}
- debug: {msg: "{{ out.results[1] is skipped }} {{ out is changed }}"}`),
  );
  expect(ran.said).toEqual(['a,-,c', 'True True']);
});

test('with_ loops, loop_control and nested variables', async () => {
  const ran = await play(
    one(`- debug: {msg: "{{ item.key }}={{ item.value }}"}
  with_dict: {x: 1, y: 2}
- debug: {msg: "{{ i }}:{{ outer }}"}
  loop: [p, q]
  loop_control: {loop_var: outer, index_var: i}
- debug: {msg: "{{ item }}"}
  with_items: [[1, 2], 3]`),
  );
  expect(ran.said).toEqual(['x=1\ny=2', '0:p\n1:q', '1\n2\n3']);
});

test('until tries again, and says when it gave up', async () => {
  const ran = await play(
    one(
      `- shell: echo x >> {{ dir }}/count; wc -l < {{ dir }}/count
  register: n
  until: n.stdout | int >= 3
  retries: 5
  delay: 0
- debug: {msg: "{{ n.attempts }}"}
- name: gives up
  command: "false"
  register: r
  until: r is succeeded
  retries: 1
  delay: 0`,
      '  vars: {dir: "{{ playbook_dir }}"}\n',
    ),
  );
  expect(ran.said).toEqual(['3']);
  expect(ran.outcome('gives up').status).toBe('failed');
  expect(ran.exit).toBe(1);
});

test('changed_when, failed_when and ignore_errors have their say', async () => {
  const ran = await play(
    one(`- name: quiet
  command: "true"
  changed_when: false
- name: judged
  command: echo bad
  register: r
  failed_when: "'bad' in r.stdout"
  ignore_errors: true
- name: forgiven
  command: "false"
  register: f
  failed_when: f.rc not in [0, 1]
  changed_when: false
- debug: {msg: "{{ r is failed }} {{ r.failed_when_result }} {{ f is failed }}"}`),
  );
  expect(ran.exit).toBe(0);
  expect(ran.outcome('quiet').status).toBe('ok');
  expect(ran.outcome('judged')).toMatchObject({ status: 'failed', ignored: true });
  expect(ran.said).toEqual(['True True False']);
});

test('run_once does it on the first host and tells all', async () => {
  const ran = await play({
    hosts: LOCAL('a', 'b'),
    'play.yaml':
      '- hosts: all\n  gather_facts: false\n  tasks:\n    - name: once\n      command: echo {{ inventory_hostname }}\n      run_once: true\n      register: r\n    - debug: {msg: "{{ inventory_hostname }}:{{ r.stdout }}"}\n',
  });
  expect(ran.ends[0]).toBe('a once: changed');
  expect(ran.said).toEqual(['a:a', 'b:a']);
});

test('serial takes hosts in batches, any_errors_fatal ends the play for all', async () => {
  const ran = await play({
    hosts: LOCAL('a', 'b', 'c'),
    'play.yaml':
      '- hosts: all\n  gather_facts: false\n  serial: [1, 2]\n  tasks:\n    - debug: {msg: "{{ ansible_play_batch | join }}"}\n    - debug: {msg: second}\n',
  });
  expect(ran.said).toEqual(['a', 'second', 'bc', 'bc', 'second', 'second']);
  const fatal = await play({
    hosts: LOCAL('a', 'b'),
    'play.yaml':
      "- hosts: all\n  gather_facts: false\n  any_errors_fatal: true\n  tasks:\n    - fail: {msg: x}\n      when: inventory_hostname == 'a'\n    - debug: {msg: not reached}\n",
  });
  expect(fatal.said).toEqual([]);
  expect(fatal.exit).toBe(1);
});

test('delegate_to runs elsewhere with the variables of the first host', async () => {
  const ran = await play({
    hosts: LOCAL('a', 'b'),
    'play.yaml':
      '- hosts: a\n  gather_facts: false\n  tasks:\n    - name: there\n      command: echo {{ inventory_hostname }}\n      delegate_to: b\n      register: r\n    - debug: {msg: "{{ r.stdout }}"}\n',
  });
  expect(ran.said).toEqual(['a']);
  expect(ran.events.find((event) => event.type === 'task.end' && event.delegatedTo === 'b')).toBeDefined();
});

test('tags choose tasks, through blocks, roles and imports', async () => {
  const files = {
    'play.yaml': `
- hosts: localhost
  gather_facts: false
  tasks:
    - debug: {msg: untagged}
    - debug: {msg: always}
      tags: always
    - debug: {msg: never}
      tags: [never, rare]
    - block:
        - debug: {msg: inner}
      tags: outer
    - import_tasks: more.yaml
      tags: imported
    - include_tasks: more.yaml
      tags: included
`,
    'more.yaml': '- debug: {msg: more}\n',
  };
  expect((await play(files)).said).toEqual(['untagged', 'always', 'inner', 'more', 'more']);
  expect((await play(files, { tags: ['outer'] })).said).toEqual(['always', 'inner']);
  expect((await play(files, { tags: ['imported', 'rare'] })).said).toEqual(['always', 'never', 'more']);
  expect((await play(files, { tags: ['included'] })).said).toEqual(['always']);
  expect((await play(files, { skipTags: ['outer', 'always'] })).said).toEqual(['untagged', 'more', 'more']);
});

test('meta ends hosts and plays', async () => {
  const ran = await play({
    hosts: LOCAL('a', 'b'),
    'play.yaml':
      '- hosts: all\n  gather_facts: false\n  tasks:\n    - meta: end_host\n      when: inventory_hostname == \'a\'\n    - debug: {msg: "{{ inventory_hostname }}"}\n    - meta: end_play\n    - debug: {msg: not reached}\n- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: next}\n',
  });
  expect(ran.said).toEqual(['b', 'next', 'next']);
});

test('throttle lets only so many hosts work at a time', async () => {
  const ran = await play({
    hosts: LOCAL('a', 'b', 'c'),
    'play.yaml':
      '- hosts: all\n  gather_facts: false\n  tasks:\n    - name: alone\n      shell: mkdir {{ playbook_dir }}/lock && sleep 0.05 && rmdir {{ playbook_dir }}/lock\n      throttle: 1\n',
  });
  expect(ran.ends.map((one) => one.slice(2))).toEqual(['alone: changed', 'alone: changed', 'alone: changed']);
});

test('an unknown strategy is refused', async () => {
  const ran = await play({ 'play.yaml': '- hosts: localhost\n  strategy: mitogen_linear\n  tasks: []\n' });
  expect(ran.exit).toBe(3);
  expect(ran.text).toContain('there is no strategy "mitogen_linear"');
});

test('a keyword that cannot be rendered fails the task on its host, not the run', async () => {
  const ran = await play({
    hosts: LOCAL('a', 'b'),
    'play.yaml':
      '- hosts: all\n  gather_facts: false\n  tasks:\n    - set_fact: {wanted: true}\n      when: inventory_hostname == \'b\'\n    - name: unsure\n      debug: {msg: x}\n      no_log: "{{ wanted }}"\n    - debug: {msg: "{{ inventory_hostname }}"}\n',
  });
  expect(ran.exit).toBe(1);
  expect(ran.outcome('unsure', 'a').status).toBe('failed');
  expect(ran.said.at(-1)).toBe('b');
});

test('a failure that failed_when forgives keeps its words', async () => {
  const ran = await play(
    one(`- slurp: {src: /no/such/file}
  register: seen
  failed_when: false
- debug: {msg: "{{ seen.failed }} {{ seen.msg }}"}`),
  );
  expect(ran.exit).toBe(0);
  expect(ran.said[0]).toMatch(/^False .*\/no\/such\/file/);
});
