import { expect, test } from 'vitest';
import { LOCAL, player } from '../rig.ts';

const play = player();

/** Every precedence level defines `v`; the levels are taken away from the top, and the next one must show. */
const LEVELS: readonly (readonly [
  string,
  Record<string, string>,
  Partial<Record<'extra' | 'include' | 'fact' | 'included' | 'task' | 'block' | 'param' | 'rolevars' | 'files' | 'play', true>>,
])[] = [
  ['extra vars', {}, { extra: true }],
  ['include vars', {}, { include: true }],
  ['role param', {}, { param: true }],
  ['set_fact', {}, { fact: true }],
  ['include_vars', {}, { included: true }],
  ['task vars', {}, { task: true }],
  ['block vars', {}, { block: true }],
  ['role vars', {}, { rolevars: true }],
  ['vars_files', {}, { files: true }],
  ['play vars', {}, { play: true }],
  ['host_vars', { 'host_vars/a.yaml': 'v: host_vars\n' }, {}],
  ['inventory host', {}, {}],
  ['group_vars/web', { 'group_vars/web.yaml': 'v: group_vars/web\n' }, {}],
  ['group_vars/all', { 'group_vars/all.yaml': 'v: group_vars/all\n' }, {}],
  ['inventory group', {}, {}],
  ['role defaults', {}, {}],
];

for (const [index, [winner]] of LEVELS.entries()) {
  test(`precedence: ${winner}`, async () => {
    const below = LEVELS.slice(index);
    const has = (name: string): boolean => below.some(([level]) => level === name);
    const on = (key: keyof (typeof LEVELS)[number][2]): boolean => below.some(([, , flags]) => flags[key]);
    const files: Record<string, string> = {
      hosts: `[web]\na ansible_connection=local${has('inventory host') ? " v='inventory host'" : ''}\n${has('inventory group') ? '[web:vars]\nv=inventory group\n' : ''}`,
      'roles/r/defaults/main.yaml': 'v: role defaults\n',
      ...(on('rolevars') && { 'roles/r/vars/main.yaml': 'v: role vars\n' }),
      'extra.yaml': 'v: include_vars\n',
      'files.yaml': 'v: vars_files\n',
      'roles/r/tasks/main.yaml': `${on('included') ? '- include_vars: "{{ playbook_dir }}/extra.yaml"\n' : ''}${on('fact') ? '- set_fact: {v: set_fact}\n' : ''}- block:
    - ${on('include') ? 'include_tasks: show.yaml' : 'import_tasks: show.yaml'}${on('include') ? '\n      vars: {v: include vars}' : ''}${on('block') ? '\n  vars: {v: block vars}' : ''}
`,
      'roles/r/tasks/show.yaml': `- debug: {msg: "{{ v }}"}${on('task') ? '\n  vars: {v: task vars}' : ''}\n`,
      'play.yaml': `- hosts: a\n  gather_facts: false\n${on('play') ? '  vars: {v: play vars}\n' : ''}${on('files') ? '  vars_files: [files.yaml]\n' : ''}  roles:\n    - role: r${on('param') ? '\n      v: role param' : ''}\n`,
    };
    for (const [, more] of below) Object.assign(files, more);
    const ran = await play(files, on('extra') ? { extraVars: ['v=extra_vars'] } : {});
    expect(ran.text).toBe('');
    expect(ran.said).toEqual([winner === 'extra vars' ? 'extra_vars' : winner]);
  });
}

test('variables are lazy, keep their types and see each other', async () => {
  const ran = await play({
    'play.yaml': `
- hosts: localhost
  gather_facts: false
  vars:
    list: [1, 2]
    again: "{{ list }}"
    unused: "{{ nobody_defines_this | mandatory }}"
    text: "n={{ list | length }}"
  tasks:
    - debug: {msg: "{{ again | type_debug }} {{ text }} {{ again[1] + 1 }}"}
`,
  });
  expect(ran.said).toEqual(['list n=2 3']);
});

test('results are never templated again', async () => {
  const ran = await play({
    'play.yaml': `
- hosts: localhost
  gather_facts: false
  tasks:
    - command: echo "{{ '{{' }} 1 + 1 {{ '}}' }}"
      register: r
    - set_fact: {kept: "{{ r.stdout }}"}
    - debug: {msg: "{{ kept }}"}
    - debug: {msg: !unsafe "{{ raw }}"}
`,
  });
  expect(ran.said).toEqual(['{{ 1 + 1 }}', '{{ raw }}']);
});

