# shellcheck shell=bash
# The build is a few stages, each a folder base/<stage>-<digest of its inputs>: kept for the next time, made anew
# only when its inputs change. A stage is built under another name and renamed when whole, so a kill leaves no half.

# stage NAME TEXT BUILDER INPUT..: inputs are files or folders of lab/ or other stages' names; sets STAGE_<NAME>
stage() {
  local name=$1 text=$2 builder=$3 digest dir t
  shift 3
  digest=$(stage_digest "$builder" "$@")
  dir=$BASE/$name-$digest
  printf -v "STAGE_${name}" %s "$dir"
  [ -d "$dir" ] && return
  t=$(now)
  begin "$text"
  rm -rf --one-file-system "$dir.part"
  mkdir -p "$dir.part"
  if ! ("$builder" "$dir.part") >"$BASE/log/$name.log" 2>&1; then die_with_log "could not do this: $text" "$BASE/log/$name.log"; fi
  mv "$dir.part" "$dir"
  finish "$text" "$t"
}

# The digest names what goes in: the text of the builder and all its files, and the stages it stands on.
stage_digest() {
  local input path
  {
    declare -f "$1"
    for input in "${@:2}"; do
      path=$LAB_DIR/$input
      if [ -e "$path" ]; then
        find "$path" -type f -print0 | sort -z | (cd "$LAB_DIR" && xargs -0 sha256sum)
        find "$path" -type f -perm -u+x | sort
      else
        echo "$input"
      fi
    done
  } | sha256sum | cut -c1-12
}

# in_chroot ROOT CMD..: with /proc, /dev and the shared package cache, in a mount namespace of its own
in_chroot() {
  unshare -m bash -ec '
    root=$1 cache=$2; shift 2
    mkdir -p "$root/var/cache/apt/archives/partial"
    mount --bind "$cache" "$root/var/cache/apt/archives"
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    mount --bind /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
    exec chroot "$root" "$@"' - "$1" "$BASE/cache" "${@:2}"
}

# over LOWER DIR CMD..: CMD with $M, an overlay that writes into DIR/diff
over() {
  local lower=$1 dir=$2
  shift 2
  mkdir -p "$dir"/{diff,work,mnt}
  export -f in_chroot
  export BASE LAB_DIR M=$dir/mnt
  unshare -m bash -ec 'mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/diff,workdir=$2/work,volatile" "$2/mnt"; shift 2; "$@"' - "$lower" "$dir" "$@"
  rm -rf "$dir/work" "$dir/mnt"
}

apt_in() { in_chroot "$1" apt-get -qy -o Debug::NoLocking=true install "${@:2}"; }

# stages_in_use: what the disks of any instance stand on
stages_in_use() { cat "$LAB_HOME"/*/h/*/lower "$LAB_HOME"/*/services/lower 2>/dev/null | tr ':' '\n'; }

# Stages that no instance and no present recipe uses are removed.
prune_stages() {
  local d keep
  keep=$(
    stages_in_use
    printf '%s\n' "$@"
  )
  for d in "$BASE"/*-????????????; do
    grep -qF "$d" <<<"$keep" || rm -rf --one-file-system "$d"
  done
  rm -rf --one-file-system "$BASE"/*.part
}
