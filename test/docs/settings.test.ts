import { expect, test } from 'vitest';
import { SETTINGS, type Setting } from '../../engine/load/settings-table.ts';
import { cell, expectPart } from './pages.ts';

test('the settings that are read', () => {
  const rows = Object.entries(SETTINGS as Readonly<Record<string, Setting>>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { env, ini, type, effect }]) => {
      const words = (list: readonly string[]): string => list.map((one) => `\`${one}\``).join(', ');
      return `| ${words(env)} | ${words(ini)} | ${type} | ${cell(effect ?? name)} |`;
    });
  expect(rows.length).toBeGreaterThan(40);
  expectPart('docs/reference/settings.md', 'settings', `| variable | ansible.cfg | type | what it does |\n|---|---|---|---|\n${rows.join('\n')}\n`);
});
