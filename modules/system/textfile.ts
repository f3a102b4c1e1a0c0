import { Lib, lines, raw, type Script, sh } from '../../engine/module/contract.ts';
import { section } from './lib.ts';

/**
 * `qp_replace FROM PATH MODE`: puts the content of FROM at PATH in one step. A link is followed; owner, mode and SELinux
 * label of what stood there are kept; a new file gets MODE and belongs to whoever runs this.
 */
export const QP_REPLACE = new Lib(
  'replace',
  `
qp_like() {
  if [ ! -e "$1" ]; then
    chmod "$3" "$2" || return
    ! command -v restorecon >/dev/null 2>&1 || restorecon "$2" 2>/dev/null || :
    return 0
  fi
  chmod "$(stat -c %a -- "$1")" "$2" && chown "$(stat -c %u:%g -- "$1")" "$2" || return
  [ ! -d /sys/fs/selinux ] || ! command -v chcon >/dev/null 2>&1 || chcon --reference="$1" "$2" || :
}
qp_replace() {
  qp_to=$2
  [ ! -L "$qp_to" ] || qp_to=$(readlink -f -- "$qp_to") || return
  qp_new=$(mktemp "\${qp_to%/*}/.qp.XXXXXX") || return
  if cat -- "$1" >"$qp_new" && qp_like "$qp_to" "$qp_new" "$3" && mv -f -- "$qp_new" "$qp_to"; then return 0; fi
  rm -f -- "$qp_new"
  return 1
}`,
);

/** Prints a file as the section `name`; `absent` when there is none, `closed` when it may not be read. */
export const readFile = (name: string, path: Script): Script => sh`if [ -e ${path} ]; then
  if [ -r ${path} ]; then ${section(name)}
    cat -- ${path}
  else ${section(`${name} closed`)}
  fi
else ${section(`${name} absent`)}
fi`;

/** The text of a section printed by `readFile`; `undefined` when there was no file. */
export const textOf = (parts: ReadonlyMap<string, string>, name: string): string | undefined => parts.get(name);

/** Puts `$up_NAME` at a path whose folder exists. */
export const replaceFile = (upload: string, path: Script, mode: string): Script =>
  sh`${QP_REPLACE}qp_replace ${raw(`"$up_${upload}"`)} ${path} ${mode} || exit`;

/** The same, making the folder first. */
export const replaceWithFolder = (upload: string, path: Script, folder: Script, mode: string): Script =>
  lines(sh`[ -d ${folder} ] || mkdir -p -- ${folder} || exit`, replaceFile(upload, path, mode));
