import type { Random } from '../support/random.ts';

/** Files of an inventory by path, and what `ansible-inventory` is asked about it. */
export interface Case {
  readonly files: Readonly<Record<string, string>>;
  /** Sources, in order. */
  readonly sources: readonly string[];
  /** Words behind the sources, one list a question. */
  readonly questions: readonly (readonly string[])[];
}

const GROUPS = ['web', 'db', 'lb', 'prod', 'eu_west', 'g1', 'g2', 'z9', 'Ab', 'staging'];
const HOSTS = ['web1', 'web2', 'db1', 'lb-1.example.com', 'h1', 'h2', 'a.b.c', '10.0.0.1', 'x_y', 'Big', '2001:db8::1', 'localhost'];
const RANGES = ['n[1:3]', 'n[01:03]', 'r[a:c].x', 'm[1:5:2]', 'p[1:2]q[a:b]', 'n[0:2].dom', 's[:2]'];
const NAMES = ['a', 'b', 'c', 'http_port', 'ansible_host', 'ansible_port', 'ansible_user', 'x1', 'list', 'opt'];
/** Values as INI writes them behind `name=`. */
const INI_HOST_VALUES = [
  '1',
  '0644',
  'text',
  'yes',
  'True',
  'False',
  'None',
  '3.0',
  '1e3',
  '"two words"',
  "'single'",
  '"\'1\'"',
  '[1,2]',
  '"[1, 2]"',
  "\"{'k': 'v'}\"",
  '{{b}}',
  '"{{ a }}"',
  "''",
  '-5',
  '0x1F',
  'a=b=c',
  '1_000',
  '~',
  'null',
  'tru#e',
  '/x/y:z',
  '"a\\"b"',
  'C:\\\\x',
  '12345678901234567890',
  '(1,2)',
  'über',
];
/** Values as INI writes them in a section of variables. */
const INI_VARS_VALUES = [
  ...INI_HOST_VALUES,
  'two words',
  '[1, 2, "x"]',
  "{'k': [1, None]}",
  'text # comment',
  'text;more',
  '"quoted" tail',
  '',
  'a, b',
  "['a', 'b'] # list",
  '= x',
  '{"j": true}',
];
const YAML_VALUES = [
  '1',
  '0644',
  'text',
  'yes',
  'off',
  '~',
  '3.0',
  '1e3',
  '1.5e+3',
  '"two words"',
  "'it''s'",
  '[1, two, 3.5]',
  '{k: v, n: {m: [1]}}',
  '"{{ a }}"',
  '|\n@block text\n@second',
  '>-\n@folded\n@text',
  '!unsafe "{{ x }}"',
  '0x1F',
  '1:30',
  'null',
  '""',
  '12345678901234567890',
  'über',
];

/** A random inventory with questions about it. */
export function inventoryCase(random: Random): Case {
  const files: Record<string, string> = {};
  const sources = Array.from({ length: random.chance(0.25) ? 2 : 1 }, (_, index) => {
    const yaml = random.chance(0.45);
    const name = `${random.chance(0.2) ? `dir${index}/` : ''}inv${index}${yaml ? random.pick(['.yml', '.yaml']) : random.pick(['', '.ini'])}`;
    files[name] = yaml ? yamlInventory(random) : iniInventory(random);
    return name;
  });
  if (random.chance(0.25)) {
    files['zz.yml'] = constructedConfig(random);
    sources.push('zz.yml');
  }
  if (random.chance(0.1)) sources.push(random.pick(['extra1,', 'web1,extra2', 'h1:2222,', '10.9.9.9,']));
  besides(files, random);
  return { files, sources, questions: questions(random) };
}

