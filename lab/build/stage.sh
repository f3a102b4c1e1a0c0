# shellcheck shell=bash
# The build is a few stages, each a folder base/<stage>-<digest of its inputs>: kept for the next time, made anew
# only when its inputs change. A stage is built under another name and renamed when whole, so a kill leaves no half.

declare -A STAGE_TEXT STAGE_BUILDER
STAGES=()

# stage NAME TEXT BUILDER INPUT..: declares a stage and sets STAGE_<NAME> to its folder.
# Inputs are files or folders of lab/, or other words the result depends on (such as another stage's folder).
stage() {
  local name=$1
  STAGE_TEXT[$name]=$2
  STAGE_BUILDER[$name]=$3
  STAGES+=("$name")
  printf -v "STAGE_$name" %s "$BASE/$name-$(stage_digest "${@:3}")"
}

# The digest names what goes in: the builder's text and its words and files.
stage_digest() {
  local input path
  {
    declare -f "$1" stage_version
    for input in "${@:2}"; do
      path=$LAB_DIR/$input
      if [ -e "$path" ]; then
        (cd "$LAB_DIR" && find "$input" -type f -not -path '*/__pycache__/*' -printf '%m %p\n' | sort -k2 | tee >(cut -d' ' -f2- | xargs -d '\n' sha256sum) | cat)
      else
        echo "$input"
      fi
    done | sort
  } | sha256sum | cut -c1-12
}

# raise it to have every stage made anew
stage_version() { echo 1; }

# make_stages NAME..: builds those that are missing, side by side
make_stages() {
  local name dir missing=() t
  for name in "$@"; do
    dir=STAGE_$name
    [ -d "${!dir}" ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  for name in "${missing[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n || exit 1; done
    begin "${STAGE_TEXT[$name]}"
    make_stage "$name" &
  done
  while [ "$(jobs -p | wc -l)" -gt 0 ]; do wait -n || exit 1; jobs >/dev/null; done
}

make_stage() {
  local name=$1 dir=STAGE_$1 log=$BASE/log/$1.log t
  dir=${!dir}
  t=$(now)
  rm -rf --one-file-system "$dir.part"
  mkdir -p "$dir.part"
  set +e # "( ) || .." would switch set -e off inside, too
  (
    set -e
    "${STAGE_BUILDER[$name]}" "$dir.part"
  ) >"$log" 2>&1
  local status=$?
  set -e
  [ $status = 0 ] || die_with_log "this step failed: ${STAGE_TEXT[$name]}" "$log"
  mv "$dir.part" "$dir"
  finish "${STAGE_TEXT[$name]}" "$t"
}

# stages_in_use: what the disks and services of any instance stand on
stages_in_use() { cat "$LAB_HOME"/*/h/*/lower "$LAB_HOME"/*/services/lower 2>/dev/null | tr ':' '\n'; }

# Stages that no instance and no present recipe uses are removed.
prune_stages() {
  local d keep name dir
  keep=$(
    stages_in_use || true
    for name in "${STAGES[@]}"; do
      dir=STAGE_$name
      echo "${!dir}"
    done
  )
  for d in "$BASE"/*-????????????; do
    [ ! -d "$d" ] || grep -qF "$d" <<<"$keep" || rm -rf --one-file-system "$d"
  done
  rm -rf --one-file-system "$BASE"/*.part
}
