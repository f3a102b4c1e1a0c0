/**
 * Bar 7 of the language: CPU of qplay against ansible-core for a large inventory, for listing tasks and for tasks that do nothing
 * but talk, side by side on this machine. `npm run bench:language` builds qplay, measures, and writes bench/results/language.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

interface Measured {
  readonly seconds: number;
  readonly exit: number;
  readonly bytes: number;
}

interface Workload {
  readonly name: string;
  /** How many times less CPU is wanted. */
  readonly bar: number;
  readonly rounds: number;
  readonly qplay: readonly string[];
  readonly ansible: readonly string[];
}

const root = resolve(process.env.QPLAY_ROOT ?? '.');
const oracle = spawnSync('bash', [join(root, 'test/oracle/install.sh')], { encoding: 'utf8' });
if (oracle.status !== 0) throw new Error(`ansible-core cannot be had: ${oracle.stderr}`);
const bin = join(oracle.stdout.trim(), 'bin');
const folder = mkdtempSync(join(tmpdir(), 'qplay-bench-language-'));

try {
  const rows = workloads(folder).map((one) => {
    const rounds = Array.from({ length: one.rounds }, () => ({ ours: measure(2, qplay(one)), theirs: measure(1, ansible(one)) }));
    return { one, ours: least(rounds.map(({ ours }) => ours)), theirs: least(rounds.map(({ theirs }) => theirs)) };
  });
  const lines = rows.map(({ one, ours, theirs }) => {
    const ratio = theirs.seconds / ours.seconds;
    return `| ${one.name} | ${ours.seconds.toFixed(2)} s | ${theirs.seconds.toFixed(2)} s | ${ratio.toFixed(1)} × | ${one.bar} × | ${ratio >= one.bar ? 'reached' : '**missed**'} |`;
  });
  const text = [
    '# Reading the language: CPU against ansible-core',
    '',
    `Made by \`npm run bench:language\`: user and system time of whole processes, the least of several rounds, Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}.`,
    '',
    "Rounds of the two alternate. NODE_EXTRA_CA_CERTS is unset for both: where it is set, Node reads the certificates at every start, 30 ms of CPU for Debian's.",
    "500 debug tasks: one play with `gather_facts: false` on localhost, `connection: local`, one message with two variables each, printed in Ansible's form.",
    '',
    '| | qplay | ansible-core 2.18 | ratio | wanted | |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
  write(join(root, 'bench/results/language.md'), text);
  process.stdout.write(text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const least = (all: readonly Measured[]): Measured => all.toSorted((a, b) => a.seconds - b.seconds)[0] as Measured;

function qplay({ qplay: words }: Workload): string[] {
  return [process.execPath, join(root, 'dist/engine/cli/main.js'), ...words];
}

function ansible({ ansible: [program = '', ...words] }: Workload): string[] {
  return [join(bin, program), ...words];
}

const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

function measure(rounds: number, command: readonly string[]): Measured {
  const { stdout, status, stderr } = spawnSync(join(bin, 'python'), [join(root, 'bench/language/measure.py'), String(rounds), ...command], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...env, ANSIBLE_NOCOLOR: '1', ANSIBLE_LOCALHOST_WARNING: 'false' },
  });
  if (status !== 0) throw new Error(stderr);
  const measured = JSON.parse(stdout) as Measured;
  if (measured.exit !== 0 || measured.bytes < 100) throw new Error(`${command.join(' ')}: exit ${measured.exit}, ${measured.bytes} bytes`);
  return measured;
}

function workloads(at: string): Workload[] {
  const hosts = Array.from({ length: 10_000 }, (_, index) => `host${index}.example.com port=${8000 + (index % 100)} rack="r${index % 40}"`);
  const groups = Array.from({ length: 50 }, (_, group) => [
    `[g${group}]`,
    ...hosts.filter((_host, index) => index % 50 === group),
    `[g${group}:vars]`,
    `group_number=${group}`,
  ]);
  write(join(at, 'ini/hosts'), `${groups.flat().join('\n')}\n[all:vars]\ndatacentre=north\n`);
  write(join(at, 'ini/group_vars/all.yml'), 'ntp: [a, b, c]\nlimits: {files: 1024, procs: 512}\n');
  const yaml = Array.from({ length: 50 }, (_, group) => [
    `    g${group}:`,
    `      vars: {group_number: ${group}}`,
    '      hosts:',
    ...Array.from({ length: 200 }, (_host, index) => `        host${index * 50 + group}.example.com: {port: ${8000 + index}, rack: r${index % 40}}`),
  ]);
  write(join(at, 'yaml/hosts.yml'), `all:\n  vars: {datacentre: north}\n  children:\n${yaml.flat().join('\n')}\n`);
  const tasks = Array.from(
    { length: 200 },
    (_, index) =>
      `    - name: task ${index}\n      debug:\n        msg: "{{ value_${index % 10} }} of {{ inventory_hostname }}"\n      when: enabled_${index % 7} | default(true)\n      tags: [t${index % 5}]\n`,
  );
  write(
    join(at, 'play.yml'),
    `- hosts: all\n  gather_facts: false\n  vars:\n${Array.from({ length: 10 }, (_, index) => `    value_${index}: ${index}\n`).join('')}  tasks:\n${tasks.join('')}`,
  );
  write(
    join(at, 'debug.yml'),
    `- hosts: all\n  gather_facts: false\n  vars: {greeting: hello}\n  tasks:\n${Array.from({ length: 500 }, (_, index) => `    - name: task ${index}\n      debug:\n        msg: "{{ greeting }} ${index} of {{ inventory_hostname }}"\n`).join('')}`,
  );
  const debug = ['-i', 'localhost,', '-c', 'local', 'debug.yml'];
  const list = ['-i', 'a,b,c,', 'play.yml', '--list-tasks'];
  return [
    {
      name: '10,000 hosts in INI, `--list`',
      bar: 10,
      rounds: 5,
      qplay: ['inventory', '-i', 'ini/hosts', '--list'],
      ansible: ['ansible-inventory', '-i', 'ini/hosts', '--list'],
    },
    {
      name: '10,000 hosts in YAML, `--list`',
      bar: 10,
      rounds: 5,
      qplay: ['inventory', '-i', 'yaml/hosts.yml', '--list'],
      ansible: ['ansible-inventory', '-i', 'yaml/hosts.yml', '--list'],
    },
    { name: '200 tasks, `--list-tasks`', bar: 4, rounds: 9, qplay: ['run', ...list], ansible: ['ansible-playbook', ...list] },
    { name: '500 debug tasks, one host', bar: 40, rounds: 3, qplay: ['run', ...debug, '-o', 'ansible'], ansible: ['ansible-playbook', ...debug] },
  ];
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
