import type { ArgsOf } from '../../engine/module/contract.ts';

/** Options that make up a rule, beside the table and the chain. */
export const RULE = {
  protocol: { type: 'str', description: 'Protocol: `tcp`, `udp`, `icmp`, a number; `!tcp` is any other.' },
  wait: { type: 'str', description: 'Seconds to wait for another program that changes rules.' },
  source: { type: 'str', description: 'Address or network it comes from; `!` before it negates.' },
  to_source: { type: 'str', description: 'Address to put in as the source, for SNAT.' },
  destination: { type: 'str', description: 'Address or network it goes to; `!` before it negates.' },
  to_destination: { type: 'str', description: 'Address to put in as the destination, for DNAT.' },
  match: { type: 'list', elements: 'str', default: [], description: 'Extensions to load.' },
  tcp_flags: {
    type: 'dict',
    description: 'Flags of TCP.',
    options: {
      flags: { type: 'list', elements: 'str', description: 'Those looked at.' },
      flags_set: { type: 'list', elements: 'str', description: 'Those that shall be set.' },
    },
  },
  jump: { type: 'str', description: 'Target: `ACCEPT`, `DROP`, a chain.' },
  gateway: { type: 'str', description: 'Where TEE sends its copy.' },
  log_prefix: { type: 'str', description: 'Text before each line of the log; the target is LOG then.' },
  log_level: {
    type: 'str',
    choices: ['0', '1', '2', '3', '4', '5', '6', '7', 'emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'],
    description: 'Level of the log; the target is LOG then.',
  },
  goto: { type: 'str', description: 'Chain to go on with, without coming back.' },
  in_interface: { type: 'str', description: 'Interface it comes in by.' },
  out_interface: { type: 'str', description: 'Interface it goes out by.' },
  fragment: { type: 'str', description: 'Later fragments of a packet.' },
  set_counters: { type: 'str', description: 'Counters to begin with.' },
  source_port: { type: 'str', description: 'Port it comes from, or `first:last`.' },
  destination_port: { type: 'str', description: 'Port it goes to, or `first:last`.' },
  destination_ports: { type: 'list', elements: 'str', default: [], description: 'Several ports it may go to.' },
  to_ports: { type: 'str', description: 'Port to send it to, for REDIRECT and the like.' },
  set_dscp_mark: { type: 'str', description: 'DSCP to set.' },
  set_dscp_mark_class: { type: 'str', description: 'Class of DSCP to set.' },
  comment: { type: 'str', description: 'A comment on the rule.' },
  ctstate: { type: 'list', elements: 'str', default: [], description: 'States of the connection: `NEW`, `ESTABLISHED`, `RELATED` ...' },
  src_range: { type: 'str', description: 'Addresses it comes from, `first-last`.' },
  dst_range: { type: 'str', description: 'Addresses it goes to, `first-last`.' },
  match_set: { type: 'str', description: 'Set of ipset.' },
  match_set_flags: {
    type: 'str',
    choices: ['src', 'dst', 'src,dst', 'dst,src', 'src,src', 'dst,dst'],
    description: 'Which address is looked up in the set.',
  },
  limit: { type: 'str', description: 'How many match in a time, such as `5/minute`.' },
  limit_burst: { type: 'str', description: 'How many match before the limit counts.' },
  uid_owner: { type: 'str', description: 'User whose process sent it; `!` before it negates.' },
  gid_owner: { type: 'str', description: 'Group whose process sent it; `!` before it negates.' },
  reject_with: { type: 'str', description: 'What the sender is told; the target is REJECT when none is given.' },
  icmp_type: { type: 'str', description: 'Type of ICMP.' },
  syn: { type: 'str', default: 'ignore', choices: ['ignore', 'match', 'negate'], description: 'Packets that open a TCP connection, or all others.' },
} as const;

export type RuleArgs = ArgsOf<typeof RULE>;