function questions(random: Random): string[][] {
  const limit = random.pick([
    ...GROUPS,
    ...HOSTS.slice(0, 6),
    'web:&prod',
    'all:!db',
    '~(web|db)\\d',
    'web[0]',
    'all[1:2]',
    'h*',
    'n*:!n1',
    'web,db',
    '*.example.com',
    'ungrouped',
  ]);
  return [
    ['--list'],
    ...random.some(
      [
        ['--list', '--export'],
        ['--graph', '--vars'],
        ['--list', '--limit', limit],
        ['--list', '--yaml'],
      ],
      2,
    ),
  ];
}

const EXPRESSIONS = [
  'a',
  'b | default(1)',
  'inventory_hostname | upper',
  "opt ~ 'x'",
  'list | length',
  'nothing',
  'group_names',
  "{'k': a | default('')}",
  'x1 is defined',
  "inventory_hostname.split('.')",
  '[a, b]',
  'ansible_port | int + 1',
  'c',
];
const CONDITIONS = [
  "inventory_hostname.startswith('w')",
  'a is defined',
  "'web' in group_names",
  'b == 1',
  'nothing > 1',
  'list | length > 1',
  'composed is defined',
];

function constructedConfig(random: Random): string {
  const keyed = Array.from({ length: random.below(3) }, () => {
    const more = random.some(
      [
        'prefix: p',
        "prefix: ''",
        "separator: '-'",
        'parent_group: above',
        'parent_group: "{{ opt | default(\'dunno\') }}"',
        'default_value: none',
        'trailing_separator: false',
      ],
      2,
    );
    return `  - key: ${random.pick(EXPRESSIONS)}\n${more.map((one) => `    ${one}\n`).join('')}`;
  });
  return [
    `plugin: ${random.pick(['constructed', 'ansible.builtin.constructed'])}\n`,
    random.chance(0.2) ? 'strict: true\n' : '',
    random.chance(0.3) ? 'use_vars_plugins: true\n' : '',
    random.chance(0.2) ? 'leading_separator: false\n' : '',
    `compose:\n${random
      .some(EXPRESSIONS, 3)
      .map((one, index) => `  ${['composed', 'a', 'opt'][index]}: ${one}\n`)
      .join('')}`,
    `groups:\n${random
      .some(CONDITIONS, 3)
      .map((one, index) => `  ${['cond-1', 'web', 'cond_2'][index]}: ${one}\n`)
      .join('')}`,
    keyed.length > 0 ? `keyed_groups:\n${keyed.join('')}` : '',
  ].join('');
}

/** group_vars and host_vars beside the sources. */
function besides(files: Record<string, string>, random: Random): void {
  for (const [folder, names] of [
    ['group_vars', ['all', 'ungrouped', ...GROUPS]],
    ['host_vars', HOSTS],
  ] as const) {
    if (random.chance(0.5)) continue;
    for (const name of random.some(names, 3)) {
      const path = `${random.chance(0.2) ? 'dir0/' : ''}${folder}/${name}`;
      if (random.chance(0.25))
        for (const part of random.some(['a.yml', 'b.yaml', 'c.json', 'd', 'skipped.txt', '.hidden.yml', 'e.yml~'], 4))
          files[`${path}/${part}`] = varsFile(random, part);
      else files[`${path}${random.pick(['', '.yml', '.yaml', '.json'])}`] = varsFile(random, '');
    }
  }
}

function varsFile(random: Random, name: string): string {
  if (name.endsWith('.json'))
    return JSON.stringify(Object.fromEntries(random.some(NAMES, 3).map((key) => [key, random.pick([1, 'x', null, [1], { k: 1.5 }])])));
  return `---\n${yamlVars(random, 0)}`;
}

