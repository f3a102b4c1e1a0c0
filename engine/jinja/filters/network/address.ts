/** The bits of an IP address. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

export const widthOf = (version: 4 | 6): number => (version === 4 ? 32 : 128);
const limitOf = (version: 4 | 6): bigint => 1n << BigInt(widthOf(version));

/** An address of that value, or undefined when the value is too large or below zero. */
export const addressOf = (value: bigint, version: 4 | 6): Address | undefined => (value >= 0n && value < limitOf(version) ? { version, value } : undefined);

function parseFour(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

/** The eight groups of an IPv6 address, `::` filled up and a tail in dots read. */
function groupsOf(text: string): string[] | undefined {
  let whole = text;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail !== null) {
    const four = parseFour(tail[2] as string);
    if (four === undefined) return undefined;
    whole = `${tail[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  }
  const halves = whole.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], rest] = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (rest === undefined) return head;
  const missing = 8 - head.length - rest.length;
  return missing < 1 ? undefined : [...head, ...Array<string>(missing).fill('0'), ...rest];
}

function parseSix(text: string): bigint | undefined {
  const groups = groupsOf(text);
  if (groups === undefined || groups.length !== 8) return undefined;
  let value = 0n;
  for (const group of groups) {
    if (!/^[\da-fA-F]{1,4}$/.test(group)) return undefined;
    value = (value << 16n) | BigInt(`0x${group}`);
  }
  return value;
}

/** Reads an address in its usual spelling; undefined for what is none. */
export function parseAddress(text: string): Address | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { version: 4, value: four };
  const six = text.includes(':') ? parseSix(text) : undefined;
  return six === undefined ? undefined : { version: 6, value: six };
}

const dotted = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');

export const hexGroups = (value: bigint): string[] => Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));

/** The usual spelling: the longest run of zero groups as `::`, as RFC 5952 has it. */
export function formatAddress({ version, value }: Address): string {
  if (version === 4) return dotted(value);
  // addresses that hold an IPv4 one are written with its dots
  if (value >> 32n === 0xffffn) return `::ffff:${dotted(value & 0xffffffffn)}`;
  if (value >> 32n === 0n && value >> 16n !== 0n) return `::${dotted(value)}`;
  return compress(hexGroups(value));
}

/** As Python's `ipaddress` writes it: never with dots. */
export const formatPlain = ({ version, value }: Address): string => (version === 4 ? dotted(value) : compress(hexGroups(value)));

function compress(groups: readonly string[]): string {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

/** All eight groups with four digits each. */
export const explode = ({ version, value }: Address): string =>
  version === 4
    ? dotted(value)
    : hexGroups(value)
        .map((group) => group.padStart(4, '0'))
        .join(':');
