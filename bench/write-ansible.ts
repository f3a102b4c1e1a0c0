import { HAPROXY, type Play, type Task } from './task.ts';

/** A play in Ansible's language, which qplay speaks too. JSON values are YAML. */
export function ansiblePlay({ name, facts, hosts, tasks }: Play): string {
  return `- name: ${name}
  hosts: ${hosts}
  gather_facts: ${facts}
  become: true
  vars:
    haproxy: ${y(HAPROXY)}
  tasks:
${tasks.map((task, n) => `    - name: "${String(n).padStart(3, '0')} ${task.do}"\n${body(task, n)}`).join('')}`;
}

const y = (value: unknown): string => JSON.stringify(value);

const keys = (...lines: readonly string[]): string => lines.map((line) => `      ${line}\n`).join('');

function body(task: Task, n: number): string {
  const owned = { owner: 'root', group: 'root' };
  switch (task.do) {
    case 'dir':
      return keys(`file: ${y({ path: task.path, state: 'directory', mode: task.mode, ...owned })}`);
    case 'dirs':
      return keys(`file: ${y({ path: `${task.path}/{{ item }}`, state: 'directory', mode: task.mode })}`, `loop: "{{ range(${task.count}) | list }}"`);
    case 'copy':
      return keys(`copy: ${y({ dest: task.path, content: task.content, mode: task.mode, ...owned })}`);
    case 'push':
      return keys(`copy: ${y({ src: task.from, dest: task.path, mode: task.mode })}`);
    case 'link':
      return keys(`file: ${y({ path: task.path, src: task.to, state: 'link' })}`);
    case 'template':
      return keys(`template: ${y({ src: task.from, dest: task.path, mode: task.mode, ...owned })}`, `vars: {item_no: ${task.number}}`);
    case 'line':
      return keys(`lineinfile: ${y({ path: task.path, line: task.line, create: true, mode: '0644' })}`);
    case 'block':
      return keys(`blockinfile: ${y({ path: task.path, block: task.block, create: true, mode: '0644' })}`);
    case 'command':
      return keys(`command: ${y({ argv: task.words })}`, 'changed_when: false');
    case 'shell':
      return keys(`shell: ${y(task.text)}`, 'changed_when: false', `register: r${n}`);
    case 'stat':
      return keys(`stat: ${y({ path: task.path })}`, `register: r${n}`);
    case 'group':
      return keys(`group: ${y({ name: task.name, gid: task.gid })}`);
    case 'user':
      return keys(`user: ${y({ name: task.name, uid: task.uid, group: task.group, shell: task.shell, home: task.home })}`);
    case 'getent':
      return keys(`getent: ${y({ database: task.database, key: task.key })}`);
    case 'debug':
      return keys(`debug: ${y({ msg: task.message })}`);
    case 'set':
      return keys(`set_fact: ${y({ [task.name]: task.value })}`);
    case 'assert':
      return keys(`assert: ${y({ that: [`fact_${task.number} == inventory_hostname + '-${task.number}'`, 'haproxy.maxconn > 100'], quiet: true })}`);
  }
}

/** The inventory that ansible-playbook and qplay read. */
export function ansibleInventory(hosts: number, fleet: string): string {
  const names = Array.from({ length: hosts }, (_, n) => `        node${n + 1}: {ansible_host: 10.231.1.${n + 1}}\n`);
  return `all:
  vars:
    ansible_user: qp
    ansible_ssh_private_key_file: ${fleet}/keys/id
    ansible_ssh_common_args: "-o UserKnownHostsFile=${fleet}/known_hosts"
    ansible_python_interpreter: /usr/bin/python3
  children:
    one:
      hosts:
        node1:
    fleet:
      hosts:
${names.join('')}`;
}
