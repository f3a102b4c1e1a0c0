import type { Printed } from './host.ts';

/** processor_*, mem*, swap*, uptime, DMI names. */
export function hardwareFacts(printed: Printed, machine: string): Record<string, unknown> {
  const uptime = printed.first('/proc/uptime');
  return {
    ...processors(printed, machine),
    ...memory(printed),
    ...(uptime === undefined ? {} : { uptime_seconds: Math.floor(Number(uptime.split(' ')[0])) }),
    ...dmi(printed),
  };
}

interface Topology {
  /** Lines for `processor`, as Ansible lists them. */
  readonly words: string[];
  readonly sockets: Map<string, number>;
  readonly cores: Map<string, number>;
  flags: string[];
  vendors: number;
  models: number;
  numbers: number;
}

function topology(printed: Printed): Topology {
  const found: Topology = { words: [], sockets: new Map(), cores: new Map(), flags: [], vendors: 0, models: 0, numbers: 0 };
  let socket = '0';
  let core = '0';
  for (const line of printed.lines('cpu')) {
    const key = line.slice(0, line.indexOf(':')).trim();
    const value = line.slice(line.indexOf(':') + 1).trim();
    if (key === 'physical id') {
      socket = value;
      if (!found.sockets.has(value)) found.sockets.set(value, 1);
    } else if (key === 'core id') core = value;
    else if (key === 'cpu cores') found.sockets.set(socket, Number(value));
    else if (key === 'siblings') found.cores.set(core, Number(value));
    else if (key === 'flags') found.flags = value.split(' ');
    else found.words.push(value);
    if (key === 'vendor_id') found.vendors++;
    if (key === 'model name') found.models++;
    if (key === 'processor') found.numbers++;
  }
  return found;
}

function processors(printed: Printed, machine: string): Record<string, unknown> {
  const seen = topology(printed);
  const byNumber = /^(armv|aarch|ppc)/.test(machine);
  const alone = byNumber ? seen.numbers : seen.vendors > 0 && seen.vendors === seen.models ? seen.vendors : seen.words.length;
  const count = seen.sockets.size > 0 ? seen.sockets.size : alone;
  const cores = [...seen.sockets.values()][0] ?? 1;
  const siblings = [...seen.cores.values()][0] ?? 1;
  const threads = Math.max(1, Math.round(siblings / cores));
  const usable = Number(printed.lines('nproc')[0]);
  return {
    processor: seen.words,
    processor_count: count,
    processor_cores: cores,
    processor_threads_per_core: threads,
    processor_vcpus: threads * count * cores,
    processor_nproc: usable > 0 ? usable : seen.numbers,
    ...(seen.flags.length > 0 ? { flags: seen.flags } : {}),
  };
}

function memory(printed: Printed): Record<string, unknown> {
  const lines = printed.file('/proc/meminfo');
  if (lines.length === 0) return {};
  const kb = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), Number(/(\d+)/.exec(line.slice(line.indexOf(':')))?.[1] ?? 0)]));
  const mb = (name: string) => Math.floor((kb.get(name) ?? 0) / 1024);
  const total = mb('MemTotal');
  const free = mb('MemFree');
  const cacheFree = Math.floor(((kb.get('MemFree') ?? 0) + (kb.get('Cached') ?? 0) + (kb.get('Buffers') ?? 0)) / 1024);
  return {
    memtotal_mb: total,
    memfree_mb: free,
    swaptotal_mb: mb('SwapTotal'),
    swapfree_mb: mb('SwapFree'),
    memory_mb: {
      real: { total, used: total - free, free },
      nocache: { free: cacheFree, used: total - cacheFree },
      swap: { total: mb('SwapTotal'), free: mb('SwapFree'), used: mb('SwapTotal') - mb('SwapFree'), cached: mb('SwapCached') },
    },
  };
}

const DMI: Readonly<Record<string, string>> = {
  bios_date: 'bios_date',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_serial: 'board_serial',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  product_name: 'product_name',
  product_serial: 'product_serial',
  product_uuid: 'product_uuid',
  product_version: 'product_version',
  system_vendor: 'sys_vendor',
};

/** Chassis types of the SMBIOS specification, by number. */
const FORM_FACTORS =
  'Unknown,Other,Unknown,Desktop,Low Profile Desktop,Pizza Box,Mini Tower,Tower,Portable,Laptop,Notebook,Hand Held,Docking Station,All In One,Sub Notebook,Space-saving,Lunch Box,Main Server Chassis,Expansion Chassis,Sub Chassis,Bus Expansion Chassis,Peripheral Chassis,RAID Chassis,Rack Mount Chassis,Sealed-case PC,Multi-system,CompactPCI,AdvancedTCA,Blade,Blade Enclosure,Tablet,Convertible,Detachable,IoT Gateway,Embedded PC,Mini PC,Stick PC'.split(
    ',',
  );

function dmi(printed: Printed): Record<string, string> {
  const of = (name: string) => printed.first(`/sys/class/dmi/id/${name}`) ?? 'NA';
  const chassis = of('chassis_type');
  return {
    ...Object.fromEntries(Object.entries(DMI).map(([fact, file]) => [fact, of(file)])),
    form_factor: chassis === 'NA' ? 'NA' : (FORM_FACTORS[Number(chassis)] ?? `unknown (${chassis})`),
  };
}
