import { type ArgsOf, defineModule, lines, type Plan, quote, raw, type Script, sh } from '../../engine/module/contract.ts';
import { busChange, busQuestion, type Thing } from './firewalld-bus.ts';

const options = {
  service: { type: 'str', description: 'Service known to firewalld, such as `https`.' },
  protocol: { type: 'str', description: 'Protocol, such as `vrrp`.' },
  port: {
    type: 'str',
    description: 'Port or range with its protocol, such as `8443/tcp` or `6800-7300/tcp`.',
    pattern: '^\\d+(-\\d+)?/(tcp|udp|sctp|dccp)$',
    patternHint: 'a port with its protocol, such as `443/tcp`',
  },
  port_forward: {
    type: 'list',
    elements: 'dict',
    description: 'One port to forward.',
    options: {
      port: { type: 'str', required: true, description: 'Port that is forwarded.' },
      proto: { type: 'str', required: true, choices: ['udp', 'tcp'], description: 'Its protocol.' },
      toport: { type: 'str', required: true, description: 'Port it goes to.' },
      toaddr: { type: 'str', description: 'Address it goes to; this host when absent.' },
    },
  },
  rich_rule: { type: 'str', description: 'Rule in the rich language, for one source address and one port for example.' },
  source: { type: 'str', description: 'Source address or network bound to the zone.' },
  interface: { type: 'str', description: 'Interface bound to the zone.' },
  icmp_block: { type: 'str', description: 'ICMP type to block.' },
  icmp_block_inversion: { type: 'bool', description: 'Turns the ICMP blocks of the zone round.' },
  masquerade: { type: 'bool', description: 'Masquerading of the zone.' },
  forward: { type: 'bool', description: 'Forwarding inside the zone.' },
  target: { type: 'str', choices: ['default', 'ACCEPT', 'DROP', '%%REJECT%%'], description: 'What the zone does with other packets; permanent only.' },
  zone: { type: 'str', description: 'Zone to change; the default zone when absent.' },
  permanent: { type: 'bool', default: false, description: 'Changes the permanent configuration.' },
  immediate: { type: 'bool', default: false, description: 'Changes the running configuration; always so when `permanent` is false.' },
  state: {
    type: 'str',
    required: true,
    choices: ['enabled', 'disabled', 'present', 'absent'],
    description: '`enabled` or `disabled`; `present` and `absent` are for a whole zone.',
  },
  timeout: { type: 'int', default: 0, description: 'Seconds a running rule lasts; 0 is for ever.' },
  offline: { type: 'bool', default: false, description: 'With `permanent`, works without a running firewalld.' },
} as const;

type Args = ArgsOf<typeof options>;

const VALUED = ['service', 'protocol', 'port', 'source', 'interface', 'icmp_block', 'rich_rule'] as const;
const SWITCHES = ['icmp_block_inversion', 'masquerade', 'forward'] as const;
const THINGS = [...VALUED, 'port_forward', ...SWITCHES, 'target'] as const;

function thingOf(args: Args): Thing | undefined {
  const wanted = args.state === 'enabled';
  for (const name of VALUED) {
    const value = args[name];
    if (value !== undefined) return { name: name.replaceAll('_', '-'), value, wanted };
  }
  for (const name of SWITCHES) if (args[name] !== undefined) return { name: name.replaceAll('_', '-'), wanted: args[name] === wanted };
  const forward = args.port_forward?.[0];
  if (forward === undefined) return undefined;
  const to = forward.toaddr === undefined ? '' : `:toaddr=${forward.toaddr}`;
  return { name: 'forward-port', value: `port=${forward.port}:proto=${forward.proto}:toport=${forward.toport}${to}`, wanted };
}

const flag = (verb: string, thing: Thing): Script => {
  const name = `--${verb === 'add' && thing.name === 'interface' ? 'change' : verb}-${thing.name}`;
  return raw(thing.value === undefined ? name : quote(`${name}=${thing.value}`));
};

const zoneFlag = (args: Args): Script => (args.zone === undefined ? raw('') : raw(quote(`--zone=${args.zone}`)));
const runtimeToo = (args: Args): boolean => args.immediate || !args.permanent;

