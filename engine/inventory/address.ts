import { inputError } from '../error.ts';

// What Ansible takes for a host in an inventory or a pattern: IPv4, IPv6 or a name, with ranges, and a port behind it.
const NUMBERS = '\\[[0-9]+:[0-9]+(?::[0-9]+)?\\]';
const HEX = '\\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\\]';
const LETTERS = '\\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\\]';
const OCTET = `(?:[01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5]|${NUMBERS})`;
const PIECE = `(?:[0-9a-f]{1,4}|${HEX})`;
const WORD = '[\\p{L}\\p{N}_]';
const LABEL = `(?:${WORD}|${LETTERS})(?:[\\p{L}\\p{N}_\\-]|${LETTERS})*(?<![_\\-])`;
const IPV4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`, 'i');
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, 'iu');
const IPV6 = new RegExp(`^(?:${ipv6().join('|')})$`, 'i');
const BRACKETED_PORT = /^\[(.+)\]:([0-9]+)$/;
const PORT = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/;

function ipv6(): string[] {
  const p = PIECE;
  const octets = `(?:${p}\\.){3}${p}`;
  const gaps = [2, 3, 4, 5, 6].map((left) => `(?:${p}:){${left}}(?::${p}){1,${7 - left}}`);
  return [
    `(?:${p}:){7}${p}`,
    `(?:${p}:){1,6}:`,
    `${p}:(?::${p}){1,6}`,
    ...gaps,
    `:(?::${p}){1,6}`,
    `${p}?::`,
    `(?:0:){6}${octets}`,
    `::(?:ffff:)?${octets}`,
    `(?:0:){5}ffff:${octets}`,
  ];
}

/** A host as written, and the port behind it. */
export interface Address {
  readonly host: string;
  readonly port?: number;
}

/** Splits `host:port`; ranges may stand in the host. `undefined` when the text is neither an address nor a name. */
export function parseAddress(text: string): Address | undefined {
  const split = BRACKETED_PORT.exec(text) ?? PORT.exec(text);
  const host = split?.[1] ?? text;
  if (!IPV4.test(host) && !NAME.test(host) && !IPV6.test(host)) return undefined;
  return split ? { host, port: Number(split[2]) } : { host };
}

/** Whether a name is an IP address: its short name is then itself. */
export const isAddress = (name: string): boolean => IPV4.test(name) || IPV6.test(name);

/** Hosts one entry may stand for: more is a slip of the pen. */
const MOST_HOSTS = 1_000_000;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The hosts an inventory entry stands for: `web[01:03].example.com:2222` are three, with a port.
 * @throws QplayError `inventory` for a range that is none; without a place
 */
export function expandHosts(entry: string): { readonly hosts: readonly string[]; readonly port?: number } {
  const address = parseAddress(entry);
  if (entry.trim().endsWith(':') && address?.port === undefined) throw bad(`"${entry}" ends in a colon, behind which a port is missing.`);
  if (entry.trim() === '---') throw bad('"---" begins a YAML file, but this is an INI inventory.');
  const hosts = expandRanges(address?.host ?? entry);
  return address?.port === undefined ? { hosts } : { hosts, port: address.port };
}

function expandRanges(text: string): string[] {
  let heads = [''];
  let rest = text;
  for (;;) {
    const found = /^([^[]*)\[([^\]]*)\]/.exec(rest);
    if (!found) break;
    const values = rangeOf(found[2]!, text);
    if (heads.length * values.length > MOST_HOSTS) throw bad(`"${text}" stands for more than ${MOST_HOSTS} hosts.`);
    heads = heads.flatMap((head) => values.map((value) => head + found[1] + value));
    rest = rest.slice(found[0].length);
  }
  if (rest.includes('[')) throw bad(`A bracket is not closed in "${text}".`);
  return heads.map((head) => head + rest);
}

/** The values of `begin:end` or `begin:end:step`. */
function rangeOf(range: string, entry: string): string[] {
  const [begin = '', end, step = '1', ...more] = range.split(':');
  if (end === undefined || more.length > 0) throw bad(`"[${range}]" in "${entry}" is not a range: begin:end or begin:end:step.`);
  if (end === '') throw bad(`The range "[${range}]" in "${entry}" has no end.`);
  const stride = Number(step);
  if (!/^[0-9]+$/.test(step) || stride === 0) throw bad(`The step "${step}" in "${entry}" must be a number above 0.`);
  const values = letters(begin, end, stride, entry) ?? numbers(begin === '' ? '0' : begin, end, stride, entry);
  if (values.length === 0) throw bad(`The range "[${range}]" in "${entry}" ends before it begins.`);
  return values;
}

function letters(begin: string, end: string, step: number, entry: string): string[] | undefined {
  if (!/^[a-zA-Z]$/.test(begin) || !/^[a-zA-Z]$/.test(end)) return undefined;
  const from = ALPHABET.indexOf(begin);
  const to = ALPHABET.indexOf(end);
  if (from > to) throw bad(`The range from "${begin}" to "${end}" in "${entry}" ends before it begins.`);
  return [...ALPHABET.slice(from, to + 1)].filter((_, index) => index % step === 0);
}

function numbers(begin: string, end: string, step: number, entry: string): string[] {
  if (!/^[0-9]+$/.test(begin) || !/^[0-9]+$/.test(end))
    throw bad(`A range goes from number to number or from letter to letter; found "${begin}" to "${end}" in "${entry}".`);
  const padded = begin.startsWith('0') && begin.length > 1;
  if (padded && begin.length !== end.length)
    throw bad(`With leading zeros, begin and end of a range need the same length; found "${begin}" and "${end}" in "${entry}".`);
  const values: string[] = [];
  if ((Number(end) - Number(begin)) / step >= MOST_HOSTS) throw bad(`"${entry}" stands for more than ${MOST_HOSTS} hosts.`);
  for (let value = Number(begin); value <= Number(end); value += step) values.push(padded ? String(value).padStart(begin.length, '0') : String(value));
  return values;
}

const bad = (message: string) => inputError('inventory', message);
