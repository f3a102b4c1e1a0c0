# shellcheck shell=bash
# What stands beside the hosts, in the switch's namespace only: the package repository (http://repo.lab) and the
# image registry (https://registry.redhat.io, https://registry.lab) behind one nginx.
#
#   QPLAY_LAB_REGISTRY=host[:port]          a real registry that has the images: the lab's one forwards to it
#                                           (https, trusted as this machine trusts it; http://host:port is taken, too)
#   QPLAY_LAB_REGISTRY_USER, _PASSWORD      its login, if it wants one

services_up() {
  local dir=$STATE/services wanted=${QPLAY_LAB_REGISTRY:-own}
  if cgroup_alive services && [ "$(cat "$dir/registry-of" "$dir/lower" 2>/dev/null)" = "$wanted"$'\n'"$(service_layers)" ]; then return; fi
  services_down
  mkdir -p "$dir"/{up,work,root,registry-up,registry-work,registry,repo,etc}
  echo "$wanted" >"$dir/registry-of"
  service_layers >"$dir/lower"
  write_service_configs "$dir/etc"
  setsid "$LAB_DIR/lib/serve.sh" "$dir" >>"$STATE/log/services.log" 2>&1 </dev/null &
  disown
  wait_for_services
}

# first the layers of the programs, then the folders they serve; one line, as stages_in_use reads it
service_layers() { echo "$STAGE_services/diff:$STAGE_root/root:$STAGE_repo:$(registry_layer)"; }

registry_layer() { [ -z "${QPLAY_LAB_REGISTRY:-}" ] && echo "${STAGE_images:-}" || echo; }

write_service_configs() (
  umask 077
  cd "$1" || exit 1
  sed "s/@IP@/$SERVICES_IP/" "$LAB_DIR/services/nginx.conf" >nginx.conf
  cp "$BASE/keys/registry.crt" "$BASE/keys/registry.key" .
  sed "s/@SECRET@/$(openssl rand -hex 16)/" "$LAB_DIR/services/registry.yml" >registry.yml
  [ -z "${QPLAY_LAB_REGISTRY:-}" ] || cat >>registry.yml <<PROXY
proxy:
  remoteurl: "$(registry_url)"
  username: "${QPLAY_LAB_REGISTRY_USER:-}"
  password: "${QPLAY_LAB_REGISTRY_PASSWORD:-}"
PROXY
)

registry_url() {
  case $QPLAY_LAB_REGISTRY in
    http://* | https://*) echo "$QPLAY_LAB_REGISTRY" ;;
    *) echo "https://$QPLAY_LAB_REGISTRY" ;;
  esac
}

wait_for_services() {
  for _ in $(seq 100); do
    if ctl_connects 80 && ctl_connects 443; then return; fi
    sleep 0.1
  done
  die_with_log "the lab's package and image servers did not start" "$STATE/log/services.log"
}

ctl_connects() { timeout 2 ip netns exec "$CTL" bash -c "exec 3<>/dev/tcp/$SERVICES_IP/$1" 2>/dev/null; }

services_down() {
  cgroup_kill services
}

services_status() {
  if cgroup_alive services; then
    printf '  %-8s %-12s %s\n' services "$SERVICES_IP" "${G}up$N, images from $(sed 's/^own$/the lab itself/' "$STATE/services/registry-of")"
  else
    printf '  %-8s %-12s %s\n' services "$SERVICES_IP" "${R}off$N"
  fi
}