/** `name=<exit> <answer on one line>`; exit 0 is yes, 1 is no, anything else a complaint. */
const ask = (name: string, command: Script): Script =>
  sh`a=$(${command} 2>&1 </dev/null); c=$?; printf '%s=%s %s\n' ${raw(name)} "$c" "$(printf '%s' "$a" | tr '\n' ' ')"`;

function question(args: Args, prefix: Script): Script {
  const thing = thingOf(args);
  if (args.target !== undefined) return sh`${prefix} ${zoneFlag(args)} --get-target`;
  if (thing === undefined) return sh`${prefix} --get-zones`;
  return sh`${prefix} ${zoneFlag(args)} ${flag('query', thing)}`;
}

function probe(args: Args): Script {
  const thing = thingOf(args);
  const runtime = runtimeToo(args) && args.target === undefined && thing !== undefined;
  const permanent = args.permanent || !runtime;
  const asked = (place: 'runtime' | 'permanent') => {
    const slow = ask(place, question(args, PREFIX[place]));
    const quick = thing === undefined || args.target !== undefined ? undefined : busQuestion(place, args.zone, thing);
    return quick === undefined ? slow : sh`${quick} || { ${slow}; }`;
  };
  // firewall-cmd's own exit status tells whether the daemon runs
  return sh`command -v firewall-cmd >/dev/null 2>&1 || { echo missing=0 yes; exit 0; }
${runtime ? asked('runtime') : raw(':')}
${permanent ? asked('permanent') : raw(':')}
case \${c:-0} in 252) ${permanent ? ask('offline', question(args, PREFIX.offline)) : raw(':')};; esac`;
}

interface Answer {
  readonly code: number;
  readonly text: string;
}

function answers(stdout: string): Map<string, Answer> {
  const all = new Map<string, Answer>();
  for (const [, name, code, text] of stdout.matchAll(/^(\w+)=(\d+) ?(.*)$/gm)) all.set(name as string, { code: Number(code), text: (text as string).trim() });
  return all;
}

/** Whether the host says what is wanted; undefined when firewall-cmd complained. */
function satisfied(args: Args, answer: Answer): boolean | undefined {
  if (args.target !== undefined) {
    if (answer.code !== 0) return undefined;
    return answer.text === wantedWords(args);
  }
  const thing = thingOf(args);
  if (thing === undefined) return answer.code === 0 ? answer.text.split(/\s+/).includes(args.zone ?? '') === (args.state === 'present') : undefined;
  // firewall-cmd answers 0 for yes and 1 for no
  return answer.code > 1 ? undefined : (answer.code === 0) === thing.wanted;
}

function change(args: Args, place: Place): Script {
  const thing = thingOf(args);
  const prefix = PREFIX[place];
  if (args.target !== undefined) return sh`${prefix} ${zoneFlag(args)} ${raw(quote(`--set-target=${wantedWords(args)}`))} >/dev/null || exit $?`;
  if (thing === undefined) return sh`${prefix} ${raw(quote(`--${args.state === 'present' ? 'new' : 'delete'}-zone=${args.zone ?? ''}`))} >/dev/null || exit $?`;
  const timeout = place === 'runtime' && thing.wanted && args.timeout > 0 ? raw(`--timeout=${args.timeout}`) : raw('');
  const slow = sh`${prefix} ${zoneFlag(args)} ${flag(thing.wanted ? 'add' : 'remove', thing)} ${timeout} >/dev/null || exit $?`;
  const quick = place === 'offline' ? undefined : busChange(place, args.zone, thing, args.timeout);
  return quick === undefined ? slow : sh`${quick} >/dev/null || ${slow}`;
}

const PREFIX = { runtime: raw('firewall-cmd'), permanent: raw('firewall-cmd --permanent'), offline: raw('firewall-offline-cmd') } as const;
type Place = keyof typeof PREFIX;

function describe(args: Args): string {
  if (args.target !== undefined) return `target ${args.target}`;
  const thing = thingOf(args);
  return thing === undefined ? `zone ${args.zone ?? ''}` : `${thing.name}${thing.value === undefined ? '' : ` ${thing.value}`}`;
}

function refused(args: Args, place: Place, answer: Answer): Plan {
  const text = answer.text.replace(/^Error:\s*/, '');
  // A zone or service may be a file that an earlier task puts there
  if (/INVALID_ZONE|INVALID_SERVICE/.test(text))
    return {
      is: 'premature',
      why: `firewalld refuses ${describe(args)}: ${text}`,
      hint: 'List what it knows with: firewall-cmd --get-zones; firewall-cmd --get-services',
    };
  return { is: 'impossible', why: `firewalld refuses ${describe(args)} (${place}): ${text}` };
}