function iniInventory(random: Random): string {
  const lines: string[] = [];
  const declared = random.shuffled(random.some(GROUPS, 5));
  const hostLine = (): string => {
    const host = random.chance(0.25) ? random.pick(RANGES) : random.pick(HOSTS);
    const port = random.chance(0.1) && !host.includes(':') ? ':2222' : '';
    const vars = random.some(NAMES, 3).map((name) => `${name}=${random.pick(INI_HOST_VALUES)}`);
    return [host + port, ...vars].join(random.chance(0.9) ? ' ' : '   ') + (random.chance(0.1) ? ' # why' : '');
  };
  const several = (most: number, make: () => string): void => {
    for (let i = random.below(most + 1); i > 0; i--) lines.push(make());
  };
  several(2, hostLine);
  const later: string[][] = [];
  for (const group of declared) {
    const sections: string[][] = [[`[${group}]`, ...Array.from({ length: random.below(4) }, hostLine)]];
    if (random.chance(0.4)) sections.push([`[${group}:vars]`, ...Array.from({ length: 1 + random.below(3) }, () => varsLine(random))]);
    if (random.chance(0.4)) {
      const below = random.some(declared.slice(declared.indexOf(group) + 1), 2);
      sections.push([`[${group}:children]`, ...below]);
    }
    later.push(...sections);
  }
  if (random.chance(0.2)) later.push(['[all:vars]', varsLine(random)]);
  if (random.chance(0.1)) later.push(['[ungrouped:vars]', varsLine(random)]);
  for (const section of random.chance(0.6) ? random.shuffled(later) : later) {
    if (random.chance(0.3)) lines.push(random.pick(['', '# a comment', '; another']));
    lines.push(...section);
  }
  return `${lines.join('\n')}\n`;
}

function varsLine(random: Random): string {
  if (random.chance(0.1)) return `ansible_group_priority=${random.pick([2, 5, 10])}`;
  return `${random.pick(NAMES)}${random.pick(['=', ' = ', '= '])}${random.pick(INI_VARS_VALUES)}`;
}

function yamlInventory(random: Random): string {
  const order = random.shuffled(GROUPS).slice(0, 5);
  const group = (depth: number, from: number, indent: string): string => {
    const parts: string[] = [];
    if (random.chance(0.7)) parts.push(`${indent}hosts:${yamlHosts(random, `${indent}  `)}`);
    if (random.chance(0.4))
      parts.push(
        `${indent}vars:\n${random.chance(0.15) ? `${indent}  ansible_group_priority: ${random.pick([2, 7])}\n` : ''}${yamlVars(random, indent.length + 2)}`,
      );
    if (depth < 3 && random.chance(0.6)) {
      const below = random.some(order.slice(from), 2);
      const written = below.map((name) => `${indent}  ${name}:\n${random.chance(0.3) ? '' : group(depth + 1, order.indexOf(name) + 1, `${indent}    `)}`);
      parts.push(`${indent}children:\n${written.join('')}`);
    }
    return random
      .shuffled(parts)
      .map((part) => (part.endsWith('\n') ? part : `${part}\n`))
      .join('');
  };
  const tops = random.chance(0.7) ? ['all'] : random.some([...order, 'ungrouped'], 3);
  return `---\n${(tops.length === 0 ? ['all'] : tops).map((name) => `${name}:\n${group(0, name === 'all' ? 0 : order.indexOf(name) + 1, '  ')}`).join('')}`;
}

function yamlHosts(random: Random, indent: string): string {
  const hosts = [...new Set(Array.from({ length: random.below(4) }, () => (random.chance(0.25) ? random.pick(RANGES) : random.pick(HOSTS))))];
  if (hosts.length === 0) return '\n';
  return `\n${hosts.map((host) => `${indent}${/[[:]/.test(host) ? JSON.stringify(host) : host}:${random.chance(0.6) ? `\n${yamlVars(random, indent.length + 2)}` : '\n'}`).join('')}`;
}

function yamlVars(random: Random, indent: number): string {
  const blank = ' '.repeat(indent);
  return random
    .some(NAMES, 3)
    .map((name) => `${blank}${name}: ${random.pick(YAML_VALUES).replaceAll('@', `${blank}  `)}\n`)
    .join('');
}
