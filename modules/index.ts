import type { AnyModule } from '../engine/module/contract.ts';

type Load = () => Promise<{ readonly default: AnyModule }>;

/** Every module by its short name. Nothing is loaded before it is called: a run pays for the modules it uses. */
export const modules: Record<string, Load> = {
  yum: () => import('./packages/yum.ts'),
  package_facts: () => import('./packages/package_facts.ts'),
  package: () => import('./packages/package.ts'),
  dnf: () => import('./packages/dnf.ts'),
  file: () => import('./files/file.ts'),
  template: () => import('./files/template.ts'),
  copy: () => import('./files/copy.ts'),
  apt: () => import('./packages/apt.ts'),
  setup: () => import('./system/setup.ts'),
  podman_unit: () => import('./podman/podman_unit.ts'),
  podman_image: () => import('./podman/podman_image.ts'),
  podman_container: () => import('./podman/podman_container.ts'),
  podman_secret: () => import('./podman/podman_secret.ts'),
  podman_login: () => import('./podman/podman_login.ts'),
  podman_network: () => import('./podman/podman_network.ts'),
  podman_volume: () => import('./podman/podman_volume.ts'),
  podman_container_info: () => import('./podman/podman_container_info.ts'),
  podman_container_exec: () => import('./podman/podman_container_exec.ts'),
  firewalld: () => import('./network/firewalld.ts'),
  postgresql_db: () => import('./postgresql/postgresql_db.ts'),
  postgresql_user: () => import('./postgresql/postgresql_user.ts'),
  postgresql_ext: () => import('./postgresql/postgresql_ext.ts'),
  postgresql_query: () => import('./postgresql/postgresql_query.ts'),
  postgresql_ping: () => import('./postgresql/postgresql_ping.ts'),
  redis_ping: () => import('./redis/redis_ping.ts'),
  redis_info: () => import('./redis/redis_info.ts'),
  redis_role: () => import('./redis/redis_role.ts'),
  haproxy: () => import('./haproxy/haproxy.ts'),
  haproxy_stat: () => import('./haproxy/haproxy_stat.ts'),
  haproxy_config: () => import('./haproxy/haproxy_config.ts'),
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
  'ansible.builtin.yum': 'yum',
  'ansible.builtin.package_facts': 'package_facts',
  'ansible.builtin.package': 'package',
  dnf5: 'dnf',
  'ansible.builtin.dnf5': 'dnf',
  'ansible.builtin.dnf': 'dnf',
  'ansible.builtin.file': 'file',
  'ansible.builtin.template': 'template',
  'ansible.builtin.copy': 'copy',
  'ansible.builtin.apt': 'apt',
  gather_facts: 'setup',
  'ansible.builtin.gather_facts': 'setup',
  'ansible.builtin.setup': 'setup',
  'qplay.podman.podman_unit': 'podman_unit',
  'containers.podman.podman_image': 'podman_image',
  'containers.podman.podman_container': 'podman_container',
  'containers.podman.podman_secret': 'podman_secret',
  'containers.podman.podman_login': 'podman_login',
  'containers.podman.podman_network': 'podman_network',
  'containers.podman.podman_volume': 'podman_volume',
  'containers.podman.podman_container_info': 'podman_container_info',
  'containers.podman.podman_container_exec': 'podman_container_exec',
  'ansible.posix.firewalld': 'firewalld',
  'community.postgresql.postgresql_db': 'postgresql_db',
  'community.postgresql.postgresql_user': 'postgresql_user',
  'community.postgresql.postgresql_ext': 'postgresql_ext',
  'community.postgresql.postgresql_query': 'postgresql_query',
  'community.postgresql.postgresql_ping': 'postgresql_ping',
  'qplay.redis.redis_ping': 'redis_ping',
  'community.general.redis_info': 'redis_info',
  'qplay.redis.redis_role': 'redis_role',
  'community.general.haproxy': 'haproxy',
  haproxy_backend: 'haproxy',
  'qplay.haproxy.haproxy_stat': 'haproxy_stat',
  'qplay.haproxy.haproxy_config': 'haproxy_config',
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
