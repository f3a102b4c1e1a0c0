import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Diagnostic, QplayError } from '../../engine/error.ts';
import { type InventoryOptions, readInventory } from '../../engine/inventory/index.ts';
import { VaultSecrets } from '../../engine/load/vault-secrets.ts';
import { keyPositionOf, positionOf } from '../../engine/load/yaml.ts';
import type { Data } from '../../engine/value.ts';
import { encrypt } from '../../engine/vault.ts';
import { refusal, refusals } from '../load/refusal.ts';

let root: string;
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'qplay-inventory-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Writes files into a folder of their own and gives its path. */
function files(contents: Readonly<Record<string, string>>): string {
  const folder = join(root, String(count++));
  for (const [name, text] of Object.entries(contents)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (text.startsWith('#!')) chmodSync(path, 0o755);
  }
  return folder;
}
const ini = (text: string, options?: InventoryOptions) => readInventory([join(files({ hosts: text }), 'hosts')], options);
const yaml = (text: string, options?: InventoryOptions) => readInventory([join(files({ 'hosts.yml': text }), 'hosts.yml')], options);

function collected(): { report: (diagnostic: Diagnostic) => void; messages: () => string[] } {
  const found: Diagnostic[] = [];
  return { report: (diagnostic) => void found.push(diagnostic), messages: () => found.map((one) => one.message) };
}

/** A variable as a host sees it. */
function value(inventory: ReturnType<typeof ini>, host: string, name: string, playbookDir?: string): Data | undefined {
  return inventory
    .groupVarsInOrder(host, playbookDir)
    .findLast((layer) => layer.vars.has(name))
    ?.vars.get(name);
}

describe('hosts and groups', () => {
  test('the order of hosts is that of the inventory: ungrouped ones first', () => {
    const inventory = ini('[b]\nz\ny\n[a]\nx\nz\n[ungrouped]\nw\n');
    expect(inventory.hostNames()).toEqual(['w', 'z', 'y', 'x']);
    expect(Object.fromEntries(inventory.groupsDict())).toEqual({ all: ['w', 'z', 'y', 'x'], ungrouped: ['w'], b: ['z', 'y'], a: ['x', 'z'] });
  });

  test('names of groups are sorted and leave out all', () => {
    const inventory = ini('[z]\nh\n[a:children]\nz\n');
    expect(inventory.groupNames('h')).toEqual(['a', 'z']);
    expect(inventory.groupNames('nobody')).toEqual([]);
  });

  test('localhost is there unasked, local, in no group but with the variables of all', () => {
    const inventory = ini('h\n[all:vars]\nv=1\n');
    expect(inventory.knows('localhost')).toBe(true);
    expect(inventory.hostNames()).toEqual(['h']);
    expect(inventory.groupNames('localhost')).toEqual([]);
    expect(value(inventory, 'localhost', 'ansible_connection')).toBe('local');
    expect(value(inventory, 'localhost', 'v')).toBe(1);
  });

  test('a localhost of the inventory is an ordinary host', () => {
    const inventory = ini('localhost ansible_host=10.0.0.1\n');
    expect(value(inventory, 'localhost', 'ansible_connection')).toBeUndefined();
    expect(inventory.select('all')).toEqual(['localhost']);
  });

  test('no source at all leaves localhost', () => {
    const inventory = readInventory([]);
    expect(inventory.select('all')).toEqual([]);
    expect(inventory.select('localhost')).toEqual(['localhost']);
    expect([inventory.file, inventory.dir]).toEqual([null, null]);
  });

  test('every host knows its source', () => {
    const folder = files({ one: 'a\n', 'two.yml': 'all: {hosts: {b: }}\n' });
    const inventory = readInventory([join(folder, 'one'), join(folder, 'two.yml')]);
    expect(inventory.fileOf('b')).toBe(join(folder, 'two.yml'));
    expect(inventory.dirOf('a')).toBe(folder);
  });

  test('add_host and group_by change the inventory of a run', () => {
    const inventory = ini('[web]\nh1\n');
    expect(inventory.select('new')).toEqual([]);
    expect(inventory.addDynamicHost('h2', ['new', 'web'], new Map([['v', 7]]))).toBe(true);
    expect(inventory.select('new')).toEqual(['h2']);
    expect(inventory.groupNames('h2')).toEqual(['new', 'web']);
    expect(value(inventory, 'h2', 'v')).toBe(7);
    expect(inventory.addToGroup('h1', 'os_debian', ['linux'])).toBe(true);
    expect(inventory.addToGroup('h1', 'os_debian', ['linux'])).toBe(false);
    expect(inventory.select('linux')).toEqual(['h1']);
    expect(inventory.addDynamicHost('h3', [], new Map())).toBe(true);
    expect(inventory.groupNames('h3')).toEqual(['ungrouped']);
  });
});

