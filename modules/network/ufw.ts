import { type ActionOutcome, type ArgsOf, defineAction, type Host, quote, raw, sh } from '../../engine/module/contract.ts';
import { SBIN, section, sections } from '../system/lib.ts';
import { changesPolicy, changesRules, changesState, insertAt } from './ufw-check.ts';

const options = {
  state: {
    type: 'str',
    choices: ['enabled', 'disabled', 'reloaded', 'reset'],
    description: 'Turn it on or off, read its rules anew, or go back to how it came.',
  },
  default: {
    type: 'str',
    aliases: ['policy'],
    choices: ['allow', 'deny', 'reject'],
    description: 'What is done with what no rule is about, in a `direction`.',
  },
  direction: {
    type: 'str',
    choices: ['in', 'incoming', 'out', 'outgoing', 'routed'],
    description: 'Direction of a rule (in, out) or of a `default` (incoming, outgoing, routed).',
  },
  logging: { type: 'str', choices: ['full', 'high', 'low', 'medium', 'off', 'on'], description: 'How much is logged.' },
  rule: { type: 'str', choices: ['allow', 'deny', 'limit', 'reject'], description: 'A rule that lets in or keeps out.' },
  delete: { type: 'bool', default: false, description: 'Remove the rule.' },
  route: { type: 'bool', default: false, description: 'The rule is for what is routed.' },
  insert: { type: 'int', description: 'Number the rule gets, from 1 on.' },
  insert_relative_to: {
    type: 'str',
    default: 'zero',
    choices: ['zero', 'first-ipv4', 'last-ipv4', 'first-ipv6', 'last-ipv6'],
    description: 'From where `insert` counts.',
  },
  interface: { type: 'str', aliases: ['if'], description: 'Interface of the rule, in its `direction`.' },
  interface_in: { type: 'str', aliases: ['if_in'], description: 'Interface that it comes in by.' },
  interface_out: { type: 'str', aliases: ['if_out'], description: 'Interface that it goes out by.' },
  log: { type: 'bool', default: false, description: 'Log connections that the rule is about.' },
  from_ip: { type: 'str', default: 'any', aliases: ['from', 'src'], description: 'Address it comes from.' },
  from_port: { type: 'str', description: 'Port it comes from.' },
  to_ip: { type: 'str', default: 'any', aliases: ['dest', 'to'], description: 'Address it goes to.' },
  to_port: { type: 'str', aliases: ['port'], description: 'Port it goes to.' },
  proto: { type: 'str', aliases: ['protocol'], choices: ['ah', 'any', 'esp', 'ipv6', 'tcp', 'udp', 'gre', 'igmp', 'vrrp'], description: 'Protocol.' },
  name: { type: 'str', aliases: ['app'], description: 'Application profile of /etc/ufw/applications.d.' },
  comment: { type: 'str', description: 'Comment of the rule.' },
} as const;

export type Args = ArgsOf<typeof options>;

const RULES = [
  '/lib/ufw/user.rules',
  '/lib/ufw/user6.rules',
  '/etc/ufw/user.rules',
  '/etc/ufw/user6.rules',
  '/var/lib/ufw/user.rules',
  '/var/lib/ufw/user6.rules',
];
const STATES = { enabled: 'enable', disabled: 'disable', reloaded: 'reload', reset: 'reset' } as const;

