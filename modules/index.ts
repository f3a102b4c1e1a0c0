import type { AnyModule } from '../engine/module/contract.ts';

type Load = () => Promise<{ readonly default: AnyModule }>;

/** Every module by its short name. Nothing is loaded before it is called: a run pays for the modules it uses. */
export const modules: Record<string, Load> = {
  systemd: () => import('./system/systemd.ts'),
  shell: () => import('./system/shell.ts'),
  service_facts: () => import('./system/service_facts.ts'),
  service: () => import('./system/service.ts'),
  script: () => import('./system/script.ts'),
  raw: () => import('./system/raw.ts'),
  ping: () => import('./system/ping.ts'),
  command: () => import('./system/command.ts'),
};

/** Full names, and short names that Ansible has besides, to the key in `modules`. test/modules/index.test.ts keeps it honest. */
export const aliases: Record<string, string> = {
  systemd_service: 'systemd',
  'ansible.builtin.systemd_service': 'systemd',
  'ansible.builtin.systemd': 'systemd',
  'ansible.builtin.shell': 'shell',
  'ansible.builtin.service_facts': 'service_facts',
  'ansible.builtin.service': 'service',
  'ansible.builtin.script': 'script',
  'ansible.builtin.raw': 'raw',
  'ansible.builtin.ping': 'ping',
  'ansible.builtin.command': 'command',
};

/** The key in `modules` of a name as written in a playbook, or `undefined` when no module has that name. */
export function moduleKey(name: string): string | undefined {
  if (Object.hasOwn(modules, name)) return name;
  const full = name.startsWith('ansible.legacy.') ? 'ansible.builtin.' + name.slice('ansible.legacy.'.length) : name;
  return Object.hasOwn(aliases, full) ? aliases[full] : undefined;
}

/** Every name a playbook may write, for did-you-mean and completion. */
export const moduleNames = (): string[] => [...Object.keys(modules), ...Object.keys(aliases)];

/** The module of that name, loaded; `undefined` when there is none. */
export async function loadModule(name: string): Promise<AnyModule | undefined> {
  const key = moduleKey(name);
  return key === undefined ? undefined : (await (modules[key] as Load)()).default;
}