/** What the diff says there is, and should be. */
function isNow(args: Args, answer: Answer): string {
  if (args.target !== undefined) return answer.text;
  if (thingOf(args) === undefined) return args.state === 'present' ? 'absent' : 'present';
  return answer.code === 0 ? 'yes' : 'no';
}

function wantedWords(args: Args): string {
  if (args.target !== undefined) return args.state === 'disabled' || args.state === 'absent' ? 'default' : args.target;
  const thing = thingOf(args);
  return thing === undefined ? args.state : thing.wanted ? 'yes' : 'no';
}

const INSTALL = 'Install the package firewalld and start its service first';

function plan(args: Args, seen: { readonly stdout: string; readonly stderr: string }): Plan {
  const all = answers(seen.stdout);
  if (all.has('missing')) return { is: 'premature', why: 'there is no firewalld on this host', hint: INSTALL };
  const stopped = [...all.values()].some((answer) => answer.code === 252);
  if (stopped && !(args.permanent && (args.offline || !args.immediate))) {
    return {
      is: 'premature',
      why: 'firewalld is not running, so the running configuration cannot be changed',
      hint: `${INSTALL}, or set offline: true with permanent: true`,
    };
  }
  const places: Place[] = stopped ? ['offline'] : (['runtime', 'permanent'] as const).filter((place) => all.has(place));
  const wrong: Place[] = [];
  for (const place of places) {
    const answer = all.get(place) as Answer;
    const fine = satisfied(args, answer);
    if (fine === undefined) return refused(args, place, answer);
    if (!fine) wrong.push(place);
  }
  const result = { msg: `${describe(args)} ${args.state}` };
  if (wrong.length === 0) return { is: 'right', result };
  const side = (words: (place: Place) => string) => Object.fromEntries(wrong.map((place) => [place, words(place)]));
  const before = side((place) => isNow(args, all.get(place) as Answer));
  const after = side(() => wantedWords(args));
  return {
    is: 'wrong',
    diff: [{ before, after, label: `firewalld ${args.zone ?? 'default zone'}: ${describe(args)}` }],
    apply: lines(...wrong.map((place) => change(args, place))),
    result,
  };
}

/** Opens and closes what firewalld lets in. It never reloads: a reload drops the NAT rules that podman made. */
export default defineModule({
  name: 'firewalld',
  fqcn: ['ansible.posix.firewalld'],
  summary: 'Opens or closes a port, service, source or rich rule in a firewalld zone.',
  notes: [
    'The running and the permanent configuration are read and changed in one trip; firewalld is never reloaded, since a reload drops the rules that podman made for published ports.',
    'A published port of a rootful container may answer although no rule here opens it: podman forwards it before firewalld looks.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/posix/firewalld_module.html',
  options,
  rules: { mutuallyExclusive: [[...THINGS]], requiredBy: { interface: ['zone'], target: ['zone'] } },
  returns: { msg: 'What was asked for, in words.' },
  examples: [
    {
      title: 'Let clients reach the registry, now and after a restart',
      args: { port: '8443/tcp', permanent: true, immediate: true, state: 'enabled' },
      needs: ['firewalld'],
    },
    {
      title: 'Close plain HTTP',
      args: { service: 'http', zone: 'public', permanent: true, immediate: true, state: 'disabled' },
      given: 'firewall-cmd -q --zone=public --add-service=http; firewall-cmd -q --permanent --zone=public --add-service=http',
      needs: ['firewalld'],
    },
    {
      title: 'Let one host reach Redis',
      args: {
        rich_rule: 'rule family="ipv4" source address="10.77.0.21" port port="6379" protocol="tcp" accept',
        permanent: true,
        immediate: true,
        state: 'enabled',
      },
      needs: ['firewalld'],
    },
    { title: 'Bind a network to a zone', args: { source: '192.0.2.0/24', zone: 'internal', permanent: true, state: 'enabled' }, needs: ['firewalld'] },
    { title: 'Masquerade what leaves', args: { masquerade: true, zone: 'dmz', permanent: true, immediate: true, state: 'enabled' }, needs: ['firewalld'] },
  ],
  probe,
  plan,
});
