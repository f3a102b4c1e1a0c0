import { type ArgsOf, defineModule, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { section } from '../sections.ts';
import { absent, executable, flag, inspected, needPodman, trouble } from './lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the network.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the network is there.' },
  driver: { type: 'str', description: '`bridge`, `macvlan` or `ipvlan`.' },
  subnet: { type: 'str', description: 'Subnet in CIDR notation.' },
  gateway: { type: 'str', description: 'Gateway of the subnet.' },
  ip_range: { type: 'str', description: 'Part of the subnet that addresses are taken from.' },
  internal: { type: 'bool', description: 'Keeps it from reaching the outside.' },
  ipv6: { type: 'bool', description: 'Gives it IPv6 too.' },
  disable_dns: { type: 'bool', description: 'Turns the name service of the network off.' },
  opt: { type: 'dict', description: 'Options of the driver: mtu, vlan, isolate.' },
  force: { type: 'bool', default: false, description: 'With `absent`, removes the containers on it too.' },
  recreate: { type: 'bool', default: false, description: 'Makes it anew when an option differs; otherwise that is an error.' },
  executable,
} as const;

type Args = ArgsOf<typeof options>;

interface Network {
  readonly driver?: string;
  readonly internal?: boolean;
  readonly ipv6_enabled?: boolean;
  readonly dns_enabled?: boolean;
  readonly subnets?: readonly { readonly subnet: string; readonly gateway?: string }[];
  readonly options?: Readonly<Record<string, string>>;
}

const probe = (args: Args): Script => sh`${needPodman(args.executable)}
${section('network', sh`${args.executable} network inspect ${args.name} 2>&1`)}`;

/** Options that are given and differ, each with what is and what should be. */
function differences(args: Args, network: Network): Record<string, [unknown, unknown]> {
  const subnets = network.subnets ?? [];
  const compared: Record<string, [unknown, unknown]> = {
    driver: [network.driver, args.driver],
    subnet: [subnets.some((one) => one.subnet === args.subnet) ? args.subnet : subnets[0]?.subnet, args.subnet],
    gateway: [subnets.some((one) => one.gateway === args.gateway) ? args.gateway : subnets[0]?.gateway, args.gateway],
    internal: [network.internal ?? false, args.internal],
    ipv6: [network.ipv6_enabled ?? false, args.ipv6],
    disable_dns: [!(network.dns_enabled ?? false), args.disable_dns],
  };
  for (const [key, value] of Object.entries(args.opt ?? {})) compared[`opt ${key}`] = [network.options?.[key], String(value)];
  return Object.fromEntries(Object.entries(compared).filter(([, [is, wanted]]) => wanted !== undefined && is !== wanted));
}

function create(args: Args): Script {
  const given = (name: string, on: boolean | undefined) => (on ? raw(name) : raw(''));
  const opts = Object.entries(args.opt ?? {}).map(([key, value]) => sh`--opt ${`${key}=${String(value)}`}`);
  return sh`${args.executable} network create ${flag('--driver', args.driver)} ${flag('--subnet', args.subnet)} ${flag('--gateway', args.gateway)} ${flag('--ip-range', args.ip_range)} ${given('--internal', args.internal)} ${given('--ipv6', args.ipv6)} ${given('--disable-dns', args.disable_dns)} ${opts} ${args.name} >/dev/null`;
}

function plan(args: Args, seen: Observed): Plan {
  const missing = absent(seen, args.executable);
  if (missing !== undefined) return missing;
  const failure = trouble(seen, 'network', /network not found|no such network/i);
  if (failure !== undefined) return { is: 'impossible', why: `podman cannot look at the network ${args.name}: ${failure}` };
  const network = inspected(seen, 'network') as Network | undefined;
  const label = `network ${args.name}`;
  const drop = sh`${args.executable} network rm ${args.force ? raw('--force') : raw('')} ${args.name} >/dev/null || exit $?`;
  if (args.state === 'absent') {
    if (network === undefined) return { is: 'right', result: { network: [] } };
    return { is: 'wrong', diff: [{ before: { state: 'present' }, after: { state: 'absent' }, label }], apply: drop };
  }
  if (network === undefined) return { is: 'wrong', diff: [{ before: { state: 'absent' }, after: { state: 'present' }, label }], apply: create(args) };
  const wrong = differences(args, network);
  if (Object.keys(wrong).length === 0) return { is: 'right', result: { network: [network] } };
  const pick = (i: 0 | 1) => Object.fromEntries(Object.entries(wrong).map(([key, pair]) => [key, pair[i]]));
  if (!args.recreate) {
    const what = Object.entries(wrong).map(([key, [is, wanted]]) => `${key} is ${String(is)}, not ${String(wanted)}`);
    return {
      is: 'impossible',
      why: `the network ${args.name} is there with other options: ${what.join('; ')}`,
      hint: 'A network cannot be changed; recreate: true makes it anew',
    };
  }
  return { is: 'wrong', diff: [{ before: pick(0), after: pick(1), label }], apply: sh`${drop}\n${create(args)}` };
}

export default defineModule({
  name: 'podman_network',
  fqcn: ['containers.podman.podman_network'],
  summary: 'Keeps a podman network.',
  source: 'https://docs.ansible.com/ansible/latest/collections/containers/podman/podman_network_module.html',
  options,
  returns: { network: 'List with what `podman network inspect` says.' },
  examples: [
    { title: 'A network with its own subnet', args: { name: 'example', subnet: '10.99.3.0/24', disable_dns: true }, needs: ['podman'] },
    {
      title: 'Remove a network',
      args: { name: 'example-old', state: 'absent' },
      given: 'podman network create example-old >/dev/null 2>&1 || :',
      needs: ['podman'],
    },
  ],
  probe,
  plan,
});
