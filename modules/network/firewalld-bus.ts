import { Lib, raw, type Script, sh } from '../../engine/module/contract.ts';

/** What is asked about, in firewall-cmd's own words: `--query-X`, `--add-X`, `--remove-X`. */
export interface Thing {
  readonly name: string;
  readonly value?: string;
  /** The wanted answer of the query. */
  readonly wanted: boolean;
}

/**
 * `qp_firewalld PLACE ZONE METHOD SIGNATURE ARGS` asks the daemon over D-Bus and prints `PLACE=0` for yes and `PLACE=1` for
 * no; it fails when there is no answer. busctl takes some 9 ms for what takes firewall-cmd, a Python program, 200.
 */
const bus = new Lib(
  'firewalld-bus',
  `
qp_firewalld() {
  qp_b=org.fedoraproject.FirewallD1; qp_p=/org/fedoraproject/FirewallD1
  qp_place=$1 qp_zone=$2 qp_method=$3 qp_sig=$4; shift 4
  if [ "$qp_place" = runtime ]; then
    qp_a=$(busctl --system call $qp_b $qp_p $qp_b.zone "$qp_method" "s$qp_sig" "$qp_zone" "$@" 2>/dev/null) || return 1
  else
    if [ -z "$qp_zone" ]; then
      qp_zone=$(busctl --system call $qp_b $qp_p $qp_b getDefaultZone 2>/dev/null) || return 1
      qp_zone=\${qp_zone#*'"'}; qp_zone=\${qp_zone%'"'}
    fi
    qp_a=$(busctl --system call $qp_b $qp_p/config $qp_b.config getZoneByName s "$qp_zone" 2>/dev/null) || return 1
    qp_a=\${qp_a#*'"'}; qp_a=\${qp_a%'"'}
    qp_a=$(busctl --system call $qp_b "$qp_a" $qp_b.config.zone "$qp_method" $qp_sig "$@" 2>/dev/null) || return 1
  fi
  case $qp_a in 'b true') echo "$qp_place=0";; 'b false') echo "$qp_place=1";; *) return 1;; esac
}`,
);

/** Things whose query takes the value as one word, or no value. */
const METHODS: Readonly<Record<string, string>> = {
  service: 'queryService',
  protocol: 'queryProtocol',
  source: 'querySource',
  interface: 'queryInterface',
  'icmp-block': 'queryIcmpBlock',
  'icmp-block-inversion': 'queryIcmpBlockInversion',
  'rich-rule': 'queryRichRule',
  masquerade: 'queryMasquerade',
};

/** The quick question; `undefined` for what only firewall-cmd can be asked. */
export function busQuestion(place: 'runtime' | 'permanent', zone: string | undefined, thing: Thing): Script | undefined {
  const [method, words] =
    thing.name === 'port' ? ['queryPort', (thing.value ?? '').split('/')] : [METHODS[thing.name], thing.value === undefined ? [] : [thing.value]];
  if (method === undefined) return undefined;
  const signature = 's'.repeat(words.length);
  return sh`${bus}qp_firewalld ${place} ${zone ?? ''} ${method} ${signature === '' ? raw("''") : signature} ${words}`;
}
