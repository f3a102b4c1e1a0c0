// The code cache of a build: V8's bytecode of the functions that usual commands run, one file a chunk (docs/decisions/0015-code-cache.md).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** What is run so that V8 compiles the functions. Each run begins with the code of the ones before, and adds its own. */
const RUNS = [
  ['--version'],
  ['run', '-i', 'ini/hosts', 'play.yml', '--list-tasks'],
  ['inventory', '-i', 'ini/hosts', '--list'],
  ['inventory', '-i', 'yaml/hosts.yml', '--list'],
  ['run', '-i', 'localhost,', '-c', 'local', 'play.yml'],
  ['run', '-i', 'localhost,', '-c', 'local', 'play.yml', '-o', 'ansible'],
];
const FILES = {
  'ini/hosts': 'a port=1\n[g]\nb rack="r1"\n[g:vars]\nnumber=1\n[all:vars]\nplace=north\n',
  'ini/group_vars/all.yml': 'ntp: [a, b]\nlimits: {files: 1024}\n',
  'yaml/hosts.yml': 'all:\n  vars: {place: north}\n  children:\n    g:\n      vars: {number: 1}\n      hosts:\n        a: {port: 1}\n',
  'play.yml': `- hosts: all
  gather_facts: false
  vars: {value: 1}
  tasks:
    - name: say
      debug: {msg: "{{ value }} of {{ inventory_hostname }}"}
      when: enabled | default(true)
      tags: [t]
    - set_fact: {folder: "{{ inventory_dir | default(playbook_dir) }}/made"}
    - {name: folder, file: {path: "{{ playbook_dir }}/made", state: directory, mode: "0755"}}
    - {name: file, copy: {dest: "{{ playbook_dir }}/made/{{ item }}", content: "{{ value }}"}, loop: [a, b], notify: told}
    - {name: command, command: "true", register: done, changed_when: false}
    - {name: skipped, debug: {var: done.rc}, when: done.rc != 0}
  handlers:
    - {name: told, debug: {msg: told}}
`,
};

/** Writes `code/` into the folder of a build. A build without it works, and starts slower: failures are told, no more. */
export function makeCode(dir) {
  const work = mkdtempSync(join(tmpdir(), 'qplay-code-'));
  rmSync(join(dir, 'code'), { recursive: true, force: true });
  try {
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), text);
    }
    for (const words of RUNS) {
      const { NODE_OPTIONS: _, ...env } = process.env;
      const command = ['--require', join(import.meta.dirname, 'code-record.cjs'), join(resolve(dir), 'main.js'), ...words];
      const { status, stderr } = spawnSync(process.execPath, command, { cwd: work, env: { ...env, HOME: work }, encoding: 'utf8' });
      if (status !== 0) process.stderr.write(`no code cache: qplay ${words.join(' ')} ended with ${status}: ${stderr}\n`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
