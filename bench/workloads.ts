import type { Play, Task } from './task.ts';

/** Everything the workloads make lies here on a host; the fleet's reset removes it. */
const ROOT = '/srv/bench';

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** 100 tasks as a play of a service's roles has them: files, templates, accounts, commands and what stays on the control node. */
function mixed(): Task[] {
  const folders: Task[] = [{ do: 'dir', path: ROOT, mode: '0755' }, ...times(9, (n): Task => ({ do: 'dir', path: `${ROOT}/d${n}`, mode: '0755' }))];
  const files: Task[] = [
    ...times(15, (n): Task => ({ do: 'copy', path: file(n), content: `# file ${n}\n${`key${n} = value ${n}\n`.repeat(12)}`, mode: '0644' })),
    ...times(5, (n): Task => ({ do: 'link', path: `${ROOT}/d${n}/l${n}`, to: file(n) })),
    ...times(10, (n): Task => ({ do: 'template', path: `${ROOT}/haproxy-${n}.cfg`, from: 'haproxy.cfg.j2', number: n, mode: '0640' })),
    ...times(6, (n): Task => ({ do: 'line', path: `${file(n)}.lines`, line: `option${n} = yes` })),
    ...times(4, (n): Task => ({ do: 'block', path: `${file(n)}.block`, block: `one ${n}\ntwo ${n}\nthree ${n}` })),
  ];
  const others: Task[] = [
    ...times(10, (n): Task => ({ do: 'command', words: ['echo', `command ${n}`] })),
    ...times(10, (n): Task => ({ do: 'shell', text: `head -1 /etc/passwd | cut -d: -f1; echo ${n}` })),
    ...times(10, (n): Task => ({ do: 'stat', path: file(n) })),
    ...times(4, (n): Task => ({ do: 'group', name: `qpg${n}`, gid: 4950 + n })),
    ...times(4, (n): Task => ({ do: 'user', name: `qpu${n}`, uid: 4960 + n, group: `qpg${n}`, shell: '/bin/sh', home: `/home/qpu${n}` })),
    ...times(2, (n): Task => ({ do: 'getent', database: 'passwd', key: n === 0 ? 'daemon' : 'root' })),
  ];
  const control: Task[] = [
    ...times(4, (n): Task => ({ do: 'debug', message: `host {{ inventory_hostname }} task ${n} on {{ haproxy.user }}` })),
    ...times(3, (n): Task => ({ do: 'set', name: `fact_${n}`, value: `{{ inventory_hostname }}-${n}` })),
    ...times(3, (n): Task => ({ do: 'assert', number: n })),
  ];
  return [...folders, ...interleaved(files, others), ...control];
}

const file = (n: number): string => `${ROOT}/d${n % 9}/f${n}.conf`;

/** Files and the rest by turns, each in its own order: what one task needs stands before it. */
const interleaved = (a: readonly Task[], b: readonly Task[]): Task[] =>
  times(Math.max(a.length, b.length), (n) => [a[n], b[n]].filter((one) => one !== undefined)).flat();

/** The plays of the bench. `big` is the file that W6 copies. */
export function plays(big: string): Readonly<Record<string, Play>> {
  const tasks = mixed();
  if (tasks.length !== 100) throw new Error(`the mixed workload has ${tasks.length} tasks`);
  return {
    w1: { name: 'w1', facts: true, hosts: 'fleet', tasks },
    w3: { name: 'w3', facts: false, hosts: 'one', tasks: times(500, (): Task => ({ do: 'command', words: ['true'] })) },
    w5: {
      name: 'w5',
      facts: false,
      hosts: 'one',
      tasks: [
        { do: 'dir', path: ROOT, mode: '0755' },
        { do: 'dirs', path: ROOT, count: 200, mode: '0755' },
      ],
    },
    w6: { name: 'w6', facts: false, hosts: 'fleet', tasks: [{ do: 'push', path: '/tmp/bench.bin', from: big, mode: '0644' }] },
    w7: { name: 'w7', facts: true, hosts: 'fleet', tasks: [...tasks, ...tasks] },
  };
}
