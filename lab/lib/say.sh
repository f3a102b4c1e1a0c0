# shellcheck shell=bash
# What a person sees: one line a step, with its duration; errors as a sentence and the command that mends it.

if [ -t 1 ]; then G=$'\e[32m' R=$'\e[31m' D=$'\e[2m' B=$'\e[1m' N=$'\e[0m'; else G='' R='' D='' B='' N=''; fi

now() { local t=${EPOCHREALTIME/./}; echo "${t%???}"; } # milliseconds
START=$(now)

since() { local ms=$(($(now) - $1)); printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100)); }

minutes_since() { local s=$((($(now) - $1) / 1000)); printf '%d min %02d s' $((s / 60)) $((s % 60)); }

title() { printf '%s\n' "$B$*$N"; }
note() { printf '  %s\n' "$D$*$N"; }

# begin TEXT, then finish TEXT STARTED-AT: on a terminal the second line replaces the first
begin() { if [ -t 1 ]; then printf '  %s… %s%s\r' "$D" "$1" "$N"; fi; }
finish() { printf '\e[K  %s✓%s %-52s %s\n' "$G" "$N" "$1" "$D$(since "$2")$N"; }
[ -t 1 ] || finish() { printf '  ✓ %-52s %s\n' "$1" "$(since "$2")"; }

# die SENTENCE [HINT..]: the first line says what is wrong, the others what to do
die() {
  printf '%s\n' "${R}lab: $1$N" >&2
  shift
  local line
  for line in "$@"; do printf '  → %s\n' "$line" >&2; done
  exit 3
}

# die_with_log SENTENCE LOG: for a tool that failed; its own last words help
die_with_log() {
  printf '%s\n' "${R}lab: $1$N" >&2
  [ -s "$2" ] && tail -n 15 "$2" | sed 's/^/  | /' >&2
  printf '  → the whole log: %s\n' "$2" >&2
  exit 1
}
