import { Lib } from '../../engine/module/contract.ts';

/**
 * `qp_apart COMMAND ...`: the command writes into a file and not to the connection, and what it wrote is passed on as it comes.
 * A transaction of a package manager whose connection is lost would otherwise end in the middle, by SIGPIPE, and leave packages half
 * installed; so it goes on to its end, and the next run finds them done. The file has no name any more while it is used.
 */
export const QP_APART = new Lib(
  'qp_apart',
  `qp_apart() {
  qp_log=$(mktemp) || return 1
  exec 8>"$qp_log" 9<"$qp_log"
  rm -f "$qp_log"
  (trap '' HUP PIPE; exec "$@" >&8 2>&8 </dev/null 9<&-) &
  qp_pid=$!
  exec 8>&-
  while kill -0 "$qp_pid" 2>/dev/null; do cat <&9; sleep 0.2; done
  wait "$qp_pid"
  qp_code=$?
  cat <&9
  exec 9<&-
  return "$qp_code"
}`,
);