test('hostvars, groups and magic names', async () => {
  const ran = await play({
    hosts: `${LOCAL('a', 'b')}[web]\nb color=blue\n`,
    'play.yaml': `
- hosts: a
  gather_facts: false
  vars: {other: b}
  tasks:
    - debug: {msg: "{{ hostvars[other].color }} {{ groups.web }} {{ group_names }} {{ hostvars['b'].group_names }} {{ hostvars.keys() | list | length }}"}
    - debug: {msg: "{{ playbook_dir == inventory_dir }} {{ ansible_check_mode }} {{ omit is defined }} {{ play_hosts }}"}
`,
  });
  expect(ran.said).toEqual(["blue ['b'] ['ungrouped'] ['web'] 3", "True False True ['a']"]);
});

test('omit takes an argument away, wherever it stands', async () => {
  const ran = await play({
    'play.yaml': `
- hosts: localhost
  gather_facts: false
  tasks:
    - command: {cmd: echo hi, chdir: "{{ nowhere | default(omit) }}"}
      register: r
    - debug: {msg: "{{ r.stdout }}"}
`,
  });
  expect(ran.said).toEqual(['hi']);
});

test('roles: dependencies first and once, parameters, handlers, templates', async () => {
  const ran = await play({
    'roles/app/meta/main.yaml': 'dependencies: [{role: base, who: app}]\n',
    'roles/app/tasks/main.yaml': '- template: {src: x.j2, dest: "{{ playbook_dir }}/out"}\n  notify: told\n- include_role: {name: base, tasks_from: other}\n',
    'roles/app/templates/x.j2': 'hello {{ name_of_it }}\n{% for i in [1, 2] %}\n{{ i }}\n{% endfor %}\n',
    'roles/app/handlers/main.yaml': '- name: told\n  debug: {msg: "handler of {{ role_name }}"}\n',
    'roles/app/defaults/main.yaml': 'name_of_it: it\n',
    'roles/base/tasks/main.yaml': '- debug: {msg: "base for {{ who | default(\'nobody\') }}"}\n',
    'roles/base/tasks/other.yaml': '- debug: {msg: "other of {{ role_name }}"}\n',
    'play.yaml':
      '- hosts: localhost\n  gather_facts: false\n  roles: [app, {role: app}]\n  tasks:\n    - slurp: {src: "{{ playbook_dir }}/out"}\n      register: s\n    - debug: {msg: "{{ s.content | b64decode }}"}\n',
  });
  expect(ran.text).toBe('');
  expect(ran.said).toEqual(['base for app', 'other of base', 'hello it\n1\n2\n', 'handler of app']);
});

test('check mode changes nothing and says what would change', async () => {
  const files = {
    'play.yaml':
      '- hosts: localhost\n  gather_facts: false\n  tasks:\n    - name: file\n      copy: {dest: "{{ playbook_dir }}/new", content: x}\n    - name: command\n      command: touch {{ playbook_dir }}/other\n      register: r\n    - name: uses it\n      debug: {msg: "{{ r.invocation }}"}\n    - stat: {path: "{{ playbook_dir }}/new"}\n      register: s\n    - debug: {msg: "{{ s.stat.exists }}"}\n',
  };
  const ran = await play(files, { mode: 'plan' });
  expect(ran.outcome('file')).toMatchObject({ status: 'would-change' });
  expect(ran.outcome('command').status).toBe('unknown');
  expect(ran.outcome('uses it').status).toBe('skipped');
  expect(ran.said.at(-1)).toBe('False');
  expect(ran.exit).toBe(2);
});

test('a command that never changes anything is no change waiting in a plan', async () => {
  const ran = await play(
    {
      'play.yaml':
        '- hosts: localhost\n  gather_facts: false\n  tasks:\n    - name: looks\n      command: echo x\n      changed_when: false\n      register: r\n    - name: uses it\n      debug: {msg: "{{ r.invocation }}"}\n',
    },
    { mode: 'plan' },
  );
  expect(ran.outcome('looks').status).toBe('skipped');
  expect(ran.outcome('uses it').status).toBe('skipped');
  expect(ran.exit).toBe(0);
});

test('secrets of vault variables are masked in every event', async () => {
  const { encrypt } = await import('../../engine/vault.ts');
  const envelope = encrypt(Buffer.from('hunter2hunter2'), { label: 'default', password: Buffer.from('pw') });
  const ran = await play(
    {
      pw: 'pw\n',
      'play.yaml': `- hosts: localhost\n  gather_facts: false\n  vars:\n    secret: !vault |\n${envelope.trimEnd().replace(/^/gm, '      ')}\n  tasks:\n    - command: echo {{ secret }}\n    - fail: {msg: "it is {{ secret }}"}\n`,
    },
    (folder) => ({ vaultIds: [`${folder}/pw`] }),
  );
  expect(JSON.stringify(ran.events)).not.toContain('hunter2');
});
