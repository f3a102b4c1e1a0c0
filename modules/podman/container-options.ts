import { type ArgsOf, type OptionSpec, type Options, raw, type Script, sh } from '../../engine/module/contract.ts';

/** How an option becomes arguments of `podman create`. */
type Form = 'value' | 'equals' | 'switch' | 'each' | 'pairs' | 'tmpfs' | 'hosts' | 'joined';

interface Flag extends OptionSpec {
  readonly flag: string;
  readonly form: Form;
}

const value = <const T extends OptionSpec['type']>(type: T, flag: string, description: string, aliases: readonly string[] = []) =>
  ({ type, description, aliases, flag, form: 'value' }) as const;
const onOff = (flag: string, description: string, aliases: readonly string[] = []) => ({ type: 'bool', description, aliases, flag, form: 'switch' }) as const;
const each = (flag: string, description: string, aliases: readonly string[] = []) =>
  ({ type: 'list', elements: 'str', description, aliases, flag, form: 'each' }) as const;
const pairs = (flag: string, description: string, aliases: readonly string[] = [], form: 'pairs' | 'tmpfs' | 'hosts' = 'pairs') =>
  ({ type: 'dict', description, aliases, flag, form }) as const;

/** Options that are nothing but an argument of `podman create`. */
export const createFlags = {
  annotation: pairs('--annotation', 'OCI annotations.'),
  arch: value('str', '--arch', 'Architecture of the image.'),
  authfile: value('path', '--authfile', "File with the registry's login."),
  cap_add: each('--cap-add', 'Capabilities to add.', ['capabilities']),
  cap_drop: each('--cap-drop', 'Capabilities to drop.'),
  cgroup_parent: value('path', '--cgroup-parent', 'Parent control group.'),
  cgroupns: value('str', '--cgroupns', 'Control group namespace.'),
  cgroups: value('str', '--cgroups', 'Whether the container makes control groups.'),
  cidfile: value('path', '--cidfile', 'File that gets the id.'),
  conmon_pidfile: value('path', '--conmon-pidfile', 'File that gets the pid of conmon.'),
  cpu_shares: value('int', '--cpu-shares', 'Relative weight of CPU.'),
  cpus: value('str', '--cpus', 'Number of CPUs.'),
  cpuset_cpus: value('str', '--cpuset-cpus', 'CPUs it may run on.'),
  cpuset_mems: value('str', '--cpuset-mems', 'Memory nodes it may use.'),
  device: each('--device', 'Devices of the host.'),
  dns: each('--dns', 'DNS servers.', ['dns_servers']),
  dns_option: value('str', '--dns-opt', 'DNS option.', ['dns_opts']),
  dns_search: each('--dns-search', 'Search domains.', ['dns_search_domains']),
  entrypoint: value('str', '--entrypoint', 'Entry point in place of that of the image.'),
  env_file: each('--env-file', 'Files on the host with `NAME=value` lines.', ['env_files']),
  env_host: onOff('--env-host', 'Gives the container the environment of podman.'),
  etc_hosts: pairs('--add-host', 'Lines of /etc/hosts: name to address.', ['add_hosts'], 'hosts'),
  expose: each('--expose', 'Ports the container says it serves.', ['exposed', 'exposed_ports']),
  gidmap: each('--gidmap', 'Map of group ids.'),
  group_add: each('--group-add', 'Further groups.', ['groups']),
  healthcheck: value('str', '--healthcheck-command', 'Command that tells whether the container is healthy.', ['health_cmd']),
  healthcheck_interval: value('str', '--healthcheck-interval', 'Time between checks, such as `30s`.', ['health_interval']),
  healthcheck_retries: value('int', '--healthcheck-retries', 'Failures until it is unhealthy.', ['health_retries']),
  healthcheck_start_period: value('str', '--healthcheck-start-period', 'Time to start in which failures do not count.', ['health_start_period']),
  healthcheck_timeout: value('str', '--healthcheck-timeout', 'Time a check may take.', ['health_timeout']),
  healthcheck_failure_action: value('str', '--health-on-failure', 'What to do with an unhealthy container (podman 4.3).', ['health_on_failure']),
  hostname: value('str', '--hostname', 'Host name inside.'),
  http_proxy: { type: 'bool', description: 'Whether proxy variables are passed in.', flag: '--http-proxy', form: 'equals' },
  init: onOff('--init', 'Runs a small init as process 1.'),
  interactive: onOff('--interactive', 'Keeps stdin open.'),
  ip: value('str', '--ip', 'IPv4 address.'),
  ip6: value('str', '--ip6', 'IPv6 address.'),
  ipc: value('str', '--ipc', 'IPC namespace.', ['ipc_mode']),
  log_driver: {
    type: 'str',
    choices: ['k8s-file', 'journald', 'json-file', 'none', 'passthrough'],
    description: 'Where its output goes.',
    flag: '--log-driver',
    form: 'value',
  },
  log_opt: pairs('--log-opt', 'Options of the log driver: path, max_size, tag.', ['log_options']),
  mac_address: value('str', '--mac-address', 'MAC address.'),
  memory: value('str', '--memory', 'Memory limit, such as `512m`.'),
  memory_reservation: value('str', '--memory-reservation', 'Soft limit.'),
  memory_swap: value('str', '--memory-swap', 'Memory and swap together.'),
  mount: each('--mount', 'Mounts in the long form.', ['mounts']),
  network: each('--network', 'Networks, or one mode.', ['net', 'network_mode']),
  network_aliases: each('--network-alias', 'Names on its networks.', ['network_alias']),
  no_healthcheck: onOff('--no-healthcheck', "Turns the image's health check off."),
  no_hosts: onOff('--no-hosts', 'Makes no /etc/hosts.'),
  oom_score_adj: value('int', '--oom-score-adj', 'Preference of the out-of-memory killer.'),
  pid: value('str', '--pid', 'Process namespace.', ['pid_mode']),
  pids_limit: value('str', '--pids-limit', 'Number of processes.'),
  platform: value('str', '--platform', 'Platform of the image.'),
  pod: value('str', '--pod', 'Pod it belongs to.'),
  privileged: onOff('--privileged', 'Gives it nearly all of the host.'),
  publish: each('--publish', 'Ports: `host:container`, `address:host:container/udp`.', ['ports', 'published', 'published_ports']),
  publish_all: onOff('--publish-all', 'Publishes all exposed ports on random ones.'),
  pull: { type: 'str', choices: ['missing', 'always', 'never', 'newer'], description: 'When the image is pulled.', flag: '--pull', form: 'value' },
  read_only: onOff('--read-only', 'Makes its root read-only.'),
  read_only_tmpfs: { type: 'bool', description: 'With `read_only`, whether /run, /tmp and /var/tmp are writable.', flag: '--read-only-tmpfs', form: 'equals' },
  requires: { type: 'list', elements: 'str', description: 'Containers that must start first.', flag: '--requires', form: 'joined' },
  restart_policy: value('str', '--restart', '`no`, `always`, `on-failure[:n]`, `unless-stopped`. After a reboot only podman-restart.service honours it.'),
  rm: onOff('--rm', 'Removes it when it stops.', ['remove', 'auto_remove']),
  rootfs: onOff('--rootfs', 'The image is a directory.'),
  sdnotify: value('str', '--sdnotify', 'Who tells systemd that it is ready.'),
  secrets: each('--secret', 'Podman secrets: `name` or `name,type=env,target=VARIABLE`.'),
  security_opt: each('--security-opt', 'Security options, such as `label=disable`.'),
  shm_size: value('str', '--shm-size', 'Size of /dev/shm.'),
  stop_signal: value('str', '--stop-signal', 'Signal that stops it.'),
  stop_timeout: value('int', '--stop-timeout', 'Seconds until it is killed.'),
  sysctl: pairs('--sysctl', 'Kernel parameters of its namespaces.'),
  systemd: value('str', '--systemd', 'Whether it runs systemd.'),
  timeout: value('int', '--timeout', 'Seconds it may run.'),
  timezone: value('str', '--tz', 'Time zone.'),
  tls_verify: { type: 'bool', description: "Whether the registry's certificate is checked.", flag: '--tls-verify', form: 'equals' },
  tmpfs: pairs('--tmpfs', 'Temporary file systems: path to options.', [], 'tmpfs'),
  tty: onOff('--tty', 'Gives it a terminal.'),
  uidmap: each('--uidmap', 'Map of user ids.'),
  ulimit: each('--ulimit', 'Limits, such as `nofile=65536:65536`.', ['ulimits']),
  umask: value('str', '--umask', 'File mode mask inside.'),
  unsetenv: each('--unsetenv', 'Variables of the image to drop.'),
  unsetenv_all: onOff('--unsetenv-all', 'Drops all variables of the image.'),
  user: value('str', '--user', 'User, by name or id, with `:group`.'),
  userns: value('str', '--userns', 'User namespace.', ['userns_mode']),
  uts: value('str', '--uts', 'Host name namespace.'),
  volume: each('--volume', 'Mounts: `source:target[:options]`.', ['volumes']),
  volumes_from: each('--volumes-from', 'Containers whose volumes it gets.'),
  workdir: value('str', '--workdir', 'Directory of the command.', ['working_dir']),
} as const satisfies Record<string, Flag>;

