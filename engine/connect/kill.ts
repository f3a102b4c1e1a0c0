/**
 * Shell text that ends whatever the resident shell `pid` runs now: all of its descendants, and the orphans they left
 * behind (same process group, not older than the subshell). Asks with TERM, then kills after about two seconds.
 * Reads /proc with builtins alone; elsewhere `ps` gives the tree.
 *
 * @param pid process number of the resident shell on the host
 */
export function killScript(pid: number): string {
  return `r=${Math.trunc(pid)}
${PROCESSES}
${HUNT}`;
}

/** `processes` prints a line `pid ppid pgrp start` for each process. */
const PROCESSES = `
processes() {
  if [ -r /proc/$$/stat ]; then
    for f in /proc/[0-9]*/stat; do
      { IFS= read -r l <"$f"; } 2>/dev/null || continue
      p=\${f#/proc/}; p=\${p%/stat}
      set -- \${l##*) }
      [ "$1" = Z ] || echo "$p $2 $3 \${20}"
    done
  else
    ps -A -o pid= -o ppid= -o pgid= | while read -r p q g; do echo "$p $q $g 0"; done
  fi
}`;

/**
 * From the table of processes, the descendants of $r and what shares its group and began no earlier than its
 * first child. A process seen once stays a victim after its parent is gone.
 */
const HUNT = `
table=
find_victims() {
  table=$(processes)
  found=" $seen"; group=; since=
  while read -r p q g s; do
    [ "$p" = "$r" ] && group=$g
    [ "$q" = "$r" ] && { [ -z "$since" ] || [ "$s" -lt "$since" ]; } && since=$s
  done <<EOF
$table
EOF
  : "\${begun:=$since}"
  more=1
  while [ -n "$more" ]; do
    more=
    while read -r p q g s; do
      case "$found" in *" $p "*) continue ;; esac
      [ "$p" = "$r" ] && continue
      take=
      [ "$q" = "$r" ] && take=1
      case "$found" in *" $q "*) take=1 ;; esac
      [ -n "$begun" ] && [ "$begun" != 0 ] && [ "$g" = "$group" ] && [ "$s" -ge "$begun" ] && take=1
      [ -n "$take" ] && { found="$found$p "; more=1; }
    done <<EOF
$table
EOF
  done
  seen=\${found# }
  alive=
  for v in $seen; do
    case "
$table" in *"
$v "*) alive="$alive $v" ;; esac
  done
}
seen=; begun=
find_victims
[ -n "$alive" ] && kill -TERM $alive 2>/dev/null
n=0
while [ $n -lt 10 ]; do
  [ -z "$alive" ] && exit 0
  sleep 0.2 2>/dev/null || sleep 1
  find_victims
  n=$((n + 1))
done
[ -n "$alive" ] && kill -KILL $alive 2>/dev/null
exit 0`;
