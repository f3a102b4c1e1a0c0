import { Lib, type Script, sh } from '../../engine/module/contract.ts';

/**
 * `qp_haproxy_stale UNIT FILE` is true when the unit runs with a file older than this one. A reload leaves the master
 * process as it is and makes a new worker, so the start of the newest worker tells, not the unit's own times.
 */
const staleLib = new Lib(
  'haproxy-stale',
  `
qp_haproxy_stale() {
  qp_p=$(systemctl show -p MainPID --value "$1" 2>/dev/null)
  [ "\${qp_p:-0}" -gt 0 ] || return 1
  qp_new=0
  for qp_c in $qp_p $(cat "/proc/$qp_p/task/$qp_p/children" 2>/dev/null); do
    qp_t=$(sed 's/.*) //' "/proc/$qp_c/stat" 2>/dev/null | cut -d' ' -f20)
    [ "\${qp_t:-0}" -gt "$qp_new" ] && qp_new=$qp_t
  done
  read -r qp_up qp_c </proc/uptime
  qp_up=\${qp_up%.*}\${qp_up#*.}
  qp_t=$(stat -L -c %.9Y -- "$2")
  [ "\${qp_t%.*}\${qp_t#*.}" -gt $(( $(date +%s%N) - (qp_up - qp_new) * 10000000 )) ]
}`,
);

/** Prints `stale` when the unit runs with an older file. */
export const staleness = (unit: string, file: string): Script => sh`${staleLib}if qp_haproxy_stale ${unit} ${file}; then echo stale; fi`;

/** Reloads a running unit and waits for the worker that has the new file. */
export const reload = (unit: string, file: string): Script => sh`${staleLib}if systemctl -q is-active ${unit}; then
  systemctl reload ${unit} || exit $?
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    qp_haproxy_stale ${unit} ${file} || break
    sleep 0.5
  done
fi`;
