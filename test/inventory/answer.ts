import { graphInventory, inventoryText, inventoryYaml, listInventory, nestedInventory, readInventory } from '../../engine/inventory/index.ts';

/** What qplay's `inventory` command prints for the same words. */
export function answerOf(folder: string, sources: readonly string[], question: readonly string[]): string {
  const has = (flag: string): boolean => question.includes(flag);
  const limit = has('--limit') ? question[question.indexOf('--limit') + 1] : undefined;
  const inventory = readInventory(sources, { cwd: folder, limit, limitMayBeEmpty: true });
  const options = { playbookDir: folder };
  if (has('--graph')) return graphInventory(inventory, 'all', { ...options, vars: has('--vars') });
  if (has('--yaml')) return inventoryYaml(nestedInventory(inventory, { ...options, export: has('--export') }));
  return inventoryText(listInventory(inventory, { ...options, export: has('--export') }));
}