describe('precedence of variables', () => {
  const folder = () =>
    files({
      hosts: '[all:vars]\nv=1\n[web]\nh hv=9\n[web:vars]\nv=2\nown=web\n[prod:children]\nweb\n[prod:vars]\nown=prod\n',
      'group_vars/all.yml': 'v: 3\n',
      'group_vars/web.yml': 'v: 5\nown: web file\n',
      'group_vars/prod.yml': 'own: prod file\n',
      'host_vars/h.yml': 'v: 8\nhv: 10\n',
      'play/group_vars/all.yml': 'v: 4\n',
      'play/group_vars/web/a.yml': 'v: 6\n',
      'play/host_vars/h/main.yaml': 'v: 9\n',
    });

  test('is that of Ansible, level by level', () => {
    const base = folder();
    const layers = readInventory([join(base, 'hosts')]).groupVarsInOrder('h', join(base, 'play'));
    expect(layers.filter((layer) => layer.vars.has('v')).map((layer) => [layer.level, layer.vars.get('v')])).toEqual([
      ['inventory file or script group vars', 1],
      ['inventory file or script group vars', 2],
      ['inventory group_vars/all', 3],
      ['playbook group_vars/all', 4],
      ['inventory group_vars/*', 5],
      ['playbook group_vars/*', 6],
      ['inventory host_vars/*', 8],
      ['playbook host_vars/*', 9],
    ]);
    expect(layers.at(-1)?.from).toBe(join(base, 'play/host_vars/h/main.yaml'));
  });

  test('a deeper group wins over those above it', () => {
    const inventory = readInventory([join(folder(), 'hosts')]);
    expect(value(inventory, 'h', 'own')).toBe('web file');
    expect(value(inventory, 'h', 'hv')).toBe(10);
  });

  test('at the same depth priority decides, then the name', () => {
    const text = (priority: string): string => `[b]\nh\n[c]\nh\n[b:vars]\nv=b\n${priority}[c:vars]\nv=c\n`;
    expect(value(ini(text('')), 'h', 'v')).toBe('c');
    expect(value(ini(text('ansible_group_priority=2\n')), 'h', 'v')).toBe('b');
  });

  test('values keep their places, in INI as in YAML', () => {
    const base = folder();
    const layers = readInventory([join(base, 'hosts')]).groupVarsInOrder('h');
    const own = layers.filter((layer) => layer.vars.has('own'));
    expect(keyPositionOf(own[0]?.vars, 'own')).toEqual({ file: join(base, 'hosts'), line: 11, column: 1, length: 3 });
    expect(positionOf(own[0]?.vars, 'own')).toMatchObject({ line: 11, column: 5 });
    const host = layers.find((layer) => layer.level === 'inventory file or script host vars');
    expect(positionOf(host?.vars, 'hv')).toMatchObject({ line: 4, column: 6 });
    expect(keyPositionOf(own.at(-1)?.vars, 'own')).toMatchObject({ file: join(base, 'group_vars/web.yml'), line: 2 });
  });

  test('encrypted files are decrypted', () => {
    const secret = { label: 'default', password: Buffer.from('x') };
    const base = files({ hosts: 'h\n', 'group_vars/all/vault': encrypt('v: hidden\n', secret) });
    const vault = new VaultSecrets([secret]).ofFile;
    expect(value(readInventory([join(base, 'hosts')], { vault }), 'h', 'v')).toBe('hidden');
    const inventory = readInventory([join(base, 'hosts')]);
    expect(refusal(() => inventory.groupVarsInOrder('h'))).toMatchObject({ code: 'vault-no-secret' });
  });

  test('a file of variables must be a mapping', () => {
    const base = files({ hosts: 'h\n', 'group_vars/all.yml': '- a: 1\n' });
    const inventory = readInventory([join(base, 'hosts')]);
    expect(refusal(() => inventory.groupVarsInOrder('h'))).toMatchObject({ code: 'vars-file', at: { file: join(base, 'group_vars/all.yml'), line: 1 } });
  });
});

