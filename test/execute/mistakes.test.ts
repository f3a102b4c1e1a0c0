import { expect, test } from 'vitest';
import { player } from '../rig.ts';

const play = player();

const tasks = (text: string): Record<string, string> => ({
  'play.yaml': `- hosts: localhost\n  gather_facts: false\n  tasks:\n${text.replace(/^/gm, '    ')}\n`,
});

/** Each mistake is told before a host is touched: exit 3, no task begun. */
const mistakes: readonly (readonly [string, Record<string, string>, string])[] = [
  [
    'an unknown module',
    tasks('- copi: {dest: /x}'),
    `error[unknown-module]: there is no module or keyword "copi". Did you mean "copy"?
  ┌─ play.yaml:4:7
3 │   tasks:
4 │     - copi: {dest: /x}
  │       ^^^^
  = hint: \`qplay doc\` lists the modules`,
  ],
  [
    'an unknown keyword of a task',
    tasks('- debug: {msg: x}\n  wen: true'),
    `error[unknown-keyword]: "wen" is not a keyword of a task. Did you mean "when"?
  ┌─ play.yaml:5:7
4 │     - debug: {msg: x}
5 │       wen: true
  │       ^^^`,
  ],
  [
    'an unknown keyword of a play',
    { 'play.yaml': '- hosts: localhost\n  taks: []\n' },
    `error[unknown-keyword]: "taks" is not a keyword of a play. Did you mean "tasks"?
  ┌─ play.yaml:2:3
1 │ - hosts: localhost
2 │   taks: []
  │   ^^^^`,
  ],
  [
    'a name nobody defines',
    { 'play.yaml': '- hosts: localhost\n  gather_facts: false\n  vars: {quay_hostname: x}\n  tasks:\n    - debug: {msg: "at {{ quay_hostnme }}"}\n' },
    `error[undefined]: "quay_hostnme" is not defined anywhere. Did you mean "quay_hostname"?
  ┌─ play.yaml:5:27
4 │   tasks:
5 │     - debug: {msg: "at {{ quay_hostnme }}"}
  │                           ^^^^^^^^^^^^`,
  ],
  [
    'an unknown option, and the one that is missing then',
    tasks('- copy: {dst: /x, content: y}'),
    `error[unknown-option]: copy has no option "dst". Did you mean "dest"?
  ┌─ play.yaml:4:14
3 │   tasks:
4 │     - copy: {dst: /x, content: y}
  │              ^^^
  = hint: copy takes backup, checksum, content, decrypt, dest, directory_mode, follow, force, group, local_follow, mode, owner, remote_src, selevel, serole, setype, seuser, src, unsafe_writes, validate: see qplay doc copy
error[missing-option]: copy needs the option "dest".
  ┌─ play.yaml:4:7
3 │   tasks:
4 │     - copy: {dst: /x, content: y}
  │       ^
  = hint: dest: Where it goes on the host. With a trailing slash, or where it is a folder, the name of \`src\` is added.`,
  ],
  [
    'a wrong type',
    tasks('- wait_for: {port: many}'),
    `error[option-type]: "port" of wait_for must be an integer, found the text "many".
  ┌─ play.yaml:4:18
3 │   tasks:
4 │     - wait_for: {port: many}
  │                  ^^^^`,
  ],
  [
    'a choice that there is not',
    tasks('- file: {path: /tmp/x, state: dirctory}'),
    `error[option-choice]: "state" of file must be absent, directory, file, hard, link or touch, found "dirctory". Did you mean "directory"?
  ┌─ play.yaml:4:28
3 │   tasks:
4 │     - file: {path: /tmp/x, state: dirctory}
  │                            ^^^^^`,
  ],
  [
    'bad Jinja',
    tasks('- debug: {msg: "{{ 1 + }}"}'),
    `error[jinja]: expected an expression, got '}}'
  ┌─ play.yaml:4:28
3 │   tasks:
4 │     - debug: {msg: "{{ 1 + }}"}
  │                            ^^`,
  ],
  [
    'Jinja that never ends',
    tasks('- debug: {msg: "{{ item"}'),
    `error[jinja]: unexpected end of template, expected '}}'
  ┌─ play.yaml:4:21
3 │   tasks:
4 │     - debug: {msg: "{{ item"}
  │                     ^^
  = hint: The tag that begins here is never closed with }}`,
  ],
  [
    'an unknown filter',
    tasks('- debug: {msg: "{{ 1 | defalt(2) }}"}'),
    `error[unknown-filter]: no filter is called 'defalt'. Did you mean "default"?
  ┌─ play.yaml:4:28
3 │   tasks:
4 │     - debug: {msg: "{{ 1 | defalt(2) }}"}
  │                            ^^^^^^`,
  ],
  [
    'bad YAML',
    { 'play.yaml': '- hosts: localhost\n  tasks:\n    - debug: {msg: x\n' },
    `error[yaml]: This brace is never closed.
  ┌─ play.yaml:3:14
2 │   tasks:
3 │     - debug: {msg: x
  │              ^
  = hint: Close it with }, or write one entry a line.`,
  ],
  [
    'a tab in YAML',
    { 'play.yaml': '- hosts: localhost\n  tasks:\n\t- debug: {msg: x}\n' },
    `error[yaml]: A tab indents this line; YAML allows only spaces there.
  ┌─ play.yaml:3:1
2 │   tasks:
3 │ \t- debug: {msg: x}
  │ ^
  = hint: Replace the tab with spaces.`,
  ],
  [
    'a missing file of tasks',
    tasks('- import_tasks: moer.yaml'),
    `error[missing-file]: there is no file "moer.yaml"
  ┌─ play.yaml:4:21
3 │   tasks:
4 │     - import_tasks: moer.yaml
  │                     ^
  = hint: looked for moer.yaml`,
  ],
  [
    'a handler that is not there',
    tasks('- command: "true"\n  notify: restrat'),
    `error[unknown-handler]: there is no handler "restrat".
  ┌─ play.yaml:5:15
4 │     - command: "true"
5 │       notify: restrat
  │               ^`,
  ],
];