export default defineAction({
  name: 'ufw',
  fqcn: ['community.general.ufw'],
  summary: 'Keeps the firewall ufw: whether it is on, its policies and its rules.',
  notes: ['As Ansible’s, it calls ufw in every run and compares what ufw says before and after; a check calls it with --dry-run.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/ufw_module.html; ufw(8)',
  inCheck: 'decide',
  options,
  rules: {
    mutuallyExclusive: [
      ['name', 'proto', 'logging'],
      ['direction', 'interface_in'],
      ['direction', 'interface_out'],
    ],
    requiredOneOf: [['state', 'default', 'rule', 'logging']],
    requiredBy: { interface: ['direction'] },
  },
  returns: { commands: 'Commands that were run.', msg: 'Status after them.' },
  examples: [
    { title: 'Let ssh in, and turn it on', args: { rule: 'allow', name: 'OpenSSH', state: 'enabled' } },
    { title: 'Keep all else out', args: { default: 'deny', direction: 'incoming' } },
    { title: 'A port for one network', args: { rule: 'allow', port: '5432', proto: 'tcp', src: '10.0.0.0/8', comment: 'database' } },
  ],

  async run(args, host, controller): Promise<ActionOutcome> {
    const mistake = mistakeOf(args);
    if (mistake !== undefined) return { status: 'failed', why: mistake, result: { msg: mistake } };
    const before = await look(host);
    if (before === undefined)
      return { status: 'failed', why: 'Failed to find required executable "ufw" on this host', hint: 'Install the package ufw before', result: {} };
    const commands = ['ufw status verbose', GREP];
    let changed = changesState(args, before.status, controller.check);
    for (const command of ['state', 'default', 'rule', 'logging'] as const) {
      if (args[command] === undefined) continue;
      const text = commandOf(args, command, before.numbered, controller.check);
      if (text === undefined) continue;
      if (command === 'rule') commands.push('ufw --version');
      commands.push(text);
      const ran = await host.run(raw(`${SBIN.text}; LANG=C; export LANG; ${text}`));
      const said = ran.stderr || ran.stdout;
      if (ran.code !== 0) return { status: 'failed', why: said.trim(), result: { msg: said, commands } };
      if (command === 'rule' && controller.check && changesRules(args, before.rules, ran.stdout)) changed = true;
    }
    if (controller.check) {
      changed ||= changesPolicy(args, before.status);
      return changed ? { status: 'changed', result: { commands } } : { status: 'ok', result: { commands } };
    }
    const after = (await look(host)) as Look;
    const result = { commands: [...commands, 'ufw status verbose', ...(changed ? [] : [GREP])], msg: after.status.trimEnd() };
    changed ||= before.status !== after.status || before.rules !== after.rules;
    const diff = [{ label: 'ufw', before: before.status + before.rules, after: after.status + after.rules }];
    return changed ? { status: 'changed', result, diff } : { status: 'ok', result };
  },
});

const GREP = `grep -h '^### tuple' ${RULES.join(' ')}`;

interface Look {
  readonly status: string;
  readonly rules: string;
  readonly numbered: string;
}

async function look(host: Host): Promise<Look | undefined> {
  const seen = await host.run(sh`${SBIN}; LANG=C; export LANG
command -v ufw >/dev/null || exit 0
${section('status')}
ufw status verbose
${section('rules')}
${raw(GREP)} 2>/dev/null
${section('numbered')}
ufw status numbered
exit 0`);
  const found = sections(seen.stdout);
  if (!found.has('status')) return undefined;
  return { status: found.get('status') ?? '', rules: found.get('rules') ?? '', numbered: found.get('numbered') ?? '' };
}

function mistakeOf(args: Args): string | undefined {
  const { direction } = args;
  if (args.default !== undefined && direction !== undefined && !['outgoing', 'incoming', 'routed'].includes(direction))
    return 'For default, direction must be one of "outgoing", "incoming" and "routed", or direction must not be specified.';
  if (args.rule !== undefined && direction !== undefined && !['in', 'out'].includes(direction))
    return 'For rules, direction must be one of "in" and "out", or direction must not be specified.';
  if (args.rule !== undefined && !args.route && args.interface_in && args.interface_out) return 'Only route rules can combine interface_in and interface_out';
  return undefined;
}

/** The command line of one part of the task; none where a check has nothing to ask. */
function commandOf(args: Args, command: 'state' | 'default' | 'rule' | 'logging', numbered: string, check: boolean): string | undefined {
  if (command === 'rule') return ['ufw', ...(check ? ['--dry-run'] : []), ...ruleWords(args, numbered)].join(' ');
  if (check) return undefined;
  if (command === 'state') return `ufw -f ${STATES[args.state as keyof typeof STATES]}`;
  if (command === 'logging') return `ufw logging ${args.logging}`;
  return ['ufw', 'default', args.default, ...(args.direction === undefined ? [] : [args.direction])].join(' ');
}

function ruleWords(args: Args, numbered: string): string[] {
  const at = args.insert === undefined || args.delete ? undefined : insertAt(args.insert, args.insert_relative_to, numbered);
  const word = (name: string, value: string | undefined): string[] => (value ? [name, quote(value)] : []);
  return [
    ...(args.route ? ['route'] : []),
    ...(args.delete ? ['delete'] : []),
    ...(at === undefined ? [] : ['insert', String(at)]),
    args.rule as string,
    ...(args.direction === undefined ? [] : [args.direction]),
    ...word('on', args.interface),
    ...word('in on', args.interface_in),
    ...word('out on', args.interface_out),
    ...(args.log ? ['log'] : []),
    ...word('from', args.from_ip),
    ...word('port', args.from_port),
    ...word('to', args.to_ip),
    ...word('port', args.to_port),
    ...word('proto', args.proto),
    ...(args.name ? ['app', quoted(args.name)] : []),
    ...(args.comment ? ['comment', quoted(args.comment)] : []),
  ];
}

/** Always in quotes, as Ansible shows it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
