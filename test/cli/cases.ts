/** A command line, and the files of the folder it is typed in. */
export interface Case {
  readonly name: string;
  /** Program and its words; split at blanks unless it is a list. */
  readonly run: string | readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

const HOSTS = '[web]\nh1\n[db]\nd1\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n';

/** A play of these tasks on one host. */
const tasks = (text: string, more = ''): Record<string, string> => ({
  hosts: HOSTS,
  'site.yml': `- name: Site\n  hosts: web\n  gather_facts: false\n${more}  tasks:\n${text.replace(/^/gm, '    ').trimEnd()}\n`,
});

const play = (name: string, text: string, words = '', more = '', env: Readonly<Record<string, string>> = {}): Case => ({
  name,
  run: `ansible-playbook -i hosts site.yml ${words}`.trim(),
  files: tasks(text, more),
  env,
});

const LISTED: Record<string, string> = {
  hosts: HOSTS,
  'site.yml': `- name: One {{ what | default('thing') }}
  hosts: web
  tags: [p]
  roles: [{role: r, tags: rt}]
  pre_tasks:
    - name: before
      debug: msg=x
      tags: [always, b]
  tasks:
    - debug: msg=y
      tags: never
    - import_tasks: more.yml
      tags: imp
    - include_tasks: more.yml
    - block:
        - command: echo
          tags: "a,b"
- hosts: db,web
  tasks:
    - name: last of {{ inventory_hostname }}
      debug:
- import_playbook: other.yml
`,
  'other.yml': '- hosts: "*:!db"\n  tasks: [{name: elsewhere, debug: {}}]\n',
  'more.yml': '- name: more\n  debug: msg=z\n  tags: [m]\n',
  'roles/r/tasks/main.yml': '- name: in role\n  debug:\n- debug:\n  tags: [z]\n',
};

/** What scripts may read of Ansible's programs. Each answer stands in `answers/`, as ansible-core gave it. */
export const CASES: readonly Case[] = [
  play('debug', '- debug: msg=hi\n- debug: var=inventory_hostname\n- debug: msg={{ [1, "a", {"k": none}] }}\n- debug:\n    msg: "two\\nlines"'),
  play(
    'no-log-items',
    '- debug: {msg: "v{{ item.v }}"}\n  no_log: "{{ item.s }}"\n  loop: [{v: 1, s: false}, {v: 2, s: true}]\n- fail: {msg: "{{ item.v }}"}\n  no_log: "{{ item.s }}"\n  ignore_errors: "{{ item.s }}"\n  loop: [{v: 1, s: false}, {v: 2, s: true}]',
  ),
  play('async', '- command: sleep 0\n  async: 20\n  poll: 0\n- debug: {msg: after}'),
  play('prompt-default', '- debug: {msg: "{{ word }}"}', '', '  vars_prompt: [{name: word, prompt: Word, default: 5}]\n'),
  play('debug-verbosity', '- debug: msg=hi verbosity=1\n- debug: msg=hi verbosity=3', '-v'),
  play('loop', '- debug: msg={{ item }}\n  loop: [a, 1, 1.5, true, null, {x: "it\'s"}, [1, "b"]]\n- command: echo\n  loop: [1, 2]\n  changed_when: item == 2'),
  play('loop-label', '- debug: msg={{ item.n }}\n  loop: [{n: 1}, {n: 2}]\n  loop_control: {label: "no {{ item.n }}"}\n  when: item.n == 2'),
  play('loop-skipped', '- debug: msg=x\n  loop: [1, 2]\n  when: false\n- debug: msg=x\n  loop: []\n- debug: msg=x\n  when: false'),
  play('loop-failed', '- fail: msg={{ item }}\n  loop: [1, 2]\n  ignore_errors: true\n- fail: msg={{ item }}\n  loop: [1, 2]\n  when: item == 2'),
  play('failed', '- fail: msg=bad\n- debug: msg=never'),
  play(
    'ignored',
    '- fail: msg=bad\n  ignore_errors: true\n- assert: {that: [1 == 2], fail_msg: nope}\n  ignore_errors: true\n- assert: {that: [1 == 1]}\n- assert: {that: [1 == 1], quiet: true}',
  ),
  play('rescued', '- block:\n    - fail: msg=bad\n  rescue:\n    - debug: msg={{ ansible_failed_task.name }}\n  always:\n    - debug: msg=always'),
  play('retries', '- name: again and again\n  command: "false"\n  register: r\n  until: r.rc == 0\n  retries: 2\n  delay: 0\n  ignore_errors: true'),
  play('commands', '- command: echo hi\n- shell: exit 3\n  ignore_errors: true\n- command: echo hi\n  changed_when: false'),
  play(
    'commands-v',
    '- command: printf "a\\nb"\n- shell: echo e >&2; exit 3\n  ignore_errors: true\n- command: echo hi\n  loop: [1]\n- set_fact: {a: 1, b: [x]}\n- command: echo hi\n  when: false',
    '-v',
  ),
  play(
    'no-log',
    '- command: echo secret\n  no_log: true\n- debug: msg={{ item }}\n  loop: [1, 2]\n  no_log: true\n- shell: exit 2\n  no_log: true\n  ignore_errors: true',
  ),
  play(
    'handlers',
    '- command: echo\n  notify: [b, a]\n- meta: flush_handlers\n- command: echo\n  notify: a',
    '',
    '  handlers:\n    - name: a\n      debug: msg=a\n    - name: b\n      listen: x\n      command: echo b\n',
  ),
  play('meta', '- meta: noop\n- meta: end_host\n  when: false\n- name: named\n  meta: clear_facts\n- meta: end_play\n- debug: msg=never'),
  {
    name: 'includes',
    run: 'ansible-playbook -i hosts site.yml',
    files: {
      ...tasks(
        '- include_tasks: inc.yml\n- name: looped\n  include_tasks: inc.yml\n  loop: [1, {a: 2}]\n- include_tasks: inc.yml\n  when: false\n- import_tasks: inc.yml\n- include_role: {name: r}\n- name: named\n  include_role: {name: r}\n- import_role: {name: r}',
        '  roles: [r]\n',
      ),
      'inc.yml': '- debug: msg={{ item | default("none") }}\n',
      'roles/r/tasks/main.yml': '- name: role task\n  debug: msg=r\n  notify: rh\n  changed_when: true\n',
      'roles/r/handlers/main.yml': '- name: rh\n  debug: msg=handler\n',
    },
  },
  play(
    'delegated',
    '- command: echo\n  delegate_to: d1\n- debug: msg=x\n  delegate_to: d1\n- command: echo\n  delegate_to: h1\n- shell: exit 1\n  delegate_to: d1',
  ),
  play('free', '- debug: msg=a\n- debug: msg=b', '', '  strategy: free\n'),
  play('check', '- command: echo hi\n- copy: {content: x, dest: "{{ playbook_dir }}/c"}\n- debug: msg={{ ansible_check_mode }}', '--check'),
  play('check-markers', '- debug: msg=x\n- copy: {content: x, dest: "{{ playbook_dir }}/c"}', '--check', '', { ANSIBLE_CHECK_MODE_MARKERS: '1' }),
  play(
    'diff',
    '- copy: {content: "a\\nb\\n", dest: "{{ playbook_dir }}/c"}\n- lineinfile: {path: "{{ playbook_dir }}/c", line: d}\n- file: {path: "{{ playbook_dir }}/c", mode: "0600"}',
    '--diff',
  ),
  play('hidden', '- debug: msg=x\n  when: false\n- command: echo\n- debug: msg=x\n  loop: [1, 2]\n  when: item == 1', '', '', {
    ANSIBLE_DISPLAY_SKIPPED_HOSTS: 'no',
    ANSIBLE_DISPLAY_OK_HOSTS: 'no',
  }),
  play('stats', '- set_stats: {data: {a: 1, b: [x]}}\n- set_stats: {data: {c: 2}, per_host: true}', '', '', { ANSIBLE_SHOW_CUSTOM_STATS: 'yes' }),
  play('colour', '- debug: msg=x\n- command: echo\n- debug: msg=x\n  when: false\n- fail: msg=no\n  ignore_errors: true\n- fail: msg="two\\nlines"', '', '', {
    ANSIBLE_FORCE_COLOR: '1',
  }),
  play('colour-diff', '- copy: {content: "a\\n", dest: "{{ playbook_dir }}/c"}', '-D', '', { ANSIBLE_FORCE_COLOR: '1' }),
  play('failed-stderr', '- fail: msg=no', '', '', { ANSIBLE_DISPLAY_FAILED_STDERR: '1' }),
  play('task-path', '- name: here\n  fail: msg=no', '', '', { ANSIBLE_SHOW_TASK_PATH_ON_FAILURE: '1' }),
  play('minimal', '- command: echo hi\n- debug: msg=x\n- debug: msg=x\n  when: false\n- fail: msg=no', '', '', { ANSIBLE_STDOUT_CALLBACK: 'minimal' }),
  play('oneline', '- command: echo hi\n- debug: msg=x\n- fail: msg=no', '', '', { ANSIBLE_STDOUT_CALLBACK: 'oneline' }),
  play('unicode', '- name: größe 漢字 ☃\n  debug: msg="ü 漢 😀 \\u0001"\n- debug:\n    msg: {"ß": 1, "a": "\\t\\\\"}', '', '', {
    PYTHONIOENCODING: 'utf8',
    LC_ALL: 'C.UTF-8',
  }),
  play('long-name', `- name: ${'long '.repeat(20)}\n  debug: msg=x`),
  play('no-hosts', '- debug: msg=x', '--limit db'),
  play('limit-none', '- debug: msg=x', '--limit nowhere'),
  play('start-at', '- name: one\n  debug: msg=1\n- name: two\n  debug: msg=2', '--start-at-task two'),
  play('tags', '- debug: msg=1\n  tags: a\n- debug: msg=2\n  tags: b\n- debug: msg=3\n  tags: always', '--tags a'),
  play('syntax-check', '- debug: msg=x', '--syntax-check'),
  play('abbreviated', '- debug: msg={{ x }}', '--extra x=1 --lim web --verb'),
  { name: 'no-playbook', run: 'ansible-playbook nothing.yml' },
  { name: 'no-argument', run: 'ansible-playbook' },
  { name: 'unknown-flag', run: 'ansible-playbook --nonsense x.yml' },
  { name: 'not-a-playbook', run: 'ansible-playbook -i hosts site.yml', files: { hosts: HOSTS, 'site.yml': 'a: 1\n' } },
  { name: 'yaml-error', run: 'ansible-playbook -i hosts site.yml', files: { hosts: HOSTS, 'site.yml': '- hosts: web\n  tasks:\n   - debug: "a\n' } },
  {
    name: 'unreachable',
    run: 'ansible-playbook -i hosts site.yml -T 1',
    files: {
      hosts: 'h1 ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1\n',
      'site.yml': '- hosts: all\n  gather_facts: false\n  tasks: [{ping: {}}, {debug: {}}]\n',
    },
  },
  {
    name: 'no-inventory',
    run: 'ansible-playbook site.yml',
    files: { 'site.yml': '- hosts: all\n  tasks: []\n- hosts: localhost\n  gather_facts: false\n  tasks: [{debug: {msg: x}}]\n' },
  },
  {
    name: 'two-plays',
    run: 'ansible-playbook -i hosts a.yml b.yml',
    files: {
      hosts: HOSTS,
      'a.yml': '- hosts: web\n  gather_facts: false\n  tasks: [{debug: {msg: a}}]\n',
      'b.yml': '- hosts: db\n  gather_facts: false\n  tasks: [{debug: {msg: b}}]\n',
    },
  },
  { name: 'list-tasks', run: 'ansible-playbook -i hosts site.yml --list-tasks', files: LISTED },
  { name: 'list-tasks-tags', run: 'ansible-playbook -i hosts site.yml --list-tasks -t m,z', files: LISTED },
  { name: 'list-tags', run: 'ansible-playbook -i hosts site.yml --list-tags', files: LISTED },
  { name: 'list-hosts', run: 'ansible-playbook -i hosts site.yml other.yml --list-hosts -l web', files: LISTED },
  { name: 'adhoc-command', run: ['ansible', 'web', '-i', 'hosts', '-a', 'printf a\\nb'], files: { hosts: HOSTS } },
  { name: 'adhoc-shell-failed', run: ['ansible', 'web', '-i', 'hosts', '-m', 'shell', '-a', 'echo o; echo e >&2; exit 3'], files: { hosts: HOSTS } },
  { name: 'adhoc-ping', run: 'ansible web -i hosts -m ping', files: { hosts: HOSTS } },
  { name: 'adhoc-debug', run: ['ansible', 'web', '-i', 'hosts', '-m', 'debug', '-a', 'var=group_names'], files: { hosts: HOSTS } },
  { name: 'adhoc-json', run: ['ansible', 'web', '-i', 'hosts', '-m', 'debug', '-a', '{"msg": [1, "x"]}'], files: { hosts: HOSTS } },
  { name: 'adhoc-oneline', run: ['ansible', 'web', '-i', 'hosts', '-o', '-m', 'shell', '-a', 'echo o; echo e >&2'], files: { hosts: HOSTS } },
  { name: 'adhoc-fail', run: ['ansible', 'web', '-i', 'hosts', '-m', 'fail', '-a', 'msg=no'], files: { hosts: HOSTS } },
  { name: 'adhoc-check', run: ['ansible', 'web', '-i', 'hosts', '-C', '-m', 'command', '-a', 'echo'], files: { hosts: HOSTS } },
  { name: 'adhoc-no-hosts', run: 'ansible nowhere -i hosts -m ping', files: { hosts: HOSTS } },
  { name: 'adhoc-list', run: 'ansible all -i hosts --list-hosts', files: { hosts: HOSTS } },
  { name: 'adhoc-no-argument', run: 'ansible web -i hosts -m shell', files: { hosts: HOSTS } },
  { name: 'adhoc-localhost', run: ['ansible', 'localhost', '-m', 'debug', '-a', 'msg={{ inventory_hostname }}'] },
  { name: 'inventory-list', run: 'ansible-inventory -i hosts --list', files: { hosts: HOSTS } },
  { name: 'inventory-graph', run: 'ansible-inventory -i hosts --graph', files: { hosts: HOSTS } },
  { name: 'inventory-host', run: 'ansible-inventory -i hosts --host h1', files: { hosts: HOSTS } },
];