for (const [name, files, text] of mistakes) {
  test(name, async () => {
    const ran = await play(files);
    expect(ran.text).toBe(text);
    expect(ran.exit).toBe(3);
    expect(ran.ends).toEqual([]);
  });
}

test('an unknown option names the nearest, and all mistakes come at once', async () => {
  const ran = await play(tasks('- copy: {dst: /x, content: y}\n- debug: {msg: "{{ 1 + }}"}\n- debug: {msg: "{{ 1 | defalt(2) }}"}'));
  expect(ran.exit).toBe(3);
  expect(ran.diagnostics.length).toBeGreaterThanOrEqual(3);
  expect(ran.text).toContain('Did you mean "dest"?');
  expect(ran.text).toContain('play.yaml:5:');
  expect(ran.text).toContain('Did you mean "default"?');
  expect(ran.ends).toEqual([]);
});

test('bad YAML points at the line', async () => {
  const ran = await play({ 'play.yaml': '- hosts: localhost\n  tasks:\n    - debug: {msg: x\n' });
  expect(ran.exit).toBe(3);
  expect(ran.text).toContain('error[yaml]');
  expect(ran.text).toContain('play.yaml:');
  expect(ran.text).not.toContain('at Object.');
});

test('a role that is not there says where it was looked for', async () => {
  const ran = await play({ 'play.yaml': '- hosts: localhost\n  roles: [registri]\n', 'roles/registry/tasks/main.yaml': '[]\n' });
  expect(ran.exit).toBe(3);
  expect(ran.text).toContain('there is no role "registri". Did you mean "registry"?');
  expect(ran.text).toContain('play.yaml:2:11');
});

test('a wrong type that only the run knows is told with the option and its place', async () => {
  const ran = await play(tasks('- set_fact: {many: many}\n- name: typed\n  wait_for: {port: "{{ many }}"}'));
  expect(ran.exit).toBe(1);
  expect(ran.text).toContain('"port" of wait_for must be an integer, found the text "many".');
  expect(ran.text).toContain('play.yaml:6:');
});

test('an undefined variable at run time is told with what is spelt like it', async () => {
  const ran = await play(tasks('- set_fact: {thing: {colour: red}}\n- name: uses\n  debug: {msg: "{{ thing.color }}"}'));
  expect(ran.exit).toBe(1);
  expect(ran.text).toContain('play.yaml:6:');
});

test('names that includes and fact modules bring are known', async () => {
  const ran = await play({
    'play.yaml':
      '- hosts: localhost\n  gather_facts: false\n  tasks:\n    - include_tasks: more.yaml\n    - include_role: {name: r}\n    - debug: {msg: "{{ made }} {{ of_role }} {{ given }}"}\n    - package_facts: {}\n      when: false\n    - debug: {msg: "{{ packages }}"}\n      when: false\n',
    'more.yaml': '- set_fact: {made: here}\n',
    'roles/r/tasks/main.yaml': '- command: echo role\n  register: out\n- set_fact: {of_role: "{{ out.stdout }}", given: "{{ of_defaults }}"}\n',
    'roles/r/defaults/main.yaml': 'of_defaults: default\n',
  });
  expect(ran.text).toBe('');
  expect(ran.said).toEqual(['here role default']);
});

test('a key given twice is a warning, in playbooks and in what they include', async () => {
  const ran = await play({
    'play.yaml': '- hosts: localhost\n  gather_facts: false\n  gather_facts: false\n  tasks:\n    - include_tasks: more.yaml\n',
    'more.yaml': '- debug: {msg: x}\n  name: a\n  name: b\n',
  });
  expect(ran.exit).toBe(0);
  expect(ran.diagnostics.map((one) => [one.severity, one.at?.line])).toEqual([
    ['warning', 3],
    ['warning', 3],
  ]);
});

test('a missing role does not hide other mistakes', async () => {
  const ran = await play(tasks('- include_role: {name: nowhere}\n- debug: {msg: "{{ 1 | defalt(2) }}"}'));
  expect(ran.exit).toBe(3);
  expect(ran.diagnostics.map((one) => one.code).sort()).toEqual(['missing-role', 'unknown-filter']);
});

test('a connection and a become method that are not there fail the task, with those that are', async () => {
  const ran = await play({ hosts: 'a\n', 'play.yaml': '- hosts: a\n  gather_facts: false\n  tasks:\n    - command: "true"\n      connection: winrm\n' });
  expect(ran.text).toContain('there is no connection "winrm"');
  expect((await play(tasks('- command: "true"\n  become: true\n  become_method: runas'))).text).toContain('qplay has sudo, su and doas');
});
