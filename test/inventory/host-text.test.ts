import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostVariables, inventoryText, listInventory, readInventory } from '../../engine/inventory/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qplay-host-text-'));
mkdirSync(join(folder, 'host_vars'));
writeFileSync(join(folder, 'host_vars/filed.yml'), 'from: file\nplace: south\n');
writeFileSync(
  join(folder, 'hosts.yml'),
  `all:
  vars: {place: north, list: [1, {deep: [2.0]}]}
  children:
    empty: {hosts: {bare: }}
    many:
      vars: {place: east, number: 1}
      hosts:
        one: {b: 1, a: x}
        two: {b: 2, a: "y\\n"}
        order: {a: 3, b: yes}
        over: {place: west, number: 12345678901234567890}
        internal: {inventory_dir: hidden, a: 1}
        only: {inventory_dir: hidden}
        marked: {a: !unsafe "{{ no }}", b: 1}
        nested: {a: {b: [null]}, b: 1.0}
        filed: {a: 1}
${Array.from({ length: 12 }, (_, index) => `        name${index}: {key${index}: ${index}}`).join('\n')}
`,
);

// every host is written from the shape of those like it; --host puts each together by itself
it('says of each host in a list what it says of the host alone', () => {
  const inventory = readInventory([join(folder, 'hosts.yml')]);
  const { _meta } = JSON.parse(inventoryText(listInventory(inventory))) as { _meta: { hostvars: Record<string, unknown> } };
  const alone = Object.fromEntries(inventory.hostNames().map((name) => [name, JSON.parse(inventoryText(hostVariables(inventory, name)))]));
  expect(_meta.hostvars).toEqual(alone);
  expect(_meta.hostvars).toMatchObject({
    one: { a: 'x', b: 1, place: 'east' },
    over: { place: 'west' },
    marked: { a: { __ansible_unsafe: '{{ no }}' } },
    filed: { from: 'file', place: 'south' },
    only: { number: 1, place: 'east' },
  });
  expect(inventoryText(listInventory(inventory))).toContain('"number": 12345678901234567890');
});

it('leaves out hosts without variables', () => {
  const bare = join(folder, 'bare');
  mkdirSync(bare);
  writeFileSync(join(bare, 'hosts'), 'a\nb x=1\nc inventory_dir=hidden\n');
  expect(JSON.parse(inventoryText(listInventory(readInventory([join(bare, 'hosts')]))))._meta).toEqual({ hostvars: { b: { x: 1 } } });
});
