# shellcheck shell=bash
# Each host and the services live in a cgroup of the instance, so that ending one ends exactly its own processes.

cgroup_enter() { mkdir -p "$CGROUP/$QLAB/$1" && echo $BASHPID >"$CGROUP/$QLAB/$1/cgroup.procs"; }

cgroup_alive() { grep -qs 'populated 1' "$CGROUP/$QLAB/$1/cgroup.events"; }

# Ends every process of NAME and waits until they are gone.
cgroup_kill() {
  local dir=$CGROUP/$QLAB/$1
  [ -d "$dir" ] || return 0
  echo 1 >"$dir/cgroup.kill"
  for _ in $(seq 200); do
    cgroup_alive "$1" || break
    sleep 0.05
  done
  find "$dir" -depth -type d -exec rmdir {} \; 2>/dev/null || true
}
