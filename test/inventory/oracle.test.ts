import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { graphInventory, inventoryText, listInventory, readInventory } from '../../engine/inventory/index.ts';

// The answers were recorded from ansible-inventory of ansible-core 2.18 over the same inventories.
const path = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const recorded = (name: string): string => readFileSync(path(name), 'utf8').trimEnd();
const read = (...sources: string[]) => readInventory(sources.map((one) => (one.includes(',') ? one : path(one))));

describe('what ansible-inventory prints', () => {
  test.each([
    ['full.list.json', ['full/hosts']],
    ['tree.list.json', ['tree.yml']],
    ['dir.list.json', ['dir']],
    ['toml.list.json', ['hosts.toml']],
    ['generator.list.json', ['generator.yml']],
    ['list.list.json', ['x1,x2:99,[::1]:5,10.0.0.1:7']],
    ['several.list.json', ['tree.yml', 'full/hosts', 'last,']],
  ])('--list: %s', (answer, sources) => {
    expect(inventoryText(listInventory(read(...sources)))).toBe(recorded(answer));
  });

  test('--list with the files beside a playbook', () => {
    expect(inventoryText(listInventory(read('full/hosts'), { playbookDir: path('play') }))).toBe(recorded('full-play.list.json'));
  });

  test.each([
    ['full.export.json', 'full/hosts'],
    ['tree.export.json', 'tree.yml'],
  ])('--list --export: %s', (answer, source) => {
    expect(inventoryText(listInventory(read(source), { export: true }))).toBe(recorded(answer));
  });

  test.each([
    ['full.graph.txt', 'full/hosts'],
    ['tree.graph.txt', 'tree.yml'],
    ['dir.graph.txt', 'dir'],
  ])('--graph: %s', (answer, source) => {
    expect(graphInventory(read(source))).toBe(recorded(answer));
  });

  test.each([
    ['full.graph-vars.txt', 'full/hosts'],
    ['toml.graph-vars.txt', 'hosts.toml'],
    ['generator.graph-vars.txt', 'generator.yml'],
  ])('--graph --vars: %s', (answer, source) => {
    expect(graphInventory(read(source), 'all', { vars: true })).toBe(recorded(answer));
  });
});
