export { Inventory, LEVEL, LOCALHOST, type SelectOptions } from './inventory.ts';
export { Group, Host } from './model.ts';
export type { Order } from './order.ts';
export { splitPattern } from './pattern.ts';
export { graphInventory, hostVariables, listInventory, nestedInventory, type ShowOptions } from './show.ts';
export { inventoryBytes, inventoryText, inventoryYaml } from './show-text.ts';
export { type InventoryOptions, readInventory } from './sources.ts';
