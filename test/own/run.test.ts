import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { player } from '../rig.ts';

const play = player();

beforeEach(() => {
  process.env.QPLAY_MODULE_UTILS = 'own';
  // a machine with many Pythons takes long to say which of them can be run
  process.env.ANSIBLE_PYTHON_INTERPRETER = '/usr/bin/python3';
});

const PYTHON = (body: string, spec = '{}', more = ''): string =>
  `#!/usr/bin/python\nfrom ansible.module_utils.basic import AnsibleModule\nmodule = AnsibleModule(${spec}${more})\n${body}\n`;

const tasks = (text: string): string => `- hosts: localhost\n  gather_facts: false\n  tasks:\n${text.replace(/^/gm, '    ')}`;

test('arguments are in no command line, and what was carried to the host is gone when the run is over', async () => {
  const looks = `import glob, os, stat
word = module.params['word']
def holds(path):
    try:
        return word.encode() in open(path, 'rb').read()
    except OSError:
        return False
seen = [one for one in glob.glob('/proc/[0-9]*/cmdline') if holds(one)]
home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
module.exit_json(seen=seen, home=home, mode=oct(stat.S_IMODE(os.stat(home).st_mode)))`;
  const ran = await play({
    'library/looks.py': PYTHON(looks, 'dict(word=dict(no_log=True))'),
    'play.yaml': tasks(`- looks: {word: "{{ 'never-' ~ 'shown-7' }}"}\n  register: r\n- debug: msg="{{ r.seen }} {{ r.mode }} {{ r.home }}"\n`),
  });
  const [said = ''] = ran.said;
  expect(said).toMatch(/^\[\] 0o700 \/\S+\/qplay\.\w+$/);
  const home = said.split(' ').at(-1) as string;
  await expect.poll(() => existsSync(home), { timeout: 10_000 }).toBe(false);
});

test('a check asks what can be asked, and runs nothing else', async () => {
  const ran = await play(
    {
      'library/can.py': PYTHON('module.exit_json(changed=True)', '{}', ', supports_check_mode=True'),
      'library/cannot.py': PYTHON('module.exit_json(changed=True)'),
      'library/writes.sh': '#!/bin/sh\ntouch "$(dirname "$0")/../../written"\necho "{}"\n',
      'play.yaml': tasks('- name: can\n  can:\n- name: cannot\n  cannot:\n- name: writes\n  writes:\n'),
    },
    { mode: 'plan' },
  );
  expect(ran.ends).toEqual(['localhost can: would-change', 'localhost cannot: unknown', 'localhost writes: unknown']);
  expect(ran.exit).toBe(2);
});

test('what a module imports and nobody has is told with where it could come from', async () => {
  const ran = await play({
    'library/far.py': `${PYTHON('module.exit_json()')}from ansible.module_utils.facts.nowhere import x\n`,
    'play.yaml': tasks('- far:\n'),
  });
  expect(ran.exit).toBe(1);
  expect(ran.text).toContain('imports ansible.module_utils.facts.nowhere.x, and there is no such file');
  expect(ran.text).toContain('an ansible-core that is installed on the control node');
});

test('an import that may fail is no reason to refuse a module', async () => {
  // and no interpreter is named: one is looked for
  process.env.ANSIBLE_PYTHON_INTERPRETER = 'auto';
  const ran = await play({
    'library/may.py': PYTHON('try:\n    from ansible.module_utils.nowhere import x\nexcept ImportError:\n    x = "without"\nmodule.exit_json(msg=x)'),
    'play.yaml': tasks('- may:\n  register: r\n- debug: var=r.msg\n'),
  });
  expect(ran.said).toEqual(['r.msg: without']);
});

test('an interpreter that is not there, PowerShell and action plugins fail where they are reached', async () => {
  const ran = await play({
    'library/plain.py': PYTHON('module.exit_json()'),
    'library/windows.ps1': '#!powershell\n',
    'action_plugins/acts.py': 'class ActionModule: pass\n',
    'play.yaml': tasks(
      `- name: python\n  plain:\n  vars: {ansible_python_interpreter: /no/such/python}\n  ignore_errors: true
- name: windows\n  windows:\n  ignore_errors: true\n- name: acts\n  acts: {x: 1}\n  ignore_errors: true\n- name: skipped\n  acts:\n  when: false\n`,
    ),
  });
  const why = (name: string): string => {
    const outcome = ran.outcome(name);
    return outcome.status === 'failed' ? outcome.error.message : outcome.status;
  };
  expect(why('python')).toContain('you probably need to set the interpreter');
  expect(why('windows')).toContain('PowerShell');
  expect(why('acts')).toContain('action plugin in Python');
  expect(why('skipped')).toBe('skipped');
  expect(ran.diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toContain('warning unsupported-plugin');
});

test('two versions of one helper in a run do not meet', async () => {
  const ran = await play({
    'library/one.py': `${PYTHON('from ansible.module_utils.helper import NAME\nmodule.exit_json(msg=NAME)')}`,
    'module_utils/helper.py': "NAME = 'beside the playbook'\n",
    'roles/r/library/three.py': `${PYTHON('from ansible.module_utils.helper import NAME\nmodule.exit_json(msg=NAME)')}`,
    'roles/r/tasks/main.yml': '- three:\n  register: r\n- debug: var=r.msg\n',
    'collections/ansible_collections/a/b/plugins/modules/two.py': `#!/usr/bin/python\nfrom ansible.module_utils.basic import AnsibleModule\nfrom ..module_utils.helper import NAME\nAnsibleModule({}).exit_json(msg=NAME)\n`,
    'collections/ansible_collections/a/b/plugins/module_utils/helper.py': "NAME = 'in a collection'\n",
    'play.yaml': `- hosts: localhost\n  gather_facts: false\n  roles: [r]\n  tasks:\n    - one:\n      register: r\n    - debug: var=r.msg\n    - a.b.two:\n      register: r\n    - debug: var=r.msg\n`,
  });
  expect(ran.said).toEqual(['r.msg: beside the playbook', 'r.msg: beside the playbook', 'r.msg: in a collection']);
});

test('modules of a folder that the command line names come first', async () => {
  const ran = await play(
    {
      'given/word.sh': '#!/bin/sh\necho "{\\"msg\\": \\"given\\"}"\n',
      'library/word.sh': '#!/bin/sh\necho "{\\"msg\\": \\"library\\"}"\n',
      'play.yaml': tasks('- word:\n  register: r\n- debug: var=r.msg\n'),
    },
    (folder) => ({ modulePath: [join(folder, 'given')] }),
  );
  expect(ran.said).toEqual(['r.msg: given']);
});

test('a role whose include may never come does not change what names mean elsewhere', async () => {
  const ran = await play({
    'roles/maybe/library/getent.py': PYTHON("module.exit_json(msg='of the role')"),
    'roles/maybe/tasks/main.yml': '- getent:\n',
    'play.yaml': tasks('- include_role: {name: maybe}\n  when: false\n- name: ours\n  getent: {database: passwd, key: root}\n'),
  });
  expect(ran.outcome('ours').status).toBe('ok');
  expect(ran.exit).toBe(0);
});
