import { Lib } from '../../engine/module/contract.ts';

/**
 * What is there. `qp_look PATH` prints a `look` record, or `parent` when there is nothing:
 * `dir`, `closed` (may not be entered), `file` (not a folder) or `none`. `qp_uid` and `qp_gid` look a name up, unless the file just looked at has it already.
 */
export const LOOK = new Lib(
  'files.look',
  `
qp_mask=$(umask)
qp_look() {
  qp_s= qp_l=$1
  if [ -e "$1" ] || [ -L "$1" ]; then
    qp_s=$(stat -c '%f %u %g %s %h %i %d %Y|%U|%G' -- "$1") || return 0
    printf 'look=%s\\0' "$qp_s"
    [ ! -L "$1" ] || printf 'to=%s\\0' "$(readlink -- "$1")"
    return 0
  fi
  case $1 in */*) qp_d=\${1%/*} ;; *) qp_d=. ;; esac
  [ -n "$qp_d" ] || qp_d=/
  if [ ! -e "$qp_d" ]; then printf 'parent=none\\0'
  elif [ ! -d "$qp_d" ]; then printf 'parent=file\\0'
  elif [ ! -x "$qp_d" ]; then printf 'parent=closed\\0'
  else printf 'parent=dir\\0'; fi
}
qp_uid() {
  case $1 in *[!0-9]*) ;; *) return 0 ;; esac
  case $qp_s in *"|$1|"*) return 0 ;; esac
  while IFS=: read -r qp_n qp_x qp_i qp_x; do
    [ "$qp_n" != "$1" ] || { printf 'uid=%s\\0' "$qp_i"; return 0; }
  done </etc/passwd
  printf 'uid=%s\\0' "$(id -u -- "$1" 2>/dev/null)"
}
qp_gid() {
  case $1 in *[!0-9]*) ;; *) return 0 ;; esac
  case $qp_s in *"|$1") return 0 ;; esac
  while IFS=: read -r qp_n qp_x qp_i qp_x; do
    [ "$qp_n" != "$1" ] || { printf 'gid=%s\\0' "$qp_i"; return 0; }
  done </etc/group
  qp_i=$(getent group "$1" 2>/dev/null) || qp_i=
  qp_i=\${qp_i#*:*:}
  printf 'gid=%s\\0' "\${qp_i%%:*}"
}
qp_sum() {
  qp_i=$("$1" <"$2") || return
  printf 'sum=%s\\0' "\${qp_i%% *}"
}
`,
);

/**
 * `qp_put CONTENT DEST MODE OWNER KEEP CHECK UNSAFE`: DEST gets the bytes of CONTENT in one step, or stays as it was.
 * MODE octal; OWNER `uid:gid` that must be, or empty; KEEP `uid:gid` of the old file, given when it may be; CHECK not empty:
 * `qp_check FILE` must agree; UNSAFE not empty: written in place where a rename is not possible (a bind-mounted file).
 * A body in parentheses is a subshell: its traps are its own.
 */
export const PUT = new Lib(
  'files.put',
  `
qp_put() (
  case $2 in */*) d=\${2%/*} ;; *) d=. ;; esac
  t=$(mktemp -- "\${d:-/}/.qplay.XXXXXX") || exit 1
  trap 'rm -f -- "$t"' EXIT
  trap 'exit 1' HUP INT TERM
  cat -- "$1" >"$t" || exit 1
  old=
  if [ -f "$2" ] && [ ! -L "$2" ]; then
    old=1
    cp --attributes-only --preserve=mode,ownership,xattr -- "$2" "$t" 2>/dev/null
    [ ! -e /sys/fs/selinux/enforce ] || chcon --reference="$2" -- "$t" 2>/dev/null
    [ -z "$5" ] || chown "$5" -- "$t" 2>/dev/null
  fi
  [ -z "$4" ] || chown "$4" -- "$t" || exit 1
  chmod "$3" -- "$t" || exit 1
  [ -z "$6" ] || qp_check "$t" >&2 || { echo "the new content of $2 was refused by the validate command (exit status $?)" >&2; exit 1; }
  if ! mv -f -- "$t" "$2"; then
    [ -n "$7" ] || exit 1
    cat -- "$t" >"$2" || exit 1
  fi
  if [ -z "$old" ] && [ -e /sys/fs/selinux/enforce ] && command -v restorecon >/dev/null; then restorecon "$2" || :; fi
)
`,
);