type CreateArgs = ArgsOf<typeof createFlags>;

/** Arguments of `podman create` for the given options, in a fixed order. */
export function createArguments(args: CreateArgs): Script[] {
  const given = args as Readonly<Record<string, unknown>>;
  return Object.entries(createFlags as Record<string, Flag>).flatMap(([name, { flag, form }]) => {
    const found = given[name];
    return found === undefined || found === null ? [] : write(flag, form, found);
  });
}

function write(flag: string, form: Form, found: unknown): Script[] {
  switch (form) {
    case 'switch':
      return found ? [raw(flag)] : [];
    case 'equals':
      return [sh`${`${flag}=${String(found)}`}`];
    case 'each':
      return (found as readonly unknown[]).map((one) => sh`${flag} ${String(one)}`);
    case 'joined':
      return (found as readonly unknown[]).length === 0 ? [] : [sh`${flag} ${(found as readonly unknown[]).join(',')}`];
    case 'value':
      return [sh`${flag} ${String(found)}`];
    default:
      return Object.entries(found as Record<string, unknown>).map(([key, one]) => sh`${flag} ${pair(form, key, one)}`);
  }
}

function pair(form: Form, key: string, value: unknown): string {
  if (form === 'hosts') return `${key}:${String(value)}`;
  const text = value === null || value === undefined ? '' : String(value);
  if (form === 'tmpfs') return text === '' ? key : `${key}:${text}`;
  // podman writes max-size where Ansible's option says max_size
  return `${key.replace('max_size', 'max-size')}=${text}`;
}

/** The options as a module declares them, without what only this file needs. */
export const createOptions = createFlags as typeof createFlags & Options;
