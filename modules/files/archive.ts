import { Lib, type Script, sh } from '../../engine/module/contract.ts';
import type { Records } from './records.ts';
import { LOOK } from './shell.ts';

export type Kind = 'tar' | 'zip';

export interface ArchiveArgs {
  readonly exclude: readonly string[];
  readonly include: readonly string[];
  readonly keep_newer: boolean;
  readonly extra_opts: readonly string[];
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly mode?: unknown;
}

/**
 * `qp_archive FILE DEST` finds what reads the archive and sets `qp_kind`. `qp_tar_look` and `qp_zip_look FILE DEST OPTIONS`
 * print each name with what is there (`entry`, `look`) and what differs (`differs`).
 */
export const ARCHIVE = new Lib(
  'files.archive',
  `
qp_archive() {
  qp_kind=
  qp_e=$(LC_ALL=C tar -tf "$1" 2>&1 >/dev/null) && qp_kind=tar
  if [ -z "$qp_kind" ] && command -v unzip >/dev/null && unzip -tqq "$1" >/dev/null 2>&1; then qp_kind=zip; fi
  if [ "$qp_kind" = tar ]; then case $(tar --version 2>/dev/null) in *GNU*) ;; *) printf 'is=no-tar\\0'; return 1 ;; esac; fi
  if [ -z "$qp_kind" ]; then printf 'is=unknown\\0why=%s\\0' "$qp_e"; return 1; fi
  printf 'kind=%s\\0' "$qp_kind"
  printf 'root=%s\\0' "$(id -u)"
}
qp_entries() {
  while IFS= read -r qp_n; do
    qp_n=\${qp_n%/}
    case $qp_n in /*) qp_n=\${qp_n#/} ;; esac
    [ -n "$qp_n" ] || continue
    printf 'name=%s\\0entry=%s\\0' "$qp_n" "$1/$qp_n"
    qp_look "$1/$qp_n"
  done
}
qp_tar_look() {
  qp_a=$1 qp_p=$2
  shift 2
  LC_ALL=C tar -t --quoting-style=literal -C "$qp_p" -f "$qp_a" "$@" 2>/dev/null | qp_entries "$qp_p"
  printf 'differs=%s\\0' "$(LC_ALL=C tar -d --quoting-style=literal -C "$qp_p" -f "$qp_a" "$@" 2>&1)"
}
qp_zip_look() {
  qp_a=$1 qp_p=$2
  shift 2
  unzip -Z1 "$qp_a" "$@" 2>/dev/null | qp_entries "$qp_p"
  printf 'differs=%s\\0' "$(unzip -Z1 "$qp_a" "$@" 2>/dev/null | while IFS= read -r qp_n; do
    case $qp_n in
    */) [ -d "$qp_p/$qp_n" ] || printf '%s: is missing\\n' "$qp_n" ;;
    *) qp_g=$(printf '%s' "$qp_n" | sed 's/[][*?\\\\]/\\\\&/g')
      if [ ! -f "$qp_p/$qp_n" ]; then printf '%s: is missing\\n' "$qp_n"
      elif [ "$(unzip -p "$qp_a" "$qp_g" | sha1sum)" != "$(sha1sum <"$qp_p/$qp_n")" ]; then printf '%s: Contents differ\\n' "$qp_n"; fi ;;
    esac
  done)"
}
`,
  [LOOK],
);

/** Names in the archive, and what of it is not as in the archive. */
export function judge(kind: Kind, args: ArchiveArgs, seen: Records): { readonly names: string[]; readonly missing: string[] } {
  const names = seen.fields.filter(({ key }) => key === 'name').map(({ value }) => value);
  const said = (seen.get('differs') ?? '').split('\n').filter((line) => line !== '');
  return { names, missing: kind === 'zip' ? said : said.filter((line) => counts(line, args, seen.get('root') === '0')) };
}

/** Whether a line of `tar --diff` is a difference: owners matter to root only, and neither they nor modes where the task gives its own. */
function counts(line: string, args: ArchiveArgs, root: boolean): boolean {
  // a first folder that was stripped has no name left
  if (/^tar: : Warning: Cannot stat/.test(line)) return false;
  if (/: Uid differs$/.test(line)) return root && args.owner === undefined;
  if (/: Gid differs$/.test(line)) return root && args.group === undefined;
  if (/: Mode differs$/.test(line)) return root && args.mode === undefined;
  if (args.keep_newer && /: Mod time differs$/.test(line)) return false;
  return /: (Mod time differs|Symlink differs|Contents differ|Size differs|File type differs|Not linked to )|(: (Warning: )?Cannot stat: |Cannot open: ).*No such file/.test(
    line,
  );
}

/** Script that unpacks. */
export function extractor(kind: Kind, args: ArchiveArgs, archive: string, dest: string): Script {
  if (kind === 'zip') {
    const out = args.exclude.length > 0 && sh`-x ${args.exclude}`;
    return sh`unzip -q ${args.keep_newer ? '-u' : '-o'} ${args.extra_opts} ${archive} ${args.include} ${out} -d ${dest} || exit 1`;
  }
  const newer = args.keep_newer && '--keep-newer-files';
  return sh`tar -x -C ${dest} ${newer} ${args.extra_opts} ${args.exclude.map((one) => `--exclude=${one}`)} -f ${archive} -- ${args.include} || exit 1`;
}