describe('what is wrong with an inventory', () => {
  test('in INI: everything at once, each at its place', () => {
    const found = refusals(() => ini('[web]\nh1 oops\nh[1:x]\n[bad section]\n[web:kids]\n[prod:children]\nwbe\n[db:vars]\na=1\nnovalue\n"open\n'));
    expect(found.map((one) => [one.at?.line, one.at?.column, one.message])).toEqual([
      [2, 4, '"name=value" is expected behind a host, found "oops".'],
      [3, 1, 'A range goes from number to number or from letter to letter; found "1" to "x" in "h[1:x]".'],
      [4, 1, '[bad section] is not a section: [group], [group:vars] or [group:children], without blanks.'],
      [5, 1, 'The section [web:kids] has an unknown kind "kids".'],
      [10, 1, '"name = value" is expected in the section [db:vars], found "novalue".'],
      [11, 1, '"name = value" is expected in the section [db:vars], found ""open".'],
      [7, 1, 'The section [prod:children] names a group that is declared nowhere: wbe. Did you mean "web"?'],
      [8, 2, 'The section [db:vars] is for a group that is declared nowhere.'],
    ]);
  });

  test.each([
    ['h[1:]', 'has no end'],
    ['h[3:1]', 'ends before it begins'],
    ['h[01:100]', 'same length'],
    ['h[1:2:0]', 'above 0'],
    ['h[1]', 'is not a range'],
    ['h[1:9999999]', 'more than'],
    ['h[1:2]:', 'ends in a colon'],
    ['"h', 'is not closed'],
  ])('host %s', (entry, message) => {
    expect(refusal(() => ini(`${entry}\n`)).message).toContain(message);
  });

  test('in YAML', () => {
    const found = refusals(() => yaml('all:\n  hosts:\n    - h1\nweb:\n  hosts:\n    1: {}\n    h2: text\nloop:\n  children:\n    loop:\n'));
    expect(found.map((one) => `${one.at?.line}:${one.at?.column} ${one.message}`)).toEqual([
      '3:5 "hosts" of the group "all" must be a mapping, found a list.',
      '6:5 The name of a host must be text, found 1.',
      '7:9 The variables of the host "h2" must be a mapping.',
      '10:5 The group "loop" cannot be its own child.',
    ]);
  });

  test('circles of groups', () => {
    expect(refusal(() => ini('[a:children]\nb\n[b:children]\na\n')).message).toContain('below it already');
  });

  test('keys without a meaning are a warning', () => {
    const { report, messages } = collected();
    yaml('web:\n  host:\n    a:\n', { report });
    expect(messages()).toEqual(['The key "host" in the group "web" is left out; only hosts, vars and children have a meaning. Did you mean "hosts"?']);
  });

  test('a host named as a group, and a group with odd characters, are warnings', () => {
    const { report, messages } = collected();
    ini('[my-group]\nmy-group\n', { report });
    expect(messages()).toEqual([
      'The group name "my-group" has characters that Ansible warns of; letters, digits and "_" are safe.',
      'Found both group and host with same name: my-group.',
    ]);
  });

  test('sources that are absent, empty, or of another kind', () => {
    expect(refusal(() => readInventory(['/nowhere/hosts'])).message).toBe('There is no inventory /nowhere/hosts.');
    expect(refusal(() => yaml('')).message).toBe('The inventory is empty.');
    expect(refusal(() => yaml('- a\n')).message).toContain('found a list');
    expect(refusal(() => yaml('plugin: aws_ec2\n')).message).toContain('inventory plugin "aws_ec2"');
    expect(refusal(() => yaml('all: {{ x }}\n'))).toMatchObject({ code: 'yaml', at: { line: 1 } });
  });

  test('mistakes of all sources come together', () => {
    const base = files({ a: 'h oops\n', 'b.yml': 'all: [\n' });
    expect(refusals(() => readInventory([join(base, 'a'), join(base, 'b.yml')])).map((one) => one.code)).toEqual(['inventory', 'yaml']);
  });

  test('whatever is read as INI, only diagnostics are thrown', () => {
    const path = join(files({ 'f.ini': '' }), 'f.ini');
    const piece = fc.constantFrom(
      '[',
      ']',
      'a',
      ':vars',
      ':children',
      '=',
      ' ',
      '\n',
      '"',
      "'",
      '\\',
      '#',
      ':',
      '1',
      '[1:3]',
      '{',
      '(',
      ',',
      '-',
      '---',
      '\r',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (parts) => {
        writeFileSync(path, parts.join(''));
        try {
          readInventory([path]).select('all');
        } catch (error) {
          if (!(error instanceof QplayError)) throw error;
          for (const one of error.diagnostics) expect(one.at).toBeDefined();
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('executables', () => {
  test('without _meta, each host is asked for', () => {
    const base = files({ 'inv.sh': '#!/bin/sh\nif [ "$1" = --list ]; then echo \'{"g": ["h1", "h2"]}\'; else echo "{\\"me\\": \\"$2\\"}"; fi\n' });
    const inventory = readInventory([join(base, 'inv.sh')]);
    expect(inventory.select('g')).toEqual(['h1', 'h2']);
    expect(value(inventory, 'h2', 'me')).toBe('h2');
  });

  test.each([
    ['exit 3', 'failed with exit status 3'],
    ['echo no', 'did not print JSON'],
    ['echo []', 'must print a JSON object'],
    ['echo \'{"g": {"hosts": 5}}\'', '"hosts" of the group "g" must be a list'],
  ])('%s', (line, message) => {
    const base = files({ inv: `#!/bin/sh\necho trouble >&2\n${line}\n` });
    const found = refusal(() => readInventory([join(base, 'inv')]));
    expect(found).toMatchObject({ code: 'inventory-script', message: expect.stringContaining(message) });
  });

  test('a plain file that happens to be executable is read', () => {
    const base = files({ hosts: '[g]\nh1\n' });
    chmodSync(join(base, 'hosts'), 0o755);
    expect(readInventory([join(base, 'hosts')]).select('g')).toEqual(['h1']);
  });
});

describe('patterns and limits', () => {
  test('what matches nothing is a warning with the nearest name, once', () => {
    const { report, messages } = collected();
    const inventory = ini('[web]\nh1\n', { report });
    expect(inventory.select('wbe')).toEqual([]);
    inventory.select('wbe');
    expect(messages()).toEqual(['Could not match supplied host pattern, ignoring: wbe. Did you mean "web"?']);
  });

  test('the warning stands where the pattern does', () => {
    const found: Diagnostic[] = [];
    ini('h1\n', { report: (diagnostic) => void found.push(diagnostic) }).select('x', { at: { file: 'p.yml', line: 3, column: 1 } });
    expect(found).toMatchObject([{ code: 'unmatched-pattern', at: { file: 'p.yml', line: 3 } }]);
  });

  test('subscripts beyond the end and bad regular expressions are refused', () => {
    const inventory = ini('[web]\nh1\n');
    expect(refusal(() => inventory.select('web[5]')).message).toContain('"web" has 1 hosts');
    expect(refusal(() => inventory.select('~(')).code).toBe('pattern');
  });

  test('--limit narrows every selection; @file reads patterns', () => {
    const base = files({ hosts: '[web]\nh1\nh2\nh3\n', retry: 'h2\n\nh3\n' });
    const limited = (limit: string) => readInventory([join(base, 'hosts')], { limit });
    expect(limited('h2').select('web')).toEqual(['h2']);
    expect(limited('!h2').select('all')).toEqual(['h1', 'h3']);
    expect(limited(`@${join(base, 'retry')}`).select('web[0:1]')).toEqual(['h2']);
    expect(limited('h2').select('all', { ignoreLimit: true })).toEqual(['h1', 'h2', 'h3']);
    expect(refusal(() => limited('@/nowhere')).code).toBe('limit');
    expect(refusal(() => limited('nosuch'))).toMatchObject({ code: 'limit', message: '--limit nosuch matches no host of the inventory.' });
  });

  test('the order a play asks for', () => {
    const inventory = ini('c\na\nb\n');
    expect(inventory.select('all', { order: 'sorted' })).toEqual(['a', 'b', 'c']);
    expect(inventory.select('all', { order: 'reverse_sorted' })).toEqual(['c', 'b', 'a']);
    expect(inventory.select('all', { order: 'reverse_inventory' })).toEqual(['b', 'a', 'c']);
    expect(inventory.select('all', { order: 'shuffle' }).sort()).toEqual(['a', 'b', 'c']);
  });
});

test('ten thousand hosts cost less than a second of CPU and little memory', () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `host${i}.example.com ansible_host=10.0.${i >> 8}.${i & 255} rack=${i % 40}`);
  const groups = Array.from({ length: 100 }, (_, g) => `[rack${g}]\n${lines.slice(g * 100, g * 100 + 100).join('\n')}`);
  const base = files({
    hosts: `${groups.join('\n')}\n[dc:children]\n${groups.map((_, g) => `rack${g}`).join('\n')}\n`,
    'group_vars/all.yml': 'a: 1\n',
    'group_vars/rack7.yml': 'b: 2\n',
    'host_vars/host42.example.com.yml': 'c: 3\n',
  });
  const before = process.cpuUsage();
  const heap = process.memoryUsage().heapUsed;
  const inventory = readInventory([join(base, 'hosts')]);
  const names = inventory.select('dc:!rack3');
  for (const name of names) inventory.groupVarsInOrder(name, base);
  for (const name of names) inventory.groupNames(name);
  inventory.groupsDict();
  const { user, system } = process.cpuUsage(before);
  expect(names.length).toBe(9_900);
  expect(value(inventory, 'host42.example.com', 'c')).toBe(3);
  expect((user + system) / 1e6).toBeLessThan(5);
  expect((process.memoryUsage().heapUsed - heap) / 1e6).toBeLessThan(100);
});
