import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HAPROXY } from '../task.ts';

/** What one workload asks of both sides: the same text, the same variables. */
export interface Workload {
  readonly name: string;
  readonly kind: 'render' | 'compile' | 'conditions';
  /** Templates; a render has one, which is compiled before the clock runs. */
  readonly texts: readonly string[];
  readonly vars: Readonly<Record<string, unknown>>;
  /** Times each side does it in one round; seconds are told per time. */
  readonly times: { readonly qplay: number; readonly python: number };
  /** What is counted: renderings, templates or conditions a time. */
  readonly unit: string;
  /** How many times as fast qplay has to be. */
  readonly bar: number;
  readonly against: 'Jinja2' | 'ansible-core';
}

/** Folder of the repository; the bench is bundled, so its own place does not tell. */
const root = process.env.QPLAY_BENCH_ROOT ?? process.cwd();
const haproxy = readFileSync(join(root, 'bench/templates/haproxy.cfg.j2'), 'utf8');
const haproxyVars = { haproxy: HAPROXY, item_no: 3, inventory_hostname: 'node01', ansible_managed: 'managed' };

const LOOP = `{% for item in items %}
{{ loop.index }}. {{ item.name | upper }}: {{ item.value + 1 }}{% if item.on %} on{% else %} off{% endif %}

{% endfor %}
`;
const items = Array.from({ length: 2000 }, (_, index) => ({ name: `item-${index}`, value: index, on: index % 3 === 0 }));

const CONDITIONS = [
  'not skip',
  'port == 443',
  'port > 1024 and tls',
  "os_family == 'Debian'",
  "os_family in ['RedHat', 'Suse']",
  'user is defined',
  'nothing is defined',
  'packages | length > 0',
  "'nginx' in packages",
  "version is version('1.24', '>=')",
  'server.tls.enabled | default(false)',
  "(mode | default('http')) == 'tcp' or retries | int > 3",
  "hostname is match('web[0-9]+')",
  "result.rc != 0 and 'missing' not in result.stderr",
  'result is succeeded',
  "groups['web'] | first == hostname",
  'users | selectattr("admin") | list | length >= 1',
  'not (skip or port < 1)',
  "env.get('PATH', '') | length > 3",
  'ratio | float < 0.5',
];
const conditionVars = {
  skip: false,
  port: 443,
  tls: true,
  os_family: 'Debian',
  user: 'deploy',
  packages: ['nginx', 'curl', 'git'],
  version: '1.26.1',
  server: { tls: {} },
  retries: '5',
  hostname: 'web01',
  result: { rc: 0, stderr: '', changed: false, failed: false },
  groups: { web: ['web01', 'web02'] },
  users: [
    { name: 'a', admin: false },
    { name: 'b', admin: true },
  ],
  env: { PATH: '/usr/bin' },
  ratio: '0.25',
};

const many = (count: number, make: (index: number) => string): string[] => Array.from({ length: count }, (_, index) => make(index));

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'render a 60-line haproxy.cfg',
    kind: 'render',
    texts: [haproxy],
    vars: haproxyVars,
    times: { qplay: 6000, python: 1500 },
    unit: 'rendering',
    bar: 2,
    against: 'Jinja2',
  },
  {
    name: 'render a loop over 2,000 items',
    kind: 'render',
    texts: [LOOP],
    vars: { items },
    times: { qplay: 150, python: 150 },
    unit: 'rendering',
    bar: 2,
    against: 'Jinja2',
  },
  {
    name: 'compile templates, haproxy.cfg each time with another name',
    kind: 'compile',
    texts: many(150, (index) => haproxy.replaceAll('haproxy.', `haproxy_${index}.`)),
    vars: {},
    times: { qplay: 1, python: 1 },
    unit: '150 templates',
    bar: 3,
    against: 'Jinja2',
  },
  {
    name: 'evaluate 100,000 conditions, 20 of them by turns',
    kind: 'conditions',
    texts: CONDITIONS,
    vars: conditionVars,
    times: { qplay: 5000, python: 50 },
    unit: '20 conditions',
    bar: 10,
    against: 'ansible-core',
  },
];
