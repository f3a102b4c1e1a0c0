export { Inventory, LEVEL, LOCALHOST, type SelectOptions } from './inventory.ts';
export { Group, Host } from './model.ts';
export type { Order } from './order.ts';
export { splitPattern } from './pattern.ts';
export { graphInventory, hostVariables, inventoryText, listInventory, type Shown, type ShowOptions } from './show.ts';
export { type InventoryOptions, readInventory } from './sources.ts';
