import { type ActionModule, defineAction } from '../engine/module/contract.ts';
import { ELSEWHERE } from './elsewhere-names.ts';
import { aliases } from './index.ts';

const collections = new Map<string, ReadonlySet<string>>();
let shorts: ReadonlySet<string> | undefined;

const split = (text: string): string[] => text.split(' ').filter((name) => name !== '');

function namesIn(collection: string): ReadonlySet<string> | undefined {
  const text = ELSEWHERE[collection];
  if (text === undefined) return undefined;
  const known = collections.get(collection) ?? new Set(split(text));
  collections.set(collection, known);
  return known;
}

/**
 * Whether a name that is none of ours is that of a module Ansible has: by the lists of the collections most used, and in every
 * collection that has no list, since those may hold anything.
 */
export function isElsewhere(name: string): boolean {
  const parts = name.split('.');
  if (parts.length === 1) {
    shorts ??= new Set(Object.values(ELSEWHERE).flatMap(split));
    return shorts.has(name);
  }
  const collection = parts.slice(0, 2).join('.').replace('ansible.legacy', 'ansible.builtin');
  if (parts.length !== 3 || !parts.every((part) => /^[a-z_]\w*$/i.test(part)) || collection.startsWith('qplay.')) return false;
  // Ansible sends the old names on from there
  if (collection === 'ansible.builtin' && isElsewhere(parts[2] as string)) return true;
  const known = namesIn(collection);
  if (known !== undefined) return known.has(parts[2] as string);
  // near enough to one of ours to be looked at as a typing error
  return !Object.keys(aliases).some((alias) => alias.startsWith(`${collection}.`));
}

/** Full names that the collections most used have for a short name. */
export const elsewhereNames = (short: string): string[] =>
  Object.keys(ELSEWHERE)
    .filter((collection) => namesIn(collection)?.has(short))
    .map((collection) => `${collection}.${short}`);

/** Stands for a module that qplay lacks: a task that is skipped does no harm, one that runs says what is missing. */
export const elsewhere = (name: string): ActionModule =>
  defineAction({
    name,
    fqcn: [],
    summary: 'A module of Ansible’s that qplay does not have.',
    inCheck: 'decide',
    anyOptions: true,
    options: {},
    returns: {},
    examples: [],
    run: async () => ({
      status: 'failed',
      why: `qplay does not have the module ${name}`,
      hint: 'A `when` that is false on this host lets the task pass; `qplay doc` lists the modules there are',
    }),
  });