/** Words of iptables for a rule, in the order Ansible writes them. */
export function ruleWords(args: RuleArgs, version: 'ipv4' | 'ipv6'): string[] {
  const words: string[] = [];
  const one = (value: string | undefined, flag: string): void => {
    if (value === undefined) return;
    if (value.startsWith('!')) words.push('!', flag, value.slice(1));
    else words.push(flag, value);
  };
  const list = (values: readonly string[], flag: string): void => void (values.length > 0 && words.push(flag, values.join(',')));
  const match = (wanted: unknown, name: string): void => void (wanted && words.push('-m', name));
  const jump = (args.jump ?? '').toLowerCase();
  if (args.wait) words.push('-w', args.wait);
  one(args.protocol, '-p');
  one(args.source, '-s');
  one(args.destination, '-d');
  for (const name of args.match) one(name, '-m');
  const flags = args.tcp_flags as { flags?: string[]; flags_set?: string[] } | undefined;
  if (flags?.flags && flags.flags_set) words.push('--tcp-flags', flags.flags.join(','), flags.flags_set.join(','));
  one(args.jump, '-j');
  if (jump === 'tee') one(args.gateway, '--gateway');
  one(args.log_prefix, '--log-prefix');
  one(args.log_level, '--log-level');
  one(args.to_destination, '--to-destination');
  match(args.destination_ports.length, 'multiport');
  list(args.destination_ports, '--dports');
  one(args.to_source, '--to-source');
  one(args.goto, '-g');
  one(args.in_interface, '-i');
  one(args.out_interface, '-o');
  one(args.fragment, '-f');
  one(args.set_counters, '-c');
  one(args.source_port, '--source-port');
  one(args.destination_port, '--destination-port');
  one(args.to_ports, '--to-ports');
  for (const [value, flag] of [
    [args.set_dscp_mark, '--set-dscp'],
    [args.set_dscp_mark_class, '--set-dscp-class'],
  ] as const) {
    one(value, flag);
    if (value && jump !== 'dscp') words.push('-j', 'DSCP');
  }
  if (args.syn !== 'ignore') words.push(...(args.syn === 'negate' ? ['!'] : []), '--syn');
  extensions(args, { words, one, list, match });
  if (args.jump === undefined && args.reject_with) words.push('-j', 'REJECT');
  one(args.reject_with, '--reject-with');
  one(args.icmp_type, version === 'ipv6' ? '--icmpv6-type' : '--icmp-type');
  match(args.comment, 'comment');
  one(args.comment, '--comment');
  return words;
}

interface Writers {
  readonly words: string[];
  readonly one: (value: string | undefined, flag: string) => void;
  readonly list: (values: readonly string[], flag: string) => void;
  readonly match: (wanted: unknown, name: string) => void;
}

/** What belongs to an extension, which is loaded unless `match` has it. */
function extensions(args: RuleArgs, { words, one, list, match }: Writers): void {
  const has = (name: string): boolean => args.match.includes(name);
  if (!has('conntrack') && has('state')) list(args.ctstate, '--state');
  else {
    match(args.ctstate.length > 0 && !has('conntrack'), 'conntrack');
    list(args.ctstate, '--ctstate');
  }
  match((args.src_range ?? args.dst_range) && !has('iprange'), 'iprange');
  one(args.src_range, '--src-range');
  one(args.dst_range, '--dst-range');
  if (args.match_set) {
    match(!has('set'), 'set');
    // the set and its flags are one option with two values
    one(args.match_set, '--match-set');
    if (args.match_set_flags) words.push(args.match_set_flags);
  }
  match(args.limit ?? args.limit_burst, 'limit');
  one(args.limit, '--limit');
  one(args.limit_burst, '--limit-burst');
  match(args.uid_owner, 'owner');
  one(args.uid_owner, '--uid-owner');
  match(args.gid_owner, 'owner');
  one(args.gid_owner, '--gid-owner');
}
