import { HAPROXY, type Play, type Task } from './task.ts';

const HEAD = `from io import StringIO
from pyinfra import host, logger
from pyinfra.operations import files, server
from pyinfra.facts.files import File, Sha1File
from pyinfra.facts.server import Arch, Command, Hostname, Kernel, KernelVersion, LinuxDistribution, Mounts, Os
from pyinfra.facts.hardware import Cpus, Ipv4Addrs, Memory
import json
HA = json.loads(${JSON.stringify(JSON.stringify(HAPROXY))})
kept = {}
`;

const FACTS = 'for fact in (Arch, Hostname, Kernel, KernelVersion, LinuxDistribution, Mounts, Os, Cpus, Memory, Ipv4Addrs): host.get_fact(fact)\n';

/** A play as a pyinfra deploy. `templates` is the folder of templates without Ansible's own filters. */
export const pyinfraDeploy = ({ facts, tasks }: Play, templates: string): string =>
  `${HEAD}${facts ? FACTS : ''}${tasks.map((task, n) => `${line(task, n, templates)}\n`).join('')}`;

/** JSON text is a Python literal as long as it holds text and numbers only. */
const p = (value: string | number | readonly string[]): string => JSON.stringify(value);

function line(task: Task, n: number, templates: string): string {
  const name = `name="${String(n).padStart(3, '0')} ${task.do}"`;
  const owned = "user='root', group='root'";
  switch (task.do) {
    case 'dir':
      return `files.directory(${name}, path=${p(task.path)}, mode=${mode(task)}, ${owned})`;
    case 'dirs':
      return `for n in range(${task.count}): files.directory(name=f'loop {n}', path=${p(task.path)} + f'/{n}', mode=${mode(task)})`;
    case 'copy':
      return `files.put(${name}, src=StringIO(${p(task.content)}), dest=${p(task.path)}, mode=${mode(task)}, ${owned})`;
    case 'push':
      return `files.put(${name}, src=${p(task.from)}, dest=${p(task.path)}, mode=${mode(task)})`;
    case 'link':
      return `files.link(${name}, path=${p(task.path)}, target=${p(task.to)})`;
    case 'template':
      return `files.template(${name}, src=${p(`${templates}/${task.from}`)}, dest=${p(task.path)}, mode=${mode(task)}, ${owned}, item_no=${task.number}, haproxy=HA, inventory_hostname=host.name)`;
    case 'line':
      return `files.line(${name}, path=${p(task.path)}, line=${p(task.line)})`;
    case 'block':
      return `files.block(${name}, path=${p(task.path)}, content=${p(task.block.split('\n'))}, try_prevent_shell_expansion=True)`;
    case 'command':
      return `server.shell(${name}, commands=[${p(task.words.map((word) => (/^\w+$/.test(word) ? word : `'${word}'`)).join(' '))}])`;
    case 'shell':
      return `server.shell(${name}, commands=[${p(task.text)}])`;
    case 'stat':
      return `host.get_fact(File, path=${p(task.path)}); host.get_fact(Sha1File, path=${p(task.path)})`;
    case 'group':
      return `server.group(${name}, group=${p(task.name)}, gid=${task.gid})`;
    case 'user':
      return `server.user(${name}, user=${p(task.name)}, uid=${task.uid}, group=${p(task.group)}, shell=${p(task.shell)}, home=${p(task.home)})`;
    case 'getent':
      return `host.get_fact(Command, ${p(`getent ${task.database} ${task.key}`)})`;
    case 'debug':
      return "logger.debug(f'host {host.name} task')";
    case 'set':
      return `kept[host.name, ${p(task.name)}] = f'{host.name}-${task.name.at(-1)}'`;
    case 'assert':
      return `assert kept[host.name, 'fact_${task.number}'] == f'{host.name}-${task.number}'`;
  }
}

const mode = (task: { readonly mode: string }): string => p(task.mode.replace(/^0/, ''));

/** pyinfra's inventory, as a Python file. */
export const pyinfraInventory = (hosts: number, fleet: string): string => `data = dict(ssh_user='qp', ssh_key='${fleet}/keys/id',
    ssh_known_hosts_file='${fleet}/known_hosts', ssh_allow_agent=False, ssh_look_for_keys=False)
fleet = [('node%d' % n, dict(data, ssh_hostname='10.231.1.%d' % n)) for n in range(1, ${hosts + 1})]
one = fleet[:1]
`;

/** jinja2 alone has no \`hash\` filter; pyinfra's template goes without. */
export const plainTemplate = (text: string): string => text.replace("s.name | hash('md5') | truncate(8, True, '')", 's.name');
