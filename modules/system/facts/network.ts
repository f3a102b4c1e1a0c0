import { type Printed, symlinks } from './host.ts';

/** One line of `ip -o addr`. */
interface Address {
  readonly device: string;
  readonly family: 'inet' | 'inet6';
  readonly address: string;
  readonly prefix: number;
  readonly broadcast: string;
  readonly scope: string;
  readonly label: string;
  readonly secondary: boolean;
}

function addresses(printed: Printed): Address[] {
  return printed.lines('addr').flatMap((line) => {
    const found = /^\d+:\s+(\S+)\s+(inet6?)\s+([0-9a-fA-F.:]+)(?:\s+peer\s+[0-9a-fA-F.:]+)?(?:\/(\d+))?(.*)$/.exec(line.replaceAll('\\', ' '));
    if (found === null) return [];
    const [, device = '', family = 'inet', address = '', prefix, rest = ''] = found;
    const label = family === 'inet' ? (/scope \S+(?: \S+)*? (\S+)\s+valid_lft/.exec(rest)?.[1] ?? device) : device;
    return [
      {
        device,
        family: family as 'inet' | 'inet6',
        address,
        prefix: Number(prefix ?? (family === 'inet' ? 32 : 128)),
        broadcast: /brd (\S+)/.exec(rest)?.[1] ?? '',
        scope: /scope (\S+)/.exec(rest)?.[1] ?? '',
        label,
        secondary: / secondary /.test(` ${rest} `),
      },
    ];
  });
}

const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toText = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
const mask = (prefix: number): number => (prefix === 0 ? 0 : 2 ** 32 - 2 ** (32 - prefix));

const four = (one: Address): Record<string, string> => ({
  address: one.address,
  broadcast: one.broadcast,
  netmask: toText(mask(one.prefix)),
  network: toText(Math.floor(toNumber(one.address) / 2 ** (32 - one.prefix)) * 2 ** (32 - one.prefix)),
  prefix: String(one.prefix),
});

/** interfaces, each interface's dict, default_ipv4, all_ipv4_addresses, ... */
export function networkFacts(printed: Printed): Record<string, unknown> {
  const all = addresses(printed);
  const names = [...printed.byName('/sys/class/net', 'mtu').keys()];
  const cards: Record<string, Record<string, unknown>> = {};
  for (const name of names)
    cards[name] = card(
      printed,
      name,
      all.filter((one) => one.device === name),
    );
  for (const one of all.filter((address) => address.label !== address.device && address.family === 'inet')) cards[one.label] = { ipv4: four(one) };
  const usable = (family: string) =>
    all.filter((one) => one.family === family && !one.address.startsWith('127.') && one.address !== '::1').map((one) => one.address);
  return {
    interfaces: Object.keys(cards),
    ...Object.fromEntries(Object.entries(cards).map(([name, facts]) => [name.replace(/[-:.]/g, '_'), facts])),
    default_ipv4: defaultRoute(printed.lines('route4'), all, cards, 'inet'),
    default_ipv6: defaultRoute(printed.lines('route6'), all, cards, 'inet6'),
    all_ipv4_addresses: usable('inet'),
    all_ipv6_addresses: usable('inet6'),
    locally_reachable_ips: { ipv4: reachable(printed.lines('local4')), ipv6: reachable(printed.lines('local6')) },
  };
}

const reachable = (lines: readonly string[]): string[] =>
  lines
    .map((line) => line.trim().split(/\s+/))
    .map((words) => (words[0] === 'local' ? words[1] : words[0]) ?? '')
    .filter((word) => word !== '');

const TYPES: Readonly<Record<string, string>> = { 1: 'ether', 32: 'infiniband', 512: 'ppp', 772: 'loopback', 65534: 'tunnel' };

function card(printed: Printed, name: string, own: readonly Address[]): Record<string, unknown> {
  const read = (tail: string) => printed.first(`/sys/class/net/${name}/${tail}`);
  const links = symlinks(printed.lines('netlinks'));
  const [first, ...rest] = own.filter((one) => one.family === 'inet' && one.label === name);
  const six = own.filter((one) => one.family === 'inet6');
  const type = TYPES[read('type') ?? ''] ?? 'unknown';
  const address = read('address');
  const bridge = read('bridge/bridge_id');
  const module = links
    .find((link) => link.name === `/sys/class/net/${name}/device/driver/module`)
    ?.target.split('/')
    .at(-1);
  const pciid = links
    .find((link) => link.name === `/sys/class/net/${name}/device`)
    ?.target.split('/')
    .at(-1);
  const speed = read('speed');
  return {
    device: name,
    ...(address !== undefined && !/^(00:)+00$/.test(address) ? { macaddress: address } : {}),
    mtu: Number(read('mtu')),
    active: read('operstate') !== 'down',
    ...(module === undefined ? {} : { module }),
    type: bridge !== undefined ? 'bridge' : type,
    ...(bridge !== undefined ? bridgeFacts(name, read('bridge/stp_state'), bridge, links) : {}),
    ...(read('bonding/mode') !== undefined
      ? { type: 'bonding', mode: read('bonding/mode')?.split(' ')[0], slaves: (read('bonding/slaves') ?? '').split(' ').filter((slave) => slave !== '') }
      : {}),
    ...(pciid === undefined ? {} : { pciid }),
    ...(speed === undefined ? {} : { speed: Number(speed) }),
    promisc: (Number(read('flags') ?? 0) & 0x100) !== 0,
    ...(first === undefined ? {} : { ipv4: four(first) }),
    ...(rest.length > 0 ? { ipv4_secondaries: rest.map(four) } : {}),
    ...(six.length > 0 ? { ipv6: six.map((one) => ({ address: one.address, prefix: String(one.prefix), scope: one.scope })) } : {}),
  };
}

function bridgeFacts(name: string, stp: string | undefined, id: string, links: readonly { name: string }[]): Record<string, unknown> {
  const start = `/sys/class/net/${name}/brif/`;
  return { id, stp: stp === '1', interfaces: links.filter((link) => link.name.startsWith(start)).map((link) => link.name.slice(start.length)) };
}

/** What a packet to a far address would use: Ansible's way of finding the default. */
function defaultRoute(
  lines: readonly string[],
  all: readonly Address[],
  cards: Readonly<Record<string, Record<string, unknown>>>,
  family: 'inet' | 'inet6',
): Record<string, unknown> {
  const line = lines[0] ?? '';
  const word = (name: string) => new RegExp(`\\b${name} (\\S+)`).exec(line)?.[1];
  const device = word('dev');
  const address = word('src');
  if (device === undefined || address === undefined || device === 'lo') return {};
  const own = all.find((one) => one.family === family && one.address === address);
  const facts = cards[device] ?? {};
  const gateway = word('via');
  const common = { ...(gateway === undefined ? {} : { gateway }), interface: device, address };
  const hardware = { macaddress: facts.macaddress ?? null, mtu: facts.mtu, type: facts.type };
  if (own === undefined) return { ...common, ...hardware };
  if (family === 'inet6') return { ...common, prefix: String(own.prefix), scope: own.scope, ...hardware };
  return { ...common, ...four(own), ...hardware, alias: own.label };
}
