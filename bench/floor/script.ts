import { createHash } from 'node:crypto';
import type { Task } from '../task.ts';
import { haproxyConfig } from './haproxy.ts';

const q = (value: string | number): string => `'${String(value).replaceAll("'", "'\\''")}'`;
const sha = (text: string): string => createHash('sha1').update(text).digest('hex');
const bare = (mode: string): string => mode.replace(/^0/, '');

export const FACTS =
  'uname -a; cat /etc/os-release /proc/meminfo /proc/cpuinfo /proc/mounts /proc/uptime /proc/net/route; ip -o addr; id; env; df -Pk /; date +%s; hostname; echo ok';

/** What a host is sent for a task: one line or several, each checking first and changing only what differs. The last word is `ok` or `changed`. Nothing for what stays on the control node. */
export function scripts(task: Task, host: string): string[] {
  switch (task.do) {
    case 'dir':
      return [folder(task.path, task.mode)];
    case 'dirs':
      return Array.from({ length: task.count }, (_, n) => folder(`${task.path}/${n}`, task.mode));
    case 'copy':
      return [content(task.path, task.content, task.mode)];
    case 'template':
      return [content(task.path, haproxyConfig(task.number, host), task.mode)];
    case 'debug':
    case 'set':
    case 'assert':
    case 'push':
      return [];
    default:
      return [other(task)];
  }
}

function folder(path: string, mode: string): string {
  const p = q(path);
  return `if [ "$(stat -c '%F %a %u %g' ${p} 2>/dev/null)" = 'directory ${bare(mode)} 0 0' ]; then echo ok; else mkdir -p ${p} && chown 0:0 ${p} && chmod ${mode} ${p} && echo changed; fi`;
}

function content(path: string, text: string, mode: string): string {
  const p = q(path);
  const seen = `$(stat -c '%a %u %g' ${p} 2>/dev/null; sha1sum <${p} 2>/dev/null)`;
  const change = `printf %s ${q(text)} >${p}.new && chmod ${mode} ${p}.new && mv ${p}.new ${p} && echo changed`;
  return `if [ "${seen}" = '${bare(mode)} 0 0\n${sha(text)}  -' ]; then echo ok; else ${change}; fi`;
}

type Other = Exclude<Task, { do: 'dir' | 'dirs' | 'copy' | 'template' | 'debug' | 'set' | 'assert' | 'push' }>;

function other(task: Other): string {
  switch (task.do) {
    case 'link':
      return `if [ "$(readlink ${q(task.path)})" = ${q(task.to)} ]; then echo ok; else ln -sfn ${q(task.to)} ${q(task.path)} && echo changed; fi`;
    case 'line':
      return `if grep -qxF -- ${q(task.line)} ${q(task.path)} 2>/dev/null; then echo ok; else echo ${q(task.line)} >>${q(task.path)}; echo changed; fi`;
    case 'block': {
      const [begin, end] = ['# BEGIN ANSIBLE MANAGED BLOCK', '# END ANSIBLE MANAGED BLOCK'];
      const text = q(`${begin}\n${task.block}\n${end}`);
      return `if [ "$(sed -n '/^${begin}$/,/^${end}$/p' ${q(task.path)} 2>/dev/null)" = ${text} ]; then echo ok; else echo ${text} >>${q(task.path)}; echo changed; fi`;
    }
    case 'command':
      return `env -- ${task.words.map(q).join(' ')}; echo ok`;
    case 'shell':
      return `sh -c ${q(task.text)}; echo ok`;
    case 'stat':
      return `stat -c '%f %u %g %s %Y' ${q(task.path)}; sha1sum ${q(task.path)}; echo ok`;
    case 'group':
      return `case "$(getent group ${task.name})" in ${task.name}:*:${task.gid}:*) echo ok;; *) groupadd -g ${task.gid} ${task.name} && echo changed;; esac`;
    case 'user':
      return `case "$(getent passwd ${task.name})" in ${task.name}:*:${task.uid}:*:${task.home}:${task.shell}) echo ok;; *) useradd -m -u ${task.uid} -g ${task.group} -s ${task.shell} -d ${task.home} ${task.name} && echo changed;; esac`;
    case 'getent':
      return `getent ${task.database} ${task.key}; echo ok`;
  }
}
