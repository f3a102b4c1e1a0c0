import { basename } from 'node:path';
import type { Command } from '../main.ts';

/** Programs of Ansible that qplay is when it is called by their names. */
export const PROGRAMS: Readonly<Record<string, () => Promise<{ default: Command }>>> = {
  'ansible-playbook': () => import('./playbook.ts'),
  ansible: () => import('./adhoc.ts'),
  'ansible-inventory': () => import('./inventory.ts'),
  'ansible-vault': () => import('./vault.ts'),
  'ansible-config': () => import('./config.ts'),
  'ansible-doc': () => import('./doc.ts'),
  'ansible-galaxy': () => import('./galaxy.ts'),
  'ansible-console': () => import('./refused.ts'),
  'ansible-pull': () => import('./refused.ts'),
};

/** The program of Ansible that the process was started as: by the name of a link, or by a script of `qplay links`. */
export function programOf(path: string | undefined, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const name = env.QPLAY_PROGRAM ?? basename(path ?? '');
  return Object.hasOwn(PROGRAMS, name) ? name : undefined;
}
