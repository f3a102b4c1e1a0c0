import { lines, raw, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, SBIN, section } from './lib.ts';

/** What the probe needs to know of the wish. */
export interface Look {
  readonly name: string;
  readonly local: boolean;
  /** Groups, by name or number, that must exist. */
  readonly groups: readonly string[];
  readonly password?: string | undefined;
  readonly home?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly keyType: string;
  readonly wantKey: boolean;
}

/** Prints the account. The hash of its password is compared on the host and not printed. */
export function probeUser(look: Look): Script {
  const { name } = look;
  const get = (database: string, key: Script): Script =>
    look.local
      ? sh`grep "^"${key}":" ${`/etc/${database}`} 2>/dev/null`
      : sh`if command -v getent >/dev/null 2>&1; then getent ${database} ${key} 2>/dev/null; else grep "^"${key}":" ${`/etc/${database}`} 2>/dev/null; fi`;
  return lines(
    SBIN,
    sh`nl='
'; entry=$(${get('passwd', sh`${name}`)}); entry=\${entry%%"$nl"*}`,
    section('passwd'),
    raw(`printf '%s\\n' "$entry"`),
    look.groups.length > 0 &&
      lines(
        section('groups'),
        ...look.groups.map((group) => get('group', sh`${group}`)),
        sh`for g in ${look.groups}; do case $g in *[!0-9]*) ;; *) grep "^[^:]*:[^:]*:$g:" /etc/group;; esac; done`,
      ),
    section('said'),
    sh`command -v useradd >/dev/null 2>&1 && echo tools=yes
home=${look.home === undefined ? sh`\${entry%:*}; home=\${home##*:}` : expanded(look.home)}
[ -n "$home" ] && [ -d "$home" ] && echo home=yes`,
    sh`if [ -n "$entry" ]; then
  echo "group=$(id -gn -- ${name} 2>/dev/null)"
  echo "groups=$(id -Gn -- ${name} 2>/dev/null)"
  if [ -r /etc/shadow ]; then
    shadow=$(${get('shadow', sh`${name}`)}); shadow=\${shadow%%"$nl"*}
    rest=\${shadow#*:}; hash=\${rest%%:*}; rest=\${rest#*:}
    echo "aging=\${rest#*:}"
    case $hash in '!'*) echo locked=yes;; esac
    ${
      look.password !== undefined &&
      sh`bare=$hash; while [ "\${bare#!}" != "$bare" ]; do bare=\${bare#!}; done
    want=${look.password}; while [ "\${want#!}" != "$want" ]; do want=\${want#!}; done
    if [ "$bare" = "$want" ]; then echo password=same; else echo password=differs; fi`
    }
  else echo shadow=closed
  fi
fi`,
    look.wantKey && keyOf(look),
    raw('exit 0'),
  );
}

function keyOf(look: Look): Script {
  const file = look.keyFile ?? `.ssh/id_${look.keyType}`;
  return sh`file=${expanded(file)}
case $file in /*) ;; *) file=$home/$file;; esac
echo "keyfile=$file"
if [ -r "$file.pub" ] && [ -e "$file" ]; then
  echo "fingerprint=$(ssh-keygen -lf "$file.pub" 2>/dev/null)"
  ${section('key')}
  cat "$file.pub"
fi`;
}
