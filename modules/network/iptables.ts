import { type ArgsOf, defineModule, lines, type Plan, type Result, type Script, sh } from '../../engine/module/contract.ts';
import { fields, impossible, premature, SBIN, section, sections } from '../system/lib.ts';
import { RULE, ruleWords } from './iptables-rule.ts';

const options = {
  table: { type: 'str', default: 'filter', choices: ['filter', 'nat', 'mangle', 'raw', 'security'], description: 'The table.' },
  chain: { type: 'str', description: 'The chain, such as `INPUT`; needed unless `flush`.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the rule, or with `chain_management` the chain, is there.' },
  action: { type: 'str', default: 'append', choices: ['append', 'insert'], description: 'Where a new rule goes: last, or first.' },
  rule_num: { type: 'str', description: 'Number that a rule gets that is inserted.' },
  ip_version: { type: 'str', default: 'ipv4', choices: ['ipv4', 'ipv6'], description: 'Which of the two firewalls.' },
  ...RULE,
  flush: { type: 'bool', default: false, description: 'Remove all rules of the chain, or of the table without one.' },
  policy: { type: 'str', choices: ['ACCEPT', 'DROP', 'QUEUE', 'RETURN'], description: 'What happens at the end of the chain.' },
  chain_management: { type: 'bool', default: false, description: 'Without a rule: make or remove the chain itself.' },
  numeric: { type: 'bool', default: false, description: 'Accepted for Ansible’s sake: nothing is looked up here.' },
} as const;

type Args = ArgsOf<typeof options>;

const SSH = { chain: 'INPUT', protocol: 'tcp', destination_port: '22', jump: 'ACCEPT' };

export default defineModule({
  name: 'iptables',
  fqcn: ['ansible.builtin.iptables'],
  summary: 'Keeps rules, chains and policies of the packet filter in the kernel.',
  notes: [
    'Nothing is saved: what is set is gone after a reboot unless something else saves it.',
    '`flush` changes nothing where there is no rule; Ansible says it changed each time.',
    'Without a rule and without `chain_management` nothing is done.',
  ],
  source: 'ansible.builtin.iptables; iptables(8)',
  options,
  rules: {
    mutuallyExclusive: [
      ['set_dscp_mark', 'set_dscp_mark_class'],
      ['flush', 'policy'],
    ],
    requiredBy: { set_dscp_mark: ['jump'], set_dscp_mark_class: ['jump'] },
    requiredIf: [
      ['jump', 'TEE', ['gateway']],
      ['jump', 'tee', ['gateway']],
      ['flush', false, ['chain']],
    ],
  },
  returns: {
    ip_version: 'As asked.',
    table: 'The table.',
    chain: 'The chain.',
    flush: 'As asked.',
    rule: 'The rule in the words of iptables.',
    state: 'As asked.',
    chain_management: 'As asked.',
  },
  examples: [
    { title: 'Let ssh in', args: { ...SSH, ctstate: ['NEW'], comment: 'ssh' }, given: 'iptables -F INPUT' },
    { title: 'A rule that comes first', args: { ...SSH, action: 'insert' }, given: 'iptables -F INPUT; iptables -A INPUT -s 192.0.2.1 -j DROP' },
    {
      title: 'Send a port to another',
      args: {
        table: 'nat',
        chain: 'PREROUTING',
        in_interface: 'eth9',
        protocol: 'tcp',
        match: ['tcp'],
        destination_port: '80',
        jump: 'REDIRECT',
        to_ports: '8600',
      },
      given: 'iptables -t nat -D PREROUTING -i eth9 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8600 2>/dev/null || :',
    },
    { title: 'No such rule', args: { ...SSH, state: 'absent' }, given: 'iptables -F INPUT; iptables -A INPUT -p tcp --dport 22 -j ACCEPT' },
    { title: 'A policy', args: { chain: 'FORWARD', policy: 'ACCEPT' }, given: 'iptables -P FORWARD DROP' },
    { title: 'No rules in a chain', args: { chain: 'OUTPUT', flush: true }, given: 'iptables -F OUTPUT; iptables -A OUTPUT -d 192.0.2.1 -j DROP' },
    {
      title: 'A chain of one’s own, in IPv6',
      args: { chain: 'TESTCHAIN', chain_management: true, ip_version: 'ipv6' },
      given: 'ip6tables -X TESTCHAIN 2>/dev/null || :',
    },
    { title: 'Remove a chain', args: { chain: 'OLD', chain_management: true, state: 'absent' }, given: 'iptables -N OLD 2>/dev/null || :' },
  ],
  probe: (args) => probeTables(args),
  plan: (args, seen): Plan => planTables(args, sections(seen.stdout)),
});

const program = (args: Args): string => (args.ip_version === 'ipv6' ? 'ip6tables' : 'iptables');
const call = (args: Args, action: string, ...rest: readonly string[]): Script =>
  sh`${program(args)} -t ${args.table} ${action} ${args.chain === undefined ? [] : [args.chain]} ${rest}`;

