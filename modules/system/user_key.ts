import { raw, type Script, sh } from '../../engine/module/contract.ts';
import { expanded } from './lib.ts';
import type { UserArgs } from './user.ts';

/** Makes a key pair that belongs to the account. A passphrase goes through SSH_ASKPASS: in an argument everybody could read it. */
export function makeKey(args: UserArgs): Script {
  const file = args.ssh_key_file ?? `.ssh/id_${args.ssh_key_type}`;
  const bits = args.ssh_key_bits === undefined ? [] : ['-b', String(args.ssh_key_bits)];
  const comment = args.ssh_key_comment.includes('$HOSTNAME')
    ? sh`"$(printf %s ${args.ssh_key_comment} | sed "s/\\$HOSTNAME/$(uname -n)/g")"`
    : sh`${args.ssh_key_comment}`;
  const make = sh`ssh-keygen -q -t ${args.ssh_key_type} ${bits} -C ${comment} -f "$file"`;
  const passphrase = args.ssh_key_passphrase;
  const run =
    passphrase === undefined || passphrase === ''
      ? sh`${make} -N '' || exit`
      : sh`ask=$(mktemp) && chmod 700 "$ask" && printf '#!/bin/sh\\nprintf "%%s\\\\n" "$QP_PASSPHRASE"\\n' >"$ask" || exit
QP_PASSPHRASE=${passphrase} SSH_ASKPASS=$ask SSH_ASKPASS_REQUIRE=force DISPLAY=none ${make}
code=$?; rm -f "$ask"; [ "$code" -eq 0 ] || exit "$code"`;
  return sh`entry=$(getent passwd ${args.name} || grep ${`^${args.name}:`} /etc/passwd)
home=\${entry%:*}; home=\${home##*:}
file=${expanded(file)}
case $file in /*) ;; *) file=$home/$file;; esac
dir=\${file%/*}
[ -d "$dir" ] || { mkdir -p "$dir" && chmod 700 "$dir" && chown ${args.name}: "$dir"; } || exit
rm -f "$file" "$file.pub"
${raw('umask 077')}
${run}
chown ${args.name}: "$file" "$file.pub" && chmod 644 "$file.pub" || exit`;
}
