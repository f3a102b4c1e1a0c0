import { Lib, raw, type Script, sh } from '../../engine/module/contract.ts';

/** What is asked about, in firewall-cmd's own words: `--query-X`, `--add-X`, `--remove-X`. */
export interface Thing {
  readonly name: string;
  readonly value?: string;
  /** The wanted answer of the query. */
  readonly wanted: boolean;
}

/**
 * `qp_firewalld PLACE ZONE METHOD SIGNATURE ARGS` calls the daemon over D-Bus and prints its answer; it fails when the
 * daemon refuses or cannot be asked. `qp_firewalld_query` prints `PLACE=0` for yes and `PLACE=1` for no. busctl takes some
 * 9 ms for what takes firewall-cmd, a Python program, 200.
 */
const bus = new Lib(
  'firewalld-bus',
  `
qp_firewalld() {
  qp_b=org.fedoraproject.FirewallD1; qp_p=/org/fedoraproject/FirewallD1
  qp_place=$1 qp_zone=$2 qp_method=$3 qp_sig=$4; shift 4
  if [ "$qp_place" = runtime ]; then
    busctl --system call $qp_b $qp_p $qp_b.zone "$qp_method" "s$qp_sig" "$qp_zone" "$@" 2>/dev/null
    return
  fi
  if [ -z "$qp_zone" ]; then
    qp_zone=$(busctl --system call $qp_b $qp_p $qp_b getDefaultZone 2>/dev/null) || return 1
    qp_zone=\${qp_zone#*'"'}; qp_zone=\${qp_zone%'"'}
  fi
  qp_a=$(busctl --system call $qp_b $qp_p/config $qp_b.config getZoneByName s "$qp_zone" 2>/dev/null) || return 1
  qp_a=\${qp_a#*'"'}; qp_a=\${qp_a%'"'}
  busctl --system call $qp_b "$qp_a" $qp_b.config.zone "$qp_method" $qp_sig "$@" 2>/dev/null
}
qp_firewalld_query() {
  case $(qp_firewalld "$@") in 'b true') echo "$1=0";; 'b false') echo "$1=1";; *) return 1;; esac
}`,
);

type Place = 'runtime' | 'permanent';

/** What the daemon's methods call a thing: `queryPort`, `addPort`, `removePort`. */
const NAMES: Readonly<Record<string, string>> = {
  port: 'Port',
  service: 'Service',
  protocol: 'Protocol',
  source: 'Source',
  interface: 'Interface',
  'icmp-block': 'IcmpBlock',
  'icmp-block-inversion': 'IcmpBlockInversion',
  'rich-rule': 'RichRule',
  masquerade: 'Masquerade',
};

/** Things that the running firewall may hold for a time. */
const TIMED = ['port', 'service', 'protocol', 'rich-rule'];

function call(command: string, place: Place, zone: string | undefined, method: string, words: readonly string[], seconds?: number): Script {
  const signature = 's'.repeat(words.length) + (seconds === undefined ? '' : 'i');
  return sh`${bus}${raw(command)} ${place} ${zone ?? ''} ${method} ${signature === '' ? raw("''") : signature} ${words} ${seconds === undefined ? raw('') : String(seconds)}`;
}

function wordsOf(thing: Thing): readonly string[] {
  if (thing.value === undefined) return [];
  return thing.name === 'port' ? thing.value.split('/') : [thing.value];
}

/** The quick question; `undefined` for what only firewall-cmd can be asked. */
export function busQuestion(place: Place, zone: string | undefined, thing: Thing): Script | undefined {
  const name = NAMES[thing.name];
  return name === undefined ? undefined : call('qp_firewalld_query', place, zone, `query${name}`, wordsOf(thing));
}

/** The quick change; `undefined` for what only firewall-cmd can change. */
export function busChange(place: Place, zone: string | undefined, thing: Thing, seconds: number): Script | undefined {
  const name = NAMES[thing.name];
  if (name === undefined || !(TIMED.includes(thing.name) || thing.name === 'source')) return undefined;
  const timed = place === 'runtime' && thing.wanted && TIMED.includes(thing.name);
  return call('qp_firewalld', place, zone, `${thing.wanted ? 'add' : 'remove'}${name}`, wordsOf(thing), timed ? seconds : undefined);
}
