import { human, type Printed, symlinks } from './host.ts';

/** Octal escapes of /proc/mounts: `\040` is a space. */
const unoctal = (text: string): string => text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** mounts: the real file systems with their sizes. */
export function mountFacts(printed: Printed): { mounts: Record<string, unknown>[] } {
  const sizes = new Map(printed.lines('mounts').map((line) => [line.split('|').slice(5).join('|'), line.split('|').slice(0, 5).map(Number)]));
  const late = new Set(
    printed
      .lines('mounts')
      .filter((line) => line.startsWith('timeout|'))
      .map((line) => line.slice(8)),
  );
  const uuids = new Map(symlinks(printed.lines('uuids')).map((link) => [`/dev/${link.target.split('/').at(-1)}`, link.name]));
  const bound = bindMounts(printed);
  const mounts = printed.file('/proc/mounts').flatMap((line) => {
    const [device = '', place = '', fstype = '', options = '', dump = '0', passno = '0'] = line.split(' ').map(unoctal);
    if ((!device.startsWith('/') && !device.includes(':/')) || fstype === 'none') return [];
    const info = { mount: place, device, fstype, options: bound.has(place) ? `${options},bind` : options, dump: Number(dump), passno: Number(passno) };
    if (late.has(place)) return [{ ...info, note: 'Could not get extra information due to timeout', uuid: 'N/A' }];
    return [{ ...info, ...space(sizes.get(place)), uuid: uuids.get(device) ?? 'N/A' }];
  });
  return { mounts };
}

function space(figures: readonly number[] | undefined): Record<string, number> {
  const [block = 0, total = 0, available = 0, inodes = 0, inodesFree = 0] = figures ?? [];
  if (figures === undefined) return {};
  return {
    size_total: block * total,
    size_available: block * available,
    block_size: block,
    block_total: total,
    block_available: available,
    block_used: total - available,
    inode_total: inodes,
    inode_available: inodesFree,
    inode_used: inodes - inodesFree,
  };
}

/** Places whose mount shows a folder of a file system rather than its root. */
function bindMounts(printed: Printed): Set<string> {
  const found = new Set<string>();
  for (const line of printed.file('/proc/self/mountinfo')) {
    const [, , , root = '/', place = ''] = line.split(' ').map(unoctal);
    const [fstype] = (line.split(' - ')[1] ?? '').split(' ');
    if (root !== '/' && fstype !== 'btrfs' && fstype !== 'nsfs') found.add(place);
  }
  return found;
}

type Links = Record<'ids' | 'uuids' | 'labels' | 'masters', Record<string, string[]>>;

/** devices and device_links, from sysfs. */
export function deviceFacts(printed: Printed): Record<string, unknown> {
  const targets = new Map(symlinks(printed.lines('blocklinks')).map((link) => [link.name, link.target]));
  const links = deviceLinks(printed, targets);
  const names = [...targets.keys()].flatMap((path) => /^\/sys\/block\/([^/]+)$/.exec(path)?.[1] ?? []);
  const devices = Object.fromEntries(names.sort().map((name) => [name, device(printed, name, links)]));
  return { devices, device_links: links, lvm: 'N/A', fibre_channel_wwn: [] };
}

function deviceLinks(printed: Printed, targets: ReadonlyMap<string, string>): Links {
  const links: Links = { ids: {}, uuids: {}, labels: {}, masters: {} };
  const kinds: Record<string, 'ids' | 'uuids' | 'labels'> = { '/dev/disk/by-id': 'ids', '/dev/disk/by-uuid': 'uuids', '/dev/disk/by-label': 'labels' };
  const put = (kind: keyof Links, name: string, value: string) => {
    const list = links[kind][name] ?? [];
    links[kind][name] = [...list, value].sort();
  };
  for (const link of symlinks(printed.lines('disklinks'))) {
    const kind = kinds[link.folder];
    if (kind !== undefined) put(kind, link.target.split('/').at(-1) as string, unescapeHex(link.name));
  }
  for (const path of targets.keys()) {
    const held = /\/([^/]+)\/holders\/([^/]+)$/.exec(path);
    if (held !== null) put('masters', held[1] as string, held[2] as string);
  }
  return links;
}

/** udev writes a space in a label as `\x20`. */
const unescapeHex = (text: string): string => text.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const linksOf = (links: Links, name: string): Record<string, string[]> =>
  Object.fromEntries((['ids', 'uuids', 'labels', 'masters'] as const).map((kind) => [kind, links[kind][name] ?? []]));

function device(printed: Printed, name: string, links: Links): Record<string, unknown> {
  const read = (tail: string) => printed.first(`/sys/block/${name}/${tail}`) ?? null;
  const sectorsize = read('queue/logical_block_size') ?? '512';
  const sectors = Math.floor((Number(read('size') ?? 0) * 512) / Number(sectorsize));
  const scheduler = /\[(.*)\]/.exec(read('queue/scheduler') ?? '')?.[1] ?? '';
  const serial = read('device/serial');
  const partitions = [...printed.byName(`/sys/block/${name}`, 'partition').keys()].sort();
  const wwn = links.ids[name]?.find((id) => id.startsWith('wwn-'))?.slice(4);
  return {
    // Ansible says 1 for everything that is a link in /sys/block, and today all are
    virtual: 1,
    links: linksOf(links, name),
    vendor: read('device/vendor'),
    model: read('device/model'),
    sas_address: null,
    sas_device_handle: null,
    ...(serial === null ? {} : { serial }),
    ...(wwn === undefined ? {} : { wwn }),
    removable: read('removable'),
    support_discard: read('queue/discard_max_hw_bytes') === '0' ? '0' : read('queue/discard_granularity'),
    partitions: Object.fromEntries(partitions.map((part) => [part, partition(printed, name, part, sectorsize, links)])),
    rotational: read('queue/rotational'),
    scheduler_mode: scheduler,
    sectors,
    sectorsize,
    size: human(sectors * Number(sectorsize)),
    host: '',
    holders: links.masters[name] ?? [],
  };
}

function partition(printed: Printed, disk: string, name: string, sectorsize: string, links: Links): Record<string, unknown> {
  const read = (tail: string) => printed.first(`/sys/block/${disk}/${name}/${tail}`);
  const sectors = Math.floor((Number(read('size') ?? 0) * 512) / Number(sectorsize));
  return {
    links: linksOf(links, name),
    start: read('start') ?? '0',
    sectors,
    sectorsize,
    size: human(sectors * Number(sectorsize)),
    uuid: links.uuids[name]?.[0] ?? null,
    holders: links.masters[name] ?? [],
  };
}
