import { type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { ceph, RECORDS } from './cluster.ts';

/** What is to be done about an OSD, when it is not a plan already. */
export type OsdStep = Exclude<Plan, { is: 'wrong' }> | { readonly is: 'todo'; readonly halfMade: boolean };

export const recordOf = (label: string): string => `${RECORDS}/osd-${label}`;

/** Prints the UUID written down for this OSD; never its key. */
export const readRecord = (label: string): Script => sh`sed -n 's/^uuid=//p' ${recordOf(label)} 2>/dev/null`;

/** Sets `$uuid` and `$key`, written down first: from then on every try makes the same OSD. */
export const keepRecord = (label: string): Script => sh`${ceph}r=${recordOf(label)}
install -d -m 0700 ${RECORDS}
if ! [ -s "$r" ]; then
  u=$(cat /proc/sys/kernel/random/uuid)
  k=$(ceph-authtool --gen-print-key)
  printf 'uuid=%s\\nkey=%s\\n' "$u" "$k" > "$r.new"
  sync
  mv -f "$r.new" "$r"
fi
uuid=$(sed -n 's/^uuid=//p' "$r"); key=$(sed -n 's/^key=//p' "$r")`;

/** Sets `$id`. The monitors answer the same number for the same UUID and key, so asking again is harmless. */
export const newOsd = sh`${ceph}id=$(printf '{"cephx_secret": "%s"}' "$key" | qp_ceph --name client.bootstrap-osd --keyring /var/lib/ceph/bootstrap-osd/ceph.keyring osd new "$uuid" -i -)`;

export const notReady = (tool: string): OsdStep => ({ is: 'premature', why: `${tool} is not installed`, hint: 'Install the Ceph packages first (role ceph).' });

export const NO_CLUSTER: OsdStep = {
  is: 'premature',
  why: '/var/lib/ceph/bootstrap-osd/ceph.keyring is not there yet',
  hint: 'Make the monitors first (module ceph_mon).',
};
