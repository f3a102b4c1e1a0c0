import { describe, expect, it } from 'vitest';
import type { AnyModule, OptionSpec } from '../../engine/module/contract.ts';
import { aliases, loadModule, moduleKey, moduleNames, modules } from '../../modules/index.ts';

const all: readonly (readonly [string, AnyModule])[] = await Promise.all(
  Object.entries(modules).map(async ([key, load]) => [key, (await load()).default] as const),
);

describe.each(all)('%s', (key, module) => {
  it('is named as the table says, in full and in short', () => {
    expect(module.name).toBe(key);
    for (const name of module.fqcn) expect([name, moduleKey(name)]).toEqual([name, key]);
  });

  it('says what it is, and shows it', () => {
    expect(module.summary).toMatch(/^[A-Z].*\.$/);
    expect(module.examples.length).toBeGreaterThanOrEqual(1);
    for (const example of module.examples) {
      expect(example.title).not.toMatch(/\.$/);
      const known = new Set(Object.entries(module.options as Record<string, OptionSpec>).flatMap(([name, spec]) => [name, ...(spec.aliases ?? [])]));
      for (const name of Object.keys(example.args)) expect([...known]).toContain(name);
    }
  });

  it('describes each option, with a default that is among its choices', () => {
    for (const [name, spec] of Object.entries(module.options as Record<string, OptionSpec>)) {
      expect([name, spec.description]).toEqual([name, expect.stringMatching(/^\S.*[.`)]$/s)]);
      if (spec.default !== undefined && spec.choices !== undefined && !Array.isArray(spec.default)) expect(spec.choices).toContain(spec.default);
      if (spec.default !== undefined) expect([name, spec.required ?? false]).toEqual([name, false]);
    }
  });
});

describe('the table', () => {
  it('has no alias that leads nowhere or hides a module', () => {
    for (const [alias, key] of Object.entries(aliases)) {
      expect([alias, Object.hasOwn(modules, key)]).toEqual([alias, true]);
      expect([alias, Object.hasOwn(modules, alias)]).toEqual([alias, false]);
    }
  });

  it('knows short, full and legacy names, and no others', async () => {
    expect(moduleKey('copy')).toBe('copy');
    expect(moduleKey('ansible.builtin.copy')).toBe('copy');
    expect(moduleKey('ansible.legacy.copy')).toBe('copy');
    for (const name of ['toString', '__proto__', 'constructor', 'copi', 'ansible.builtin.toString']) expect(moduleKey(name)).toBeUndefined();
    expect((await loadModule('ansible.builtin.stat'))?.kind).toBe('read');
    expect(await loadModule('no.such.thing')).toBeUndefined();
    expect(moduleNames()).toEqual(expect.arrayContaining(['copy', 'ansible.builtin.copy']));
  });
});