/** As asked, with the target that logging options stand for. */
const completed = (args: Args): Args => ({ ...args, jump: args.jump ?? (logs(args) ? 'LOG' : undefined) });
const logs = (args: Args): boolean => args.log_prefix !== undefined || args.log_level !== undefined;
const words = (args: Args): string[] => ruleWords(completed(args), args.ip_version);

type Aim = 'flush' | 'policy' | 'chain' | 'rule';

function aimOf(args: Args): Aim {
  if (args.flush) return 'flush';
  if (args.policy !== undefined) return 'policy';
  return ruleWords(args, args.ip_version).length === 0 ? 'chain' : 'rule';
}

const probeTables = (args: Args): Script => sh`${SBIN}; LC_ALL=C; export LC_ALL
command -v ${program(args)} >/dev/null 2>&1 || { ${section('none')}; exit 0; }
${section('out')}
${aimOf(args) === 'rule' ? sh`said=$(${call(args, '-C', ...words(args))} 2>&1)` : sh`said=$(${call(args, '-S')} 2>&1)`}
code=$?
printf '%s\\n' "$said"
${section('end')}
echo "code=$code"`;

function planTables(args: Args, parts: ReadonlyMap<string, string>): Plan {
  if (parts.has('none')) return premature(`This host has no ${program(args)}`, 'Install the package iptables before');
  if (logs(args) && args.jump !== undefined && args.jump !== 'LOG') return impossible('Logging options can only be used with the LOG jump target.');
  const code = Number(fields(parts.get('end') ?? '').get('code') ?? 127);
  const said = (parts.get('out') ?? '').trim();
  if (/Permission denied|you must be root/.test(said)) return impossible(`${program(args)} may only be used by root`, 'Set become: true');
  const { ip_version, table, chain, flush, state, chain_management } = args;
  const result = { ip_version, table, chain: chain ?? null, flush, rule: ruleWords(args, ip_version).join(' '), state, chain_management };
  const aim = aimOf(args);
  if (aim === 'rule') return planRule(args, { code, said }, result);
  if (aim === 'chain') return planChain(args, code === 0, result);
  if (code !== 0) return premature(said.split('\n')[0] ?? said);
  return aim === 'flush' ? planFlush(args, said, result) : planPolicy(args, said, result);
}

interface Told {
  readonly code: number;
  readonly said: string;
}

function planRule(args: Args, { code, said }: Told, result: Result): Plan {
  const there = code === 0;
  const wanted = args.state === 'present';
  if (there === wanted) return { is: 'right', result };
  // a bad word, or a chain or set that is not made yet; plain absence is 1
  if (wanted && code > 1)
    return premature(said.split('\n')[0] ?? said, 'A chain or a set that a rule names must be there before; `iptables -h` lists the options');
  const rule = words(args);
  const number = args.action === 'insert' && args.rule_num !== undefined ? [args.rule_num] : [];
  const action = wanted ? (args.action === 'insert' ? '-I' : '-A') : '-D';
  const line = `-A ${args.chain} ${rule.join(' ')}\n`;
  return {
    is: 'wrong',
    diff: [{ label: `${program(args)} ${args.table}`, before: there ? line : '', after: wanted ? line : '' }],
    apply: run(call(args, action, ...(wanted ? number : []), ...rule)),
    result,
  };
}

function planChain(args: Args, there: boolean, result: Result): Plan {
  const wanted = args.state === 'present';
  if (there === wanted || !args.chain_management) return { is: 'right', result };
  const text = (on: boolean): string => (on ? `-N ${args.chain}\n` : '');
  return {
    is: 'wrong',
    diff: [{ label: `${program(args)} ${args.table}`, before: text(there), after: text(wanted) }],
    apply: run(call(args, wanted ? '-N' : '-X')),
    result,
  };
}

function planFlush(args: Args, said: string, result: Result): Plan {
  const rules = said.split('\n').filter((line) => line.startsWith('-A '));
  if (rules.length === 0) return { is: 'right', result };
  return { is: 'wrong', diff: [{ label: `${program(args)} ${args.table}`, before: `${rules.join('\n')}\n`, after: '' }], apply: run(call(args, '-F')), result };
}

function planPolicy(args: Args, said: string, result: Result): Plan {
  const now = /^-P \S+ (\S+)/m.exec(said)?.[1];
  if (now === undefined) return impossible("Can't detect current policy", `${args.chain} is a chain of one’s own: those have no policy`);
  if (now === args.policy) return { is: 'right', result };
  return {
    is: 'wrong',
    diff: [{ label: `${program(args)} ${args.table} ${args.chain}`, before: { policy: now }, after: { policy: args.policy } }],
    apply: run(call(args, '-P', args.policy as string)),
    result,
  };
}

const run = (script: Script): Script => lines(SBIN, sh`${script} || exit`);
